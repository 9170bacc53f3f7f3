"""Training speed: transformers' trainer as it comes against the trainer of ``web4.training.sft``.

Same model, adapter, records, batch size and learning rate, interleaved in one run, each round in
another order of the records. Tokens are those of the rendered records, padding not counted. Every
few updates the clock stands still for the loss on records that neither learns: so it is known too
when each of both has reached the same loss. Run it from the root on a quiet machine:

    python -m benchmarks.training_speed [--records 96] [--rounds 3]
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from transformers import Trainer, TrainerCallback, TrainingArguments

from web4.device import choose_device
from web4.profile import load_profile
from web4.settings import Settings
from web4.training import base_model
from web4.training.adapter import with_adapter
from web4.training.examples import IGNORED, Tokenized, select, tokenize
from web4.training.loss import mean_loss
from web4.training.schedule import Schedule
from web4.training.trainer import build_trainer

_BATCH = 8
_LEARNING_RATE = 1e-3
_HELD_OUT = 32
_UPDATES_BETWEEN_LOOKS = 2

Curve = list[tuple[float, float]]
"""Seconds of training, and the loss on held-out records reached by then."""


def main() -> None:
    """Print the tokens per second of both, their ratio, and the losses by time, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    run = Settings.from_environment().open_run()
    folder = base_model.model_dir(run.artifact("base").path)
    tokenizer = base_model.load_tokenizer(folder)
    seed = load_profile("embedded").seed
    dataset = run.artifact("dataset").path
    drawn = select(dataset, asked.records + _HELD_OUT, seed, balanced=False)
    records, held_out = drawn[_HELD_OUT:], tokenize(drawn[:_HELD_OUT], tokenizer, 512)
    tokenized = tokenize(records, tokenizer, 512)
    tokens, pad = tokenized.tokens, tokenizer.pad_token_id
    curves: dict[str, list[Curve]] = {"default": [], "web4": []}
    untrained = mean_loss(_adapted(_plain(folder), 0), held_out, _BATCH, pad)
    for order in range(asked.rounds):
        trainers: dict[str, Trainer] = {
            "default": _default(folder, tokenizer, tokenized, order),
            "web4": _ours(folder, tokenizer, tokenized, order),
        }
        for name, trainer in trainers.items():
            curves[name].append([(0.0, untrained), *_watched(trainer, held_out, pad)])
    rates = {name: [tokens / curve[-1][0] for curve in found] for name, found in curves.items()}
    medians = {name: round(statistics.median(found), 1) for name, found in rates.items()}
    print(
        json.dumps(
            {
                "records": asked.records,
                "tokens": tokens,
                "threads": torch.get_num_threads(),
                "dtype": str(choose_device("cpu").dtype),
                "tokens_per_second": medians,
                "rounds": rates,
                "ratio": round(medians["web4"] / medians["default"], 2),
                "held_out": _HELD_OUT,
                "loss_before": untrained,
                "curves": curves,
            }
        )
    )


class _Watch(TrainerCallback):
    """Notes the loss on held-out records every few updates, off the clock."""

    def __init__(self, held_out: Tokenized, pad: int) -> None:
        self.curve: Curve = []
        self._held_out = held_out
        self._pad = pad
        self._begun = 0.0

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        self._begun = time.perf_counter()

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        del args, control
        model = given["model"]
        if state.global_step % _UPDATES_BETWEEN_LOOKS and state.global_step != state.max_steps:
            return
        stopped = time.perf_counter()
        model.eval()
        loss = mean_loss(model, self._held_out, _BATCH, self._pad)
        model.train()
        self.curve.append((stopped - self._begun, loss))
        self._begun += time.perf_counter() - stopped


def _watched(trainer: Trainer, held_out: Tokenized, pad: int) -> Curve:
    watch = _Watch(held_out, pad)
    trainer.add_callback(watch)
    trainer.train()
    return watch.curve


def _plain(folder: Path) -> Any:
    return base_model.load_model(folder, torch.float32)


def _adapted(base: Any, seed: int) -> Any:
    torch.manual_seed(seed)  # both begin with the same adapter
    return with_adapter(base, {"r": 16, "alpha": 32, "dropout": 0.0}, None)


def _default(folder: Path, tokenizer: Any, tokenized: Tokenized, order: int) -> Trainer:
    """Return the trainer's defaults: random order, padded batches, logits for every token."""
    rows = [
        {
            "ids": [*tokenized.prefix, *example.prompt, *example.answer],
            "answer": len(example.answer),
        }
        for example in tokenized.examples
    ]
    random.Random(order).shuffle(rows)  # noqa: S311 - wants to be reproducible

    def padded(batch: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        width = max(len(row["ids"]) for row in batch)
        ids = torch.full((len(batch), width), tokenizer.pad_token_id)
        labels = torch.full((len(batch), width), IGNORED)
        mask = torch.zeros((len(batch), width), dtype=torch.long)
        for place, row in enumerate(batch):
            end = len(row["ids"])
            ids[place, :end] = torch.tensor(row["ids"])
            labels[place, end - row["answer"] : end] = ids[place, end - row["answer"] : end]
            mask[place, :end] = 1
        return {"input_ids": ids, "labels": labels, "attention_mask": mask}

    arguments = TrainingArguments(
        output_dir=tempfile.mkdtemp(),
        num_train_epochs=1,
        per_device_train_batch_size=_BATCH,
        learning_rate=_LEARNING_RATE,
        seed=order,
        remove_unused_columns=False,
        use_cpu=True,
        report_to="none",
        save_strategy="no",
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )
    model = _adapted(_plain(folder), order)
    return Trainer(model=model, args=arguments, train_dataset=rows, data_collator=padded)


def _ours(folder: Path, tokenizer: Any, tokenized: Tokenized, order: int) -> Trainer:
    params = {
        "batch_records": _BATCH,
        "epochs": 1,
        "learning_rate": _LEARNING_RATE,
        "warmup_ratio": 0.0,
        "checkpoint_updates": 10_000,
        "seed": order,
    }
    scratch = Path(tempfile.mkdtemp())
    device = choose_device("cpu")
    schedule = Schedule.of([len(example) for example in tokenized.examples], params, device.name)
    return build_trainer(
        _adapted(base_model.load_to_learn(folder, device.dtype, device.name), order),
        tokenized,
        tokenizer.pad_token_id,
        scratch,
        params,
        device,
        schedule,
    )


if __name__ == "__main__":
    main()
