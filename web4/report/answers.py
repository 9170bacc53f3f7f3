"""Every answer of every candidate as the page's viewer reads it: texts once, the rest by number."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from web4.catalog import Catalog
from web4.chat import PREFIX, render_prompt
from web4.metrics.plan_answers import wants_no_tool
from web4.progress import progress
from web4.records import Record
from web4.report.difference import difference
from web4.report.evidence import Candidate, Evidence, Judged
from web4.report.pack import Table
from web4.report.readings import Traces, outline_of, places_of

SHOWN = 64 * 1024
"""So many characters of a text are in the page; the rest stands in the predictions."""

_FAMILIES = {"tool_call": "tool", "guardrail": "guardrail"}


def family_of(record: Record) -> str:
    """Return ``tool``, ``style`` or ``guardrail``."""
    return _FAMILIES.get(record.task_type, "style")


class Viewer:
    """Collects the answers of several runs; ``data`` is what the page's block holds."""

    def __init__(self, catalog: Catalog) -> None:
        self._texts = Table()
        self._metrics = Table()
        self._reasons = Table()
        self._passed = Table()
        self._cut: dict[int, int] = {}
        self._records: dict[tuple[Any, ...], int] = {}
        self._rows: list[list[Any]] = []
        self._anchors: set[str] = set()
        self._columns: list[dict[str, Any]] = []
        self._readings: dict[tuple[int, int], int] = {}
        self._read: list[dict[str, Any]] = []
        self._traces = Traces(catalog)
        self._prompt = ["", ""]

    def add(self, evidence: Evidence, labels: Mapping[str, str]) -> None:
        """Add the answers of a run's candidates, which ``labels`` names."""
        shown = [one for one in evidence.candidates if one.answers]
        total = sum(len(one.answers) for one in shown)
        version = evidence.eval_version
        own = {one.name for one in evidence.own}
        with progress(total, "report", "answer") as bar:
            for candidate in shown:
                found = self._of(candidate, evidence.records, version)
                rows = []
                for row in found:
                    rows.append(row)
                    bar.update()
                self._columns.append(
                    {
                        "label": labels[candidate.name],
                        "own": candidate.name in own,
                        "answers": rows,
                    }
                )

    @property
    def data(self) -> dict[str, Any]:
        return {
            "columns": self._columns,
            "metrics": self._metrics.values,
            "reasons": self._reasons.values,
            "passed": [list(one) for one in self._passed.values],
            "prompt": self._prompt,
            "texts": self._texts.values,
            "cut": self._cut,
            "records": self._rows,
            "readings": self._read,
        }

    @property
    def count(self) -> int:
        return sum(len(column["answers"]) for column in self._columns)

    def _of(
        self, candidate: Candidate, records: Sequence[Record], version: str
    ) -> Iterator[list[Any]]:
        for record in records:
            if record.id not in candidate.answers:
                continue
            answer = candidate.answers[record.id]
            verdicts: list[list[Any]] = []
            passed: list[int] = []
            for metric, judged in candidate.judged.items():
                if one := judged.get(record.id):
                    place = self._metrics.place(metric)
                    if one.passed:
                        passed.append(place)
                    else:
                        verdicts.append([place, *self._verdict(one, record)])
            number = self._record(record, version)
            yield [
                number,
                self._text(answer.text),
                answer.finish_reason,
                answer.completion_tokens,
                self._passed.place(tuple(passed)),
                verdicts,
                self._reading(number, record, answer.text),
            ]

    def _verdict(self, judged: Judged, record: Record) -> list[Any]:
        places = list(places_of(judged.detail)) if family_of(record) == "style" else []
        value = None if math.isnan(judged.value) else round(judged.value, 4)
        return [self._reasons.place(judged.reason), value, self._text(judged.detail), places]

    def _record(self, record: Record, version: str) -> int:
        key = (record.id, version, record.instruction, record.input, record.output)
        if key not in self._records:
            self._records[key] = len(self._rows)
            self._rows.append(self._row(record, version))
        return self._records[key]

    def _row(self, record: Record, version: str) -> list[Any]:
        anchor = record.id if record.id not in self._anchors else f"{record.id}@{version}"
        self._anchors.add(anchor)
        head, _, tail = render_prompt(record).rpartition("<|im_end|>")
        self._prompt = [PREFIX, f"<|im_end|>{tail}"]
        parts = [record.slice, f"grade {record.difficulty}"]
        parts += ["no tool"] if wants_no_tool(record) else []
        parts += ["mini set"] if record.id.startswith("mini-") else []
        return [
            anchor,
            family_of(record),
            parts,
            record.skeleton,
            self._text(record.instruction),
            self._text(head.removeprefix(PREFIX)),
            self._text(record.output),
            self._text(self._traces.gold(record)),
        ]

    def _reading(self, number: int, record: Record, text: str) -> int:
        """Return the number of what is read beside this answer; the same answer is read once."""
        key = (number, self._text(text))
        if key not in self._readings:
            self._readings[key] = len(self._read)
            differs = None if text == record.output else difference(record.output, text)
            self._read.append(
                {
                    "diff": [] if text == record.output else differs,
                    "trace": self._text(self._traces.of(record, text)),
                    "outline": outline_of(record, text),
                }
            )
        return self._readings[key]

    def _text(self, text: str) -> int:
        place = self._texts.place(text[:SHOWN])
        if len(text) > SHOWN:
            self._cut[place] = len(text)
        return place
