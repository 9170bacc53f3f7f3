"""The metrics of the tool bucket: whether a plan is valid, the right one, short, and runs."""

from functools import lru_cache
from typing import Any

from web4.catalog import Catalog
from web4.errors import DataError
from web4.metrics.json_answer import JSON_FAULTS, MAX_BYTES, JsonAnswer, read_json_answer
from web4.metrics.outcome import Metric, Outcome
from web4.metrics.plan_arguments import ARGUMENT_FAULTS, argument_score
from web4.metrics.plan_run import CHAINING_FAULTS, END_FAULTS, PlanRuns
from web4.metrics.plan_schema import SCHEMA_FAULTS, PlanSchema, branches_of
from web4.metrics.plan_steps import (
    STEP_FAULTS,
    Steps,
    closest,
    counterparts,
    same_steps,
    step_fault,
    steps_of,
    without_counterpart,
)
from web4.records import Completion, Record

_CACHED_ANSWERS = 512  # answers of at most 64 KB, so that all metrics parse each once
_UNPARSABLE = "unparsable"


def tool_metrics(catalog: Catalog) -> tuple[Metric, ...]:
    """Return the seven metrics of the tool bucket for one catalogue.

    They are pure and total over answers. A record whose own output or acceptable plans cannot be
    read, or do not run, raises ``DataError``: nothing can be measured against it.
    """
    judges = _Judges(catalog)

    def metric(name: str, judge: str, reasons: tuple[str, ...], unit: str = "rate") -> Metric:
        return Metric(
            f"tool.{name}", "tool", _asks_for_plan, getattr(judges, judge), frozenset(reasons), unit
        )

    unparsable = (_UNPARSABLE,)
    return (
        metric("json_validity", "json_validity", JSON_FAULTS),
        metric("schema_match", "schema_match", SCHEMA_FAULTS + unparsable),
        metric("selection", "selection", STEP_FAULTS + unparsable),
        metric("arguments", "arguments", ARGUMENT_FAULTS + unparsable),
        metric("plan_minimality", "plan_minimality", ("extra_step", _UNPARSABLE), "steps"),
        metric("chaining", "chaining", CHAINING_FAULTS + unparsable),
        metric("end_to_end", "end_to_end", END_FAULTS + unparsable),
    )


def _asks_for_plan(record: Record) -> bool:
    return record.task_type == "tool_call"


