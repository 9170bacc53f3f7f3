"""Records and completions survive their files; a broken line is named by file and line."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.errors import DataError
from web4.records import (
    TASK_TYPES,
    Completion,
    Plan,
    PlanStep,
    Record,
    compact_json,
    read_completions,
    read_records,
    write_jsonl,
)

_LINE = {"id": "a", "task_type": "tool_call", "instruction": "Do it.", "input": "", "output": "x"}
_TEXT = st.text(st.characters(codec="utf-8"))

RECORDS = st.builds(
    Record,
    id=_TEXT,
    task_type=st.sampled_from(TASK_TYPES),
    instruction=_TEXT,
    input=_TEXT,
    output=_TEXT,
    negative_example=st.none() | _TEXT,
    workspace=st.none() | st.dictionaries(_TEXT, _TEXT, max_size=3),
    acceptable=st.lists(_TEXT, max_size=3).map(tuple),
    skeleton=_TEXT,
    slice=st.sampled_from(("seen", "unseen")),
    difficulty=st.integers(1, 5),
)


def _written(path: Path, *lines: object) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


@given(RECORDS)
def test_a_record_survives_its_line(record: Record) -> None:
    line = record.to_json()
    assert "\n" not in line
    assert Record.from_dict(json.loads(line)) == record


@settings(deadline=None, max_examples=25)
@given(st.lists(RECORDS, max_size=4))
def test_records_survive_a_file(
    tmp_path_factory: pytest.TempPathFactory, records: list[Record]
) -> None:
    path = tmp_path_factory.mktemp("bucket") / "bucket.jsonl"
    assert write_jsonl(path, records) == len(records)
    assert list(read_records(path)) == records


def test_fields_that_say_nothing_are_left_out() -> None:
    record = Record("a", "tool_call", "Do it.", "", "x")
    assert json.loads(record.to_json()) == _LINE


def test_lines_end_with_a_line_feed_alone(tmp_path: Path) -> None:
    path = tmp_path / "bucket.jsonl"
    record = Record("ü", "style_sft", "One\r\ntwo", "", "three\n")
    assert write_jsonl(path, [record, record]) == 2
    line = record.to_json().encode("utf-8")
    assert path.read_bytes() == line + b"\n" + line + b"\n"
    assert b"\r" not in line
    assert "ü".encode() in line


def test_an_output_given_as_an_object_becomes_compact_json(tmp_path: Path) -> None:
    plan = Plan((PlanStep("open", {"path": "ä b", "line": 3}),))
    as_object = {**_LINE, "output": json.loads(plan.to_json())}
    (record,) = read_records(_written(tmp_path / "b.jsonl", as_object))
    expected = '{"type":"tool_call","steps":[{"tool":"open","args":{"path":"ä b","line":3}}]}'
    assert record.output == plan.to_json() == expected


def test_a_plan_of_several_steps_names_its_type_and_tools() -> None:
    plan = Plan((PlanStep("a", {}), PlanStep("b", {"x": 1})))
    assert plan.type == "multi_tool_plan"
    assert plan.tools == ("a", "b")


def test_numbers_that_json_lacks_are_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        compact_json({"value": float("nan")})


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{'id': 1}", "not valid JSON"),
        ("", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ('["a"]', "no JSON object"),
        ("null", "no JSON object"),
        ({key: value for key, value in _LINE.items() if key != "output"}, "field 'output'"),
        ({**_LINE, "colour": "red"}, "unknown field 'colour'"),
        ({**_LINE, "task_type": "poetry"}, "task_type 'poetry' is none of tool_call, style_sft"),
        ({**_LINE, "task_type": ["tool_call"]}, "task_type"),
        ({**_LINE, "instruction": 3}, "field 'instruction' is no string"),
        ({**_LINE, "output": None}, "field 'output' is no string"),
        ({**_LINE, "output": ["a"]}, "field 'output' is no string"),
        ({**_LINE, "acceptable": 3}, "acceptable"),
        ({**_LINE, "acceptable": "alone"}, "acceptable"),
        ({**_LINE, "acceptable": [1]}, "acceptable"),
        ({**_LINE, "acceptable": None}, "acceptable"),
    ],
)
def test_a_broken_line_is_named_by_file_and_line(tmp_path: Path, line: object, says: str) -> None:
    path = _written(tmp_path / "bucket.jsonl", _LINE, line)
    records = read_records(path)
    assert next(records).id == "a"
    with pytest.raises(DataError) as caught:
        next(records)
    message = str(caught.value)
    assert message.startswith(f"{path}:2: ")
    assert says in message
    assert "\n" not in message


def test_bytes_that_are_no_utf8_are_named_by_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "bucket.jsonl"
    path.write_bytes(b'{"id": "\xff"}\n')
    with pytest.raises(DataError, match=r"bucket\.jsonl:1: not valid JSON"):
        list(read_records(path))


def test_an_endless_line_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path / "bucket.jsonl", {**_LINE, "input": "x" * (4 * 1024 * 1024)})
    with pytest.raises(DataError, match=r"bucket\.jsonl:1: the line is longer"):
        list(read_records(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.jsonl: cannot be read \(No such file"):
        list(read_records(tmp_path / "none.jsonl"))


def test_a_refusal_marks_a_restricted_record() -> None:
    assert Record("a", "guardrail", "Drop it.", "", "<REFUSAL> No.").restricted
    assert not Record("a", "guardrail", "Say it.", "", "A <REFUSAL> is a tag.").restricted


def test_completions_survive_a_file(tmp_path: Path) -> None:
    completions = [
        Completion("a", 'say "ü"\n', "stop", 12, 3),
        Completion("b", "", "length", 1, 0),
    ]
    path = tmp_path / "predictions.jsonl"
    assert write_jsonl(path, completions) == 2
    assert list(read_completions(path)) == completions


@pytest.mark.parametrize("change", [{"colour": "red"}, {"text": ...}])
def test_a_broken_completion_is_named_by_file_and_line(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    whole = json.loads(Completion("a", "x", "stop", 1, 1).to_json())
    broken = {key: value for key, value in {**whole, **change}.items() if value is not ...}
    path = _written(tmp_path / "predictions.jsonl", whole, broken)
    with pytest.raises(DataError, match=r"predictions\.jsonl:2: no completion"):
        list(read_completions(path))
