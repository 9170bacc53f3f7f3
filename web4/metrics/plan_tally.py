"""All answers of a tool bucket counted against what was wanted: tool for tool, and by length."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Literal, Self, get_args

from web4.catalog import Catalog
from web4.metrics.plan_answers import PlanReader, WantedPlans
from web4.metrics.plan_steps import Key, Steps, closest, stretches
from web4.records import Completion, Record

NONE = "(none)"
"""The tool of a step that has no counterpart: one too many, or one that is missing."""
UNPARSED = "(unparsed)"
"""What was answered where the answer holds no readable list of steps."""
UNKNOWN = "(unknown)"
"""An answered tool that the catalogue does not have."""

Length = Literal["as_long", "longer", "shorter", "unparsed"]
LENGTHS: tuple[Length, ...] = get_args(Length)

Cell = tuple[str, str]


@dataclass(frozen=True)
class PlanTally:
    """The confusion matrix of tools, and how many plans have more or fewer steps than wanted.

    ``cells`` counts steps by (wanted tool, answered tool); a cell that is left out is 0.
    """

    cells: Mapping[Cell, int] = field(default_factory=dict)
    lengths: Mapping[Length, int] = field(default_factory=dict)

    @property
    def mixed_up(self) -> list[tuple[Cell, int]]:
        """The cells beside the diagonal, the most frequent first, equal ones by name."""
        found = [(cell, count) for cell, count in self.cells.items() if cell[0] != cell[1]]
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def share(self, length: Length) -> float:
        """Return the share of all answers that are of this length, 0 where there are none."""
        return self.lengths.get(length, 0) / max(1, sum(self.lengths.values()))

    def to_dict(self) -> dict[str, Any]:
        cells = sorted(self.cells.items())
        return {
            "confusion": [
                {"wanted": wanted, "answered": answered, "steps": count}
                for (wanted, answered), count in cells
            ],
            "lengths": {length: self.lengths.get(length, 0) for length in LENGTHS},
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """Read what ``to_dict`` gives; what is left out was not counted."""
        found = raw.get("confusion", ())
        cells = {(one["wanted"], one["answered"]): one["steps"] for one in found}
        return cls(cells, raw.get("lengths", {}))


def tally(
    catalog: Catalog, records: Iterable[Record], answers: Mapping[str, Completion]
) -> PlanTally:
    """Count every tool record's answer, read as the metrics read it.

    Steps are compared with those of the plan that shares most with the answer, as tool selection
    does it. Raise ``DataError`` where a record's own plans cannot be read.
    """
    reader = PlanReader(catalog)
    cells: Counter[Cell] = Counter()
    lengths: Counter[Length] = Counter()
    for record in records:
        if record.task_type == "tool_call":
            _, steps, wanted = reader.read(record, answers[record.id])
            cells.update(_cells(steps, wanted, catalog))
            lengths[_length(steps, wanted)] += 1
    return PlanTally(cells, lengths)


def _cells(steps: Steps | None, wanted: WantedPlans, catalog: Catalog) -> Iterator[Cell]:
    if steps is None:
        yield from ((_name(key, catalog), UNPARSED) for key in wanted.gold.keys)
        if not wanted.gold:
            yield NONE, UNPARSED
        return
    asked = closest(steps, wanted.steps)
    if not steps and not asked:
        yield NONE, NONE
    names = [[_name(key, catalog) for key in plan.keys] for plan in (asked, steps)]
    missing, extra = Counter(names[0]), Counter(names[1])
    right = missing & extra  # called as wanted, maybe elsewhere: that is order, no confusion
    yield from ((tool, tool) for tool in right.elements())
    missing -= right
    extra -= right
    for given, wanted_here in stretches(steps, asked):
        pairs = zip_longest(
            _drawn(wanted_here, missing, catalog), _drawn(given, extra, catalog), fillvalue=NONE
        )
        yield from pairs


def _drawn(keys: Sequence[Key], left: Counter[str], catalog: Catalog) -> list[str]:
    """Return the tools of these steps as far as some are left of them, taking them away."""
    found = []
    for key in keys:
        name = _name(key, catalog)
        if left[name]:
            left[name] -= 1
            found.append(name)
    return found


def _name(key: Key, catalog: Catalog) -> str:
    return key[-1] if key[-1] in catalog.tools else UNKNOWN


def _length(steps: Steps | None, wanted: WantedPlans) -> Length:
    if steps is None:
        return "unparsed"
    extra = wanted.extra_steps(steps)
    return "longer" if extra > 0 else "shorter" if extra < 0 else "as_long"
