"""Hostile files: every line becomes a record or a finding, and nothing is read without bound."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests_unit.dataset.sanity.conftest import PLAN, Check, Write, changed, found
from web4.dataset.sanity import lines
from web4.dataset.sanity.findings import Findings
from web4.dataset.sanity.lines import Item, Reader, Source
from web4.records import Record


def _read(path: Path) -> tuple[list[Item], Findings]:
    findings = Findings()
    return list(Reader(Source(path, path.name), findings).items()), findings


def test_an_empty_file_is_named(check: Check) -> None:
    report = check()
    assert found(report) == [("E108", "mine.jsonl")]
    assert report.verdict == "UNUSABLE: no line is a record"


def test_a_long_line_is_skipped_and_the_next_is_read(
    check: Check, monkeypatch: pytest.MonkeyPatch, style: Record
) -> None:
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 200)
    monkeypatch.setattr(lines, "_CHUNK", 64)
    report = check("x" * 1000, style, "y" * 201, style.to_json()[:-1] + " " * 300 + "}")
    assert found(report) == [("E107", f"mine.jsonl:{line}") for line in (1, 3, 4)]
    assert report.records == 1


def test_a_byte_order_mark_is_a_warning_and_the_line_is_read(check: Check, style: Record) -> None:
    report = check(b"\xef\xbb\xbf" + style.to_json().encode())
    assert found(report) == [("W110", "mine.jsonl:1")]
    assert report.records == 1


def test_utf_16_is_one_finding(check: Check, style: Record) -> None:
    report = check((style.to_json() + "\n").encode("utf-16") * 5)
    assert found(report) == [("E105", "mine.jsonl:1")]


def test_windows_line_ends_and_a_missing_last_one_are_fine(write: Write, style: Record) -> None:
    path = write("mine", style)
    path.write_bytes(f"{style.to_json()}\r\n{style.to_json()}".encode())
    items, findings = _read(path)
    assert ([item.line for item in items], findings.kept) == ([1, 2], [])


@pytest.mark.parametrize(
    ("alias", "output", "meant"),
    [
        ("tool_core", PLAN, "tool_call"),
        ("tool_neg", PLAN, "tool_call"),
        ("style_core", "let a;", "style_sft"),
        ("eval", PLAN, "tool_call"),
        ("eval", "<REFUSAL> No.", "guardrail"),
        ("eval", "let a;", "style_sft"),
    ],
)
def test_a_buckets_name_is_mapped_to_its_task_type(
    write: Write, style: Record, alias: str, output: str, meant: str
) -> None:
    line = changed(style, task_type=alias, output=output)
    items, findings = _read(write("mine", line, line))
    assert [item.record.task_type for item in items] == [meant, meant]
    (finding,) = findings.kept
    assert (finding.code, finding.line) == ("W111", 1)
    assert f"task_type {alias!r} in 2 records" in finding.message


def test_mixed_outputs_are_told_once_with_counts_and_first_lines(
    check: Check, tool: Record
) -> None:
    plan = json.loads(PLAN)
    texts = [changed(tool, instruction=f"List {i * 'the '}files.") for i in range(3)]
    report = check(
        texts[0], changed(tool, instruction="Show src, please.", output=plan), *texts[1:]
    )
    (finding,) = (one for one in report.findings if one.code == "W112")
    assert finding.line == 2
    assert finding.message == (
        "1 outputs are objects (first at line 2), 3 are strings (first at line 1)"
    )


def test_objects_become_compact_json(write: Write, tool: Record) -> None:
    line = changed(tool, output=json.loads(PLAN), negative_example=[1, {"a": 2}])
    (item,), _ = _read(write("mine", line))
    assert item.record.output == PLAN
    assert item.record.negative_example == '[1,{"a":2}]'


def test_extra_fields_and_missing_ids_are_counted_once_a_file(check: Check, style: Record) -> None:
    texts = [changed(style, instruction=f"Make {n}.", id=None, note=1) for n in ("one", "two")]
    report = check(style, *texts)
    told = [str(one) for one in report.findings if one.level == "note"]
    assert told == [
        "mine.jsonl:2: note N113 extra-field: field 'note' in 2 records is read by nothing",
        "mine.jsonl:2: note N114 missing-id: 2 records have no id",
    ]


def test_deep_json_is_a_finding_and_no_crash(check: Check, style: Record) -> None:
    deep = "[" * 100_000
    nested = '{"task_type":' + '{"a":' * 5000 + "1" + "}" * 5000 + "}"
    report = check(deep, nested, changed(style)[:-1] + ',"extra":' + "[" * 900 + "]" * 900 + "}")
    assert [one.line for one in report.findings if one.level == "error"] == [1, 2]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_crash(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(raw)
    items, findings = _read(path)
    assert items or findings.kept


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from(["id", "task_type", "instruction", "input", "output", "acceptable"])
        | st.sampled_from(["negative_example", "workspace", "skeleton", "slice", "difficulty"]),
        st.sampled_from(["tool_call", "guardrail", "eval", "a"]) | _JSON,
    )
)
def test_any_object_is_a_record_of_texts_or_a_finding(
    tmp_path_factory: pytest.TempPathFactory, value: dict[str, object]
) -> None:
    path = tmp_path_factory.getbasetemp() / "object.jsonl"
    path.write_text(json.dumps(value) + "\n", encoding="utf-8")
    items, findings = _read(path)
    assert items or findings.kept
    for item in items:
        record = item.record
        texts = (record.id, record.instruction, record.input, record.output, *record.acceptable)
        assert all(isinstance(text, str) for text in texts)
        "".join(texts).encode()
