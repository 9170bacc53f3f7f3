"""Schemas are checked in linear time, and what could take longer is refused before it is used."""

import time
from typing import Any

import pytest

from web4.schema_check import quick_validator, telling_validator

_SLOW = {"type": "string", "pattern": "^(a+)+$"}


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("^a+$", "aa", True),
        ("^a+$", "aa\n", False),  # as JSON Schema has it, not as Python
        ("[0-9]", "\u0663", False),
        ("b", "abc", True),
        ("b", "", False),
        (".", "\ud800", False),
        ("^$", 3, True),  # a pattern says nothing of what is no text
    ],
)
def test_both_validators_match_alike(pattern: str, text: Any, *, fits: bool) -> None:
    schema = {"pattern": pattern}
    assert telling_validator(schema).is_valid(text) is fits
    if text != "\ud800":  # which the quick one cannot hold
        assert quick_validator(schema).is_valid(text) is fits


def test_a_fault_says_what_does_not_match() -> None:
    (error,) = telling_validator(_SLOW).iter_errors("ab")
    assert error.message == "'ab' does not match '^(a+)+$'"


def test_no_text_makes_an_expression_backtrack() -> None:
    begun = time.process_time()
    for validator in (telling_validator(_SLOW), quick_validator(_SLOW)):
        assert not validator.is_valid("a" * 60_000 + "!")
        assert validator.is_valid("a" * 60_000)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("pattern", ["(", "a(?!b)", "(?<=a)b", r"(a)\1"])
def test_an_expression_that_could_backtrack_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="regex"):
        quick_validator({"type": "string", "pattern": pattern})


@pytest.mark.parametrize("schema", [{"type": "strin"}, {"required": None}, {"$ref": "#/nowhere"}])
def test_what_is_no_schema_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each has a message of its own
        quick_validator(schema)
    quick_validator({"type": "string"})
