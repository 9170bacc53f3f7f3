"""What a person reads beside an answer: the trace of its plan, the outline of its code."""

import re
from collections.abc import Iterator
from typing import Any

from web4.catalog import Catalog
from web4.errors import DataError
from web4.metrics.json_answer import read_json_answer
from web4.metrics.plan_run import PlanRuns, Wanted
from web4.metrics.style import asks_for_code
from web4.records import Record
from web4.typescript.rules import declared_names
from web4.typescript.syntax import parse

_LINE = re.compile(r"(?:^|; |: )(?:line (\d+):? |(\d+):\d+ (?=[\w@/.-]+: ))")
_INNER = frozenset({"parameter", "local", "type parameter"})
_MAX_NAMES = 200
_KEPT_RUNS = 2_000


class Traces:
    """Runs plans in memory, gold and answer, and tells each run as lines."""

    def __init__(self, catalog: Catalog) -> None:
        self._runs = PlanRuns(catalog)
        self._gold: dict[str, tuple[Wanted | None, str]] = {}

    def of(self, record: Record, text: str) -> str:
        """Return the run of an answer; the empty text where it is no plan, or gold cannot run."""
        wanted, told = self._wanted(record)
        if wanted is None:
            return ""
        if text == record.output:
            return told
        plan = _plan(text)
        return "" if plan is None else self._runs.run(plan, wanted.start).to_text()

    def gold(self, record: Record) -> str:
        """Return the run of the record's own plan."""
        return self._wanted(record)[1]

    def _wanted(self, record: Record) -> tuple[Wanted | None, str]:
        if record.id not in self._gold:
            if len(self._gold) >= _KEPT_RUNS:
                self._gold.clear()
            self._gold[record.id] = self._run_gold(record)
        return self._gold[record.id]

    def _run_gold(self, record: Record) -> tuple[Wanted | None, str]:
        plans = [_plan(text) for text in (record.output, *record.acceptable)]
        known = [plan for plan in plans if plan is not None]
        if record.task_type != "tool_call" or len(known) != len(plans):
            return None, ""
        try:
            wanted = self._runs.wanted(record, known)
        except DataError:
            return None, ""  # the metrics that need it say so
        return wanted, wanted.runs[0].to_text()


def outline_of(record: Record, text: str) -> list[list[Any]]:
    """Return line, kind and name of what a code answer declares; nothing where it is no code."""
    root = parse(text).root if asks_for_code(record) else None
    if root is None:
        return []
    return [
        [one.line, one.kind, one.identifier]
        for one in list(declared_names(root))[:_MAX_NAMES]
        if one.kind not in _INNER
    ]


def places_of(detail: str) -> Iterator[list[Any]]:
    """Yield the lines of the answer that a judgement names, each with what it says of that line."""
    found = list(_LINE.finditer(detail))
    for number, match in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(detail)
        yield [int(match[1] or match[2]), detail[match.end() : end].strip("; ")]


def _plan(text: str) -> dict[str, Any] | None:
    plan = read_json_answer(text, complete=True).value
    return plan if plan is not None and isinstance(plan.get("steps"), list) else None
