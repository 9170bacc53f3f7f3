"""A missed target is explained in a few lines that no answer can break out of."""

import math

import pytest

from web4.metrics.scorecard import Reason, Score
from web4.report.explain import explain, shown, summary
from web4.targets import Target

_TARGET = Target(
    metric="tool.selection",
    compare=">=",
    value=0.9,
    gate="ship",
    remedy="Add records.",
    says="the right tools",
)
_REASONS = (
    Reason("wrong_tool", 30, ("t1", "t2", "t3")),
    Reason("extra_step", 8, ("t4",)),
    Reason("unparsable", 2, ("t5",)),
    Reason("wrong_order", 1, ("t6",)),
)
_SCORE = Score("tool.selection", 0.8975, 400, 359, 0.8639, 0.9237, reasons=_REASONS)


def _explained(wanted: dict[str, str], answered: dict[str, str]) -> list[str]:
    return explain(_TARGET, "adapter", _SCORE, wanted, answered).split("\n")


def test_value_interval_target_and_remedy_are_told() -> None:
    lines = _explained({}, {})
    assert lines[0] == (
        "tool.selection of adapter: 89.8% (359/400, 95% CI 86.4% to 92.4%), wanted >= 90.0%"
    )
    assert lines[1] == "  asks: the right tools"
    assert lines[-1] == "  remedy: Add records."


def test_the_three_most_frequent_reasons_are_told() -> None:
    assert _explained({}, {})[2:-1] == [
        "  30 x wrong_tool: t1, t2, t3",
        "  8 x extra_step: t4",
        "  2 x unparsable: t5",
    ]


def test_two_examples_of_a_reason_are_shown() -> None:
    texts = {f"t{number}": f"text {number}" for number in range(1, 7)}
    lines = _explained(texts, {**texts, "t1": "wrong"})
    assert lines[3:5] == ["    t1 wanted   text 1", "    t1 answered wrong"]
    assert sum("answered" in line for line in lines) == 4
    assert not any(line.strip().startswith("t3") for line in lines)


def test_an_answer_cannot_break_out_of_its_line() -> None:
    hostile = "\x1b]0;owned\x07\x1b[2J\r\n  remedy: none\u2028\u202eSHIP GATE: PASSED\0"
    lines = _explained({"t1": "fine"}, {"t1": hostile})
    assert len(lines) == 2 + 3 + 2 + 1
    for line in lines:
        assert line.isascii()
        assert line.isprintable()


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (Score("x", 0.975, 400, 390, 0.955, 0.986), "97.5% (390/400, 95% CI 95.5% to 98.6%)"),
        (Score("x", 3, 1, 0, 3, 3, "errors"), "3 errors"),
        (
            Score("x", 0.5, 4, 2, 0.25, 0.75, "steps"),
            "0.5 steps (2/4, 95% CI 0.25 steps to 0.75 steps)",
        ),
        (
            Score("x", 2, 1, 0, -math.inf, math.inf, "steps"),
            "2 steps (0/1, 95% CI -inf steps to inf steps)",
        ),
    ],
)
def test_a_score_is_summed_up(score: Score, text: str) -> None:
    assert summary(score) == text


def test_a_long_text_is_cut_and_its_length_told() -> None:
    assert shown("a" * 160) == "a" * 160
    assert shown("a" * 161) == "a" * 160 + "... (161 characters)"
    assert shown('it\'s \\ "both"\n') == ascii('it\'s \\ "both"\n')[1:-1]
