"""Keys and values of what was read, in buffers that grow by more than a token at a time."""

from typing import Any

import torch
from transformers import Cache, DynamicCache
from transformers.cache_utils import DynamicLayer

_ROOM = 64
_EVERYTHING = "full_attention"


class GrowingLayer(DynamicLayer):  # type: ignore[no-untyped-call] # transformers leaves it so
    """A layer whose past is not copied for each new token, as transformers' own does it."""

    buffers: tuple[torch.Tensor, ...]

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append [batch, heads, tokens, size] to both, and return all there is."""
        new = (key_states, value_states)
        begin = self.get_seq_length()
        end = begin + key_states.shape[-2]
        if not begin:
            self.lazy_initialization(key_states, value_states)
            self.buffers = tuple(one[..., :0, :] for one in new)
        if end > self.buffers[0].shape[-2]:
            self.buffers = tuple(_with_room(one, begin, end + _ROOM) for one in self.buffers)
        for buffer, states in zip(self.buffers, new, strict=True):
            buffer[..., begin:end, :] = states
        return self._shown(end)

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        """Keep these rows of the batch and no other."""
        end = self.get_seq_length()
        self.buffers = tuple(buffer[indices] for buffer in self.buffers)
        self._shown(end)

    def _shown(self, end: int) -> tuple[torch.Tensor, torch.Tensor]:
        self.keys, self.values = (buffer[..., :end, :] for buffer in self.buffers)
        return self.keys, self.values


def empty_cache(model: Any) -> Any:
    """Return a cache that grows in place, where every layer of the model attends to everything."""
    config = model.config.get_text_config(decoder=True)
    kinds = set(getattr(config, "layer_types", None) or (_EVERYTHING,))
    if kinds != {_EVERYTHING} or getattr(config, "sliding_window", None):
        return DynamicCache(config=config)
    return Cache(layer_class_to_replicate=GrowingLayer)


def _with_room(buffer: torch.Tensor, used: int, room: int) -> torch.Tensor:
    """Return a buffer with room for so many tokens that begins with those used."""
    larger = buffer.new_empty((*buffer.shape[:-2], room, buffer.shape[-1]))
    larger[..., :used, :] = buffer[..., :used, :]
    return larger
