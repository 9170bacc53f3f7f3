"""Cross-entropy over a vocabulary, a few positions at a time.

The logits of a whole batch are hundreds of megabytes, written and read again for each of softmax,
loss and both gradients: on a CPU a quarter of a training's time. A part of them stays in the cache.
The output layer does not learn, so that a position's gradient is known as soon as its logits are.
"""

from typing import Any

import torch

_BYTES = {"cpu": 2**24, "mps": 2**26, "cuda": 2**29}
"""What the logits of one part take in float32, at most, by kind of device."""


def answer_losses(
    hidden: torch.Tensor, head: torch.nn.Module, targets: torch.Tensor
) -> torch.Tensor:
    """Return each position's cross-entropy, in nats.

    ``hidden`` is [positions, size], ``head`` the output layer, whose weights get no gradient, and
    ``targets`` are [positions] token ids. The losses are [positions] in float32.
    """
    losses: torch.Tensor = _CrossEntropy.apply(hidden, head, targets)  # type: ignore[no-untyped-call] # torch leaves it so
    return losses


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: torch.Tensor, head: Any, targets: torch.Tensor) -> torch.Tensor:
        gradient = torch.empty_like(hidden) if ctx.needs_input_grad[0] else None
        losses = torch.empty(len(hidden), device=hidden.device)
        weight = head.weight.to(hidden.dtype)
        together = max(1, _BYTES[hidden.device.type] // (4 * len(weight)))
        for start in range(0, len(hidden), together):
            part = slice(start, start + together)
            wanted = targets[part, None]
            shares = torch.log_softmax(head(hidden[part]).float(), dim=-1)
            losses[part] = -shares.gather(1, wanted)[:, 0]
            if gradient is not None:
                shares.exp_().scatter_add_(1, wanted, -torch.ones_like(wanted, dtype=shares.dtype))
                gradient[part] = shares.to(hidden.dtype) @ weight
        if gradient is not None:
            ctx.save_for_backward(gradient)
        return losses

    @staticmethod
    def backward(ctx: Any, *outer: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return (outer[0][:, None] * gradient).to(gradient.dtype), None, None
