"""Budgets of a profile, held against what was measured on a machine of their class."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from web4.errors import ConfigError
from web4.profile import Budget, Profile
from web4.timing.figures import Timing

_AT_MOST = ("seconds", "megabytes")

Kept = Literal["kept", "exceeded", "not comparable"]


@dataclass(frozen=True, slots=True)
class Limit:
    """One figure of one step on one class of machines: at most it, or where a rate at least."""

    step: str
    figure: str
    value: float
    machine: str

    @property
    def name(self) -> str:
        return f"{self.step}-{self.figure}-{self.machine}"

    @property
    def most(self) -> bool:
        return self.figure in _AT_MOST

    def __str__(self) -> str:
        bound = "at most" if self.most else "at least"
        return f"{self.step}: {self.figure} {bound} {self.value:g} ({self.machine})"


def limits(profile: Profile, known: frozenset[str]) -> Iterator[Limit]:
    """Yield every limit that a profile sets; raise ``ConfigError`` at a step that is not timed."""
    for place, budgets in enumerate(profile.budgets):
        for step, budget in budgets.steps.items():
            if step not in known:
                raise ConfigError(
                    f"profile {profile.name}: budgets.{place}.steps.{step}: no such step is timed. "
                    f"Known: {', '.join(sorted(known))}"
                )
            yield from _limits(step, budget, budgets.machine)


def _limits(step: str, budget: Budget, machine: str) -> Iterator[Limit]:
    for figure, value in budget.model_dump(exclude_none=True).items():
        yield Limit(step, figure, value, machine)


def judged(limit: Limit, timing: Timing) -> tuple[Kept, str]:
    """Return whether a step kept its budget, and in a line what is told of it.

    Another class of machine and a fraction of the records are not comparable, nor is the time of a
    step that had to wait for what else the machine did.
    """
    facts, found = timing.facts, timing.figure(limit.figure)
    if facts.machine != limit.machine:
        return "not comparable", f"{limit}; this machine is {facts.machine}"
    if facts.scale != 1:
        return "not comparable", f"{limit}; this is {facts.scale:g} of the records"
    if found is None:
        return "exceeded", f"{limit}; the step tells no {limit.figure}"
    kept = found <= limit.value if limit.most else found >= limit.value
    if not kept and timing.starved and limit.figure != "megabytes":
        return "not comparable", f"{limit}; it was {found:g}, while others kept the machine busy"
    return "kept" if kept else "exceeded", f"{limit}; it was {found:g}"
