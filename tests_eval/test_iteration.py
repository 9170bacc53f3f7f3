"""Step 8: no worse than the last release."""

from collections.abc import Callable

import pytest

from web4.targets import Target

FAMILIES = ("iteration",)
pytestmark = pytest.mark.regression


def test_target(
    target: Target, candidate: str, assert_target: Callable[[Target, str], None]
) -> None:
    assert_target(target, candidate)
