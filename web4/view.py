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
from web4.packaging.ladder import LADDER, RUNGS, UNMERGED
from web4.packaging.parity import PARITY
from web4.release.ledger import append
from web4.release.record import SCORECARD
from web4.report.sources import SOURCES, write_sources
from web4.run import Run


def finished_cards(run: Run) -> list[Scorecard]:
    """Return the scorecards that are in the store already; nothing is built for a view."""
    names = [name.removeprefix("score_") for name in run.requests if name.startswith("score_")]
    shown = [name for name in names if name not in {*RUNGS, UNMERGED}]
    done = [name for name in shown if run.finished(f"score_{name}")]
    return [run.scorecard(name) for name in done]


def write_view(
    run: Run, folder: Path, record: Mapping[str, Any], seconds: float | None = None
) -> None:
    """Write ``record`` as ``scorecard.json``; link what is finished; add a row to the log.

    ``seconds`` is how long the gate took. Where the run's data cannot be read, the record is all
    there is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SOURCES).unlink(missing_ok=True)  # those of an earlier run
    text = json.dumps(record, indent=1, allow_nan=False) + "\n"
    (folder / SCORECARD).write_text(text, encoding="utf-8")
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
    append(folder / "eval_log.md", folder.name, record, run.candidates)
    names = [name for name in (*run.requests, "ladder") if run.finished(name)]
    artifacts = {name: run.store.root / run.request(name).folder for name in names}
    write_sources(folder, artifacts, seconds)


def write_page(folder: Path) -> str:
    """Write ``report.html`` of a gated run; return its path, or in a line what kept it."""
    from web4.report.html import REPORT, write_report

    try:
        return str(write_report([folder], folder / REPORT))
    except Exception as error:  # noqa: BLE001 - a page that cannot be drawn must not cost the verdict
        return f"{folder / REPORT}: not written: {error!r}. python -m web4 report tells more."


def _link(target: Path, link: Path) -> None:
    if link.is_symlink() or link.is_file():
        link.unlink()
    elif link.is_dir():
        shutil.rmtree(link)
    link.symlink_to(os.path.relpath(target, link.parent), target_is_directory=target.is_dir())
