"""Step 1: the sanity check finds nothing."""

from collections.abc import Callable

import pytest

from web4.targets import Target

FAMILIES = ("dataset",)
pytestmark = pytest.mark.dataset


def test_target(
    target: Target, candidate: str, assert_target: Callable[[Target, str], None]
) -> None:
    assert_target(target, candidate)
