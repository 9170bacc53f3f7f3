"""Every fault of a training file is found at its line, and nothing else is reported."""

import json
from pathlib import Path

import pytest

from tests_unit.dataset.sanity.conftest import (
    GUARD,
    PLAN,
    STYLE,
    TOOL,
    Check,
    FakeTokenizer,
    Write,
    changed,
    found,
)
from web4 import chat
from web4.catalog import Catalog
from web4.dataset.sanity import CODES, check_folder, check_paths
from web4.dataset.synth import generate
from web4.errors import DataError
from web4.records import TRAIN_BUCKETS, Record

FAULTS: list[tuple[str, str | bytes]] = [
    ("E101", "{"),
    ("E101", ""),
    ("E101", '{"task_type": NaN}'),
    ("E102", changed(STYLE, instruction=None)),
    ("E103", changed(STYLE, instruction=3)),
    ("E103", changed(STYLE, acceptable="a")),
    ("E103", changed(STYLE, workspace={"a": 1})),
    ("E103", changed(STYLE, id=7)),
    ("E103", changed(STYLE, difficulty="hard")),
    ("E103", changed(STYLE, slice=["seen"])),
    ("E104", changed(STYLE, task_type="style")),
    ("E104", changed(STYLE, task_type=["style_sft"])),
    ("E105", changed(STYLE).encode().replace(b"constant", b"const\xe4nt")),
    ("E106", changed(STYLE, instruction="Half a smile: \ud83d")),
    ("E106", changed(STYLE, output="\udc00")),
    ("E109", "[]"),
    ("W111", changed(TOOL, instruction="List the src folder.", task_type="tool_neg")),
    ("N113", changed(STYLE, instruction="Another.", colour="blue")),
    ("N114", changed(STYLE, instruction="Another.", id=None)),
    ("W115", changed(STYLE, instruction="An\ufffdther.")),
    ("W116", changed(STYLE, instruction="Ano\x1bther.")),
    ("W116", changed(STYLE, instruction="Do \u202enoitcurtsni\u202c another.")),
    # A Russian word in UTF-8 that was read as Latin-1.
    ("W117", changed(STYLE, instruction="\u043f\u0435\u0439".encode().decode("latin-1"))),
    ("W117", changed(STYLE, instruction="Make a cafÃ©.")),
    ("W118", changed(STYLE, instruction="Other.").replace("{", '{"id":"0",', 1)),
    ("E201", changed(STYLE, instruction=" \n")),
    ("E201", changed(STYLE, instruction="...")),
    ("E202", changed(STYLE, instruction="Another.", output=" ")),
    ("E203", changed(TOOL, instruction="Fence it.", output=f"```json\n{PLAN}\n```")),
    ("E203", changed(STYLE, instruction="Fence.", output="```ts\nconst a = 1;\n```")),
    ("E204", changed(GUARD, instruction="Other.", negative_example="<REFUSAL>  No.")),
    (
        "E204",
        changed(
            TOOL, instruction="Other.", negative_example=json.dumps(json.loads(PLAN), indent=1)
        ),
    ),
    (
        "E204",
        changed(STYLE, instruction="B.", acceptable=["let b;"], negative_example="let b;"),
    ),
    ("E205", changed(STYLE, instruction="Another.", output="export const = ;")),
    ("E205", changed(STYLE, instruction="Other.", output="Here is the code you want.")),
    (
        "E206",
        changed(GUARD, instruction="Other.", output="I'm sorry, I can't do that."),
    ),
    ("E206", changed(GUARD, instruction="Other.", output="So: <REFUSAL> never.")),
    ("E207", changed(GUARD, instruction="Other.", output="<REFUSAL> ")),
    ("E208", changed(TOOL, instruction="Other.", output="<REFUSAL> No plan.")),
    ("E208", changed(STYLE, instruction="Other.", output="<REFUSAL> No code.")),
    ("E209", changed(STYLE, instruction="Tidy.", input="let a;", output="let  a;")),
    ("E301", changed(TOOL, instruction="Another.", output="ls src")),
    ("E301", changed(TOOL, instruction="Another.", output="[]")),
    ("E302", changed(TOOL, instruction="Other.", output=PLAN.replace("dirP", "p"))),
    ("E302", changed(TOOL, instruction="Other.", output=PLAN.replace('"src"', "3"))),
    ("E302", changed(TOOL, instruction="Other.", output='{"type":"tool_call"}')),
    ("E303", changed(TOOL, instruction="Other.", output=PLAN.replace("ls", "list"))),
    ("E307", changed(TOOL, instruction="Other.", acceptable=("ls src",))),
    ("E307", changed(TOOL, instruction="Other.", acceptable=(PLAN.replace("ls", "list"),))),
    ("E307", changed(TOOL, instruction="Other.", acceptable=("[" * 100_000,))),
    ("E402", changed(STYLE, instruction="make  a CONSTANT a.", output="let b;")),
    ("W403", STYLE.to_json()),
    ("W403", changed(STYLE, instruction="make  a constant a.")),
    ("N405", changed(STYLE, instruction="Make; a constant: A.")),
    ("E601", changed(STYLE, instruction="Make a constant for Maß.")),
    ("E602", changed(STYLE, instruction="word " * 200)),
    ("E701", changed(STYLE, instruction="Use AKIAIOSFODNN7PQRSTUV here.")),
    ("W702", changed(STYLE, instruction="Write to jane.roe@acmecorp.io now.")),
]