class _Judges:
    """The judgements, with what they share: schema, branches and the answers read last."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._branches = branches_of(catalog)
        self._schema = PlanSchema(catalog)
        self._runs = PlanRuns(catalog)
        self._cached = lru_cache(_CACHED_ANSWERS)(self._read_now)

    def json_validity(self, record: Record, completion: Completion) -> Outcome:
        """Pass the answer that is one strict JSON object and nothing else; value 1 or 0."""
        answer, _ = self._read(completion)
        if answer.fault:
            return Outcome.failure(record, answer.fault, answer.detail)
        return Outcome.success(record)

    def schema_match(self, record: Record, completion: Completion) -> Outcome:
        """Pass the answer that keeps the catalogue's plan schema; value 1 or 0."""
        answer, _ = self._read(completion)
        if answer.value is None:
            return _unparsable(record, answer)
        broken = self._schema.first_fault(answer.value)
        if broken:
            return Outcome.failure(record, broken.fault, str(broken))
        return Outcome.success(record)

    def selection(self, record: Record, completion: Completion) -> Outcome:
        """Pass the right tools in the right order and branches; value 1 or 0."""
        answer, steps = self._read(completion)
        if steps is None:
            return _unparsable(record, answer)
        references = self._references(record)
        if any(same_steps(steps, wanted) for wanted in references):
            return Outcome.success(record)
        fault = step_fault(steps, closest(steps, references))
        if fault is None:  # the closest reference of an answer that equals none does differ
            return Outcome.success(record)
        return Outcome.failure(record, *fault)

    def arguments(self, record: Record, completion: Completion) -> Outcome:
        """Give the best share of right arguments over gold and acceptable plans; pass at 1."""
        answer, steps = self._read(completion)
        if steps is None:
            return _unparsable(record, answer)
        scores = [
            argument_score(steps, wanted, self._catalog, self._branches)
            for wanted in self._references(record)
        ]
        best = max(scores, key=lambda score: score.value)
        if best.fault is None:
            return Outcome.success(record, best.value)
        return Outcome.failure(record, best.fault, best.detail, value=best.value)

    def plan_minimality(self, record: Record, completion: Completion) -> Outcome:
        """Give the number of steps beyond the gold plan's, those in branches counted; pass at 0.

        A plan that calls what an acceptable plan calls has none. An answer without a plan costs
        itself and leaves every gold step still to do: its value is 1 + the gold plan's steps.
        So it is always above a bound of +1, and giving no plan never improves the mean.
        """
        answer, steps = self._read(completion)
        gold, *acceptable = self._references(record)
        if not steps:
            return _unparsable(record, answer, value=1.0 + len(gold))
        extra = len(steps) - len(gold)
        if extra <= 0 or any(same_steps(steps, wanted) for wanted in acceptable):
            return Outcome.success(record, 0.0)
        paired = [given for given, _ in counterparts(steps, gold)]
        redundant = without_counterpart(steps, paired)[0]
        detail = f"{redundant.place}: {redundant.tool[:40]!r} is one of {extra} too many"
        return Outcome.failure(record, "extra_step", detail, value=float(extra))

    def chaining(self, record: Record, completion: Completion) -> Outcome:
        """Give the share of references that resolve when the plan runs; pass at 1."""
        return self._run(record, completion)[0]

    def end_to_end(self, record: Record, completion: Completion) -> Outcome:
        """Pass the plan that leaves what gold or an acceptable plan leaves; value 1 or 0."""
        return self._run(record, completion)[1]

    def _run(self, record: Record, completion: Completion) -> tuple[Outcome, Outcome]:
        answer, steps = self._read(completion)
        wanted = self._runs.wanted(record, lambda: self._wanted_plans(record))
        if answer.value is None or not steps:
            return (_unparsable(record, answer),) * 2
        return self._runs.judged(record, answer.value, completion.text, wanted)

    def _wanted_plans(self, record: Record) -> list[dict[str, Any]]:
        self._references(record)  # raises where one of its plans has no steps
        texts = (record.output, *record.acceptable)
        plans = [self._cached(text, True)[0].value for text in texts]
        return [plan for plan in plans if plan is not None]

    def _read(self, completion: Completion) -> tuple[JsonAnswer, Steps | None]:
        complete = completion.finish_reason == "stop"
        if len(completion.text) > MAX_BYTES:  # refused at once and not worth the memory
            return self._read_now(completion.text, complete)
        return self._cached(completion.text, complete)

    def _read_now(
        self,
        text: str,
        complete: bool,  # noqa: FBT001 - lru_cache keys on positional arguments fastest
    ) -> tuple[JsonAnswer, Steps | None]:
        answer = read_json_answer(text, complete=complete)
        steps = None if answer.value is None else steps_of(answer.value, self._branches)
        return answer, steps

    def _references(self, record: Record) -> list[Steps]:
        """Return the steps of the gold plan and of all acceptable ones, in this order."""
        plans = [self._cached(text, True)[1] for text in (record.output, *record.acceptable)]
        steps = [plan for plan in plans if plan]
        if len(steps) != len(plans):
            raise DataError(
                f"record {record.id}: its output or an acceptable plan is no plan with steps. "
                "Mend the record or delete it."
            )
        return steps


def _unparsable(record: Record, answer: JsonAnswer, value: float = 0.0) -> Outcome:
    detail = f"{answer.fault}: {answer.detail}" if answer.fault else "no readable list of steps"
    return Outcome.failure(record, _UNPARSABLE, detail, value=value)
