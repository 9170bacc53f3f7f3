"""Asking a candidate and judging its answers: the steps ``predict`` and ``score``."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web4.candidates.base import Candidate
from web4.catalog import load_catalog
from web4.errors import DataError, StepFailedError
from web4.metrics import guardrail_calibration
from web4.metrics.guardrail import METRICS as GUARDRAIL_METRICS
from web4.metrics.manual_flags import override, read_flags
from web4.metrics.outcome import Metric, Outcome
from web4.metrics.overall import STABILITY, throughput, tokens_per_second
from web4.metrics.plan_answers import wants_no_tool
from web4.metrics.plan_tally import tally
from web4.metrics.scorecard import FAULTLESS, NO_TOOL, Score, evaluable, judge, score
from web4.metrics.style import style_metrics
from web4.metrics.style_patterns import pattern_metrics
from web4.metrics.style_tools import Inspect, answers_in_code, inspect, tool_chain_metrics
from web4.metrics.tool import tool_metrics
from web4.progress import progress
from web4.records import (
    Completion,
    Record,
    compact_json,
    read_completions,
    read_records,
    write_jsonl,
)
from web4.typescript.toolchain import Report

VERSION = 7
"""Rises when a metric judges differently: it is part of the key of every score."""

PREDICTIONS = "predictions.jsonl"
SPEED = "speed.json"
SCORES = "scores.json"
OUTCOMES = "outcomes.jsonl"
JUDGING = "judging.json"


def predict(  # noqa: PLR0913 - who is asked what, and where it is kept
    candidate: Candidate,
    records: Sequence[Record],
    out: Path,
    scratch: Path,
    *,
    max_new_tokens: int,
    what: str,
) -> None:
    """Ask for every answer that ``scratch`` does not hold yet; write all of them into ``out``."""
    journal = scratch / PREDICTIONS
    answers = {completion.record_id: completion for completion in _whole_lines(journal)}
    write_jsonl(journal, answers.values())
    missing = [record for record in records if record.id not in answers]
    bar = progress(len(records), what, "answer", done=len(answers))
    asked: list[Completion] = []
    begun = time.monotonic()
    with journal.open("a", encoding="utf-8", newline="\n") as handle, bar:

        def keep(completion: Completion) -> None:
            handle.write(completion.to_json() + "\n")
            handle.flush()
            asked.append(completion)
            bar.update()

        candidate.answer(missing, max_new_tokens=max_new_tokens, on_done=keep)
    seconds = time.monotonic() - begun
    answers |= {completion.record_id: completion for completion in asked}
    lost = [record.id for record in records if record.id not in answers]
    if lost:
        raise StepFailedError(f"{what}: {len(lost)} records got no answer, the first {lost[0]}")
    write_jsonl(out / PREDICTIONS, (answers[record.id] for record in records))
    rate = tokens_per_second(asked, seconds)
    described = {"answers": len(asked), "seconds": round(seconds, 3), "tokens_per_s": rate}
    (out / SPEED).write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")


def _whole_lines(journal: Path) -> Iterable[Completion]:
    """Yield the answers kept by an earlier run; the last line may have been cut by its end."""
    if not journal.is_file():
        return
    try:
        yield from read_completions(journal)
    except DataError:
        return  # only the line that was being written: its record is asked again


def metrics(catalog: Path, reports: Mapping[str, Report] | None = None) -> tuple[Metric, ...]:
    """Return every metric that judges single answers.

    ``reports`` holds what the TypeScript tools say of the answers; without it nothing that they
    decide can be judged, only named.
    """
    tools = tool_metrics(load_catalog(catalog))
    code = (*style_metrics(), *pattern_metrics(), *tool_chain_metrics(reports or {}))
    return (*tools, *code, *GUARDRAIL_METRICS, STABILITY)


@dataclass(frozen=True)
class Judgement:
    """What answers come to: the scores of each slice, every outcome by metric, and how they came.

    ``judging`` tells how well the guardrail detector reads, which flags were applied, which tools
    were mixed up and which metrics could not be evaluated.
    """

    scores: Mapping[str, Sequence[Score]]
    outcomes: Mapping[str, Sequence[Outcome]]
    judging: Mapping[str, Any]

    def write(self, out: Path) -> None:
        """Write the files of the step ``score``."""
        described = {part: [one.to_dict() for one in found] for part, found in self.scores.items()}
        text = json.dumps(described, indent=1, allow_nan=False) + "\n"
        (out / SCORES).write_text(text, encoding="utf-8")
        with (out / OUTCOMES).open("w", encoding="utf-8", newline="\n") as handle:
            for name, found in self.outcomes.items():
                for outcome in found:
                    line = {"metric": name, "id": outcome.record_id, "value": outcome.value}
                    if not outcome.passed:
                        line |= {"reason": outcome.reason, "detail": outcome.detail}
                    handle.write(compact_json(line) + "\n")
        text = json.dumps(self.judging, indent=1) + "\n"
        (out / JUDGING).write_text(text, encoding="utf-8")


def score_predictions(  # noqa: PLR0913 - what is judged, by what, and where it is kept
    predictions: Path,
    buckets: Mapping[str, Path],
    catalog: Path,
    out: Path,
    *,
    inspect: Inspect = inspect,
    flags: Path | None = None,
    calibration: Path | None = None,
) -> None:
    """Judge the answers by bucket; write every outcome, and the scores of each slice."""
    found = judged(
        predictions, buckets, catalog, inspect=inspect, flags=flags, calibration=calibration
    )
    found.write(out)


def judged(  # noqa: PLR0913 - what is judged, and by what
    predictions: Path,
    buckets: Mapping[str, Path],
    catalog: Path,
    *,
    inspect: Inspect = inspect,
    flags: Path | None = None,
    calibration: Path | None = None,
) -> Judgement:
    """Judge the answers by bucket: the same answers always come to the same.

    A person's ``flags`` override the guardrail detector, whose reading is told on ``calibration``.
    """
    completions = read_completions(predictions / PREDICTIONS)
    answers = {completion.record_id: completion for completion in completions}
    records = [record for path in buckets.values() for record in read_records(path)]
    code = answers_in_code(records, answers)
    every = metrics(catalog, dict(zip(code, inspect(code), strict=True)))
    judging, not_evaluated = evaluable(every, records)
    found = judge(judging, records, answers)
    outcomes, flagging = override(found, read_flags(flags) if flags else (), answers)
    speed = json.loads((predictions / SPEED).read_text(encoding="utf-8"))
    units = {metric.name: metric.unit for metric in judging}
    families = {record.id: record.skeleton for record in records}
    scores: dict[str, list[Score]] = {}
    for part, ids in slices(records).items():
        chosen = {
            name: [o for o in found if o.record_id in ids] for name, found in outcomes.items()
        }
        scores[part] = [
            score(name, units[name], found, families) for name, found in chosen.items() if found
        ]
    scores["all"].append(throughput(float(speed["tokens_per_s"]), len(answers)))
    facts = {
        "manual_flags": flagging.to_dict(),
        "guardrail_detector": guardrail_calibration.described(
            calibration or guardrail_calibration.calibration_path()
        ),
        "tool_plans": tally(load_catalog(catalog), records, answers).to_dict(),
        "not_evaluated": not_evaluated,
        FAULTLESS: faultless(records, outcomes),
    }
    return Judgement(scores, outcomes, facts)


def faultless(
    records: Sequence[Record], outcomes: Mapping[str, Sequence[Outcome]]
) -> dict[str, dict[str, list[int]]]:
    """Count the records that pass every metric of their family, by slice and family: k of n.

    Stricter than a family's score, which is a mean: code that is well formed but not what was
    asked for passes most metrics.
    """
    judged_by: dict[str, set[str]] = {}
    failed: dict[str, set[str]] = {}
    for name, found in outcomes.items():
        family = name.partition(".")[0]
        judged_by.setdefault(family, set()).update(one.record_id for one in found)
        failed.setdefault(family, set()).update(one.record_id for one in found if not one.passed)
    judged_by.pop(STABILITY.name.partition(".")[0], None)
    return {
        part: {
            family: [len(asked & ids) - len(failed[family] & ids), len(asked & ids)]
            for family, asked in judged_by.items()
            if asked & ids
        }
        for part, ids in slices(records).items()
    }


def slices(records: Sequence[Record]) -> dict[str, frozenset[str]]:
    """Return the parts that scores are told of, with the ids of their records.

    ``all``, ``seen`` and ``unseen`` skeletons, each grade of difficulty as ``grade 1``, and where
    there are such records ``no tool``: those whose right answer is a plan without steps.
    """
    parts: dict[str, set[str]] = {"all": set(), "seen": set(), "unseen": set()}
    for record in sorted(records, key=lambda record: record.difficulty):
        for part in ("all", record.slice, f"grade {record.difficulty}"):
            parts.setdefault(part, set()).add(record.id)
        if wants_no_tool(record):
            parts.setdefault(NO_TOOL, set()).add(record.id)
    return {part: frozenset(ids) for part, ids in parts.items()}
