"""The sanity check: what is wrong with training files, by file and line."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, Literal

from web4 import chat
from web4.catalog import Catalog
from web4.errors import DataError
from web4.records import EVAL_BUCKETS, Record, read_records

_SHOWN = 200
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: its stable code, level, place and what to do about it."""

    code: str
    level: Literal["error", "warning"]
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.level} {self.code} {self.message}"


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, and how long the rendered records are, in tokens."""

    records: int
    mean_tokens: float
    max_tokens: int
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        return sum(finding.level == "error" for finding in self.findings)

    def to_json(self) -> str:
        counts = Counter(finding.code for finding in self.findings)
        shown = [asdict(finding) for finding in self.findings[:_SHOWN]]
        described = {
            "records": self.records,
            "errors": self.errors,
            "mean_tokens": round(self.mean_tokens, 2),
            "max_tokens": self.max_tokens,
            "counts": dict(sorted(counts.items())),
            "findings": shown,
        }
        return json.dumps(described, indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class _Placed:
    place: str
    record: Record


def check(files: Sequence[Path], evals: Sequence[Path], catalog: Catalog, tokenizer: Any) -> Report:
    """Check training files against the catalogue, the tokenizer and the evaluation sets."""
    findings: list[Finding] = []
    placed: list[_Placed] = []
    for file in files:
        line = 0
        try:
            for line, record in enumerate(read_records(file), start=1):
                item = _Placed(f"{file.name}:{line}", record)
                if _is_unicode(record):
                    placed.append(item)
                else:
                    message = "holds half a character (a lone surrogate). Mend or delete it."
                    findings.append(Finding("E101", "error", item.place, message))
        except DataError as error:
            findings.append(Finding("E101", "error", f"{file.name}:{line + 1}", str(error)))
    asked = {
        (record.instruction, record.input): f"{path.name} {record.id}"
        for path in evals
        for record in read_records(path)
    }
    for item in placed:
        findings += _faults(item, catalog)
        leaked = asked.get((item.record.instruction, item.record.input))
        if leaked:
            message = f"asks what the evaluation asks ({leaked}). Delete the record."
            findings.append(Finding("E501", "error", item.place, message))
    findings += _repetitions(placed)
    lengths, broken = _token_lengths(placed, tokenizer)
    findings += broken
    return Report(
        len(placed), fmean(lengths) if lengths else 0.0, max(lengths, default=0), tuple(findings)
    )


def _is_unicode(record: Record) -> bool:
    try:
        (record.instruction + record.input + record.output).encode()
    except UnicodeEncodeError:  # JSON can spell what no tokenizer takes: "\ud83d"
        return False
    return True


def _faults(item: _Placed, catalog: Catalog) -> Iterator[Finding]:
    record = item.record
    if not record.instruction.strip():
        yield Finding("E201", "error", item.place, "asks nothing. Write an instruction.")
    if not record.output.strip():
        yield Finding("E202", "error", item.place, "has an empty output. Write the answer.")
    if record.task_type == "tool_call":
        yield from _plan_faults(item, catalog)
    if record.negative_example is not None and record.negative_example == record.output:
        yield Finding("E204", "error", item.place, "its negative example is its right answer.")


def _plan_faults(item: _Placed, catalog: Catalog) -> Iterator[Finding]:
    try:
        plan = json.loads(item.record.output)
    except (ValueError, RecursionError) as error:
        yield Finding("E301", "error", item.place, f"its output is no JSON plan: {error}")
        return
    try:
        fault = next(catalog.validator.iter_errors(plan), None)
    except RecursionError:
        yield Finding("E302", "error", item.place, "its plan is nested too deep to be checked.")
        return
    if fault is not None:
        message = f"its plan does not fit the catalogue at {fault.json_path}: {fault.message[:200]}"
        yield Finding("E302", "error", item.place, message)


def _repetitions(placed: Sequence[_Placed]) -> Iterator[Finding]:
    first: dict[tuple[str, str], _Placed] = {}
    for item in placed:
        request = (item.record.instruction, item.record.input)
        earlier = first.setdefault(request, item)
        if earlier is item:
            continue
        if earlier.record.output == item.record.output:
            yield Finding("W401", "warning", item.place, f"repeats {earlier.place}. Delete one.")
        else:
            message = f"contradicts {earlier.place}: same request, other output. Keep one."
            yield Finding("E402", "error", item.place, message)


def _token_lengths(placed: Sequence[_Placed], tokenizer: Any) -> tuple[list[int], list[Finding]]:
    """Tokenize all rendered records; a text that does not come back unchanged is a fault."""
    lengths: list[int] = []
    broken: list[Finding] = []
    for start in range(0, len(placed), _BATCH):
        batch = placed[start : start + _BATCH]
        texts = [chat.render_prompt(i.record) + chat.render_answer(i.record) for i in batch]
        encoded: Mapping[str, Any] = tokenizer(texts, add_special_tokens=False)
        decoded = tokenizer.batch_decode(encoded["input_ids"], clean_up_tokenization_spaces=False)
        lengths += [len(ids) for ids in encoded["input_ids"]]
        broken += [
            Finding("E601", "error", item.place, "the tokenizer does not give its text back.")
            for item, text, back in zip(batch, texts, decoded, strict=True)
            if text != back
        ]
    return lengths, broken


def check_folder(data: Path, evals: Mapping[str, Path], catalog: Catalog, tokenizer: Any) -> Report:
    """Check every ``*.jsonl`` of a folder against all buckets of an evaluation set."""
    buckets = [evals[name] for name in (*EVAL_BUCKETS, "mini") if name in evals]
    return check(sorted(data.glob("*.jsonl")), buckets, catalog, tokenizer)
