"""The gate's verdict: from what each ship-gate test reported, what never did, and its rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from web4.metrics.scorecard import Score
from web4.stats import Interval
from web4.targets import Target

Status = Literal["reached", "missed", "undecided", "not_evaluated"]
State = Literal["PASSED", "FAILED", "INCOMPLETE"]

EXIT_FAILED = 1
EXIT_BROKEN = 3
EXIT_INCOMPLETE = 6


@dataclass(frozen=True, slots=True)
class Assessment:
    """What became of one target for one candidate.

    ``interval`` is that of the score at ``confidence``, which decided where it was asked to.
    ``digest`` is the SHA-256 of the weights that answered, empty for what is asked of a run.
    ``why`` tells what kept it from being evaluated or decided; ``broken``: a step ended without
    its artifact.
    """

    target: Target
    candidate: str
    status: Status
    score: Score | None = None
    interval: Interval | None = None
    confidence: float = 0.95
    digest: str = ""
    why: str = ""
    broken: bool = False

    @property
    def name(self) -> str:
        return assessment_name(self.target, self.candidate)


def assessment_name(target: Target, candidate: str) -> str:
    """Return the name under which a target's test reports."""
    return f"{target.metric}-{candidate}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the ship gate's targets came out, and what else the gate has to say.

    ``unasked`` counts those whose test never reported. ``objections`` make the gate red whatever
    was reached; ``limits`` are options that may leave tests out; ``lowered`` tells where targets
    that were allowed to ask less than the specification do so.
    """

    asked: int
    missed: int
    not_evaluated: int
    undecided: int = 0
    unasked: int = 0
    objections: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    lowered: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        if not self.asked or self.missed or self.not_evaluated or self.undecided:
            return "FAILED"
        if self.objections:
            return "FAILED"
        return "INCOMPLETE" if self.unasked or self.limits else "PASSED"

    @property
    def passed(self) -> bool:
        return self.state == "PASSED"

    def __str__(self) -> str:
        """Return the verdict's line; a lowered one does not read ``SHIP GATE: PASSED``."""
        lowered = "LOWERED, " if self.lowered else ""
        counted = self._counted()
        return f"SHIP GATE: {lowered}{self.state}" + (f" ({counted})" if counted else "")

    def _counted(self) -> str:
        if self.state == "FAILED":
            counts = [
                f"{self.missed} of {self.asked} targets missed",
                f"{self.not_evaluated + self.unasked} not evaluated",
            ]
            counts += [f"{self.undecided} undecided"] if self.undecided else []
            counts += [_plural(len(self.objections), "objection")] if self.objections else []
        elif self.state == "INCOMPLETE":
            counts = [f"{self.unasked} of {self.asked} targets not asked"]
            counts += self.limits
        else:
            counts = []
        if self.lowered:
            counts.append(f"{_plural(len(self.lowered), 'target')} below the specification")
        return ", ".join(counts)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def decide(
    asked: Iterable[str],
    reported: Mapping[str, Status],
    *,
    objections: Iterable[str] = (),
    limits: Iterable[str] = (),
    lowered: Iterable[str] = (),
) -> Verdict:
    """Judge the gate by the names of all its tests and what they reported.

    One that reported no status of its own (skipped, crashed) is to be given as not evaluated; one
    that did not report at all (deselected, not collected) leaves the gate incomplete.
    """
    statuses = [reported.get(name) for name in asked]
    return Verdict(
        len(statuses),
        statuses.count("missed"),
        statuses.count("not_evaluated"),
        statuses.count("undecided"),
        statuses.count(None),
        tuple(objections),
        tuple(limits),
        tuple(lowered),
    )


def exit_code(verdict: Verdict, code: int, *, broken: bool) -> int:
    """Return the run's exit code: pytest's own where that is worse than the verdict's.

    ``code`` is pytest's: 0, 1 for failed tests, 5 for none collected; others are kept.
    """
    if code not in (0, 1, 5):
        return code
    if broken:
        return EXIT_BROKEN
    if verdict.state == "INCOMPLETE":
        return code if code == 1 else EXIT_INCOMPLETE
    return code if verdict.passed and code != 5 else EXIT_FAILED  # noqa: PLR2004 - see above
