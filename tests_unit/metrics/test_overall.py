"""An answer is stable when it is there, ends by itself and does not run in circles."""

from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from web4.metrics.overall import STABILITY, is_loop, throughput
from web4.records import Completion, Record

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


@given(st.text(max_size=200))
@example("")
@example(" " * 50)
@example("}" * 8)
def test_a_loop_is_what_a_slow_search_finds(text: str) -> None:
    found = any(
        text[-8 * size :] == text[-size:] * 8 and text[-size:].strip()
        for size in range(1, min(40, len(text) // 8) + 1)
    )
    assert is_loop(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "export const A = [1, 2, 3, 4, 5, 6, 7, 8, 9];",
        "a" * 7,
        "A phrase of 41 characters is not noticed. " * 9,
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12",
        "x" + " " * 100,
    ],
)
def test_what_only_looks_repetitive_is_no_loop(text: str) -> None:
    assert not is_loop(text)


def test_throughput_counts_generated_tokens() -> None:
    answers = [Completion(f"r{i}", "x", "stop", 1000, 10 * i) for i in range(4)]
    made = throughput(answers, 2.0)
    assert (made.value, made.unit, made.n) == (30.0, "tokens/s", 4)


def test_no_time_gives_no_throughput() -> None:
    assert throughput([], 0.0).value == 0
