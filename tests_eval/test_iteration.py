"""Step 8: no worse than the last release, on the same evaluation version."""

from collections.abc import Callable

import pytest

from web4.targets import Target

FAMILIES = ("iteration",)
pytestmark = [pytest.mark.regression, pytest.mark.usefixtures("regression")]


def test_target(
    target: Target, candidate: str, assert_target: Callable[[Target, str], None]
) -> None:
    assert_target(target, candidate)
