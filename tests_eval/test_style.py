"""Style: TypeScript the way the house writes it."""

from collections.abc import Callable

import pytest

from web4.targets import Target

FAMILIES = ("style",)
pytestmark = pytest.mark.style


def test_target(
    target: Target, candidate: str, assert_target: Callable[[Target, str], None]
) -> None:
    assert_target(target, candidate)
