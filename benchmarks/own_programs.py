"""Comparisons that have programs of their own: TypeScript, and training.

``python -m benchmarks.style_speed`` and ``python -m benchmarks.training_speed`` tell rates; here
they become tables like all others.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Mapping
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

_ROOT = Path(__file__).resolve().parents[1]
_SECONDS = 900
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


def measure_training(*, records: int = 48, rounds: int = 2) -> Comparison:
    """Compare transformers' trainer as it comes with web4's."""
    return training_from(
        told_by("training_speed", "--records", str(records), "--rounds", str(rounds))
    )


def training_from(told: Mapping[str, Any]) -> Comparison:
    """Read what ``training_speed`` prints."""
    names = {"default": "transformers' Trainer", "web4": OURS}
    notes = {
        "default": "random order, padded batches, logits of every token, float32",
        "web4": f"like lengths together, logits of answers only, {told['dtype']}",
    }
    reached = {key: statistics.median(told["loss_after"][key]) for key in names}
    made = tuple(
        Row(name, _seconds(told, key), f"{notes[key]}; loss afterwards {reached[key]:.3f}")
        for key, name in names.items()
    )
    table = Table(f"{told['records']} records, one epoch, LoRA", "token", told["tokens"], made)
    return Comparison(
        "Training",
        "The same base, adapter, records, batch size and learning rate; tokens are those of the "
        "records, padding not counted. Losses are those of an answer token, in nats, of "
        f"{told['held_out']} records that neither learned; before it was "
        f"{told['loss_before']:.3f}.",
        (table,),
        versions=installed("torch", "transformers", "peft", "accelerate"),
        facts=told,
    )


def _seconds(told: Mapping[str, Any], name: str) -> tuple[Sample, ...]:
    return tuple(Sample(told["tokens"] / rate) for rate in told["rounds"][name])


def told_by(program: str, *options: str, accept: tuple[int, ...] = (0,)) -> Any:
    """Return the JSON that a program of ``benchmarks`` prints; raise ``PeerError`` where it fails.

    What is printed before its last line is none of it.
    """
    command = [sys.executable, "-m", f"benchmarks.{program}", *options]
    try:
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
