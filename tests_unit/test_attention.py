"""Grouped attention is plain attention, for any grouping of heads and any mask, there and back."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers.models.gemma2.modeling_gemma2 import (
    eager_attention_forward as capped_attention_forward,
)
from transformers.models.llama.modeling_llama import eager_attention_forward

from web4.attention import grouped_attention


def _heads(groups: int, queries: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(groups + queries)
    shapes = ((2, 9, queries, 8), (2, groups, 11, 8), (2, groups, 11, 8))
    query, key, value = (torch.randn(shape, requires_grad=True) for shape in shapes)
    return query, key, value


def _module(groups: int, *, training: bool) -> Any:
    return SimpleNamespace(num_key_value_groups=9 // groups, training=training)


@pytest.mark.parametrize("groups", [1, 3, 9])
@pytest.mark.parametrize("queries", [1, 4])
def test_it_is_transformers_own_plain_attention(groups: int, queries: int) -> None:
    heads = _heads(groups, queries)
    mask = torch.zeros(2, 1, queries, 11)
    mask[1, :, :, :5] = torch.finfo(torch.float32).min  # padding of the second row
    module = _module(groups, training=False)
    for given in (mask, None):
        plain, _ = eager_attention_forward(module, *heads, given, 0.3)
        found, weights = grouped_attention(module, *heads, given, 0.3, dropout=0.5)
        assert weights is None
        torch.testing.assert_close(found, plain)
        outer = torch.randn_like(plain)
        torch.testing.assert_close(
            torch.autograd.grad(found, heads, outer), torch.autograd.grad(plain, heads, outer)
        )


def test_scores_are_capped_where_the_model_wants_it() -> None:
    heads, module = _heads(3, 4), _module(3, training=False)
    capped, _ = capped_attention_forward(module, *heads, None, scaling=0.3, softcap=0.5)
    found, _ = grouped_attention(module, *heads, None, scaling=0.3, softcap=0.5)
    torch.testing.assert_close(found, capped)
    plain, _ = grouped_attention(module, *heads, None, scaling=0.3)
    assert not torch.allclose(found, plain)


def test_what_drops_out_is_drawn_while_the_model_learns() -> None:
    heads, module = _heads(9, 4), _module(9, training=True)
    torch.manual_seed(7)
    plain, _ = eager_attention_forward(module, *heads, None, 0.3, dropout=0.5)
    torch.manual_seed(7)
    found, _ = grouped_attention(module, *heads, None, 0.3, dropout=0.5)
    torch.testing.assert_close(found, plain)
    kept, _ = grouped_attention(module, *heads, None, 0.3)
    assert not torch.allclose(found, kept)
