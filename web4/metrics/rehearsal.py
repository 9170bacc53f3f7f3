"""One plan run and judged for a person: what ``python -m web4 simulate`` prints."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from web4.catalog import Catalog
from web4.errors import DataError
from web4.metrics.json_answer import read_json_answer
from web4.metrics.outcome import Outcome
from web4.metrics.plan_run import PlanRuns, chaining_outcome, end_outcome, starting_files
from web4.records import Record
from web4.simulator.trace import Trace
from web4.terminal import printable


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The run of a plan, and what the two metrics that need it say where it was judged."""

    record: Record
    trace: Trace
    outcomes: Mapping[str, Outcome]

    @property
    def passed(self) -> bool:
        """Whether it ran as a whole and, where it was judged, passed."""
        return self.trace.ok and all(one.passed for one in self.outcomes.values())

    def to_text(self) -> str:
        """Return record, trace and judgements in printable lines."""
        judged = [
            f"{name:<16} {one.value:.2f} {'passed' if one.passed else 'FAILED'}"
            f" {one.reason} {printable(one.detail)}".rstrip()
            for name, one in self.outcomes.items()
        ]
        asked = f"{printable(self.record.id)}  {printable(self.record.instruction)}"
        return "\n".join([asked, self.trace.to_text(), *judged])

    def to_json(self) -> str:
        """Return the same as ASCII JSON."""
        judged = {
            name: {"value": one.value, "passed": one.passed, "reason": one.reason}
            | ({"detail": one.detail} if one.detail else {})
            for name, one in self.outcomes.items()
        }
        told = {"id": self.record.id, "passed": self.passed, **self.trace.to_dict()}
        return json.dumps({**told, "judged": judged}, indent=1)


def rehearse(record: Record, plan: str | None, catalog: Catalog) -> Rehearsal:
    """Run a plan and judge it by the record's, or run the record's own plan.

    Raise ``DataError`` where one of them is no plan, or ``plan`` is measured against one that
    does not run itself.
    """
    own = [
        _read(text, f"record {record.id}: its output or an acceptable plan")
        for text in (record.output, *record.acceptable)
    ]
    runs = PlanRuns(catalog)
    if plan is None:
        return Rehearsal(record, runs.run(own[0], starting_files(record, own)), {})
    wanted = runs.wanted(record, own)
    trace = runs.run(_read(plan, "the plan"), wanted.start)
    outcomes = {
        "tool.chaining": chaining_outcome(record, trace, wanted),
        "tool.end_to_end": end_outcome(record, trace, wanted),
    }
    return Rehearsal(record, trace, outcomes)


def _read(text: str, what: str) -> dict[str, Any]:
    answer = read_json_answer(text, complete=True)
    if answer.value is None:
        raise DataError(f"{what} is no JSON object ({answer.fault}: {answer.detail})")
    if not isinstance(answer.value.get("steps"), list):
        raise DataError(f"{what} has no list of steps")
    return answer.value
