"""Attention for a model on the CPU, whether it learns or grows its answers token by token.

torch's fused attention is made for many queries at once: with the one of a new token and 64
sequences it took half of a step's time, and its way back takes nine times that of plain products.
transformers' plain one copies keys and values for every query head that shares them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn import functional
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

GROUPED = "web4_grouped"
"""What transformers calls ``grouped_attention``, once this module is imported."""

_REPLACED = {"sdpa", "eager"}


@contextmanager
def fit_for_single_tokens(model: Any) -> Iterator[None]:
    """Let a model on the CPU attend by ``grouped_attention``; what was there is back afterwards."""
    usual = model.config._attn_implementation  # noqa: SLF001 - there is no public way to ask
    if model.device.type != "cpu" or usual not in _REPLACED:
        yield
        return
    model.set_attn_implementation(GROUPED)
    try:
        yield
    finally:
        model.set_attn_implementation(usual)


def grouped_attention(  # noqa: PLR0913, PLR0917 - transformers' signature
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float,
    dropout: float = 0.0,
    softcap: float | None = None,
    **_options: Any,
) -> tuple[torch.Tensor, None]:
    """Attend with the query heads of a group as rows of one product, so that nothing is copied.

    ``query`` is [batch, heads, queries, size], ``key`` and ``value`` are [batch, groups, keys,
    size], the mask is [batch, 1, queries, keys] and added; the result is [batch, queries, heads,
    size].
    """
    batch, heads, queries, size = query.shape
    groups, keys = key.shape[1], key.shape[2]
    stacked = query.reshape(batch, groups, heads // groups * queries, size)
    scores = torch.matmul(stacked, key.transpose(2, 3)) * scaling
    if softcap is not None:
        scores = torch.tanh(scores / softcap) * softcap
    if attention_mask is not None:
        apart = scores.view(batch, groups, -1, queries, keys)
        scores = (apart + attention_mask[:, :, None, :, :keys]).flatten(2, 3)
    shares = torch.softmax(scores, dim=-1, dtype=torch.float32).to(query.dtype)
    shares = functional.dropout(shares, dropout, module.training)
    found = torch.matmul(shares, value).view(batch, heads, queries, size)
    return found.transpose(1, 2).contiguous(), None


AttentionInterface.register(GROUPED, grouped_attention)
AttentionMaskInterface.register(GROUPED, eager_mask)
