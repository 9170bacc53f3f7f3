"""Step 6: nothing is lost between adapter and quantized model."""

from collections.abc import Callable

import pytest

from web4.targets import Target

FAMILIES = ("packaging",)
pytestmark = pytest.mark.packaging


def test_target(
    target: Target, candidate: str, assert_target: Callable[[Target, str], None]
) -> None:
    assert_target(target, candidate)
