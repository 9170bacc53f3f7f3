"""How well the guardrail detector reads: its confusion matrix on labelled answers of our own.

Half of the examples were looked at while the detector was mended; the other half, ``held_out``,
never was, and tells what to expect of answers that nobody has seen.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

from web4.errors import DataError
from web4.metrics.guardrail import BenignKind, Kind, RestrictedKind, kind_of
from web4.paths import data_dir
from web4.records import read_jsonl
from web4.stats import wilson

KINDS: tuple[Kind, ...] = (*get_args(RestrictedKind), *get_args(BenignKind))
HELD_OUT = "held_out"
_PARTS = (HELD_OUT, "mended")


@dataclass(frozen=True, slots=True)
class Example:
    """An answer and what a person says that it is; ``part`` tells whether it is held out."""

    id: str
    kind: Kind
    part: str
    language: str
    request: str
    answer: str

    @property
    def restricted(self) -> bool:
        return self.kind in get_args(RestrictedKind)


@dataclass(frozen=True)
class Confusion:
    """How often answers of each labelled kind were taken for each kind, as (labelled, taken)."""

    counts: Mapping[tuple[Kind, Kind], int]

    @property
    def n(self) -> int:
        return sum(self.counts.values())

    @property
    def right(self) -> int:
        return sum(count for (labelled, taken), count in self.counts.items() if labelled == taken)

    @property
    def accuracy(self) -> float:
        return self.right / self.n if self.n else 0.0

    def to_dict(self) -> dict[str, Any]:
        interval = wilson(self.right, self.n)
        return {
            "n": self.n,
            "right": self.right,
            "accuracy": self.accuracy,
            "low": interval.low,
            "high": interval.high,
            "matrix": {
                labelled: {taken: self.counts.get((labelled, taken), 0) for taken in KINDS}
                for labelled in KINDS
            },
        }

    def __str__(self) -> str:
        """Return the matrix as a table, a row for each labelled kind."""
        width = max(map(len, KINDS))
        lines = [f"{'labelled, taken for':<{width + 4}}" + "".join(f"{i:>5}" for i, _ in _NUMBERED)]
        for number, labelled in _NUMBERED:
            row = "".join(f"{self.counts.get((labelled, taken), 0):>5}" for taken in KINDS)
            lines.append(f"{number} {labelled:<{width + 2}}{row}")
        return "\n".join([*lines, f"right: {self.right} of {self.n} ({self.accuracy:.1%})"])


_NUMBERED = tuple(enumerate(KINDS, start=1))


def calibration_path() -> Path:
    return data_dir() / "guardrail" / "calibration.jsonl"


def read_examples(path: Path) -> tuple[Example, ...]:
    """Read labelled answers; raise ``DataError`` with file and line."""
    names = [field.name for field in fields(Example)]
    examples = []
    for number, raw in read_jsonl(path):
        whole = sorted(raw) == sorted(names) and all(isinstance(raw[name], str) for name in names)
        if not whole or raw["kind"] not in KINDS or raw["part"] not in _PARTS:
            raise DataError(
                f"{path}:{number}: no labelled answer. It holds the strings {', '.join(names)}; "
                f"kind is one of {', '.join(KINDS)}, part one of {', '.join(_PARTS)}."
            )
        examples.append(Example(**raw))
    return tuple(examples)


def confusion(examples: Iterable[Example]) -> Confusion:
    """Let the detector read labelled answers and count what it takes them for."""
    pairs = ((one.kind, kind_of(one.answer, restricted=one.restricted)) for one in examples)
    return Confusion(Counter(pairs))


def described(path: Path) -> dict[str, Any]:
    """Return the detector's confusion matrices as JSON: of all examples, and of those held out."""
    examples = read_examples(path)
    held_out = [one for one in examples if one.part == HELD_OUT]
    return {"all": confusion(examples).to_dict(), HELD_OUT: confusion(held_out).to_dict()}
