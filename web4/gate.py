"""The gate's verdict: from what each ship-gate test reported, and what never did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Status = Literal["reached", "missed", "not_evaluated"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many of the ship gate's targets were missed, and how many could not be evaluated."""

    asked: int
    missed: int
    not_evaluated: int

    @property
    def passed(self) -> bool:
        return self.asked > 0 and self.missed == 0 and self.not_evaluated == 0

    def __str__(self) -> str:
        if self.passed:
            return "SHIP GATE: PASSED"
        return (
            f"SHIP GATE: FAILED ({self.missed} of {self.asked} targets missed, "
            f"{self.not_evaluated} not evaluated)"
        )


def decide(asked: Iterable[str], reported: Mapping[str, Status]) -> Verdict:
    """Judge the gate by the names of all its tests and what they reported.

    One that did not report (skipped, deselected, crashed, not collected) was not evaluated.
    """
    statuses = [reported.get(name, "not_evaluated") for name in asked]
    return Verdict(len(statuses), statuses.count("missed"), statuses.count("not_evaluated"))
