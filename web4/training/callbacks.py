"""What a running training tells: loss curve, progress line, whole checkpoints."""

import csv
import shutil
import time
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from web4.progress import progress

COLUMNS = ("step", "loss", "elapsed", "learning_rate", "grad_norm")
_WHOLE = "whole"


class LossCurve(TrainerCallback):
    """Appends one row an update to ``loss.csv``; ``elapsed`` is in seconds of training."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun = time.monotonic()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        rows = [row for row in read_curve(self._path) if int(row["step"]) <= state.global_step]
        done_before = float(rows[-1]["elapsed"]) if rows else 0.0
        self._begun = time.monotonic() - done_before
        with self._path.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        logs: dict[str, float] = kwargs["logs"]
        if "loss" not in logs:
            return
        elapsed = time.monotonic() - self._begun
        row = [state.global_step, logs["loss"], f"{elapsed:.2f}"]
        row += [logs["learning_rate"], logs.get("grad_norm", "")]
        with self._path.open("a", newline="", encoding="utf-8") as handle:
            csv.writer(handle, lineterminator="\n").writerow(row)


class ProgressLine(TrainerCallback):
    """Shows updates done, rate, time left and the last loss."""

    def __init__(self, what: str) -> None:
        self._what = what

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._bar = progress(state.max_steps, self._what, "update", done=state.global_step)

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        logs: dict[str, float] = kwargs["logs"]
        if "loss" in logs:
            self._bar.set_postfix(loss=f"{logs['loss']:.4f}", refresh=False)
            self._bar.update(state.global_step - self._bar.n)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._bar.close()


class WholeCheckpoints(TrainerCallback):
    """Marks a checkpoint once all of it is written, so that a killed write is never resumed."""

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        (Path(args.output_dir) / f"checkpoint-{state.global_step}" / _WHOLE).touch()


def drop_partial_checkpoints(folder: Path) -> None:
    """Remove what a killed write left: counted as newest, it would push out whole checkpoints."""
    for path in folder.glob("checkpoint-*"):
        if not (path / _WHOLE).is_file():
            shutil.rmtree(path)


def last_whole_checkpoint(folder: Path) -> Path | None:
    """Return the newest checkpoint that was written to its end."""
    whole = [path.parent for path in folder.glob(f"checkpoint-*/{_WHOLE}")]
    return max(whole, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def read_curve(path: Path) -> list[dict[str, str]]:
    """Return the rows of a ``loss.csv``; nothing where none was written yet."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    return [row for row in rows if all(row[name] for name in ("step", "loss", "elapsed"))]
