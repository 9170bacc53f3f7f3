"""What a running training tells: loss curve, progress line, whole checkpoints."""

import csv
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from web4.launcher import is_first
from web4.progress import progress
from web4.training.memory import peak_mb
from web4.training.processes import wait_for_all

COLUMNS = (
    *("step", "loss", "elapsed", "learning_rate", "grad_norm"),
    *("validation_loss", "tokens_per_second", "peak_mb"),
)
"""New ones come last: what reads an older curve finds the first five."""

_WHOLE = "whole"


class LossCurve(TrainerCallback):
    """Appends one row an update to ``loss.csv``.

    ``elapsed`` is in seconds of training, with what is evaluated within it; the tokens per second
    are those of the update alone. ``tokens`` holds each update's number of tokens, ``validation``
    the validation loss by update, where one was measured.
    """

    def __init__(
        self,
        path: Path,
        tokens: Sequence[int] = (),
        *,
        device: str = "cpu",
        validation: Mapping[int, float] | None = None,
    ) -> None:
        self._path = path
        self._tokens = tokens
        self._device = device
        self._validation = {} if validation is None else validation
        self._begun = self._update_begun = time.monotonic()
        self._update_ended = self._begun

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        rows = [row for row in read_curve(self._path) if int(row["step"]) <= state.global_step]
        done_before = float(rows[-1]["elapsed"]) if rows else 0.0
        self._begun = time.monotonic() - done_before
        with self._path.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._update_begun = time.monotonic()

    def on_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._device.startswith("cuda"):
            torch.cuda.synchronize()  # the work of an update is only queued until then
        self._update_ended = time.monotonic()

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        logs: dict[str, float] = kwargs["logs"]
        if "loss" not in logs:
            return
        step: int = state.global_step
        row = [step, logs["loss"], f"{time.monotonic() - self._begun:.2f}"]
        row += [logs["learning_rate"], logs.get("grad_norm", "")]
        row += [self._validation.get(step, ""), self._rate(step), f"{peak_mb(self._device):.1f}"]
        with self._path.open("a", newline="", encoding="utf-8") as handle:
            csv.writer(handle, lineterminator="\n").writerow(row)

    def _rate(self, step: int) -> str:
        seconds = self._update_ended - self._update_begun
        if step > len(self._tokens) or seconds <= 0:
            return ""
        return f"{self._tokens[step - 1] / seconds:.1f}"


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
        wait_for_all()  # each process writes its own random states
        if is_first():
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
