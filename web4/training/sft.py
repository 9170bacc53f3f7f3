"""Supervised fine-tuning of a LoRA adapter: one step, used by dry run, mini and full training.

The trainer is transformers' own; what is ours is the loss. Each batch computes the prompt prefix
that all records share once, takes logits only where a label is, and is padded to its own length.
"""

import contextlib
import json
import math
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.helpers import disable_input_dtype_casting
from torch.nn import functional
from transformers import Trainer, TrainingArguments, set_seed
from transformers.trainer_callback import PrinterCallback

from web4.device import Device, choose_device
from web4.errors import ConfigError, StepFailedError
from web4.training import base_model
from web4.training.callbacks import (
    LossCurve,
    ProgressLine,
    WholeCheckpoints,
    drop_partial_checkpoints,
    last_whole_checkpoint,
    read_curve,
)
from web4.training.examples import IGNORED, Example, Tokenized, epoch_order, select, tokenize

_CPU_BATCH = 16  # measured: 14% faster than 8, while 32 take 20 GB and are slower


class PrefixSharingTrainer(Trainer):
    """A trainer whose loss computes the shared prefix once and logits only at labels.

    The loss is the mean cross-entropy, in nats, over the answer tokens of an update.
    """

    def __init__(self, *, prefix: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._prefix = torch.tensor([list(prefix)])
        self.model_accepts_loss_kwargs = True

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,  # noqa: FBT001, FBT002 - the trainer's signature
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor:
        del return_outputs
        ids, labels = inputs["input_ids"], inputs["labels"]
        causal = self.accelerator.unwrap_model(model).get_base_model()
        with _mixed_precision(model, causal.dtype):
            return self._loss(causal, ids, labels, num_items_in_batch)

    def _loss(
        self, causal: Any, ids: torch.Tensor, labels: torch.Tensor, answer_tokens: Any
    ) -> torch.Tensor:
        decoder = causal.get_decoder()
        past = decoder(input_ids=self._prefix.to(ids.device), use_cache=True).past_key_values
        past.batch_repeat_interleave(len(ids))
        hidden = decoder(input_ids=ids, past_key_values=past, use_cache=True).last_hidden_state
        # The last prompt token predicts the first answer token, so labels look one ahead.
        targets = labels[:, 1:]
        asked = targets != IGNORED
        logits = causal.get_output_embeddings()(hidden[:, :-1][asked])
        total = functional.cross_entropy(logits.float(), targets[asked], reduction="sum")
        return total / (asked.sum() if answer_tokens is None else answer_tokens)


@contextlib.contextmanager
def _mixed_precision(model: Any, dtype: torch.dtype) -> Iterator[None]:
    """Multiply the adapter's float32 weights in the base's format, where that is bfloat16.

    The layers would else carry their inputs to float32 and back: a quarter of the time.
    """
    if dtype != torch.bfloat16:
        yield
        return
    with disable_input_dtype_casting(model), torch.autocast(model.device.type, dtype):
        yield


def collate(examples: Sequence[Example], pad: int) -> dict[str, torch.Tensor]:
    """Pad examples on the right to one length. No mask is needed: attention looks back only."""
    width = max(len(example) for example in examples)
    ids = torch.full((len(examples), width), pad)
    labels = torch.full((len(examples), width), IGNORED)
    for row, example in enumerate(examples):
        ids[row, : len(example)] = torch.tensor(example.prompt + example.answer)
        labels[row, len(example.prompt) : len(example)] = torch.tensor(example.answer)
    return {"input_ids": ids, "labels": labels}


def train(  # noqa: PLR0913, PLR0917 - a step is its inputs and parameters
    base: Path,
    data: Path,
    out: Path,
    scratch: Path,
    params: dict[str, Any],
    name: str,
    start: Path | None = None,
) -> dict[str, Any]:
    """Train an adapter into ``out/lora`` and write ``loss.csv`` and ``training.json``.

    ``start`` is the artifact of an earlier training, whose adapter learns on in place of a new
    one. Go on from the last whole checkpoint in ``scratch`` where there is one. Return the facts
    of the run: device, tokens, seconds, tokens per second. Raise ``StepFailedError`` on
    divergence.
    """
    device = choose_device()
    set_seed(params["seed"])
    model_dir = base_model.model_dir(base)
    tokenizer = base_model.load_tokenizer(model_dir)
    records = select(
        data,
        params["records"],
        params["seed"],
        balanced=params["balanced"],
        mix=params["mix"],
    )
    tokenized = tokenize(records, tokenizer, params["max_tokens"])
    base_weights = base_model.load_model(model_dir, device.dtype, _attention(device))
    if device.name == "cpu":
        _lay_out_for_the_forward_pass(base_weights)
    model = _with_adapter(base_weights, params, start)
    trainer = build_trainer(model, tokenized, tokenizer.pad_token_id, scratch, params, device, name)
    drop_partial_checkpoints(scratch)
    resumed = last_whole_checkpoint(scratch)
    begun = time.monotonic()
    trainer.train(resume_from_checkpoint=str(resumed) if resumed else None)
    seconds = time.monotonic() - begun
    _check_converging(read_curve(scratch / "loss.csv"), name)
    _save_adapter(trainer.model, out / "lora", json.loads((base / "base.json").read_text()))
    shutil.copyfile(scratch / "loss.csv", out / "loss.csv")
    steps = trainer.state.global_step
    resumed_at = int(resumed.name.rpartition("-")[2]) if resumed else 0
    share = (steps - resumed_at) / steps
    facts = {
        "device": device.name,
        "dtype": str(device.dtype).removeprefix("torch."),
        "records": len(records) * params["epochs"],
        "records_before": _records_behind(start) if start else 0,
        "tokens": tokenized.tokens * params["epochs"],
        "updates": steps,
        "resumed_at_update": resumed_at,
        "seconds": round(seconds, 2),
        "tokens_per_second": round(tokenized.tokens * params["epochs"] * share / seconds, 1),
    }
    (out / "training.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return facts


def _attention(device: Device) -> str | None:
    # Measured on a CPU: the backward of the fused kernel takes 5.5 ms a layer for 608 tokens.
    return "eager" if device.name == "cpu" else None


def _lay_out_for_the_forward_pass(model: torch.nn.Module) -> None:
    """Store weights with more inputs than outputs by columns: the same values, other strides.

    Measured with bfloat16 on a CPU: 800 tokens through 1,536 to 576 take 5 ms in place of 16.
    """
    for layer in model.modules():
        if isinstance(layer, torch.nn.Linear) and layer.in_features > layer.out_features:
            layer.weight.data = layer.weight.data.t().contiguous().t()


def _with_adapter(base: Any, params: dict[str, Any], start: Path | None) -> Any:
    """Put a new adapter on the base, or the one of ``start``, to be trained."""
    if start is None:
        return get_peft_model(base, _lora(params))
    folder = start / "lora"
    trained = LoraConfig.from_pretrained(str(folder))
    for name, wanted in (("r", params["r"]), ("lora_alpha", params["alpha"])):
        if getattr(trained, name) != wanted:
            raise ConfigError(
                f"{folder}: its adapter has {name} = {getattr(trained, name)}, the profile asks "
                f"for {wanted}. Set [lora] as it was, or leave out starts_from."
            )
    return PeftModel.from_pretrained(base, folder, is_trainable=True)


def _records_behind(start: Path) -> int:
    facts = json.loads((start / "training.json").read_text(encoding="utf-8"))
    return int(facts["records"]) + int(facts.get("records_before", 0))


def _lora(params: dict[str, Any]) -> LoraConfig:
    return LoraConfig(
        r=params["r"],
        lora_alpha=params["alpha"],
        lora_dropout=params["dropout"],
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def build_trainer(  # noqa: PLR0913, PLR0917 - one call site, read top to bottom
    model: Any,
    tokenized: Tokenized,
    pad: int,
    scratch: Path,
    params: dict[str, Any],
    device: Device,
    name: str,
) -> PrefixSharingTrainer:
    """Return the trainer of a run; ``scratch`` gets its checkpoints and the loss curve."""
    batch = min(_CPU_BATCH, params["batch_records"])
    if device.name.startswith("cuda"):
        batch = params["batch_records"]
    order = epoch_order([len(example) for example in tokenized.examples], batch, params["seed"])
    updates = math.ceil(len(order) / params["batch_records"]) * params["epochs"]
    arguments = TrainingArguments(
        output_dir=str(scratch),
        num_train_epochs=params["epochs"],
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=math.ceil(params["batch_records"] / batch),
        learning_rate=params["learning_rate"],
        lr_scheduler_type="cosine",
        warmup_steps=math.ceil(updates * params["warmup_ratio"]),
        weight_decay=0.0,
        bf16=False,  # the weights themselves are bf16 where the device is faster with it
        use_cpu=device.name == "cpu",
        train_sampling_strategy="sequential",
        logging_steps=1,
        logging_nan_inf_filter=False,  # it would write 0.0 for a loss that is no number
        save_steps=params["checkpoint_updates"],
        save_total_limit=2,
        seed=params["seed"],
        data_seed=params["seed"],
        disable_tqdm=True,
        report_to="none",
        remove_unused_columns=False,
        dataloader_pin_memory=False,
    )
    trainer = PrefixSharingTrainer(
        prefix=tokenized.prefix,
        model=model,
        args=arguments,
        train_dataset=[tokenized.examples[index] for index in order],
        data_collator=lambda examples: collate(examples, pad),
        callbacks=[LossCurve(scratch / "loss.csv"), ProgressLine(name), WholeCheckpoints()],
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _check_converging(curve: list[dict[str, str]], name: str) -> None:
    losses = [float(row["loss"]) for row in curve]
    if not losses or not all(math.isfinite(loss) for loss in losses):
        raise StepFailedError(
            f"{name}: the loss is no finite number. Lower learning_rate in the profile."
        )


def _save_adapter(model: Any, folder: Path, base: dict[str, str]) -> None:
    """Write the adapter in 16 bits, half the size, and name its base as the profile does."""
    state = model.state_dict()
    half = {name: tensor.half() for name, tensor in state.items() if "lora_" in name}
    model.peft_config["default"].base_model_name_or_path = base["source"]
    model.save_pretrained(folder, state_dict=half, safe_serialization=True)
    (folder / "README.md").unlink(missing_ok=True)  # peft's template, without a word of ours
