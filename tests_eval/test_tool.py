"""Tool use: JSON plans."""

from collections.abc import Callable

import pytest

from web4.targets import Target

FAMILIES = ("tool",)
pytestmark = pytest.mark.tool


def test_target(
    target: Target, candidate: str, assert_target: Callable[[Target, str], None]
) -> None:
    assert_target(target, candidate)
