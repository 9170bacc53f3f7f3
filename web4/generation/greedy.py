"""The loop that grows answers: always the likeliest token, all prompts of a batch together."""

from collections.abc import Sequence
from typing import Any

_KEPT_SHARE = 0.7  # a batch is made smaller where less of it is still growing


def generate(
    model: Any, prompts: Sequence[Sequence[int]], ends: Sequence[int], max_new_tokens: int
) -> list[list[int]]:
    """Return the likeliest tokens after each prompt, up to one of the ``ends`` and with it.

    Prompts are padded on the left to one length. Rows whose answers have ended leave the batch, so
    that one which babbles on does not hold the others.
    """
    import torch

    from web4.attention import fit_for_single_tokens
    from web4.generation.cache import empty_cache

    answers: list[list[int]] = [[] for _ in prompts]
    growing = list(answers)  # the answer of each row of the batch
    ended = [False] * len(growing)
    ids, mask = (torch.tensor(one, device=model.device) for one in _padded(prompts, ends[0]))
    positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
    with fit_for_single_tokens(model), torch.inference_mode():
        cache = empty_cache(model)
        for _ in range(max_new_tokens):
            read = model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            tokens = read.logits[:, -1].argmax(dim=-1)
            for row, token in enumerate(tokens.tolist()):
                if not ended[row]:
                    growing[row].append(token)
                    ended[row] = token in ends
            if all(ended):
                break
            kept = [row for row, over in enumerate(ended) if not over]
            if len(kept) < _KEPT_SHARE * len(growing):
                growing, ended = [growing[row] for row in kept], [False] * len(kept)
                chosen = torch.tensor(kept, device=model.device)
                cache.batch_select_indices(chosen)
                tokens, mask, positions = tokens[chosen], mask[chosen], positions[chosen]
            ids, positions = tokens[:, None], positions[:, -1:] + 1
            mask = torch.cat([mask, mask.new_ones(len(growing), 1)], dim=1)
    return answers


def _padded(prompts: Sequence[Sequence[int]], pad: int) -> tuple[list[list[int]], list[list[int]]]:
    """Return token ids of one length, padded on the left, and 1 where they are a prompt's own."""
    width = max(len(prompt) for prompt in prompts)
    ids = [[pad] * (width - len(prompt)) + list(prompt) for prompt in prompts]
    return ids, [[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts]
