"""Reading hostile files: each line becomes a record, or a finding that says why it does not."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from web4.dataset.sanity.findings import Findings, Place
from web4.errors import DataError
from web4.records import REFUSAL_TAG, TASK_TYPES, Record, TaskType, compact_json

Role = Literal["train", "eval"]

MAX_LINE_BYTES = 4 * 1024 * 1024
_CHUNK = 1 << 20
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ALIASES: dict[str, TaskType] = {
    "tool_core": "tool_call",
    "tool_neg": "tool_call",
    "style_core": "style_sft",
}
_FROM_OUTPUT = "eval"
_TEXTS = ("instruction", "input", "output")
_KNOWN = frozenset(Record.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Source:
    """A file, the name under which findings show it, and what it is for."""

    path: Path
    shown: str
    role: Role = "train"

    def at(self, line: int = 0) -> Place:
        return Place(self.shown, line)


@dataclass(frozen=True, slots=True)
class Item:
    """A line that is a record, and how many bytes of its file were read with it."""

    source: Source
    line: int
    record: Record
    size: int = 0

    @property
    def place(self) -> Place:
        return self.source.at(self.line)


@dataclass
class _Tally:
    """What is told once a file: how often, and where first."""

    count: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)

    def add(self, key: str, line: int) -> None:
        self.count[key] += 1
        self.first.setdefault(key, line)

    def __iter__(self) -> Iterator[tuple[str, int, int]]:
        return ((key, self.count[key], self.first[key]) for key in sorted(self.count))


class _RepeatedKeyError(ValueError):
    pass


class _FieldError(ValueError):
    """A field is missing or of the wrong kind: the code and what is wrong."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Reader:
    """Reads one file; faults go to ``findings``, what can be read comes as items."""

    source: Source
    findings: Findings
    lines: int = 0
    _aliases: _Tally = field(default_factory=_Tally)
    _extra: _Tally = field(default_factory=_Tally)
    _outputs: _Tally = field(default_factory=_Tally)
    _odd: _Tally = field(default_factory=_Tally)

    def items(self) -> Iterator[Item]:
        """Yield the records; raise ``DataError`` where the file cannot be opened."""
        try:
            with self.source.path.open("rb") as handle:
                yield from self._read(handle)
        except OSError as error:
            reason = error.strerror or error
            raise DataError(
                f"{self.source.shown}: cannot be read ({reason}). Check path and permissions."
            ) from error
        if not self.lines:
            self._fault("E108", 0, "the file is empty")
        self._tell()

    def _read(self, handle: IO[bytes]) -> Iterator[Item]:
        while raw := handle.readline(MAX_LINE_BYTES + 1):
            self.lines += 1
            size = len(raw)
            if size > MAX_LINE_BYTES:
                self._fault("E107", self.lines, f"the line is longer than {MAX_LINE_BYTES} bytes")
                while not raw.endswith(b"\n") and (raw := handle.readline(_CHUNK)):
                    pass
                continue
            if self.lines == 1 and raw.startswith(_UTF16):
                self._fault("E105", 1, "the file is UTF-16, not UTF-8; nothing of it was read")
                return
            if self.lines == 1 and raw.startswith(_BOM):
                self._fault("W110", 1, "the file starts with a byte order mark")
                raw = raw.removeprefix(_BOM)
            record = self._record(raw)
            if record is not None:
                yield Item(self.source, self.lines, record, size)

    def _fault(self, code: str, line: int, message: str) -> None:
        self.findings.add(code, self.source.at(line), message)

    def _record(self, raw: bytes) -> Record | None:
        line = self.lines
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            bad = raw[error.start]
            self._fault("E105", line, f"byte 0x{bad:02x} at {error.start + 1} is not UTF-8")
            return None
        try:
            value = self._parsed(text)
        except (ValueError, RecursionError) as error:
            reason = "the line is blank" if not text.strip() else f"not valid JSON: {error}"
            self._fault("E101", line, reason)
            return None
        if not isinstance(value, dict):
            self._fault("E109", line, f"the line holds {_kind(value)}, not an object")
            return None
        try:
            record = self._built(value)
        except _FieldError as error:
            self._fault(error.code, line, str(error))
            return None
        return record if self._is_unicode(value) else None

    def _parsed(self, text: str) -> Any:
        try:
            return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
        except _RepeatedKeyError as error:
            value = json.loads(text, parse_constant=_refuse)
            self._fault("W118", self.lines, f"key {str(error)!r} stands there twice")
            return value

    def _is_unicode(self, value: Mapping[str, Any]) -> bool:
        """Report half a character: JSON can spell what no tokenizer takes."""
        for name, text in value.items():
            try:
                (text if isinstance(text, str) else compact_json(text)).encode()
            except UnicodeEncodeError as error:
                shown = ascii(error.object[error.start])
                message = f"field {name!r} holds half a character ({shown}, a lone surrogate)"
                self._fault("E106", self.lines, message)
                return False
            except (ValueError, RecursionError):
                continue  # never written to a prompt: only texts are
        return True

    def _built(self, value: dict[str, Any]) -> Record:
        missing = [name for name in ("task_type", *_TEXTS) if name not in value]
        if missing:
            raise _FieldError("E102", f"field {missing[0]!r} is missing")
        for name in set(value) - _KNOWN:
            self._extra.add(name, self.lines)
        if "id" not in value:
            self._odd.add("id", self.lines)
        fields = {name: value[name] for name in _KNOWN & set(value)}
        fields["output"] = self._output(value["output"])
        negative = value.get("negative_example")
        if isinstance(negative, dict | list):
            fields["negative_example"] = _spelled("negative_example", negative)
        _check_types(fields)
        fields["task_type"] = self._task_type(value["task_type"], fields["output"])
        fields["acceptable"] = tuple(fields.get("acceptable") or ())
        return Record(**{"id": "", **fields})

    def _output(self, output: Any) -> Any:
        structured = isinstance(output, dict | list)
        self._outputs.add("object" if structured else "string", self.lines)
        return _spelled("output", output) if structured else output

    def _task_type(self, named: Any, output: str) -> TaskType:
        if named in TASK_TYPES:
            return named  # type: ignore[no-any-return] # it is one of them
        if isinstance(named, str) and (named in _ALIASES or named == _FROM_OUTPUT):
            self._aliases.add(named, self.lines)
            return _ALIASES.get(named) or _guessed(output)
        known = ", ".join(TASK_TYPES)
        raise _FieldError("E104", f"task_type {str(named)[:60]!r} is none of {known}")

    def _tell(self) -> None:
        """Report what is told once a file, at the line where it was first."""
        for alias, count, line in self._aliases:
            meant = _ALIASES.get(alias, "what the output looks like")
            message = f"task_type {alias!r} in {count} records, taken as {meant}"
            self._fault("W111", line, message)
        if len(self._outputs.count) > 1:
            told = {key: (count, line) for key, count, line in self._outputs}
            (objects, first), (strings, other) = told["object"], told["string"]
            message = (
                f"{objects} outputs are objects (first at line {first}), "
                f"{strings} are strings (first at line {other})"
            )
            self._fault("W112", max(first, other), message)
        for name, count, line in self._extra:
            self._fault("N113", line, f"field {name!r} in {count} records is read by nothing")
        for _, count, line in self._odd:
            self._fault("N114", line, f"{count} records have no id")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise _RepeatedKeyError(next(key for key, count in counts.items() if count > 1))
    return value


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON number")


