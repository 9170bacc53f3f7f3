"""Greedy answers to prompts of any lengths are those that each prompt gets alone."""

from pathlib import Path

import pytest

from web4.generation import generate
from web4.training import base_model


@pytest.fixture(scope="module")
def model(tiny_base: Path) -> object:
    import torch

    return base_model.load_model(tiny_base, torch.float32).eval()


def test_each_token_is_the_likeliest_after_those_before_it(model: object) -> None:
    import torch

    prompts = [[5, 6, 7], [9], [11, 12, 13, 14, 15]]
    answers = generate(model, prompts, [2], 12)
    for prompt, answer in zip(prompts, answers, strict=True):
        ended = answer[: answer.index(2) + 1] if 2 in answer else answer
        for place, token in enumerate(ended):
            read = torch.tensor([[*prompt, *ended[:place]]])
            with torch.inference_mode():
                assert int(model(input_ids=read).logits[0, -1].argmax()) == token  # type: ignore[operator] # a model is called


def test_the_models_own_attention_is_back_afterwards(model: object) -> None:
    before = model.config._attn_implementation  # type: ignore[attr-defined] # there is no public way
    assert before == "sdpa"
    generate(model, [[5, 6]], [2], 3)
    assert model.config._attn_implementation == before  # type: ignore[attr-defined] # as above
