"""What the mini set says of a model that is still learning: rows of ``evaluations.csv``."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

_FACTS = ("update", "weighted", "json_errors", "tool_answers")


@dataclass(frozen=True, slots=True)
class MiniScores:
    """Family scores and their weighted mean, in [0, 1], and how many tool answers are no JSON.

    ``answers`` holds some of the answers, to be read by a person.
    """

    families: Mapping[str, float]
    weighted: float
    json_errors: int
    tool_answers: int
    answers: str = ""


AskMini = Callable[[Any, Any], MiniScores]
"""Asks a model, given with its tokenizer, the mini set."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What the mini set said after an update; 0 is before the first."""

    update: int
    families: Mapping[str, float]
    weighted: float
    json_errors: int
    tool_answers: int

    @classmethod
    def of(cls, update: int, scores: MiniScores) -> Self:
        return cls(
            update, scores.families, scores.weighted, scores.json_errors, scores.tool_answers
        )


def planned_updates(updates: int, evaluations: int) -> frozenset[int]:
    """Return after which updates the set is asked: evenly spread, the last one among them."""
    return frozenset(-(-updates * part // evaluations) for part in range(1, evaluations + 1))


def best(evaluated: Sequence[Evaluated]) -> Evaluated | None:
    """Return the evaluation with the best weighted score, of equals the last.

    What was there before the first update was learned elsewhere, and is left out.
    """
    learned = [one for one in evaluated if one.update]
    return max(learned, key=lambda one: (one.weighted, one.update), default=None)


def write_evaluations(path: Path, evaluated: Sequence[Evaluated]) -> None:
    """Write all rows, a column for each family."""
    families = sorted({family for one in evaluated for family in one.families})
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow([*_FACTS, *families])
        for one in evaluated:
            scores = [one.families.get(family, "") for family in families]
            writer.writerow([*(getattr(one, name) for name in _FACTS), *scores])


def read_evaluations(path: Path) -> list[Evaluated]:
    """Return the rows of an ``evaluations.csv``; nothing where none was written."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as handle:
        return [_evaluated(row) for row in csv.DictReader(handle)]


def _evaluated(row: Mapping[str, str]) -> Evaluated:
    families = {name: float(value) for name, value in row.items() if name not in _FACTS and value}
    return Evaluated(
        int(row["update"]),
        families,
        float(row["weighted"]),
        int(row["json_errors"]),
        int(row["tool_answers"]),
    )
