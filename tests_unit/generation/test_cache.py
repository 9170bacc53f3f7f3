"""A cache that grows in place holds what transformers' own holds."""

from types import SimpleNamespace
from typing import Any

import torch
from transformers import LlamaConfig, Qwen2Config
from transformers.cache_utils import DynamicLayer

from web4.generation.cache import GrowingLayer, empty_cache


def _states(tokens: int, seed: int, rows: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    made = torch.Generator().manual_seed(seed)
    key, value = (torch.randn(rows, 2, tokens, 4, generator=made) for _ in range(2))
    return key, value


def test_it_holds_what_a_concatenating_layer_holds() -> None:
    """The first read, tokens one by one past the room that is made, and rows that leave."""
    kinds: tuple[Any, Any] = (GrowingLayer, DynamicLayer)
    ours, theirs = (kind() for kind in kinds)
    for number, tokens in enumerate([7, *[1] * 70, 3]):
        states = _states(tokens, number)
        for one, other in zip(ours.update(*states), theirs.update(*states), strict=True):
            assert torch.equal(one, other)
        assert ours.get_seq_length() == theirs.get_seq_length()
    kept = torch.tensor([4, 0, 2])
    for layer in (ours, theirs):
        layer.batch_select_indices(kept)
    states = _states(1, 99, rows=3)
    for one, other in zip(ours.update(*states), theirs.update(*states), strict=True):
        assert torch.equal(one, other)


def test_a_window_that_slides_is_left_to_transformers() -> None:
    small: dict[str, Any] = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2}
    kinds: dict[str, Any] = {
        "llama": LlamaConfig(**small),
        "qwen2": Qwen2Config(**small),
        "sliding": Qwen2Config(
            **small, use_sliding_window=True, sliding_window=4, max_window_layers=1
        ),
    }
    grows = {
        name: empty_cache(SimpleNamespace(config=config)).layer_class_to_replicate is GrowingLayer
        for name, config in kinds.items()
    }
    assert grows == {"llama": True, "qwen2": True, "sliding": False}
