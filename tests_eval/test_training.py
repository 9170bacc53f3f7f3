"""Steps 2 to 4: what shows that a training run is done."""

from collections.abc import Callable

import pytest

from web4.targets import Target

FAMILIES = ("dry_run", "mini", "full")
pytestmark = pytest.mark.training


def test_target(
    target: Target, candidate: str, assert_target: Callable[[Target, str], None]
) -> None:
    assert_target(target, candidate)
