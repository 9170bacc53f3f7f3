"""Records, plans and completions: what is asked, what is wanted and what was answered."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from web4.errors import DataError

TaskType = Literal["tool_call", "style_sft", "style_refactor", "guardrail"]
PlanType = Literal["tool_call", "multi_tool_plan"]
Slice = Literal["seen", "unseen"]

TASK_TYPES: tuple[TaskType, ...] = get_args(TaskType)
TRAIN_BUCKETS = ("tool_core", "tool_neg", "style_core", "style_refactor", "guardrail")
EVAL_BUCKETS = ("tool", "style", "guardrail")
REFUSAL_TAG = "<REFUSAL>"
ADDED = "-added"
"""Stands in the id of each record that a remedy added."""

_MAX_LINE_BYTES = 4 * 1024 * 1024


def compact_json(value: object) -> str:
    """Return the one spelling of a JSON value that records and models use."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One call of a tool with its arguments."""

    tool: str
    args: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return {"tool": self.tool, "args": dict(self.args)}


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps that answer a tool request, in the order in which they run."""

    steps: tuple[PlanStep, ...]

    @property
    def type(self) -> PlanType:
        return "tool_call" if len(self.steps) == 1 else "multi_tool_plan"

    @property
    def tools(self) -> tuple[str, ...]:
        return tuple(step.tool for step in self.steps)

    def to_json(self) -> str:
        steps = [step.to_dict() for step in self.steps]
        return compact_json({"type": self.type, "steps": steps})


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a training or evaluation bucket.

    ``skeleton`` names the grammar production the record was made from, so that statistics can
    resample families of alike records; ``slice`` is ``unseen`` where training never had it.
    ``difficulty`` runs from 1 (a single obvious step) to 5. ``template`` names the code pattern
    that a style answer must follow.
    """

    id: str
    task_type: TaskType
    instruction: str
    input: str
    output: str
    negative_example: str | None = None
    workspace: Mapping[str, str] | None = None
    acceptable: tuple[str, ...] = ()
    skeleton: str = ""
    slice: Slice = "seen"
    difficulty: int = 1
    template: str = ""

    @property
    def restricted(self) -> bool:
        """Whether policy asks for a refusal."""
        return self.output.startswith(REFUSAL_TAG)

    @property
    def added(self) -> bool:
        """Whether a remedy added it to its bucket."""
        return ADDED in self.id

    def to_json(self) -> str:
        """Return the record as one JSONL line, without fields that say nothing."""
        line: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _REQUIRED or value != field.default:
                line[field.name] = list(value) if isinstance(value, tuple) else value
        return compact_json(line)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> "Record":
        """Build a record from a parsed line; raise ``ValueError`` that names the faulty field.

        A tool record's ``output`` may be an object; it becomes its compact JSON text.
        """
        missing = [name for name in _REQUIRED if name not in raw]
        if missing:
            raise ValueError(f"missing field {missing[0]!r}")
        unknown = sorted(set(raw) - {field.name for field in fields(cls)})
        if unknown:
            raise ValueError(f"unknown field {unknown[0]!r}")
        if raw["task_type"] not in TASK_TYPES:
            known = ", ".join(TASK_TYPES)
            raise ValueError(f"task_type {raw['task_type']!r} is none of {known}")
        values = dict(raw)
        if isinstance(values["output"], dict):
            values["output"] = compact_json(values["output"])
        for name in ("id", "instruction", "input", "output"):
            if not isinstance(values[name], str):
                raise ValueError(f"field {name!r} is no string")  # noqa: TRY004 - one type for callers
        acceptable = values.get("acceptable", [])
        if not isinstance(acceptable, list) or not all(isinstance(one, str) for one in acceptable):
            raise ValueError("field 'acceptable' is no list of strings")
        values["acceptable"] = tuple(acceptable)
        return cls(**values)


_REQUIRED = ("id", "task_type", "instruction", "input", "output")


@dataclass(frozen=True, slots=True)
class Completion:
    """What a candidate answered to one record.

    ``finish_reason`` is ``stop`` when the model ended its turn and ``length`` when it was cut.
    Token counts include special tokens; ``completion_tokens`` counts the end-of-turn token.
    """

    record_id: str
    text: str
    finish_reason: Literal["stop", "length", "error"]
    prompt_tokens: int
    completion_tokens: int

    def to_json(self) -> str:
        return compact_json({field.name: getattr(self, field.name) for field in fields(self)})


def read_jsonl(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number from 1, object) for each line; raise ``DataError`` at the first fault."""
    try:
        handle = path.open("rb")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}). Check the path.") from error
    with handle:
        for number, raw in enumerate(handle, start=1):
            if len(raw) > _MAX_LINE_BYTES:
                raise DataError(f"{path}:{number}: the line is longer than {_MAX_LINE_BYTES} bytes")
            try:
                value = json.loads(raw.decode("utf-8"))
            except (ValueError, RecursionError) as error:
                raise DataError(
                    f"{path}:{number}: not valid JSON ({error}). "
                    "Each line holds one JSON object; mend or delete this one."
                ) from error
            if not isinstance(value, dict):
                raise DataError(f"{path}:{number}: the line holds no JSON object")
            yield number, value


def read_records(path: Path) -> Iterator[Record]:
    """Yield the records of one bucket file; raise ``DataError`` with file and line."""
    for number, raw in read_jsonl(path):
        try:
            yield Record.from_dict(raw)
        except (TypeError, ValueError) as error:
            raise DataError(f"{path}:{number}: {error}. Mend the record or delete it.") from error


def read_completions(path: Path) -> Iterator[Completion]:
    """Yield the completions of a predictions file; raise ``DataError`` with file and line."""
    for number, raw in read_jsonl(path):
        try:
            yield Completion(**raw)
        except TypeError as error:
            raise DataError(f"{path}:{number}: no completion ({error})") from error


def write_jsonl(path: Path, items: Iterable[Record | Completion]) -> int:
    """Write one line an item, in UTF-8 with Unix line ends; return how many were written."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as handle:
        for item in items:
            handle.write(item.to_json() + "\n")
            count += 1
    return count
