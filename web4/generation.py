"""Greedy answers of a transformers model to many prompts at once."""

from collections.abc import Sequence
from typing import Any


def generate(
    model: Any, prompts: Sequence[Sequence[int]], ends: Sequence[int], max_new_tokens: int
) -> list[list[int]]:
    """Return what follows each prompt, with whatever comes after one of the ``ends``."""
    import torch
    from transformers import GenerationConfig

    width = max(len(prompt) for prompt in prompts)
    pad = ends[0]
    ids = [[pad] * (width - len(prompt)) + list(prompt) for prompt in prompts]
    mask = [[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    config = GenerationConfig(  # type: ignore[no-untyped-call] # transformers leaves it untyped
        do_sample=False,
        max_new_tokens=max_new_tokens,
        eos_token_id=list(ends),
        pad_token_id=pad,
    )
    with torch.inference_mode():
        out = model.generate(
            input_ids=torch.tensor(ids, device=model.device),
            attention_mask=torch.tensor(mask, device=model.device),
            generation_config=config,
        )
    return [[int(token) for token in row] for row in out[:, width:].tolist()]
