"""The metrics of the tool bucket: whether a plan is valid, the right one, short, and runs."""

from collections.abc import Callable, Sequence

from web4.catalog import Catalog
from web4.metrics.json_answer import JSON_FAULTS, JsonAnswer
from web4.metrics.outcome import Metric, Outcome, always_evaluable, failure, success
from web4.metrics.plan_answers import PlanReader
from web4.metrics.plan_arguments import ARGUMENT_FAULTS, argument_score, equalities_of
from web4.metrics.plan_run import CHAINING_FAULTS, END_FAULTS, PlanRuns
from web4.metrics.plan_schema import SCHEMA_FAULTS, PlanSchema
from web4.metrics.plan_steps import STEP_FAULTS, closest, redundant, step_fault
from web4.records import Completion, Record

_UNPARSABLE = "unparsable"
_Judge = Callable[[Record, Completion], Outcome]


def tool_metrics(catalog: Catalog) -> tuple[Metric, ...]:
    """Return the seven metrics of the tool bucket for one catalogue.

    They are pure and total over answers. A record whose own output or acceptable plans cannot be
    read, or do not run, raises ``DataError``: nothing can be measured against it. Where records
    want a tool that the simulator lacks, the last two cannot be evaluated at all.
    """
    judges = _Judges(catalog)

    def metric(
        name: str,
        judge: _Judge,
        reasons: tuple[str, ...],
        unit: str = "rate",
        lacking: Callable[[Sequence[Record]], str] = always_evaluable,
    ) -> Metric:
        known = frozenset({*reasons, _UNPARSABLE})
        return Metric(f"tool.{name}", "tool", _asks_for_plan, judge, known, unit, lacking)

    run = judges.unsimulated
    return (
        metric("json_validity", judges.json_validity, JSON_FAULTS),
        metric("schema_match", judges.schema_match, SCHEMA_FAULTS),
        metric("selection", judges.selection, STEP_FAULTS),
        metric("arguments", judges.arguments, ARGUMENT_FAULTS),
        metric("plan_minimality", judges.plan_minimality, ("extra_step",), "steps"),
        metric("chaining", judges.chaining, CHAINING_FAULTS, lacking=run),
        metric("end_to_end", judges.end_to_end, END_FAULTS, lacking=run),
    )


def _asks_for_plan(record: Record) -> bool:
    return record.task_type == "tool_call"


class _Judges:
    """The judgements, with what they share: the schema, the runs and the answers read last."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._equalities = equalities_of(catalog)
        self._reader = PlanReader(catalog)
        self._schema = PlanSchema(catalog)
        self._runs = PlanRuns(catalog)

    def json_validity(self, record: Record, completion: Completion) -> Outcome:
        """Pass the answer that is one strict JSON object and nothing else; value 1 or 0."""
        answer, _, _ = self._reader.read(record, completion)
        if answer.fault:
            return failure(record, answer.fault, answer.detail)
        return success(record)

    def schema_match(self, record: Record, completion: Completion) -> Outcome:
        """Pass the answer that keeps the catalogue's plan schema; value 1 or 0.

        A plan without steps keeps it only where the record wants no tool.
        """
        answer, steps, wanted = self._reader.read(record, completion)
        if answer.value is None:
            return _unparsable(record, answer)
        may_be_empty = steps is not None and not steps and not wanted.gold
        broken = self._schema.first_fault(answer.value, may_be_empty=may_be_empty)
        if broken:
            return failure(record, broken.fault, str(broken))
        return success(record)

    def selection(self, record: Record, completion: Completion) -> Outcome:
        """Pass the right tools in the right order and branches; value 1 or 0."""
        answer, steps, wanted = self._reader.read(record, completion)
        if steps is None:
            return _unparsable(record, answer)
        for one in wanted.steps:
            if steps.keys == one.keys:
                return success(record)
        nearest = closest(steps, wanted.steps)
        fault, told = step_fault(steps, nearest, self._reader.pairs(steps, nearest))
        return failure(record, fault, told)

    def arguments(self, record: Record, completion: Completion) -> Outcome:
        """Give the best share of right arguments over gold and acceptable plans; pass at 1."""
        answer, steps, wanted = self._reader.read(record, completion)
        if steps is None:
            return _unparsable(record, answer)
        share, fault, told = argument_score(
            steps, wanted.steps, self._equalities, self._reader.pairs
        )
        if fault is None:
            return success(record, share)
        return failure(record, fault, told, share)

    def plan_minimality(self, record: Record, completion: Completion) -> Outcome:
        """Give the number of steps beyond the gold plan's, those in branches counted; pass at 0.

        A plan that calls what an acceptable plan calls has none. An answer without a plan costs
        itself and leaves every gold step still to do: its value is 1 + the gold plan's steps.
        So it is always above a bound of +1, and giving no plan never improves the mean.
        """
        answer, steps, wanted = self._reader.read(record, completion)
        if steps is None or wanted.missed_by(steps):
            return _unparsable(record, answer, value=1.0 + len(wanted.gold))
        extra = wanted.extra_steps(steps)
        if extra <= 0:
            return success(record, 0.0)
        step = redundant(steps, wanted.gold, self._reader.pairs(steps, wanted.gold))
        detail = f"{step.place}: {step.tool[:40]!r} is one of {extra} too many"
        return failure(record, "extra_step", detail, value=float(extra))

    def chaining(self, record: Record, completion: Completion) -> Outcome:
        """Give the share of references that resolve when the plan runs; pass at 1."""
        return self._run(record, completion)[0]

    def end_to_end(self, record: Record, completion: Completion) -> Outcome:
        """Pass the plan that leaves what gold or an acceptable plan leaves; value 1 or 0."""
        return self._run(record, completion)[1]

    def _run(self, record: Record, completion: Completion) -> tuple[Outcome, Outcome]:
        answer, steps, plans = self._reader.read(record, completion)
        wanted = self._runs.wanted(record, plans.plans)
        if answer.value is None or plans.missed_by(steps):
            return (_unparsable(record, answer),) * 2
        return self._runs.judged(record, answer.value, completion.text, wanted)

    def unsimulated(self, records: Sequence[Record]) -> str:
        """Name the catalogue's tools that records want and the simulator lacks; else ``""``."""
        wanted = {
            step.tool
            for record in records
            for steps in self._reader.wanted(record).steps
            for step in steps
        }
        absent = sorted(wanted & self._catalog.tools.keys() - self._runs.simulated)
        if not absent:
            return ""
        return (
            f"the simulator has no function for {', '.join(map(repr, absent))}; "
            "web4.simulator.tools says how one is added"
        )


def _unparsable(record: Record, answer: JsonAnswer, value: float = 0.0) -> Outcome:
    detail = f"{answer.fault}: {answer.detail}" if answer.fault else "no readable list of steps"
    return failure(record, _UNPARSABLE, detail, value=value)
