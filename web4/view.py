"""``outputs/<run>/``: what a run made, under names that people look for."""

import json
import os
import shutil
from pathlib import Path

from web4.metrics.scorecard import Scorecard
from web4.release.ledger import Entry, append
from web4.run import Run


def finished_cards(run: Run) -> list[Scorecard]:
    """Return the scorecards that are in the store already; nothing is built for a view."""
    names = [name for name in run.requests if name.startswith("score_")]
    done = [name for name in names if run.store.where(run.requests[name]) == "store"]
    return [run.scorecard(name.removeprefix("score_")) for name in done]


def write_view(run: Run, folder: Path, verdict: str) -> None:
    """Link what is finished into ``folder``; write ``scorecard.json``; add a row to the log."""
    folder.mkdir(parents=True, exist_ok=True)
    quantized = f"model.{run.profile.quantization}.gguf"
    for step, inside, name in (
        ("full", "lora", "lora"),
        ("full", "loss.csv", "loss.csv"),
        ("merge", "model", "merged"),
        ("quantize", quantized, quantized),
    ):
        if run.store.where(run.requests[step]) == "store" and not run.outside:
            _link(run.artifact(step).path / inside, folder / name)
    cards = finished_cards(run)
    described = {"verdict": verdict, "cards": [card.to_dict() for card in cards]}
    text = json.dumps(described, indent=1) + "\n"
    (folder / "scorecard.json").write_text(text, encoding="utf-8")
    gated = [card for card in cards if card.candidate in run.candidates]
    if gated:
        adapter = run.spec or run.requests["full"].key[:12]
        dataset = run.requests["dataset"].key[:12]
        entry = Entry(folder.name, run.profile.base, adapter, dataset, verdict)
        append(folder / "eval_log.md", entry, gated[-1])


def _link(target: Path, link: Path) -> None:
    if link.is_symlink() or link.is_file():
        link.unlink()
    elif link.is_dir():
        shutil.rmtree(link)
    link.symlink_to(os.path.relpath(target, link.parent), target_is_directory=target.is_dir())
