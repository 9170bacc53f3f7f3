"""An answer is stable when it is there, ends by itself and does not run in circles."""

from typing import Literal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from web4.dataset.frozen import load_eval
from web4.metrics.overall import _CLOSERS, STABILITY, is_loop, throughput, tokens_per_second
from web4.records import EVAL_BUCKETS, Completion, Record
from web4.targets import load_targets

_RECORD = Record("r0", "tool_call", "Do it.", "", "{}")
_PHRASES = st.text(min_size=1, max_size=40).filter(lambda text: bool(text.strip()))


def _reason(text: str, finish: Literal["stop", "length", "error"] = "stop") -> str:
    outcome = STABILITY(_RECORD, Completion("r0", text, finish, 10, 192))
    assert outcome.passed == (outcome.reason == "")
    assert outcome.value == float(outcome.passed)
    return outcome.reason


@pytest.mark.parametrize(
    ("text", "finish", "reason"),
    [
        ('{"type":"tool_call","steps":[]}', "stop", ""),
        ("", "error", "error"),
        ("something", "error", "error"),
        ("", "stop", "empty"),
        (" \n\t", "length", "empty"),
        ("no " * 9, "stop", "loop"),
        ("no " * 9, "length", "loop"),
        ("no " * 7, "stop", ""),
        ("It ends here.", "length", "unfinished"),
        ("It ends here.", "stop", ""),
        ("no " * 9 + "but it went on.", "stop", ""),
    ],
)
def test_each_reason_is_found_and_nothing_else(
    text: str, finish: Literal["stop", "length", "error"], reason: str
) -> None:
    assert _reason(text, finish) == reason


def test_the_detail_tells_where_it_was_cut() -> None:
    cut = STABILITY(_RECORD, Completion("r0", "It ends", "length", 10, 192))
    assert cut.detail == "cut after 192"


def test_every_record_is_asked_to_be_stable() -> None:
    assert STABILITY.applies(_RECORD)
    assert STABILITY.applies(Record("g", "guardrail", "x", "", "<REFUSAL>"))


@given(st.text(max_size=50), _PHRASES, st.integers(8, 12))
def test_eight_copies_at_the_end_are_a_loop(before: str, phrase: str, copies: int) -> None:
    assert is_loop(before + phrase * copies)


@given(st.text(max_size=50), st.text("ab c", min_size=41, max_size=400), st.integers(4, 6))
def test_four_copies_of_something_long_are_a_loop(before: str, phrase: str, copies: int) -> None:
    assume(phrase.strip())
    assert is_loop(before + phrase * copies)


@given(_PHRASES, st.integers(9, 12), st.integers(0, 40))
def test_a_loop_may_be_cut_anywhere(phrase: str, copies: int, cut: int) -> None:
    text = phrase * copies
    assert is_loop(text[: len(text) - cut % len(phrase)])


@given(st.text(max_size=200))
@example("")
@example(" " * 50)
@example("}" * 8)
@example("a/" * 8 + '"}]}')
def test_a_loop_is_what_a_slow_search_finds(text: str) -> None:
    found = any(
        tail[-copies * size :] == tail[-size:] * copies and tail[-size:].strip()
        for tail in (text, text.rstrip(_CLOSERS))
        for longest, copies in ((40, 8), (200, 4))
        for size in range(1, min(longest, len(tail) // copies) + 1)
        if copies == 8 or size > 40
    )
    assert is_loop(text) == found


_SENTENCE = "The plan reads each file and then it goes on to the next one. "


@pytest.mark.parametrize(
    "text",
    [
        _SENTENCE * 4,
        '{"path":"src/' + "lib/" * 30 + '"}}]}',
        "export const A = 1;\n" * 8,
        _SENTENCE * 5 + "The plan reads",
    ],
)
def test_answers_that_run_in_circles_are_loops(text: str) -> None:
    assert is_loop(text)


@pytest.mark.parametrize(
    "text",
    [
        "export const A = [1, 2, 3, 4, 5, 6, 7, 8, 9];",
        "a" * 7,
        _SENTENCE * 3,
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12",
        "x" + " " * 100,
        "call(((((((((x)))))))));",
    ],
)
def test_what_only_looks_repetitive_is_no_loop(text: str) -> None:
    assert not is_loop(text)


def test_no_gold_answer_is_a_loop() -> None:
    frozen = load_eval("v1.2")
    for bucket in EVAL_BUCKETS:
        assert not [one.id for one in frozen.records(bucket) if is_loop(one.output)]


def test_throughput_counts_generated_tokens() -> None:
    answers = [Completion(f"r{i}", "x", "stop", 1000, 10 * i) for i in range(4)]
    made = throughput(tokens_per_second(answers, 2.0), len(answers))
    assert (made.value, made.unit, made.n) == (30.0, "tokens/s", 4)


def test_no_time_gives_no_throughput() -> None:
    assert tokens_per_second([], 0.0) == 0


def test_throughput_is_tracked_and_never_gated() -> None:
    (target,) = [one for one in load_targets().target if one.metric == "overall.throughput"]
    assert target.gate == "tracked"
