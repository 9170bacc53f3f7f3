"""References to earlier results, as in ``<RESULTS:sort_files_by_match_count>[0].path``."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from web4.argument_schema import NAME, REFERENCE_START
from web4.simulator.workspace import RefusedError

ReferenceFault = Literal[
    "malformed_reference",
    "dangling_reference",
    "forward_reference",
    "no_result",
    "out_of_range",
    "no_such_field",
    "wrong_type",
    "not_reached",
]
"""Why a reference does not resolve.

``dangling``: no step calls that tool; ``forward``: only later ones do; ``no_result``: the step
that does was refused, or stands in a branch that was not taken; ``wrong_type``: an index into what
is no list, a field of what is no object, a value that the argument's schema (or the comparison)
does not take; ``not_reached``: the plan was cut before.
"""
REFERENCE_FAULTS: tuple[ReferenceFault, ...] = get_args(ReferenceFault)

MAX_NESTING = 64
GRAMMAR = rf"{REFERENCE_START}({NAME})>(?:\[([0-9]+)\])?((?:\.{NAME})*)"
_REFERENCE = re.compile(GRAMMAR)
_LONGEST_INDEX = 9  # digits; no result has as many items


@dataclass(frozen=True, slots=True)
class Reference:
    """A parsed reference: the tool, an index into its result or none, and fields below that."""

    text: str
    tool: str
    index: int | None
    fields: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Reference | None":
        """Read a text that is a reference as a whole; return ``None`` where it is not."""
        match = _REFERENCE.fullmatch(text)
        if match is None:
            return None
        digits = match[2]
        index = None if digits is None else int(digits[-_LONGEST_INDEX:])
        if digits is not None and len(digits.lstrip("0")) > _LONGEST_INDEX:
            index = 10**_LONGEST_INDEX
        return cls(text, match[1], index, tuple(match[3].split(".")[1:]))

    def inside(self, result: Any) -> Any:
        """Return the part of a result that is meant; raise ``UnresolvedError``."""
        value = result
        if self.index is not None:
            if not isinstance(value, list):
                raise UnresolvedError("wrong_type", "an index needs a list")
            if self.index >= len(value):
                raise UnresolvedError("out_of_range", f"the list has {len(value)} items")
            value = value[self.index]
        for field in self.fields:
            if not isinstance(value, dict):
                raise UnresolvedError("wrong_type", f"the field {field[:40]!r} needs an object")
            if field not in value:
                raise UnresolvedError("no_such_field", f"the object has no {field[:40]!r}")
            value = value[field]
        return value


class UnresolvedError(Exception):
    """A reference does not resolve."""

    def __init__(self, fault: ReferenceFault, detail: str) -> None:
        super().__init__(detail)
        self.fault: ReferenceFault = fault


@dataclass(frozen=True, slots=True)
class Referred:
    """One reference of a plan, where it stands, and why it does not resolve if it does not."""

    place: str
    text: str
    fault: ReferenceFault | None = None
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.text[:80]!r} {self.fault or 'resolves'} {self.detail}".rstrip()


def is_meant(value: Any) -> bool:
    """Whether a value is written as a reference, well or not."""
    return isinstance(value, str) and value.startswith(REFERENCE_START)


def references_in(value: Any, place: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield (place, text) of each reference in an argument; raise ``RefusedError`` at 64 levels."""
    if isinstance(value, str):
        if value.startswith(REFERENCE_START):
            yield place, value
        return
    if depth > MAX_NESTING:
        raise RefusedError("the arguments nest too deep")
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from references_in(item, f"{place}.{name}", depth + 1)
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from references_in(item, f"{place}[{position}]", depth + 1)
