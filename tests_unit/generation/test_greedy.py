"""Greedy answers to prompts of any lengths are those that each prompt gets alone."""

from pathlib import Path
from typing import Any

import pytest
import torch

from web4.generation import generate
from web4.training import base_model

_PROMPTS = [[5, 6, 7], [9], [11, 12, 13, 14, 15], [21, 22], [31, 32, 33, 34], [41], [51, 52, 53]]


@pytest.fixture(scope="module")
def model(tiny_base: Path) -> Any:
    return base_model.load_model(tiny_base, torch.float32).eval()


def _likeliest(model: Any, tokens: list[int]) -> int:
    with torch.inference_mode():
        return int(model(input_ids=torch.tensor([tokens])).logits[0, -1].argmax())


def test_each_token_is_the_likeliest_after_those_before_it(model: Any) -> None:
    answers = generate(model, _PROMPTS, [2], 12)
    for prompt, answer in zip(_PROMPTS, answers, strict=True):
        for place, token in enumerate(answer):
            assert _likeliest(model, [*prompt, *answer[:place]]) == token
        assert len(answer) == 12 or answer[-1] == 2


def test_answers_that_end_leave_the_others_as_they_are(model: Any) -> None:
    """The batch shrinks several times, and no row takes another's place."""
    whole = generate(model, _PROMPTS, [2], 90)
    ends = [2, *(answer[len(answer) // 3] for answer in (whole[0], whole[2], whole[4]))]
    cut = [_up_to_first(answer, ends) for answer in whole]
    assert len({len(answer) for answer in cut}) > 2
    assert generate(model, _PROMPTS, ends, 90) == cut
    assert [generate(model, [prompt], ends, 90)[0] for prompt in _PROMPTS] == cut


def _up_to_first(answer: list[int], ends: list[int]) -> list[int]:
    place = next((at for at, token in enumerate(answer) if token in ends), len(answer))
    return answer[: place + 1]


def test_the_models_own_attention_is_back_afterwards(model: Any) -> None:
    before = model.config._attn_implementation
    assert before == "sdpa"
    generate(model, [[5, 6]], [2], 3)
    assert model.config._attn_implementation == before
