"""What is looked at while a training runs: validation loss, mini set, when to stop, event files."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import TrainerCallback

from web4.errors import ConfigError
from web4.training.adapter import folded_in, keep_weights
from web4.training.callbacks import read_curve
from web4.training.early_stop import stop_reason
from web4.training.evaluations import AskMini, Evaluated, read_evaluations, write_evaluations
from web4.training.processes import agreed

CURVE = "loss.csv"
EVALUATIONS = "evaluations.csv"
ANSWERS = "answers.txt"
_VALIDATIONS = 10


@contextlib.contextmanager
def untouched(model: Any) -> Iterator[None]:
    """Switch the model to evaluation; put its mode and every random state back afterwards."""
    training = model.training
    python, numbers = random.getstate(), np.random.get_state()  # noqa: NPY002 - the trainer's own
    mps = torch.mps.get_rng_state() if torch.backends.mps.is_available() else None
    with torch.random.fork_rng():
        model.eval()
        try:
            yield
        finally:
            model.train(training)
            random.setstate(python)
            np.random.set_state(numbers)  # noqa: NPY002 - the trainer's own
            if mps is not None:
                torch.mps.set_rng_state(mps)


class ValidationLoss(TrainerCallback):
    """Measures the loss on held-out records after each tenth of the updates.

    ``found`` gets it by update; the curve writes it down.
    """

    def __init__(self, measure: Callable[[Any], float], updates: int) -> None:
        self._measure = measure
        self._updates = {-(-updates * part // _VALIDATIONS) for part in range(1, _VALIDATIONS + 1)}
        self.found: dict[int, float] = {}

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step in self._updates:
            with untouched(kwargs["model"]):
                self.found[state.global_step] = self._measure(kwargs["model"])


class MiniSetAsked(TrainerCallback):
    """Asks the mini set after the ``updates`` given, and keeps the adapter of each.

    ``from_start`` asks also before the first update, where an adapter learns on.
    """

    def __init__(
        self,
        ask: AskMini,
        tokenizer: Any,
        updates: frozenset[int],
        scratch: Path,
        *,
        from_start: bool,
    ) -> None:
        self._ask = ask
        self._tokenizer = tokenizer
        self._updates = updates
        self._scratch = scratch
        self._from_start = from_start
        self.seconds = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        kept = read_evaluations(self._scratch / EVALUATIONS)
        self._write([one for one in kept if one.update <= state.global_step])
        if self._from_start and state.global_step == 0:
            self._evaluate(0, kwargs["model"])

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step in self._updates:
            self._evaluate(state.global_step, kwargs["model"])

    def _evaluate(self, update: int, model: Any) -> None:
        begun = time.monotonic()
        with untouched(model), folded_in(model):
            scores = self._ask(model, self._tokenizer)
        keep_weights(model, weights_of(self._scratch, update))
        answers_of(self._scratch, update).write_text(scores.answers, encoding="utf-8")
        earlier = read_evaluations(self._scratch / EVALUATIONS)
        rows = [one for one in earlier if one.update < update]
        self._write([*rows, Evaluated.of(update, scores)])
        self.seconds += time.monotonic() - begun

    def _write(self, rows: list[Evaluated]) -> None:
        """Write the rows at once: a row stands there only when its adapter is whole."""
        partial = self._scratch / f"{EVALUATIONS}.partial"
        write_evaluations(partial, rows)
        partial.replace(self._scratch / EVALUATIONS)


def weights_of(scratch: Path, update: int) -> Path:
    """Return where the adapter of an evaluated update lies."""
    return scratch / "evaluated" / f"{update}.safetensors"


def answers_of(scratch: Path, update: int) -> Path:
    """Return where the answers of an evaluated update lie, for people to read."""
    return scratch / "evaluated" / f"{update}.txt"


class EarlyStop(TrainerCallback):
    """Ends a training as the curves tell; ``reason`` says why, "" where it went on."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self.reason = ""

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if "loss" not in kwargs["logs"]:
            return
        self.reason = agreed(lambda: self._found(state.max_steps))
        if self.reason:
            control.should_training_stop = True
            control.should_save = False  # a resumed run would else go on behind its end

    def _found(self, planned: int) -> str:
        losses = [float(row["loss"]) for row in read_curve(self._scratch / CURVE)]
        return stop_reason(losses, read_evaluations(self._scratch / EVALUATIONS), planned)


class EventFiles(TrainerCallback):
    """Writes every figure of the curves as TensorBoard events, while the training runs."""

    def __init__(self, scratch: Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise ConfigError(
                "tensorboard = true in the profile needs the package tensorboard: "
                "pip install 'web4[tensorboard]', or take it out of the profile."
            ) from error
        self._open = SummaryWriter
        self._scratch = scratch

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        folder = str(self._scratch / "tensorboard")
        self._writer = self._open(folder, purge_step=state.global_step + 1)

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if "loss" not in kwargs["logs"]:
            return
        row = read_curve(self._scratch / CURVE)[-1]
        for name, value in row.items():
            if name != "step" and value:
                self._add(f"training/{name}", float(value), state.global_step)
        for one in read_evaluations(self._scratch / EVALUATIONS)[-1:]:
            if one.update == state.global_step:
                scores = {**one.families, "weighted": one.weighted, "json_errors": one.json_errors}
                for name, score in scores.items():
                    self._add(f"mini/{name}", score, one.update)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._writer.close()

    def _add(self, name: str, value: float, update: int) -> None:
        self._writer.add_scalar(name, value, update)