@pytest.mark.parametrize(
    ("code", "line"), FAULTS, ids=[f"{i}-{c}" for i, (c, _) in enumerate(FAULTS)]
)
def test_a_fault_is_found_at_its_line_and_nothing_else(
    check: Check, good: tuple[Record, Record, Record], code: str, line: str | bytes
) -> None:
    report = check(*good, line, max_tokens=120)
    place = "mine.jsonl:2" if code == "N405" else "mine.jsonl:4"
    assert found(report) == [(code, place)]
    (finding,) = report.findings
    assert report.errors == (code[0] == "E")
    assert finding.level == CODES[code].level
    assert str(finding) == f"{place}: {finding.level} {finding.kind.title}: {finding.message}"
    assert "\n" not in str(finding)


def test_all_planted_faults_of_a_file_are_found_and_no_other(
    check: Check, good: tuple[Record, Record, Record]
) -> None:
    lines = []
    for number, (_, line) in enumerate(FAULTS):
        raw = line.encode() if isinstance(line, str) else line
        for shared in (b'"Another."', b'"Other."'):  # a request of its own for each
            raw = raw.replace(shared, b'"Thing %d of many."' % number)
        lines.append(raw)
    wanted = [
        (code, "mine.jsonl:2" if code == "N405" else f"mine.jsonl:{line}")
        for line, (code, _) in enumerate(FAULTS, start=4)
    ]
    assert sorted(found(check(*good, *lines, max_tokens=120))) == sorted(wanted)


def test_a_clean_file_has_no_findings(check: Check, good: tuple[Record, Record, Record]) -> None:
    report = check(*good)
    assert report.findings == ()
    assert (report.records, report.errors, report.verdict) == (3, 0, "CLEAN")


def test_generated_data_has_no_error(write: Write, catalog: Catalog) -> None:
    for bucket in TRAIN_BUCKETS:
        write(f"data/{bucket}", *generate(bucket, 120, 5, "train"))
    report = check_paths([Path("data")], [], catalog, FakeTokenizer(lost="\0"))
    assert [str(one) for one in report.findings if one.level == "error"] == []
    assert report.records == 600


def test_a_folder_is_checked_against_every_bucket(
    write: Write, catalog: Catalog, good: tuple[Record, Record, Record]
) -> None:
    write("folder/mine", *good)
    evals = {
        name: write(name, record)
        for name, record in zip(("tool", "style", "mini"), good, strict=True)
    }
    report = check_folder(Path("folder"), evals, catalog, FakeTokenizer())
    assert found(report) == [("E501", f"mine.jsonl:{line}") for line in (1, 2, 3)]
    assert (report.records, report.eval_records) == (3, 3)


def test_an_empty_folder_has_nothing_to_say(tmp_path: Path, catalog: Catalog) -> None:
    report = check_folder(tmp_path, {}, catalog, FakeTokenizer())
    assert (report.records, report.mean_tokens, report.max_tokens) == (0, 0.0, 0)
    assert report.findings == ()


def test_lengths_are_those_of_the_rendered_records(
    check: Check, good: tuple[Record, Record, Record]
) -> None:
    lengths = [
        len((chat.render_prompt(record) + chat.render_answer(record)).split(" ")) for record in good
    ]
    report = check(*good)
    assert report.max_tokens == max(lengths)
    assert report.mean_tokens == pytest.approx(sum(lengths) / 3)


def test_paths_may_be_files_and_folders_and_name_a_file_twice(
    write: Write, catalog: Catalog, good: tuple[Record, Record, Record]
) -> None:
    path = write("deep/er/mine", *good)
    report = check_paths([Path("deep"), path], [], catalog, None)
    assert (report.records, report.files, report.findings) == (3, 1, ())


@pytest.mark.parametrize(
    ("name", "told"),
    [("none", "none: there is no such file"), ("bare", "bare: the folder holds no")],
)
def test_what_cannot_be_checked_ends_in_one_line(
    write: Write, catalog: Catalog, name: str, told: str
) -> None:
    write("mine", "{}")
    Path("bare").mkdir()
    with pytest.raises(DataError) as raised:
        check_paths([Path(name)], [], catalog, None)
    assert str(raised.value).startswith(told)
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read_ends_in_one_line(catalog: Catalog) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        check_paths([Path("/proc/self/mem")], [], catalog, None)


def test_evaluation_files_among_the_paths_are_told_by_name_or_first_line(
    write: Write, catalog: Catalog, tool: Record, style: Record
) -> None:
    write("data/train", tool, style)
    write("data/tool_eval", tool)
    write("data/other", changed(style, task_type="eval"))
    report = check_paths([Path("data")], [], catalog, None)
    assert (report.records, report.eval_records) == (2, 2)
    assert found(report) == [
        ("W111", "data/other.jsonl:1"),
        ("E501", "data/train.jsonl:1"),
        ("E501", "data/train.jsonl:2"),
    ]
