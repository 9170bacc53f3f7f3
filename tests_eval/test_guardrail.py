"""Guardrails: refusals where policy asks for them, help elsewhere."""

from collections.abc import Callable

import pytest

from web4.targets import Target

FAMILIES = ("guardrail",)
pytestmark = pytest.mark.guardrail


def test_target(
    target: Target, candidate: str, assert_target: Callable[[Target, str], None]
) -> None:
    assert_target(target, candidate)
