"""The loss of a training: the shared prefix computed once, logits only where a label is."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from peft.helpers import disable_input_dtype_casting
from transformers import Trainer

from web4.training.cross_entropy import answer_losses
from web4.training.examples import IGNORED, Example, Tokenized
from web4.training.processes import forward_through


class PrefixSharingTrainer(Trainer):
    """A trainer whose loss computes the shared prefix once and logits only at labels.

    The loss is the mean cross-entropy, in nats, over the answer tokens of an update, where each
    token that decides (``web4.training.decisions``) counts ``decision_weight`` times as much as
    another one of its answer.
    """

    def __init__(
        self, *, prefix: Sequence[int], decision_weight: float = 1.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._prefix = torch.tensor([list(prefix)])
        self._decision_weight = decision_weight
        self.model_accepts_loss_kwargs = True

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,  # noqa: FBT001, FBT002 - the trainer's signature
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor:
        del return_outputs
        adapted = self.accelerator.unwrap_model(model)
        total, answered = forward_through(
            model, adapted, lambda given: self._summed(adapted, given), inputs
        )
        loss = total / (answered if num_items_in_batch is None else num_items_in_batch)
        together = self.accelerator.num_processes  # gradients and losses are averaged over them
        return loss * together if together > 1 else loss

    def _summed(
        self, model: Any, inputs: dict[str, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        losses, asked = _losses(model, self._prefix, inputs)
        if self._decision_weight != 1.0:
            decisive = inputs["decisive"][:, 1:]
            losses = losses * _weights(asked, decisive, self._decision_weight)
        return losses.sum(), asked.sum()


def mean_loss(model: Any, tokenized: Tokenized, batch: int, pad: int) -> float:
    """Return the mean cross-entropy, in nats, over the answer tokens of all examples."""
    examples = sorted(tokenized.examples, key=len)
    prefix = torch.tensor([list(tokenized.prefix)])
    loss, answered = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(examples), batch):
            inputs = collate(examples[start : start + batch], pad)
            placed = {name: tensor.to(model.device) for name, tensor in inputs.items()}
            losses, asked = _losses(model, prefix, placed)
            loss += float(losses.sum())
            answered += int(asked.sum())
    return loss / answered


def _weights(asked: torch.Tensor, decisive: torch.Tensor, decision_weight: float) -> torch.Tensor:
    """Return each answer token's weight; those of a record add up to its number of tokens."""
    weights = torch.where(decisive, decision_weight, 1.0) * asked
    scale = asked.sum(dim=1, keepdim=True) / weights.sum(dim=1, keepdim=True).clamp(min=1.0)
    found: torch.Tensor = (weights * scale)[asked]
    return found


def _losses(
    model: Any, prefix: torch.Tensor, inputs: dict[str, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return each answer token's cross-entropy, and which positions predict one."""
    ids, labels = inputs["input_ids"], inputs["labels"]
    causal = model.get_base_model()
    with _mixed_precision(model, causal):
        hidden = _hidden(causal, prefix.to(ids.device), ids)
        # The last prompt token predicts the first answer token, so labels look one ahead.
        targets = labels[:, 1:]
        asked = targets != IGNORED
        head = causal.get_output_embeddings()
        losses = answer_losses(hidden[:, :-1][asked], head, targets[asked])
    return losses, asked


def _hidden(causal: Any, prefix: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Return the last hidden states behind the prefix."""
    decoder = causal.get_decoder()
    if _recomputes(causal):  # what is computed again has no cache to share the prefix through
        whole = torch.cat([prefix.expand(len(ids), -1), ids], dim=1)
        everything: torch.Tensor = decoder(input_ids=whole, use_cache=False).last_hidden_state
        return everything[:, prefix.shape[1] :]
    past = decoder(input_ids=prefix, use_cache=True).past_key_values
    past.batch_repeat_interleave(len(ids))
    hidden: torch.Tensor = decoder(
        input_ids=ids, past_key_values=past, use_cache=True
    ).last_hidden_state
    return hidden


def _recomputes(causal: Any) -> bool:
    return bool(causal.is_gradient_checkpointing and causal.training)


@contextlib.contextmanager
def _mixed_precision(model: Any, causal: Any) -> Iterator[None]:
    """Multiply the adapter's float32 weights in the base's format, where that is bfloat16.

    The layers would else carry their inputs to float32 and back: a quarter of the time.
    """
    multiplies = torch.bfloat16 if getattr(causal, "is_loaded_in_4bit", False) else causal.dtype
    if multiplies != torch.bfloat16:
        yield
        return
    # What gradient checkpointing computes again, it computes outside of this context.
    kept = _recomputes(causal)
    uncast = contextlib.nullcontext() if kept else disable_input_dtype_casting(model)
    with uncast, torch.autocast(model.device.type, multiplies):
        yield


def collate(examples: Sequence[Example], pad: int) -> dict[str, torch.Tensor]:
    """Pad examples on the right to one length. No mask is needed: attention looks back only."""
    width = max(len(example) for example in examples)
    ids = torch.full((len(examples), width), pad)
    labels = torch.full((len(examples), width), IGNORED)
    decisive = torch.zeros((len(examples), width), dtype=torch.bool)
    for row, example in enumerate(examples):
        ids[row, : len(example)] = torch.tensor(example.prompt + example.answer)
        labels[row, len(example.prompt) : len(example)] = torch.tensor(example.answer)
        decisive[row, len(example.prompt) : len(example)] = torch.tensor(example.decisive)
    return {"input_ids": ids, "labels": labels, "decisive": decisive}
