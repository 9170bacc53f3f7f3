"""Buckets that look large and teach little are told so in the first line."""

import random

from tests_unit.dataset.sanity.conftest import PLAN, Check, changed
from web4.records import Record

_WORDS = ("find", "open", "show", "print", "move", "copy", "sort", "merge", "count", "trace")


def _asked(number: int) -> str:
    rng = random.Random(number)  # noqa: S311 - test data
    own = ["".join(rng.choices("abcdefghij", k=7)) for _ in range(4)]
    return f"{rng.choice(_WORDS)} {' '.join(own)}"


def test_a_thousand_instructions_with_one_output_are_unusable(check: Check, tool: Record) -> None:
    report = check(*(changed(tool, instruction=_asked(n)) for n in range(1000)))
    first = report.to_text().splitlines()[0]
    assert first == "UNUSABLE: mine.jsonl answers 1000 instructions with 1 output"
    told = {one.code: one for one in report.findings}
    assert told["E401"].message.startswith("1000 of 1000 records (100.0%) have this very output")
    assert told["E404"].message == "1000 records of mine.jsonl have 1 output (0.1%)"
    assert told["E401"].related[:2] == ("mine.jsonl:2", "mine.jsonl:3")


def test_four_outputs_for_a_bucket_are_unusable(check: Check, style: Record) -> None:
    lines = [
        changed(style, instruction=_asked(n), output=f"export const a = {n % 4};")
        for n in range(200)
    ]
    report = check(*lines)
    assert report.verdict == "UNUSABLE: mine.jsonl answers 200 instructions with 4 outputs"
    assert (report.counts["E401"], report.counts["E404"]) == (4, 1)


def _mixed(tool: Record, alike: int, total: int, ask: str = "") -> list[str]:
    outputs = [PLAN.replace("src", f"lib/{_asked(n)}") for n in range(total)]
    return [
        changed(
            tool,
            instruction=(f"{ask} {n}" if ask and n < alike else _asked(n)),
            output=PLAN if n < alike else outputs[n],
        )
        for n in range(total)
    ]


def test_a_small_share_is_a_warning_and_a_tiny_one_nothing(check: Check, tool: Record) -> None:
    assert check(*_mixed(tool, 60, 1000)).counts["E401"] == 1
    report = check(*_mixed(tool, 30, 1000))
    assert (report.counts["W401"], report.counts.get("E401")) == (1, None)
    assert not {"W401", "E401"} & set(check(*_mixed(tool, 20, 1000)).counts)


def test_paraphrases_that_are_alike_count_as_one(check: Check, tool: Record) -> None:
    report = check(*_mixed(tool, 200, 1000, ask="Show me all of the files that lie in src now"))
    assert not {"W401", "E401"} & set(report.counts)


def test_a_fixed_refusal_is_a_warning(check: Check, guard: Record) -> None:
    report = check(*(changed(guard, instruction=_asked(n)) for n in range(100)))
    assert {"W401": 1, "W404": 1}.items() <= report.counts.items()
    assert report.errors == 0


def test_a_fixed_answer_to_what_is_allowed_is_an_error(check: Check, guard: Record) -> None:
    report = check(*(changed(guard, instruction=_asked(n), output="Sure!") for n in range(100)))
    assert report.counts["E401"] == 1


def test_repeated_requests_are_poor(check: Check, style: Record) -> None:
    lines = [
        changed(style, instruction=_asked(n % 20), output=f"export const {chr(97 + n // 20)} = 1;")
        for n in range(60)
    ]
    (poor,) = (one for one in check(*lines).findings if one.code == "W406")
    assert poor.message == "only 33% of the requests of mine.jsonl are distinct"


def test_what_packs_too_well_is_poor(check: Check, style: Record) -> None:
    filler = "the very same words stand in each and every one of these many requests " * 12
    lines = [
        changed(style, instruction=f"{filler}{n}", output=f"export const {chr(97 + n % 26)} = {n};")
        for n in range(100)
    ]
    (poor,) = (one for one in check(*lines).findings if one.code == "W406")
    assert "mine.jsonl packs" in poor.message


def test_small_buckets_are_not_judged(check: Check, style: Record) -> None:
    report = check(*(changed(style, instruction=_asked(n)) for n in range(49)))
    assert report.findings == ()


def test_the_figures_are_those_of_the_bucket(check: Check, style: Record) -> None:
    lines = [changed(style, instruction=_asked(n // 2), output=f"let a{n % 4};") for n in range(8)]
    figures = check(*lines).statistics.diversity["mine.jsonl"]
    assert (figures.records, figures.outputs, figures.instructions) == (8, 0.5, 0.5)
    assert figures.packed > 1
