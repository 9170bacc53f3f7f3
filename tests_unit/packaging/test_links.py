"""A link holds where two engines agree within the tolerance, and names where they do not."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from web4.chat import render_prompt
from web4.packaging.links import (
    Asked,
    Link,
    compare_logits,
    compare_templates,
    compare_tokens,
)
from web4.records import Record

_VOCABULARY = 4
_TOLERANCE = 0.5
_CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
_RECORDS = [
    Record("r0", "tool_call", "Show  it.\n", "", "{}"),
    Record("r1", "guardrail", "Grüße <|im_end|> 12", "code", "No"),
]
_PROMPTS = {record.id: render_prompt(record) for record in _RECORDS}


@dataclass
class Table:
    """An engine whose logits stand in a table; tokens are letters' numbers."""

    name: str = "table"
    rows: Sequence[Sequence[float]] = ()
    vocabulary: int = _VOCABULARY
    chat_template: str = ""
    cut: Callable[[str], list[int]] = field(default=lambda text: [ord(one) for one in text])

    def tokens(self, text: str) -> list[int]:
        return self.cut(text)

    def text(self, tokens: Sequence[int]) -> str:
        return "".join(chr(ord("a") + token) for token in tokens)

    def logits(self, _prompt: Sequence[int], answer: Sequence[int]) -> Any:
        return np.array(self.rows, dtype=np.float32)[: len(answer)]

    def greedy(self, _prompt: Sequence[int], count: int) -> list[int]:
        return [int(np.argmax(row)) for row in self.rows][:count]


def _compared(before: list[list[float]], after: list[list[float]]) -> Link:
    first, second = Table("first", before), Table("second", after, len(after[0]))
    answer = tuple(int(np.argmax(row)) for row in before)
    asked = [Asked("r7", (0, 1), answer)]
    logits = np.array(before, dtype=np.float32)
    return compare_logits("link", lambda _place: logits, (first, second), asked, _TOLERANCE)


# ── Logits ────────────────────────────────────────────────────────────────────────────────────


def test_equal_logits_hold() -> None:
    rows = [[0.0, 1, 2, 3], [4.0, 1, 2, 3]]
    link = _compared(rows, rows)
    assert link.holds
    assert link.breaks == ()
    assert link.figures["positions"] == 2
    assert link.figures["largest difference (nats)"] == 0
    assert link.figures["mean KL divergence (nats)"] == pytest.approx(0, abs=1e-7)


def test_a_difference_within_the_tolerance_is_told_and_holds() -> None:
    link = _compared([[0, 1, 2, 3]], [[0, 1, 2.4, 3]])
    assert link.holds
    assert link.figures["largest difference (nats)"] == pytest.approx(0.4)
    assert link.figures["mean KL divergence (nats)"] > 0


def test_a_difference_beyond_the_tolerance_names_record_position_token_and_texts() -> None:
    link = _compared([[0, 1, 2, 9], [9, 1, 2, 3]], [[0, 1, 2, 9], [9, 1, 4, 3]])
    assert (link.holds, link.broken) == (False, 1)
    (one,) = link.breaks
    assert (one.record_id, one.position) == ("r7", 1)
    assert one.what == "token 2 'c' has logit 2 against 4"
    assert (one.first, one.second) == ("da", "da")


def test_another_answer_within_the_margin_is_explained() -> None:
    link = _compared([[0, 1, 2.7, 3]], [[0, 1, 3.1, 3]])
    assert link.holds
    assert link.figures["greedy answers that differ"] == 1
    assert link.figures["largest margin of these (nats)"] == pytest.approx(0.3, abs=1e-6)


def test_another_answer_beyond_the_margin_is_told_with_both_texts() -> None:
    link = _compared([[9, 1, 2, 3], [0, 1, 2, 3]], [[9, 1, 2, 3], [0, 5, 2, 3]])
    (one,) = link.breaks
    assert one.position == 1
    assert one.what == "likeliest is 3 'd' against 1 'b', 2 nats apart"
    assert (one.first, one.second) == ("ad", "ab")


def test_logits_that_are_no_numbers_break_the_link() -> None:
    link = _compared([[0, 1, 2, 3]], [[0, 1, float("nan"), 3]])
    assert link.breaks[0].what == "logits that are no numbers"
    json.dumps(link.to_dict(), allow_nan=False)


def test_a_row_that_is_missing_breaks_the_link() -> None:
    link = _compared([[9, 1, 2, 3]], [[9, 1, 2]])
    assert not link.holds
    assert link.breaks[0].what == "4 logits against 3"


