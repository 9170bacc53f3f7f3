"""The specification's scale of what the steps cost, and whether what was measured is in its order.

The table says: sanity check very short, dry run short, mini medium, full long, evaluation short,
merging, converting and quantizing short to medium, deployment very short to short, an iteration
short to medium a pass.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from web4.timing.figures import Timing

Order = Literal["as stated", "otherwise", "not comparable"]

_VERY_SHORT, _SHORT, _MEDIUM, _LONG = range(4)


@dataclass(frozen=True, slots=True)
class Cost:
    """A row of the table: the steps that it is made of, and its place on the scale, from to.

    What has ``grows`` costs in proportion to the records; the rest hardly depends on them.
    """

    name: str
    steps: tuple[str, ...]
    least: int
    most: int
    grows: bool = False


COSTS = (
    Cost("sanity check", ("sanity",), _VERY_SHORT, _VERY_SHORT, grows=True),
    Cost("dry run", ("dry_run",), _SHORT, _SHORT, grows=True),
    Cost("mini", ("mini",), _MEDIUM, _MEDIUM, grows=True),
    Cost("full", ("full",), _LONG, _LONG, grows=True),
    Cost("evaluation", ("predict_adapter", "score_adapter"), _SHORT, _SHORT),
    Cost("packaging", ("merge", "gguf", "quantize"), _SHORT, _MEDIUM),
    Cost("deployment", ("deploy",), _VERY_SHORT, _SHORT),
    Cost("iteration", ("iteration",), _SHORT, _MEDIUM),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows of which the table says that ``less`` costs less than ``more``."""

    less: Cost
    more: Cost

    @property
    def name(self) -> str:
        return f"{self.less.name} < {self.more.name}"


def pairs() -> Iterator[Pair]:
    """Yield the pairs whose places do not touch: of the others the table says nothing."""
    for one, other in combinations(COSTS, 2):
        if one.most < other.least:
            yield Pair(one, other)
        elif other.most < one.least:
            yield Pair(other, one)


def compared(pair: Pair, timings: Mapping[str, Timing]) -> tuple[Order, str]:
    """Return whether a pair's wall time is in the stated order, and in a line what it was.

    At a fraction of the records only what grows with them can be compared, and nothing that had
    to wait for what else the machine did. A training that learned on from a release is only the
    last part of the one that the table means: it tells the order where the part already costs more.
    """
    costs = (pair.less, pair.more)
    missing = [step for cost in costs for step in cost.steps if step not in timings]
    if missing:
        return "not comparable", f"{pair.name}: not measured: {', '.join(missing)}"
    less, more = (sum(timings[step].usage.wall_seconds for step in cost.steps) for cost in costs)
    told = f"{pair.name}: {less:.1f} s and {more:.1f} s"
    starved = [step for cost in costs for step in cost.steps if timings[step].starved]
    if starved:
        return "not comparable", f"{told}; others kept the machine busy during {', '.join(starved)}"
    smaller = pair.less if less < more else pair.more  # what would turn the order if it cost more
    starts = {step: timings[step].work.starts_from for step in smaller.steps}
    parts = [f"{step} learned on from {start}" for step, start in starts.items() if start]
    if parts:
        return "not comparable", f"{told}; {', '.join(parts)}"
    scale = timings[pair.less.steps[0]].facts.scale
    if scale != 1 and not (pair.less.grows and pair.more.grows):
        return "not comparable", f"{told}, at {scale:g} of the records"
    return "as stated" if less < more else "otherwise", told
