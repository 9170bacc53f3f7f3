"""The report's three forms: what they show, and what they never let through."""

import json

from tests_unit.dataset.sanity.conftest import Check, changed
from web4.dataset.sanity import CODES, Finding, Report, code_list
from web4.dataset.sanity.findings import LEVELS
from web4.records import Record


def _report(*findings: Finding) -> Report:
    counts = {one.code: sum(other.code == one.code for other in findings) for one in findings}
    return Report(3, 90.25, 120, findings, counts)


def test_codes_are_stable_and_say_what_to_do() -> None:
    for code, kind in CODES.items():
        assert len(code) == 4
        assert code[0] in LEVELS
        assert code[1:].isdigit()
        assert kind.name == kind.name.lower().replace(" ", "-")
        assert kind.remedy.endswith(".")
    assert len({kind.name for kind in CODES.values() if kind.level == "error"}) == len(
        [kind for kind in CODES.values() if kind.level == "error"]
    )
    assert code_list().count("\n") == len(CODES)


def test_a_number_means_one_thing_at_all_levels() -> None:
    names: dict[str, set[str]] = {}
    for code, kind in CODES.items():
        names.setdefault(code[1:], set()).add(kind.name)
    assert all(len(one) == 1 for one in names.values())


def test_the_report_counts_all_and_keeps_some(check: Check, style: Record) -> None:
    lines = [changed(style, instruction=f"Make {i}.", output="") for i in range(250)]
    report = check(style, *lines)
    described = json.loads(report.to_json())
    assert described["records"] == 251
    assert described["errors"] == 252
    assert described["counts"] == {"E202": 250, "E401": 1, "E404": 1}
    kept = [one for one in described["findings"] if one["code"] == "E202"]
    assert len(kept) == described["shown_per_code"] == 200
    assert kept[0] == {
        "level": "error",
        "name": "empty-output",
        "place": "mine.jsonl:2",
        "code": "E202",
        "file": "mine.jsonl",
        "line": 2,
        "message": "the output is empty",
        "related": [],
        "remedy": "Write the answer or delete the record.",
    }
    text = report.to_text().splitlines()
    assert sum("the output is empty" in line for line in text) == 20
    assert "  and 230 more" in text
    assert report.to_github().splitlines()[-1].endswith("::and 50 more findings")


def test_github_reads_back_what_was_found() -> None:
    report = _report(Finding("E301", "a,b:c%.jsonl", 7, "50% is\r\nno plan, sorry: no"))
    command = report.to_github().splitlines()[1]
    assert command == (
        "::error file=a%2Cb%3Ac%25.jsonl,line=7,title=E301 not-a-plan::50%25 is%0D%0Ano plan, "
        'sorry: no. Write a plan: {"type":...,"steps":[...]}.'
    )


def test_github_levels_and_findings_without_a_line() -> None:
    report = _report(Finding("W304", "a", 0, "m"), Finding("N405", "a", 1, "m"))
    commands = report.to_github().splitlines()[1:]
    assert commands[0].startswith("::warning file=a,title=W304 unused-tool::")
    assert commands[1].startswith("::notice file=a,line=1,title=N405 near-duplicates::")


def test_nothing_steers_a_terminal() -> None:
    hostile = "\x1b[31m red \r\n \u202e reversed \ud83d \x9b ::error::"
    report = _report(Finding("E301", f"{hostile}.jsonl", 1, hostile))
    for form in (report.to_text(), report.to_github()):
        assert all(one.isprintable() or one == "\n" for one in form)
        form.encode()
    assert not any(line.startswith("::error::") for line in report.to_github().splitlines())


def test_verdicts() -> None:
    assert _report().verdict == "CLEAN"
    assert _report(Finding("N405", "a", 1, "m")).verdict == "CLEAN"
    assert _report(Finding("W304", "a", 0, "m")).verdict == "USABLE, with 1 warning"
    errors = [
        Finding("E202", "a", 1, "m"),
        Finding("E301", "a", 2, "m"),
        Finding("E301", "a", 3, "m"),
    ]
    assert _report(*errors).verdict == "FAULTY: 3 errors, most of them E301 not-a-plan"
    assert Report(0, 0, 0, (), {}).verdict == "UNUSABLE: no line is a record"


def test_the_text_shows_figures_of_buckets_and_tokens(check: Check, style: Record) -> None:
    text = check(style, changed(style, instruction="B.", output="let b;")).to_text()
    assert text.startswith("CLEAN\n")
    assert "mine.jsonl                              2   100.0%   100.0%" in text
    assert "█" in text
    assert text.endswith(
        "2 records and 0 evaluation rows in 1 file: 0 errors, 0 warnings, 0 notes\n"
    )
