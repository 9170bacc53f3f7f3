"""All buckets together."""

from collections.abc import Callable

import pytest

from web4.targets import Target

FAMILIES = ("overall",)
pytestmark = pytest.mark.overall


def test_target(
    target: Target, candidate: str, assert_target: Callable[[Target, str], None]
) -> None:
    assert_target(target, candidate)
