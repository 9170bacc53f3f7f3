"""Grouped attention is plain attention, for any grouping of heads and any mask."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers.models.llama.modeling_llama import eager_attention_forward

from web4.generation.attention import grouped_attention


@pytest.mark.parametrize("groups", [1, 3, 9])
@pytest.mark.parametrize("queries", [1, 4])
def test_it_is_transformers_own_plain_attention(groups: int, queries: int) -> None:
    torch.manual_seed(groups + queries)
    query = torch.randn(2, 9, queries, 8)
    key, value = torch.randn(2, groups, 11, 8), torch.randn(2, groups, 11, 8)
    mask = torch.zeros(2, 1, queries, 11)
    mask[1, :, :, :5] = torch.finfo(torch.float32).min  # padding of the second row
    module: Any = SimpleNamespace(num_key_value_groups=9 // groups, training=False)
    for given in (mask, None):
        plain, _ = eager_attention_forward(module, query, key, value, given, 0.3)
        found, weights = grouped_attention(module, query, key, value, given, 0.3, dropout=0.0)
        assert weights is None
        torch.testing.assert_close(found, plain)
