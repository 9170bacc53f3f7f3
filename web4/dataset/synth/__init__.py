"""Seeded generators of training and evaluation records, one module for each training bucket.

The same seed gives the same bytes on every platform: all randomness comes from ``random.Random``
seeded with text, and nothing iterates over a set.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Literal

from web4.errors import ConfigError
from web4.records import TRAIN_BUCKETS, Record, write_jsonl

Split = Literal["train", "eval"]
Make = Callable[..., Record]

VERSION = 1
"""Rises with every change of a generator: it is part of the dataset's key."""

EVAL_SIZES = {
    "tool": {"tool_core": 340, "tool_neg": 60},
    "style": {"style_core": 200, "style_refactor": 100},
    "guardrail": {"guardrail": 600},
    "mini": {"tool_core": 60, "style_core": 30, "style_refactor": 20, "guardrail": 40},
}
"""Records of each evaluation bucket, by the generator that they come from."""

_UNSEEN_EVERY = 10
_MAX_TRIES = 50


def generate(
    bucket: str, count: int, seed: int, split: Split, *, unseen_every: int = 0
) -> Iterator[Record]:
    """Yield ``count`` records of one training bucket's kind, no two with the same request.

    Each ``unseen_every``-th record is made from a skeleton that training never has.
    """
    make: Make = import_module(f"web4.dataset.synth.{bucket}").make
    rng = random.Random(f"web4/{VERSION}/{bucket}/{split}/{seed}")
    asked: set[tuple[str, str]] = set()
    for number in range(count):
        unseen = bool(unseen_every) and number % unseen_every == unseen_every - 1
        record = _fresh(make, rng, split, asked, unseen=unseen)
        yield replace(record, id=f"{bucket}-{number:05d}")


def _fresh(
    make: Make, rng: random.Random, split: Split, asked: set[tuple[str, str]], *, unseen: bool
) -> Record:
    for _ in range(_MAX_TRIES):
        record = make(rng, split, unseen=unseen)
        request = (record.instruction, record.input)
        if request not in asked:
            asked.add(request)
            return record
    raise ConfigError(
        f"{make.__module__}: no new record in {_MAX_TRIES} tries after {len(asked)}: "
        "fewer records, or a richer grammar"
    )


def write_train(out: Path, counts: dict[str, int], seed: int) -> None:
    """Write ``<bucket>.jsonl`` for each training bucket into ``out``."""
    for bucket in TRAIN_BUCKETS:
        write_jsonl(out / f"{bucket}.jsonl", generate(bucket, counts[bucket], seed, "train"))


def eval_records(bucket: str, seed: int) -> list[Record]:
    """Return the records of one evaluation bucket, a tenth of them from unseen skeletons."""
    records = [
        record
        for source, count in EVAL_SIZES[bucket].items()
        for record in generate(
            source, count, _eval_seed(bucket, seed), "eval", unseen_every=_UNSEEN_EVERY
        )
    ]
    return [
        replace(record, id=f"{bucket}-{number:04d}") for number, record in enumerate(records, 1)
    ]


def _eval_seed(bucket: str, seed: int) -> int:
    return seed + 1 if bucket == "mini" else seed
