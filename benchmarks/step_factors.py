"""What most affects the cost of a training and of an evaluation: each factor varied once.

Sequence length, accumulation, packing and checkpoint frequency of a training, size of an
evaluation; everything else stays as it is. The model is a random Llama with the embedded model's
tokenizer, or with ``--base embedded`` the embedded model. Run it from the root:

    python -m benchmarks.step_factors [--base tiny|embedded] [--records 96] [--rounds 3] [--out DIR]
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.side_by_side import Comparison, Run, Table, installed, machine, rows, timed
from benchmarks.written import write
from web4.candidates.transformers import TransformersCandidate
from web4.dataset import synth
from web4.device import choose_device
from web4.records import Record
from web4.settings import Settings
from web4.training import base_model
from web4.training.adapter import with_adapter
from web4.training.examples import tokenize
from web4.training.schedule import Schedule
from web4.training.trainer import build_trainer

_NAME = "step_factors"
_SEED = 1
_POOL = 4
"""So many times the records are drawn of which the shortest and the longest are compared."""

_BATCH = 16
_PASSES = 4
_MAX_TOKENS = 1024
_NEVER = 10_000
_NEW_TOKENS = 16
_LONGER = 4
_LORA = {"r": 16, "alpha": 32, "dropout": 0.0}
_TINY = {
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": _MAX_TOKENS,
}


@dataclass(frozen=True)
class Bench:
    """The model that learns and answers, and where checkpoints are written."""

    folder: Path
    tokenizer: Any
    scratch: Path

    def train(
        self,
        records: Sequence[Record],
        *,
        device_batch: int = _BATCH,
        checkpoint_updates: int = _NEVER,
        shuffled: bool = False,
    ) -> Callable[[], object]:
        """Return one epoch over the records, ready to run, as ``web4 train`` runs it."""
        params = {
            **_LORA,
            "batch_records": _BATCH,
            "device_batch": device_batch,
            "epochs": 1,
            "learning_rate": 1e-4,
            "warmup_ratio": 0.0,
            "checkpoint_updates": checkpoint_updates,
            "seed": _SEED,
        }
        tokenized = tokenize(records, self.tokenizer, _MAX_TOKENS)
        device = choose_device()
        lengths = [len(example) for example in tokenized.examples]
        schedule = Schedule.of(lengths, params, device.name)
        if shuffled:
            order = list(schedule.order)
            random.Random(_SEED).shuffle(order)  # noqa: S311 - wants to be reproducible
            schedule = replace(schedule, order=tuple(order))

        def run() -> object:
            weights = base_model.load_to_learn(self.folder, device.dtype, device.name)
            scratch = Path(tempfile.mkdtemp(dir=self.scratch))
            model = with_adapter(weights, params, None)
            pad = self.tokenizer.pad_token_id
            trainer = build_trainer(model, tokenized, pad, scratch, params, device, schedule)
            return trainer.train()

        return run

    def ask(self, records: Sequence[Record]) -> Callable[[], object]:
        """Return an evaluation's part that generates, answers of a few tokens."""

        def run() -> object:
            candidate = TransformersCandidate(self.folder)
            answered: list[object] = []
            candidate.answer(records, max_new_tokens=_NEW_TOKENS, on_done=answered.append)
            return answered

        return run


def main() -> None:
    """Measure every factor and write JSON, Markdown and a plot; print the Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", choices=("tiny", "embedded"), default="tiny")
    parser.add_argument("--records", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("docs", "benchmarks"))
    asked = parser.parse_args()
    found_machine = machine()  # before anything of ours keeps it busy
    with tempfile.TemporaryDirectory() as made:
        bench = _bench(asked.base, Path(made))
        tables = tuple(_tables(bench, asked.records, asked.rounds))
    found = Comparison(
        "What the steps' costs depend on",
        f"Each factor varied once, {asked.rounds} rounds in turn, {asked.records} records, "
        f"{asked.base} base. Loading the model is part of every time.",
        tables,
        notes=tuple(_effects(tables)),
        versions=installed("torch", "transformers", "peft"),
        facts={"base": asked.base, "records": asked.records},
    )
    write(asked.out, _NAME, found, found_machine, " ".join(["python -m", *_command()]))
    print((asked.out / f"{_NAME}.md").read_text(encoding="utf-8"))


def _command() -> list[str]:
    return [f"benchmarks.{_NAME}", *sys.argv[1:]]


def _bench(base: str, folder: Path) -> Bench:
    model_dir = base_model.model_dir(Settings.from_environment().open_run().artifact("base").path)
    tokenizer = base_model.load_tokenizer(model_dir)
    if base == "tiny":
        model_dir = folder / "tiny"
        _random_llama(model_dir, tokenizer)
    (folder / "scratch").mkdir()
    return Bench(model_dir, tokenizer, folder / "scratch")


def _random_llama(folder: Path, tokenizer: Any) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(_SEED)
    end = tokenizer.pad_token_id
    untyped: Any = LlamaConfig
    config = untyped(
        vocab_size=len(tokenizer), bos_token_id=end, eos_token_id=end, pad_token_id=end, **_TINY
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _tables(bench: Bench, count: int, rounds: int) -> Iterator[Table]:
    short, usual, long = _drawn(bench.tokenizer, count)
    notes = {
        name: f"{tokenize(drawn, bench.tokenizer, _MAX_TOKENS).tokens / count:.0f} tokens each"
        for name, drawn in (("short records", short), ("long records", long))
    }
    small = _BATCH // _PASSES
    varied: Mapping[str, tuple[str, Mapping[str, Callable[[], object]]]] = {
        "Training: sequence length": (
            "record",
            {"short records": bench.train(short), "long records": bench.train(long)},
        ),
        "Training: accumulation": (
            "record",
            {
                f"1 pass of {_BATCH}": bench.train(usual),
                f"{_PASSES} passes of {small}": bench.train(usual, device_batch=small),
            },
        ),
        "Training: packing": (
            "record",
            {
                "like lengths together": bench.train(usual),
                "any order": bench.train(usual, shuffled=True),
            },
        ),
        "Training: checkpoints": (
            "record",
            {
                "none": bench.train(usual),
                "at each update": bench.train(usual, checkpoint_updates=1),
            },
        ),
        "Evaluation: size": (
            "evaluation",
            {
                f"{count // _LONGER} records": bench.ask(usual[: count // _LONGER]),
                f"{count} records": bench.ask(usual),
            },
        ),
    }
    for caption, (unit, works) in varied.items():
        contenders: dict[str, Run] = {name: timed(work) for name, work in works.items()}
        measured = rows(contenders, rounds, notes)
        yield Table(caption, unit, count if unit == "record" else 1, measured, next(iter(works)))


def _drawn(tokenizer: Any, count: int) -> tuple[list[Record], list[Record], list[Record]]:
    """Return the shortest, a random draw and the longest of the records of one generator."""
    pool = list(synth.generate("style_refactor", _POOL * count, _SEED, "train"))
    lengths = tokenize(pool, tokenizer, _MAX_TOKENS).lengths
    ordered = [pool[place] for place in sorted(range(len(pool)), key=lambda place: lengths[place])]
    return ordered[:count], pool[:count], ordered[-count:]


def _effects(tables: Sequence[Table]) -> Iterator[str]:
    for table in tables:
        usual, varied = table.rows
        ratio = table.ratio(varied.name)
        if ratio is not None:
            yield f"{table.caption}: {varied.name} took {ratio:.2f} times as long as {usual.name}."


if __name__ == "__main__":
    main()
