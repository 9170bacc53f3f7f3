"""Step 7: the served model is the model that was evaluated."""

from collections.abc import Callable

import pytest

from web4.targets import Target

FAMILIES = ("deployment",)
pytestmark = pytest.mark.deployment


def test_target(
    target: Target, candidate: str, assert_target: Callable[[Target, str], None]
) -> None:
    assert_target(target, candidate)
