"""Seeded generators of training and evaluation records, one module for each training bucket.

The same seed gives the same bytes on every platform: all randomness comes from ``random.Random``
seeded with text, and nothing iterates over a set.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

from web4.dataset.synth.splits import Split
from web4.errors import ConfigError
from web4.records import TRAIN_BUCKETS, Record, write_jsonl

Make = Callable[..., Record]

VERSION = 4
"""Rises with every change of what training records are like: it is part of the dataset's key."""

EVAL_VERSION = 3
"""Rises with every change of what evaluation records are like: their set is then to be frozen."""

EVAL_SIZES = {
    "tool": {"tool_core": 340, "tool_neg": 60},
    "style": {"style_core": 200, "style_refactor": 100},
    "guardrail": {"guardrail": 600},
    "mini": {"tool_core": 60, "style_core": 30, "style_refactor": 20, "guardrail": 40},
}
"""Records of each evaluation bucket, by the generator that they come from."""

GRADES = 5
_UNSEEN_EVERY = 10
_MAX_TRIES = 50
_MAX_GRADED_TRIES = 2000  # the rarest grade of a generator is about a tenth, halved by the side


def generate(bucket: str, count: int, seed: int, split: Split) -> Iterator[Record]:
    """Yield ``count`` records of one training bucket's kind, no two with the same request.

    Those of the ``eval`` split are spread evenly over the grades of difficulty, guardrail
    requests also over both sides, and each tenth is made from a skeleton that training never has.
    """
    make: Make = import_module(f"web4.dataset.synth.{bucket}").make
    version = VERSION if split == "train" else EVAL_VERSION
    rng = random.Random(f"web4/{version}/{bucket}/{split}/{seed}")
    asked: set[tuple[str, str]] = set()
    for number in range(count):
        if split == "train":
            record = _fresh(bucket, partial(make, rng, split, unseen=False), asked, _MAX_TRIES)
        else:
            unseen = number % _UNSEEN_EVERY == _UNSEEN_EVERY - 1
            draw = partial(make, rng, split, unseen=unseen)
            # One turn is skipped at each unseen record, else all of those would be of one grade.
            wanted = partial(_fits, turn=number + number // _UNSEEN_EVERY)
            record = _fresh(bucket, draw, asked, _MAX_GRADED_TRIES, wanted)
        yield replace(record, id=f"{bucket}-{number:05d}")


def _fits(record: Record, turn: int) -> bool:
    if record.task_type == "guardrail" and record.restricted != (turn % 2 == 0):
        return False
    return record.difficulty == 1 + turn % GRADES


def _fresh(
    bucket: str,
    draw: Callable[[], Record],
    asked: set[tuple[str, str]],
    tries: int,
    wanted: Callable[[Record], bool] = lambda _: True,
) -> Record:
    for _ in range(tries):
        record = draw()
        request = (record.instruction, record.input)
        if request not in asked and wanted(record):
            asked.add(request)
            return record
    raise ConfigError(
        f"{bucket}: no new record in {tries} tries after {len(asked)}: "
        "fewer records, or a richer grammar"
    )


def write_train(out: Path, counts: dict[str, int], seed: int) -> None:
    """Write ``<bucket>.jsonl`` for each training bucket into ``out``."""
    for bucket in TRAIN_BUCKETS:
        write_jsonl(out / f"{bucket}.jsonl", generate(bucket, counts[bucket], seed, "train"))


def eval_records(bucket: str, seed: int) -> list[Record]:
    """Return the records of one evaluation bucket."""
    records = [
        record
        for source, count in EVAL_SIZES[bucket].items()
        for record in generate(source, count, _eval_seed(bucket, seed), "eval")
    ]
    return [
        replace(record, id=f"{bucket}-{number:04d}") for number, record in enumerate(records, 1)
    ]


def _eval_seed(bucket: str, seed: int) -> int:
    return seed + 1 if bucket == "mini" else seed
