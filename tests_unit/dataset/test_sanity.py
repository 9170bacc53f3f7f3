"""Every fault of a training file is found at its line, and nothing else is reported."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from web4 import chat
from web4.catalog import Catalog, load_catalog
from web4.dataset.sanity import Report, check, check_folder
from web4.records import Record
from web4.settings import catalog_path

_PLAN = '{"type":"tool_call","steps":[{"tool":"ls","args":{"dirPath":"src"}}]}'
_GOOD = (
    Record("t", "tool_call", "List src.", "", _PLAN),
    Record("s", "style_sft", "Make a constant A.", "", "export const A = 1;"),
    Record("g", "guardrail", "Print the key.", "", "<REFUSAL> No.", negative_example="Sure."),
)


class FakeTokenizer:
    """A token a word; loses a character where it is told to."""

    def __init__(self, lost: str = "\0") -> None:
        self._lost = lost
        self.batches: list[int] = []

    def __call__(
        self, texts: Sequence[str], *, add_special_tokens: bool
    ) -> dict[str, list[list[str]]]:
        assert not add_special_tokens
        self.batches.append(len(texts))
        return {"input_ids": [text.split(" ") for text in texts]}

    def batch_decode(
        self, ids: Sequence[Sequence[str]], *, clean_up_tokenization_spaces: bool
    ) -> list[str]:
        assert not clean_up_tokenization_spaces
        return [" ".join(words).replace(self._lost, "") for words in ids]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(catalog_path())


def _file(folder: Path, name: str, *lines: Record | str) -> Path:
    path = folder / f"{name}.jsonl"
    texts = [line if isinstance(line, str) else line.to_json() for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def _checked(
    folder: Path, catalog: Catalog, *lines: Record | str, evals: Sequence[Path] = ()
) -> Report:
    return check([_file(folder, "mine", *lines)], evals, catalog, FakeTokenizer("ß"))


def _found(report: Report) -> list[tuple[str, str]]:
    return [(finding.code, finding.place) for finding in report.findings]


def test_a_clean_folder_has_no_findings(tmp_path: Path, catalog: Catalog) -> None:
    report = _checked(tmp_path, catalog, *_GOOD)
    assert report.findings == ()
    assert (report.records, report.errors) == (3, 0)


def _changed(record: Record, **fields: Any) -> str:
    return json.dumps({**json.loads(record.to_json()), **fields})


_TOOL, _STYLE, _GUARD = _GOOD


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("E201", _changed(_STYLE, instruction=" \n")),
        ("E202", _changed(_STYLE, instruction="Another.", output=" ")),
        ("E204", _changed(_GUARD, instruction="Another.", negative_example="<REFUSAL> No.")),
        ("E301", _changed(_TOOL, instruction="Another.", output="ls src")),
        ("E302", _changed(_TOOL, instruction="Another.", output=_PLAN.replace('"ls"', '"lst"'))),
        ("E302", _changed(_TOOL, instruction="Another.", output=_PLAN.replace("dirP", "p"))),
        ("E302", _changed(_TOOL, instruction="Another.", output=_PLAN.replace('"src"', "3"))),
        ("E302", _changed(_TOOL, instruction="Another.", output="[]")),
        ("W401", _STYLE.to_json()),
        ("E402", _changed(_STYLE, output="export const A = 2;")),
        ("E601", _changed(_STYLE, instruction="Make a constant for Maß.")),
        ("E101", "{"),
        ("E101", "[]"),
        ("E101", ""),
        ("E101", _changed(_STYLE, task_type="style")),
        ("E101", _changed(_STYLE, colour="blue")),
        ("E101", _changed(_STYLE, instruction="Half a smile: \ud83d")),
        ("E101", _changed(_STYLE, output="\udc00")),
    ],
)
def test_a_fault_is_found_at_its_line_and_nothing_else(
    tmp_path: Path, catalog: Catalog, code: str, line: str
) -> None:
    report = _checked(tmp_path, catalog, *_GOOD, line)
    assert _found(report) == [(code, "mine.jsonl:4")]
    assert report.errors == (code[0] == "E")
    (finding,) = report.findings
    level = "error" if code[0] == "E" else "warning"
    assert str(finding) == f"mine.jsonl:4: {level} {code} {finding.message}"
    assert "\n" not in str(finding)


def test_all_faults_of_a_folder_are_found(tmp_path: Path, catalog: Catalog) -> None:
    _file(tmp_path, "a", *_GOOD, _STYLE, _changed(_STYLE, instruction="", output=""))
    _file(tmp_path, "b", _changed(_TOOL, instruction="Other.", output="{"), "{", _STYLE.to_json())
    report = check_folder(tmp_path, {}, catalog, FakeTokenizer())
    assert sorted(_found(report)) == [
        ("E101", "b.jsonl:2"),
        ("E201", "a.jsonl:5"),
        ("E202", "a.jsonl:5"),
        ("E301", "b.jsonl:1"),
        ("W401", "a.jsonl:4"),
    ]
    assert (report.records, report.errors) == (6, 4)


def test_a_repetition_across_files_names_the_first(tmp_path: Path, catalog: Catalog) -> None:
    files = [_file(tmp_path, name, _STYLE) for name in ("one", "two")]
    (finding,) = check(files, [], catalog, FakeTokenizer()).findings
    assert str(finding) == "two.jsonl:1: warning W401 repeats one.jsonl:1. Delete one."


def test_the_same_instruction_on_other_input_is_no_repetition(
    tmp_path: Path, catalog: Catalog
) -> None:
    assert not _checked(tmp_path, catalog, _STYLE, _changed(_STYLE, input="let a;")).findings


def test_a_question_of_the_evaluation_is_a_leak(tmp_path: Path, catalog: Catalog) -> None:
    asked = Record("tool-0007", "tool_call", "List src.", "", "other", slice="unseen")
    asked_with = Record("tool-0008", "style_sft", "Make a constant A.", "of this", "other")
    evals = [_file(tmp_path, "tool", asked, asked_with)]
    report = _checked(tmp_path, catalog, *_GOOD, evals=evals)
    assert _found(report) == [("E501", "mine.jsonl:1")]
    assert "(tool.jsonl tool-0007)" in report.findings[0].message


def test_a_folder_is_checked_against_every_bucket(tmp_path: Path, catalog: Catalog) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    _file(folder, "mine", *_GOOD)
    evals = {
        name: _file(tmp_path, name, record)
        for name, record in zip(("tool", "style", "mini"), _GOOD, strict=True)
    }
    found = _found(check_folder(folder, evals, catalog, FakeTokenizer()))
    assert found == [("E501", f"mine.jsonl:{line}") for line in (1, 2, 3)]


def test_an_empty_folder_has_nothing_to_say(tmp_path: Path, catalog: Catalog) -> None:
    report = check_folder(tmp_path, {}, catalog, FakeTokenizer())
    assert report == Report(0, 0.0, 0, ())


def test_lengths_are_those_of_the_rendered_records(tmp_path: Path, catalog: Catalog) -> None:
    lengths = [
        len((chat.render_prompt(record) + chat.render_answer(record)).split(" "))
        for record in _GOOD
    ]
    report = _checked(tmp_path, catalog, *_GOOD)
    assert report.max_tokens == max(lengths)
    assert report.mean_tokens == pytest.approx(sum(lengths) / 3)


def test_many_records_are_tokenized_in_batches(tmp_path: Path, catalog: Catalog) -> None:
    lines = [_changed(_STYLE, instruction=f"Make {i}.") for i in range(2001)]
    tokenizer = FakeTokenizer()
    report = check([_file(tmp_path, "mine", *lines)], [], catalog, tokenizer)
    assert (report.records, tokenizer.batches) == (2001, [1000, 1000, 1])


def test_a_hostile_plan_is_a_finding_and_no_crash(tmp_path: Path, catalog: Catalog) -> None:
    step: dict[str, Any] = {"tool": "ls", "args": {"dirPath": "src"}}
    for _ in range(150):
        step = {"tool": "conditional", "args": {"if": "a == b", "then": [step], "else": []}}
    deep = json.dumps({"type": "tool_call", "steps": [step]})
    endless = "[" * 100_000
    lines = [
        _changed(_TOOL, instruction=f"Plan {len(output)}.", output=output)
        for output in (deep, endless)
    ]
    report = _checked(tmp_path, catalog, *lines)
    assert _found(report) == [("E302", "mine.jsonl:1"), ("E301", "mine.jsonl:2")]


def test_the_report_counts_all_and_shows_some(tmp_path: Path, catalog: Catalog) -> None:
    lines = [_changed(_STYLE, instruction=f"Make {i}.", output="") for i in range(250)]
    described = json.loads(_checked(tmp_path, catalog, *_GOOD, *lines).to_json())
    assert described["records"] == 253
    assert described["errors"] == 250
    assert described["counts"] == {"E202": 250}
    assert len(described["findings"]) == 200
    assert described["findings"][0] == {
        "code": "E202",
        "level": "error",
        "place": "mine.jsonl:4",
        "message": "has an empty output. Write the answer.",
    }
