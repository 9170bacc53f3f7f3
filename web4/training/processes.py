"""Several processes that learn one adapter: who takes which records, and how they stay one.

Each takes its share of every update's records; gradients are summed over all of them, so that an
update is the one that a single process would make. The first process alone writes and asks.
"""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import torch
from transformers import set_seed
from transformers.utils import logging

from web4.errors import ConfigError
from web4.launcher import is_first, process_count, process_place
from web4.training.schedule import Schedule, divisor

_Found = TypeVar("_Found")
_UNTRIED = {"ACCELERATE_USE_DEEPSPEED": "DeepSpeed", "ACCELERATE_USE_FSDP": "FSDP"}

PATIENCE_SECONDS = 24 * 60 * 60
"""How long one waits for another: the first asks the mini set meanwhile. Whoever dies is noticed
by the launcher."""


@dataclass(frozen=True)
class Share:
    """What each process does in an update: ``passes`` forward passes of ``batch`` records.

    ``turns`` is the epoch's order as the processes take turns at it, a batch each; ``None`` stands
    where no record is left, so that all of them make the same number of passes.
    """

    batch: int
    passes: int
    turns: tuple[int | None, ...]

    @classmethod
    def of(cls, schedule: Schedule, processes: int) -> Self:
        """Deal out each update's records of a schedule, as evenly as they go.

        Batches of like lengths stay whole where there are enough of them for all; else each is
        dealt out record by record.
        """
        if processes == 1:
            return cls(schedule.batch, schedule.passes, schedule.order)
        records = schedule.batch_records
        whole = schedule.passes % processes == 0
        own = math.ceil(records / processes)
        batch = schedule.batch if whole else divisor(own, schedule.batch)
        turns: list[int | None] = []
        for start in range(0, len(schedule.order), records):
            update = schedule.order[start : start + records]
            turns += _dealt(update, schedule.batch if whole else 1, batch, processes)
        return cls(batch, own // batch, tuple(turns))


def _dealt(update: tuple[int, ...], unit: int, batch: int, processes: int) -> list[int | None]:
    """Return an update's records in the order of turns, filled up to as many whole passes each."""
    units = [update[start : start + unit] for start in range(0, len(update), unit)]
    shares = [
        [record for one in units[place::processes] for record in one] for place in range(processes)
    ]
    passes = math.ceil(max(len(share) for share in shares) / batch)
    filled = [[*share, *[None] * (passes * batch - len(share))] for share in shares]
    return [
        record
        for start in range(0, passes * batch, batch)
        for share in filled
        for record in share[start : start + batch]
    ]


def check_processes(device: str) -> None:
    """Raise ``ConfigError`` where several processes were started that cannot learn together."""
    for variable, name in _UNTRIED.items():
        if os.environ.get(variable, "").lower() in {"1", "true", "yes"}:
            raise ConfigError(
                f"the launcher asks for {name} ({variable}), which web4 does not train with. Let "
                "its configuration say multi-GPU or multi-CPU (DDP)."
            )
    if process_count() > 1 and device == "mps":
        raise ConfigError(
            f"{process_count()} processes were started, but Apple's MPS trains in one alone. "
            "Unset WEB4_LAUNCHER, or set WEB4_DEVICE=cpu."
        )
    if not is_first():
        logging.disable_progress_bar()  # type: ignore[no-untyped-call] # transformers leaves it so


def draw_apart(seed: int) -> None:
    """Let each process draw its own dropout: its records are not those of the others."""
    if process_count() > 1:
        set_seed(seed + process_place())


def agreed(decide: Callable[[], _Found]) -> _Found:
    """Return what the first process decides, in all of them."""
    if process_count() == 1:
        return decide()
    told: list[Any] = [decide() if is_first() else None]
    torch.distributed.broadcast_object_list(told, src=0)
    found: _Found = told[0]
    return found


def wait_for_all() -> None:
    """Return once every process came here."""
    if process_count() > 1:
        torch.distributed.barrier()


def part(trainer: Any) -> None:
    """Let go of the other processes of a trainer, where there are any.

    Its wrapper goes first: were that the last to hold the group, the group would end under the
    interpreter's lock, for which the group's own threads may wait.
    """
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        trainer.model_wrapped = trainer.model
        trainer.accelerator.free_memory()
        torch.distributed.destroy_process_group()


def forward_through(
    wrapper: Any, model: Any, compute: Callable[[Any], _Found], inputs: Any
) -> _Found:
    """Compute on a model as if it were the forward pass of what it is wrapped in.

    The wrapper sums gradients over the processes only for what went through its own ``forward``.
    """
    if wrapper is model:
        return compute(inputs)

    def forward(given: Any) -> _Found:
        del model.forward  # what is computed calls it
        return compute(given)

    model.forward = forward
    found: _Found = wrapper(inputs)
    return found
