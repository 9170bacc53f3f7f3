"""``outputs/<run>/``: what a run made, under names that people look for."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from web4.deployment import DEPLOYMENT
from web4.errors import Web4Error
from web4.metrics.scorecard import Scorecard
from web4.packaging.ladder import LADDER, RUNGS
from web4.packaging.parity import PARITY
from web4.release.ledger import Entry, append
from web4.run import Run


def finished_cards(run: Run) -> list[Scorecard]:
    """Return the scorecards that are in the store already; nothing is built for a view."""
    names = [name.removeprefix("score_") for name in run.requests if name.startswith("score_")]
    done = [name for name in names if name not in RUNGS and run.finished(f"score_{name}")]
    return [run.scorecard(name) for name in done]


def write_view(run: Run, folder: Path, record: Mapping[str, Any]) -> None:
    """Write ``record`` as ``scorecard.json``; link what is finished; add a row to the log.

    Where the run's data cannot be read, the record is all there is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, indent=1, allow_nan=False) + "\n"
    (folder / "scorecard.json").write_text(text, encoding="utf-8")
    try:
        run.check()
    except Web4Error:
        return
    quantized = f"model.{run.rung}.gguf"
    for other in folder.glob("model.*.gguf"):
        if other.is_symlink() and other.name != quantized:
            other.unlink()  # another rung was served before
    for step, inside, name in (
        ("full", "lora", "lora"),
        ("full", "loss.csv", "loss.csv"),
        ("merge", "model", "merged"),
        ("parity", PARITY, PARITY),
        ("ladder", LADDER, LADDER),
        ("deploy", DEPLOYMENT, DEPLOYMENT),
        ("quantize", quantized, quantized),
    ):
        if run.finished(step) and not run.outside:
            _link(run.artifact(step).path / inside, folder / name)
    gated = [card for card in finished_cards(run) if card.candidate in run.candidates]
    if gated:
        adapter = run.spec or run.requests["full"].key[:12]
        dataset = run.requests["dataset"].key[:12]
        entry = Entry(folder.name, run.profile.base, adapter, dataset, record["verdict"])
        append(folder / "eval_log.md", entry, gated[-1])


def _link(target: Path, link: Path) -> None:
    if link.is_symlink() or link.is_file():
        link.unlink()
    elif link.is_dir():
        shutil.rmtree(link)
    link.symlink_to(os.path.relpath(target, link.parent), target_is_directory=target.is_dir())
