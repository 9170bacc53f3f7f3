"""Comparisons that have programs of their own: TypeScript, and training.

``python -m benchmarks.style_speed`` and ``python -m benchmarks.training_speed`` tell rates; here
they become tables like all others.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.side_by_side import (
    OURS,
    Comparison,
    PeerError,
    Row,
    Sample,
    Table,
    Wanted,
    installed,
)
from web4.progress import ticking

_ROOT = Path(__file__).resolve().parents[1]
_SECONDS = 1800
_SAID = 400


def measure_typescript(*, snippets: int = 300, alone: int = 3, rounds: int = 1) -> Comparison:
    """Compare a process for each of ``alone`` snippets with long-lived tools for all of them."""
    sizes = ("--snippets", str(snippets), "--alone", str(alone))
    # It ends with 1 where a rate is missed, which its own targets say.
    return typescript_from(
        [told_by("style_speed", *sizes, accept=(0, 1)) for _ in range(rounds)], alone
    )


def typescript_from(told: list[dict[str, Any]], alone: int) -> Comparison:
    """Read what ``style_speed`` prints, in each round."""
    from benchmarks.style_speed import WANTED

    rates = [one["snippets_per_second"] for one in told]
    names = {
        "process_each": ("a process for each snippet", f"{alone} snippets, all tools started anew"),
        "long_lived": (OURS, f"{told[0]['workers']} long-lived workers, nothing remembered"),
        "warm_repeat": (f"{OURS}, again", "verdicts kept from the time before"),
    }
    made = tuple(
        Row(name, tuple(Sample(1 / one[key]) for one in rates), note)
        for key, (name, note) in names.items()
    )
    table = Table("ESLint, Prettier and the compiler", "snippet", 1, made)
    wanted = tuple(
        Wanted(name, min(one["reached"][name] for one in told), at_least=least)
        for name, least in WANTED.items()
    )
    return Comparison(
        "TypeScript tools",
        f"Gold answers of the style buckets, {told[0]['snippets']} of them distinct; seconds are "
        "those of one snippet.",
        (table,),
        wanted,
        versions=installed("web4", "tree-sitter"),
        facts={"rounds": told},
    )


def measure_training(*, records: int = 96, rounds: int = 3) -> Comparison:
    """Compare transformers' trainer as it comes with web4's."""
    return training_from(
        told_by("training_speed", "--records", str(records), "--rounds", str(rounds))
    )


def training_from(told: Mapping[str, Any]) -> Comparison:
    """Read what ``training_speed`` prints: seconds of an epoch, and those to the same loss."""
    names = {"default": "transformers' Trainer", "web4": OURS}
    notes = {
        "default": "random order, padded batches, logits of every token, float32",
        "web4": f"like lengths together, logits of answers only, {told['dtype']}",
    }
    curves: dict[str, list[Curve]] = told["curves"]
    ends = {key: statistics.median(curve[-1][1] for curve in curves[key]) for key in names}
    epoch = tuple(
        Row(
            name,
            tuple(Sample(curve[-1][0]) for curve in curves[key]),
            f"{notes[key]}; loss afterwards {ends[key]:.3f}",
        )
        for key, name in names.items()
    )
    same = [common_loss(*pair) for pair in zip(*(curves[key] for key in names), strict=True)]
    reached = tuple(
        Row(
            name,
            tuple(
                Sample(seconds_to(loss, curve))
                for loss, curve in zip(same, curves[key], strict=True)
            ),
            "the lowest loss that both reached: " + ", ".join(f"{loss:.3f}" for loss in same),
        )
        for key, name in names.items()
    )
    return Comparison(
        "Training",
        "The same base, adapter, records, batch size and learning rate, each round in another "
        "order; tokens are those of the records, padding not counted. Losses are those of an "
        f"answer token, in nats, of {told['held_out']} records that neither learns, looked at "
        f"off the clock; before it was {told['loss_before']:.3f}.",
        (
            Table(f"{told['records']} records, one epoch, LoRA", "token", told["tokens"], epoch),
            Table("Until the same loss", "run", 1, reached),
        ),
        versions=installed("torch", "transformers", "peft", "accelerate"),
        facts=told,
    )


Curve = Sequence[tuple[float, float]]
"""Seconds of training, and the loss reached by then."""


def common_loss(*curves: Curve) -> float:
    """Return the lowest loss that every curve reaches."""
    return max(min(loss for _, loss in curve) for curve in curves)


def seconds_to(wanted: float, curve: Curve) -> float:
    """Return when a curve first is at a loss or below it, on a line between two looks at it."""
    before, above = curve[0]
    for seconds, loss in curve:
        if loss <= wanted:
            share = (above - wanted) / (above - loss) if above > loss else 1.0
            return before + share * (seconds - before)
        before, above = seconds, loss
    raise ValueError(f"the loss {wanted} is never reached")


def told_by(program: str, *options: str, accept: tuple[int, ...] = (0,)) -> Any:
    """Return the JSON that a program of ``benchmarks`` prints; raise ``PeerError`` where it fails.

    What is printed before its last line is none of it.
    """
    command = [sys.executable, "-m", f"benchmarks.{program}", *options]
    try:
        with ticking(program):
            done = subprocess.run(
                command, cwd=_ROOT, capture_output=True, text=True, timeout=_SECONDS, check=False
            )
    except subprocess.TimeoutExpired as error:
        raise PeerError(f"{program} took more than {_SECONDS} s") from error
    lines = done.stdout.strip().splitlines()
    if done.returncode not in accept or not lines:
        said = " ".join(done.stderr.split())
        raise PeerError(f"{program} ended with {done.returncode}: …{said[-_SAID:]}")
    return json.loads(lines[-1])
