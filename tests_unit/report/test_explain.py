"""A missed target is explained in a few lines that no answer can break out of."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web4.metrics.scorecard import Reason, Score
from web4.report.explain import apart, distance, explain, shown, summary
from web4.targets import Comparison, Target

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


def _explained(wanted: dict[str, str], answered: dict[str, str], undecided: str = "") -> list[str]:
    text = explain(_TARGET, "adapter", _SCORE, wanted, answered, undecided=undecided)
    return text.split("\n")


def _target(compare: Comparison, value: float, unit: str = "rate") -> Target:
    return _TARGET.model_copy(update={"compare": compare, "value": value, "unit": unit})


def test_value_interval_target_distance_and_remedy_are_told() -> None:
    lines = _explained({}, {})
    assert lines[0] == (
        "tool.selection of adapter: 89.8% (359/400, 95% CI 86.4% to 92.4%), wanted >= 90.0%"
    )
    assert lines[1] == "  asks: the right tools"
    assert lines[2] == "  distance: 0.25 points, 1 more of 400"
    assert lines[-1] == "  remedy: Add records."


def test_what_is_undecided_says_why_in_place_of_a_distance() -> None:
    assert _explained({}, {}, "the interval holds the target")[2] == (
        "  undecided: the interval holds the target"
    )


@pytest.mark.parametrize(
    ("target", "score", "text"),
    [
        (_target(">=", 0.9), Score("x", 0.8, 200, 160, 0, 1), "10.0 points, 20 more of 200"),
        (_target(">=", 0.9), Score("x", 0.85, 200, 150, 0, 1), "5.0 points"),  # partial credit
        (_target("<=", 0.01), Score("x", 0.5, 4, 2, 0, 1), "49.0 points"),
        (_target("<=", 0.0, "findings"), Score("x", 3, 9, 7, 0, 5, "findings"), "3 findings"),
    ],
)
def test_the_distance_is_in_points_or_in_the_unit(target: Target, score: Score, text: str) -> None:
    assert distance(target, score) == text


def test_the_three_most_frequent_reasons_are_told() -> None:
    assert _explained({}, {})[3:-1] == [
        "  30 x wrong_tool: t1, t2, t3",
        "  8 x extra_step: t4",
        "  2 x unparsable: t5",
    ]


def test_two_examples_of_a_reason_are_shown() -> None:
    texts = {f"t{number}": f"text {number}" for number in range(1, 7)}
    lines = _explained(texts, {**texts, "t1": "wrong"})
    assert lines[4:6] == ["    t1 wanted   text 1", "    t1 answered wrong"]
    assert sum("answered" in line for line in lines) == 4
    assert not any(line.strip().startswith("t3") for line in lines)


@given(st.text())
def test_an_answer_cannot_break_out_of_its_line(hostile: str) -> None:
    lines = _explained({"t1": "fine"}, {"t1": hostile})
    assert len(lines) == 3 + 3 + 2 + 1
    assert all(line.isprintable() for line in lines)


def test_control_characters_and_lone_surrogates_are_spelled_out() -> None:
    hostile = "\x1b]0;owned\x07\r\n\u2028\u202e\ud800\0"
    assert shown(hostile) == "\\x1b]0;owned\\x07\\r\\n\\u2028\\u202e\\ud800\\x00"


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
            "2 steps",
        ),
    ],
)
def test_a_score_is_summed_up(score: Score, text: str) -> None:
    assert summary(score) == text


def test_a_long_text_is_cut_and_its_length_told() -> None:
    assert shown("a" * 160) == "a" * 160
    assert shown("a" * 161) == "a" * 160 + "... (161 characters)"


def test_long_texts_are_cut_so_that_their_difference_is_seen() -> None:
    wanted, answered = apart("a" * 500 + "right", "a" * 500 + "wrong")
    assert wanted.endswith("aright")
    assert answered.endswith("awrong")
    assert wanted.startswith("...a")
    assert apart("short", "shirt") == ("short", "shirt")
    assert apart("", "x") == ("", "x")