def test_a_token_beyond_the_vocabulary_is_named_and_not_read() -> None:
    link = _compared([[0, 1, 2, 9]], [[0, 1, 2]])
    assert link.breaks[1].what == "token 3 of 3 there are"
    assert link.breaks[1].position == 2


_logit = st.floats(-30, 30, width=32)
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_patient
@given(
    rows=st.lists(st.lists(_logit, min_size=4, max_size=4), min_size=1, max_size=4),
    noise=st.lists(st.floats(-_TOLERANCE, _TOLERANCE, width=16), min_size=16, max_size=16),
)
def test_noise_within_the_tolerance_never_breaks_a_link(
    rows: list[list[float]], noise: list[float]
) -> None:
    before = np.array(rows, dtype=np.float64)
    after = before + 0.99 * np.array(noise[: before.size]).reshape(before.shape)
    link = _compared(rows, after.tolist())
    assert link.holds
    assert link.figures["largest margin of these (nats)"] <= 2 * _TOLERANCE


@_patient
@given(
    rows=st.lists(st.lists(_logit, min_size=4, max_size=4), min_size=1, max_size=4),
    place=st.integers(0, 15),
    moved=st.floats(_TOLERANCE * 1.01, 50),
)
def test_any_logit_that_moves_too_far_breaks_the_link(
    rows: list[list[float]], place: int, moved: float
) -> None:
    after = np.array(rows, dtype=np.float64)
    at = place % after.size
    after.flat[at] += moved
    link = _compared(rows, after.tolist())
    assert not link.holds
    assert link.breaks[0].position == at // _VOCABULARY


# ── Tokens and templates ──────────────────────────────────────────────────────────────────────


def test_a_text_cut_differently_is_shown_from_there_on() -> None:
    first = Table("first", cut=lambda _text: [0, 1, 2])
    second = Table("second", cut=lambda text: [0, 1, 2] if text == "a" else [0, 3])
    link = compare_tokens("tokens", first, second, {"r0": "a", "r1": "b"})
    assert (link.records, link.broken) == (2, 1)
    (one,) = link.breaks
    assert (one.record_id, one.position) == ("r1", 1)
    assert (one.what, one.first, one.second) == ("token 1 against 3", "b|c", "d")


def test_a_text_cut_short_is_told() -> None:
    first, second = Table(cut=lambda _text: [0, 1]), Table(cut=lambda _text: [0])
    (one,) = compare_tokens("tokens", first, second, {"r0": "a"}).breaks
    assert (one.position, one.what) == (1, "token 1 against none")


def test_a_template_that_asks_as_web4_does_holds() -> None:
    first, second = (Table(name, chat_template=_CHATML) for name in ("first", "second"))
    link = compare_templates("template", first, second, _PROMPTS)
    assert link.holds
    assert link.figures["rendered prompts"] == 2


def test_without_templates_nothing_is_claimed() -> None:
    link = compare_templates("template", Table(), Table(), _PROMPTS)
    assert link.holds
    assert link.figures["rendered prompts"] == 0


def test_a_template_that_lost_a_newline_is_found() -> None:
    damaged = _CHATML.replace("<|im_end|>\n", "<|im_end|>")
    one = compare_templates("t", Table(chat_template=_CHATML), Table(chat_template=damaged), {})
    assert "the chat templates differ" in one.breaks[0].what
    both = compare_templates(
        "t", Table(chat_template=damaged), Table(chat_template=damaged), _PROMPTS
    )
    assert both.broken == 2
    assert both.breaks[0].record_id == "r0"
    assert "another prompt than web4" in both.breaks[0].what
    assert both.breaks[0].position == _PROMPTS["r0"].index("<|im_end|>") + len("<|im_end|>")


@pytest.mark.parametrize("template", ["{{ nonesuch() }}", "{% for %}", "{{ [].append.__self__ }}"])
def test_a_template_that_fails_breaks_the_link(template: str) -> None:
    engines = Table(chat_template=template), Table(chat_template=template)
    assert compare_templates("t", *engines, _PROMPTS).broken == 2


def test_what_a_model_says_cannot_steer_a_terminal() -> None:
    first = Table("first", cut=lambda _text: [0])
    second = Table("second", cut=lambda _text: [1])
    link = compare_tokens("tokens", first, second, {"r\x1b[2J": "a"})
    assert "\x1b" not in link.to_text()
    assert "BROKEN by 1 of 1 records" in link.to_text()
