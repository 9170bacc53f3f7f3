"""Comparisons of a result with a constant, as in ``<RESULTS:file_exists> == false``."""

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from web4.argument_schema import NAME
from web4.simulator.references import GRAMMAR, Reference, UnresolvedError

_MAX = 4096  # characters
_CONDITION = re.compile(
    rf"\s*({GRAMMAR})\s*(==|!=|<=|>=|<|>)\s*"
    r"(true|false|null|-?[0-9]{1,15}(?:\.[0-9]{1,15})?|\"(?:[^\"\\]|\\.)*\")\s*"
)
_MENTIONED = re.compile(rf"<RESULTS:[^>\s]*>?(?:\[[^\]\s]*\])?(?:\.{NAME})*")
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A reference, a comparison and the JSON constant (no list, no object) it is compared with."""

    reference: Reference
    comparison: str
    constant: Any

    def holds(self, value: Any) -> bool:
        """Compare as JSON does: other types are never equal, and only numbers or texts have order.

        Raise ``UnresolvedError`` where they have none.
        """
        if self.comparison in {"==", "!="}:
            same = _kind(value) == _kind(self.constant) and bool(value == self.constant)
            return same == (self.comparison == "==")
        kinds = {_kind(value), _kind(self.constant)}
        if kinds not in ({"number"}, {"text"}):
            raise UnresolvedError("wrong_type", "only two numbers or two texts have an order")
        return _ORDERS[self.comparison](value, self.constant)


def parsed(text: Any) -> Condition | None:
    """Read a condition; return ``None`` where it is none. Nothing in it is ever executed."""
    match = _CONDITION.fullmatch(text) if isinstance(text, str) and len(text) <= _MAX else None
    reference = Reference.parse(match[1]) if match else None
    if match is None or reference is None:
        return None
    try:
        constant = json.loads(match[6])
    except ValueError:
        return None
    return Condition(reference, match[5], constant)


def mentioned(text: Any) -> str:
    """Return the first reference that a condition mentions, well written or not; else ``""``."""
    match = _MENTIONED.search(text[:_MAX]) if isinstance(text, str) else None
    return match[0] if match else ""


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else type(value).__name__
