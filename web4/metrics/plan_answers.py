"""Answers and what records want, read as plans: once, for all metrics that judge them."""

from dataclasses import dataclass
from typing import Any

from web4.catalog import Catalog
from web4.errors import DataError
from web4.metrics.json_answer import JsonAnswer, read_json_answer
from web4.metrics.kept import Kept
from web4.metrics.plan_schema import branches_of
from web4.metrics.plan_steps import KnownTools, Pairing, Steps, WantedSteps, counterparts, steps_of
from web4.records import Completion, Record


@dataclass(frozen=True, slots=True)
class WantedPlans:
    """The plans that a record takes, gold first, parsed and as steps.

    Either all of them have steps or none has: then the right answer is to use no tool.
    """

    plans: tuple[dict[str, Any], ...]
    steps: tuple[WantedSteps, ...]

    @property
    def gold(self) -> WantedSteps:
        """The steps of the record's own output."""
        return self.steps[0]

    def missed_by(self, steps: Steps | None) -> bool:
        """Whether an answer holds no plan: no list of steps, or none in it where some are wanted.

        So what does not parse never counts as having used no tool.
        """
        return steps is None or (not steps and bool(self.gold))

    def extra_steps(self, steps: Steps) -> int:
        """Return how many steps more than gold an answer has; fewer are negative.

        What calls what an acceptable plan calls has as many as it should.
        """
        if any(steps.keys == wanted.keys for wanted in self.steps[1:]):
            return 0
        return len(steps) - len(self.gold)


Case = tuple[JsonAnswer, Steps | None, WantedPlans]


def wants_no_tool(record: Record) -> bool:
    """Whether a tool record's right answer is a plan without steps."""
    if record.task_type != "tool_call":
        return False
    plan = read_json_answer(record.output, complete=True).value
    return plan is not None and plan.get("steps") == []


class PlanReader:
    """Reads answers with the branches of one catalogue; what it gives is shared, not to change."""

    def __init__(self, catalog: Catalog) -> None:
        branches = branches_of(catalog)
        self._known: KnownTools = {name: ((name,), inner) for name, inner in branches.items()}
        self._last: tuple[Completion, Record, Case] | None = None
        self._paired: tuple[Steps, Steps, Pairing] | None = None
        self._wanted = Kept[WantedPlans]()

    def read(self, record: Record, completion: Completion) -> Case:
        """Return an answer's object, its steps, ``None`` where it has no readable list; the wanted.

        The answer that was read last is kept: all metrics judge one before the next. Raise
        ``DataError`` where nothing can be measured by the record.
        """
        last = self._last
        if last is None or last[0] is not completion or last[1] is not record:
            wanted = self.wanted(record)
            ended = completion.finish_reason == "stop"
            answer = read_json_answer(completion.text, complete=ended)
            plan = answer.value
            steps = None if plan is None else steps_of(plan, self._known)
            last = self._last = (completion, record, (answer, steps, wanted))
        return last[2]

    def pairs(self, steps: Steps, wanted: Steps) -> Pairing:
        """Pair an answer's steps with those of a wanted plan; kept as answers are."""
        last = self._paired
        if last is None or last[0] is not steps or last[1] is not wanted:
            last = self._paired = (steps, wanted, counterparts(steps, wanted))
        return last[2]

    def wanted(self, record: Record) -> WantedPlans:
        """Return what a record wants; raise ``DataError`` where nothing can be measured by it."""
        return self._wanted.get(record) or self._wanted.put(record, self._read_wanted(record))

    def _read_wanted(self, record: Record) -> WantedPlans:
        plans: list[dict[str, Any]] = []
        steps: list[WantedSteps] = []
        for text in (record.output, *record.acceptable):
            plan = read_json_answer(text, complete=True).value
            found = None if plan is None else steps_of(plan, self._known)
            if plan is not None and found is not None:
                plans.append(plan)
                steps.append(WantedSteps.of(found))
        if len(steps) != 1 + len(record.acceptable) or len({bool(found) for found in steps}) > 1:
            raise DataError(
                f"record {record.id}: its output or an acceptable plan is no plan with steps. "
                "Mend the record or delete it; where no tool is wanted, all of them have no steps."
            )
        return WantedPlans(tuple(plans), tuple(steps))