def _spelled(name: str, value: Any) -> str:
    try:
        return compact_json(value)
    except (ValueError, RecursionError) as error:
        raise _FieldError("E103", f"field {name!r} cannot be written as JSON: {error}") from error


def _kind(value: Any) -> str:
    kinds = {list: "an array", str: "a string", bool: "a truth value", type(None): "null"}
    return kinds.get(type(value), "a number")


def _check_types(fields: Mapping[str, Any]) -> None:
    for name in ("id", *_TEXTS, "skeleton", "template"):
        if not isinstance(fields.get(name, ""), str):
            raise _FieldError("E103", f"field {name!r} is {_kind(fields[name])}, not a string")
    if not isinstance(fields.get("negative_example") or "", str):
        raise _FieldError("E103", "field 'negative_example' is no string")
    difficulty = fields.get("difficulty", 1)
    if not isinstance(difficulty, int) or isinstance(difficulty, bool):
        raise _FieldError("E103", "field 'difficulty' is no whole number")
    if fields.get("slice", "seen") not in ("seen", "unseen"):
        raise _FieldError("E103", "field 'slice' is neither 'seen' nor 'unseen'")
    for name, kind, what in (("acceptable", list, "list"), ("workspace", dict, "object")):
        value = fields.get(name)
        if value is None:
            continue
        texts = value.values() if isinstance(value, dict) else value
        if not isinstance(value, kind) or not all(isinstance(one, str) for one in texts):
            raise _FieldError("E103", f"field {name!r} is no {what} of strings")


def _guessed(output: str) -> TaskType:
    """Return what kind of record an evaluation row is that only says ``eval``."""
    if output.lstrip().startswith(REFUSAL_TAG):
        return "guardrail"
    return "tool_call" if output.lstrip().startswith("{") else "style_sft"
