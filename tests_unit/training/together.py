"""A tiny training in several processes, with what a test wants to go wrong in it.

Run as ``torchrun … -m tests_unit.training.together SPEC FAULT``.
"""

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch.nn.parallel import DistributedDataParallel

from web4 import device
from web4.errors import ConfigError
from web4.execution import StepContext, execute
from web4.launcher import is_first, process_place
from web4.training import loss, processes, sft, watching
from web4.training.evaluations import MiniScores

STOPPED_AT = 3
RAISED = "the second process has no room on its disk"


def _replace(module: ModuleType, name: str, by: Callable[..., Any]) -> None:
    assert callable(getattr(module, name))
    setattr(module, name, by)


def _split_wrongly() -> None:
    """Give every process what is the first one's."""
    right = processes._dealt

    def dealt(update: tuple[int, ...], unit: int, batch: int, count: int) -> list[int | None]:
        turns = right(update, unit, batch, count)
        blocks = [turns[start : start + batch] for start in range(0, len(turns), batch)]
        return [turn for place in range(len(blocks)) for turn in blocks[place - place % count]]

    _replace(processes, "_dealt", dealt)


def _stop_early() -> None:
    """Find a reason to stop, in the first process alone."""

    def reason(losses: list[float], *_others: object) -> str:
        assert is_first()
        return "enough" if len(losses) == STOPPED_AT else ""

    _replace(watching, "stop_reason", reason)


def _raise_in_the_second() -> None:
    right = processes.draw_apart

    def draw_apart(seed: int) -> None:
        if process_place() == 1:
            raise ConfigError(RAISED)
        right(seed)

    _replace(sft, "draw_apart", draw_apart)


def _die_in_the_second() -> None:
    """Die as by ``kill -9`` in the middle of an update behind the first checkpoint."""
    right = processes.forward_through
    done = 0

    def forward_through(*given: Any) -> Any:
        nonlocal done
        done += 1
        if done == 8 and process_place() == 1:
            os.kill(os.getpid(), 9)
        return right(*given)

    _replace(loss, "forward_through", forward_through)


def _part_from_a_group_that_nothing_holds() -> None:
    """Check that no wrapper is left when the group ends: that would be a deadlock now and then."""
    right = torch.distributed.destroy_process_group

    def destroy_process_group() -> None:
        assert not [one for one in gc.get_objects() if isinstance(one, DistributedDataParallel)]
        right()

    _replace(torch.distributed, "destroy_process_group", destroy_process_group)


_FAULTS = {
    "none": lambda: None,
    "split": _split_wrongly,
    "stop": _stop_early,
    "raise": _raise_in_the_second,
    "die": _die_in_the_second,
}


def _ask(model: Any, _tokenizer: Any) -> MiniScores:
    assert is_first()
    assert not any(part.training for part in model.modules())
    return MiniScores({"tool": 0.5}, 0.5, 0, 60, "answers\n")


def _train(context: StepContext) -> None:
    sft.train(
        *(context.inputs["base"], context.inputs["dataset"], context.out, context.scratch),
        *(dict(context.params), context.name, None, _ask),
    )


if __name__ == "__main__":
    _replace(device, "_cpu_has_bf16", lambda: False)
    _part_from_a_group_that_nothing_holds()
    _FAULTS[sys.argv[2]]()
    sys.exit(execute(Path(sys.argv[1]), _train))
