"""Supervised fine-tuning of a LoRA adapter: one step, used by dry run, mini and full training.

The trainer is transformers' own; what is ours is the loss (``loss.py``) and what is watched while
it runs (``callbacks.py``, ``watching.py``).
"""

import json
import math
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback, set_seed

from web4.device import Device, choose_device
from web4.errors import ConfigError, StepFailedError
from web4.launcher import is_first, process_count
from web4.learned import LEARNED, identity, read_learned, records_behind, write_learned
from web4.profile import TrainingOptions
from web4.training import base_model
from web4.training.adapter import take_weights, with_adapter, write_adapter
from web4.training.callbacks import (
    LossCurve,
    ProgressLine,
    WholeCheckpoints,
    drop_partial_checkpoints,
    last_whole_checkpoint,
    read_curve,
)
from web4.training.evaluations import AskMini, best, planned_updates, read_evaluations
from web4.training.examples import Tokenized, hold_out, select, tokenize
from web4.training.loss import PrefixSharingTrainer, mean_loss
from web4.training.memory import (
    bound_kernel_caches,
    give_memory_back,
    peak_mb,
    ran_out_of_memory,
)
from web4.training.processes import Share, agreed, check_processes, draw_apart, part
from web4.training.qlora import NF4, check_quantized_base, load_quantized, place_of
from web4.training.schedule import Schedule
from web4.training.trainer import build_trainer
from web4.training.watching import (
    ANSWERS,
    CURVE,
    EVALUATIONS,
    EarlyStop,
    EventFiles,
    MiniSetAsked,
    ValidationLoss,
    answers_of,
    weights_of,
)

_HALVED = "device_batch.json"


@dataclass(frozen=True)
class _Setting:
    """What stays the same when a training has to begin again with a smaller batch."""

    name: str
    params: dict[str, Any]
    options: TrainingOptions
    device: Device
    model_dir: Path
    tokenizer: Any
    train: Tokenized
    validation: Tokenized
    identities: tuple[str, ...]
    known: frozenset[str] | None
    scratch: Path
    start: Path | None
    ask: AskMini | None


@dataclass(frozen=True)
class _Learned:
    """A training that came to its end: its trainer, and what it took."""

    trainer: PrefixSharingTrainer
    schedule: Schedule
    resumed_at: int
    seconds: float
    stopped: str
    halved: list[int] = field(default_factory=list)

    @property
    def updates(self) -> int:
        return int(self.trainer.state.global_step)


def train(  # noqa: PLR0913, PLR0917 - a step is its inputs and parameters
    base: Path,
    data: Path,
    out: Path,
    scratch: Path,
    params: dict[str, Any],
    name: str,
    start: Path | None = None,
    ask: AskMini | None = None,
    learned_before: Path | None = None,
) -> dict[str, Any]:
    """Train an adapter into ``out/lora``; write ``loss.csv``, ``training.json``, ``learned.txt``.

    ``start`` is the artifact of an earlier training, whose adapter learns on in place of a new
    one; ``learned_before`` tells which records that has learned from. ``ask`` asks the mini set
    within the run as often as ``params`` say; the adapter that answered best is the one that is
    written. Go on from the last whole checkpoint in ``scratch`` where there is one. Return the
    facts of the run. Of several processes that a launcher started the first one writes. Raise
    ``StepFailedError`` on divergence, and where the memory is not enough for one record at a time.
    """
    bound_kernel_caches()
    setting = _prepare(base, data, scratch, params, name, start, ask, learned_before)
    learned = _learn_in_what_fits(setting)
    part(learned.trainer)
    if not is_first():
        return _facts(setting, learned, learned.updates)
    _check_converging(read_curve(scratch / CURVE), name)
    chosen = best(read_evaluations(scratch / EVALUATIONS)) if setting.options.evaluations else None
    if chosen:
        take_weights(learned.trainer.model, weights_of(scratch, chosen.update))
        shutil.copyfile(scratch / EVALUATIONS, out / EVALUATIONS)
        shutil.copyfile(answers_of(scratch, chosen.update), out / ANSWERS)
    write_adapter(learned.trainer.model, out / "lora", base_model.source_of(base))
    shutil.copyfile(scratch / CURVE, out / CURVE)
    if setting.options.tensorboard:
        shutil.copytree(scratch / "tensorboard", out / "tensorboard")
    facts = _facts(setting, learned, chosen.update if chosen else learned.updates)
    (out / "training.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    if setting.known is not None:
        order = learned.schedule.order[: facts["records"]]
        write_learned(out / LEARNED, setting.known.union(setting.identities[i] for i in order))
    return facts


def _prepare(  # noqa: PLR0913, PLR0917 - what ``train`` was given
    base: Path,
    data: Path,
    scratch: Path,
    params: dict[str, Any],
    name: str,
    start: Path | None,
    ask: AskMini | None,
    learned_before: Path | None,
) -> _Setting:
    options = TrainingOptions.among(params)
    if options.evaluations and ask is None:
        raise ConfigError(f"{name}: evaluations = {options.evaluations}, but nobody is to ask")
    device = choose_device()
    check_processes(device.name)
    if options.base_dtype == NF4:
        check_quantized_base(device)
    model_dir = base_model.model_dir(base)
    tokenizer = base_model.load_tokenizer(model_dir)
    draw = {"balanced": params["balanced"], "mix": params["mix"], "draw": options.draw}
    known = _known(name, options, start, learned_before)
    records = select(
        *(data, params["records"], params["seed"]),
        **draw,
        added_first=start is not None,
        known=known if known and options.known_first else frozenset(),
    )
    held = hold_out(data, records, options.validation_records, params["seed"], **draw)
    tokenized = tokenize([*records, *held], tokenizer, params["max_tokens"])
    training, validation = tokenized.split(len(records))
    return _Setting(
        *(name, params, options, device, model_dir, tokenizer),
        *(training, validation, tuple(identity(record) for record in records), known),
        *(scratch, start, ask),
    )


def _known(
    name: str, options: TrainingOptions, start: Path | None, learned_before: Path | None
) -> frozenset[str] | None:
    """Return the records that the start has learned; ``None`` where nobody wrote them down."""
    if start is None:
        return frozenset()
    if learned_before is None and options.known_first:
        raise ConfigError(
            f"{name}: known_first = true, but what it starts from has no {LEARNED}: it is older "
            "than that list. Leave it out, or start from a newer release."
        )
    return read_learned(learned_before) if learned_before else None


def _learn_in_what_fits(setting: _Setting) -> _Learned:
    """Train; where memory is not enough, halve the batch, double its passes, and go on."""
    lengths = [len(example) for example in setting.train.examples]
    schedule = Schedule.of(lengths, setting.params, setting.device.name)
    kept = setting.scratch / _HALVED
    halved: list[int] = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else []
    while True:
        if halved:
            schedule = schedule.with_batch(halved[-1])
        try:
            return _learn(setting, schedule, halved)
        except RuntimeError as error:
            if not ran_out_of_memory(error):
                raise
            if schedule.batch == 1 or process_count() > 1:
                raise _too_large(setting, error) from error
        halved.append(schedule.with_batch(schedule.batch // 2).batch)
        kept.write_text(json.dumps(halved), encoding="utf-8")
        give_memory_back()


def _too_large(setting: _Setting, error: RuntimeError) -> StepFailedError:
    reason = " ".join(str(error).split())
    if process_count() > 1:  # the others are in the middle of the update
        return StepFailedError(
            f"{setting.name}: out of memory on {setting.device.name} in one of {process_count()} "
            f"processes ({reason}). Lower device_batch, or set gradient_checkpointing = true."
        )
    return StepFailedError(
        f"{setting.name}: out of memory on {setting.device.name} with one record at a time "
        f"({reason}). Lower max_tokens, set gradient_checkpointing = true, or take a smaller base."
    )


def _learn(setting: _Setting, schedule: Schedule, halved: list[int]) -> _Learned:
    set_seed(setting.params["seed"])
    model = with_adapter(_load_base(setting), setting.params, setting.start)
    watchers = _watchers(setting, schedule)
    trainer = build_trainer(
        *(model, setting.train, setting.tokenizer.pad_token_id, setting.scratch),
        *(setting.params, setting.device, schedule, watchers),
    )
    resumed = agreed(lambda: _whole_checkpoint(setting.scratch))
    draw_apart(setting.params["seed"])
    begun = time.monotonic()
    trainer.train(resume_from_checkpoint=str(resumed) if resumed else None)
    seconds = time.monotonic() - begun
    seconds -= sum(one.seconds for one in watchers if isinstance(one, MiniSetAsked))
    stopped = next((one.reason for one in watchers if isinstance(one, EarlyStop)), "")
    resumed_at = int(resumed.name.rpartition("-")[2]) if resumed else 0
    return _Learned(trainer, schedule, resumed_at, seconds, stopped, halved)


def _whole_checkpoint(scratch: Path) -> Path | None:
    drop_partial_checkpoints(scratch)
    return last_whole_checkpoint(scratch)


def _watchers(setting: _Setting, schedule: Schedule) -> list[TrainerCallback]:
    """Return what looks at a training, in the order in which one needs the other."""
    scratch, options, device = setting.scratch, setting.options, setting.device.name
    if not is_first():
        return [*([EarlyStop(scratch)] if options.early_stop else []), WholeCheckpoints()]
    updates, pad = schedule.updates, setting.tokenizer.pad_token_id
    watchers: list[TrainerCallback] = []
    validation: dict[int, float] = {}
    if setting.validation.examples:
        held = ValidationLoss(
            lambda model: mean_loss(model, setting.validation, schedule.batch, pad), updates
        )
        validation = held.found
        watchers.append(held)
    if setting.ask and options.evaluations:
        planned = planned_updates(updates, options.evaluations)
        from_start = setting.start is not None
        watchers.append(
            MiniSetAsked(setting.ask, setting.tokenizer, planned, scratch, from_start=from_start)
        )
    tokens = schedule.tokens(setting.train.lengths)
    watchers.append(LossCurve(scratch / CURVE, tokens, device=device, validation=validation))
    if options.tensorboard:
        watchers.append(EventFiles(scratch))
    if options.early_stop:
        watchers.append(EarlyStop(scratch))
    return [*watchers, ProgressLine(setting.name), WholeCheckpoints()]


def _facts(setting: _Setting, learned: _Learned, adapter_of: int) -> dict[str, Any]:
    """Return what a training was: device, tokens, speed, and how it came to its adapter."""
    schedule, start = learned.schedule, setting.start
    share = Share.of(schedule, process_count())
    tokens = schedule.tokens(setting.train.lengths)[: learned.updates]
    now = sum(tokens[learned.resumed_at :])
    return {
        "device": setting.device.name,
        "dtype": setting.options.base_dtype or str(setting.device.dtype).removeprefix("torch."),
        "records": schedule.records(adapter_of),
        "records_before": records_behind(start) if start else 0,
        "tokens": sum(tokens),
        "updates": learned.updates,
        "resumed_at_update": learned.resumed_at,
        "seconds": round(learned.seconds, 2),
        "tokens_per_second": round(now / learned.seconds, 1),
        "planned_updates": schedule.updates,
        "adapter_of_update": adapter_of,
        "stopped_early": learned.stopped,
        "device_batch": share.batch,
        "passes_per_update": share.passes,
        "batch_halved_to": learned.halved,
        "peak_mb": round(peak_mb(setting.device.name), 1),
        **({"processes": process_count()} if process_count() > 1 else {}),
    }


def _load_base(setting: _Setting) -> Any:
    wanted, device = setting.options.base_dtype, setting.device
    if wanted == NF4:
        recompute = setting.options.gradient_checkpointing
        return load_quantized(setting.model_dir, place_of(device), recompute=recompute)
    dtype = getattr(torch, wanted) if wanted else device.dtype
    return base_model.load_to_learn(setting.model_dir, dtype, device.name)


def _check_converging(curve: list[dict[str, str]], name: str) -> None:
    losses = [float(row["loss"]) for row in curve]
    if not losses or not all(math.isfinite(loss) for loss in losses):
        raise StepFailedError(
            f"{name}: the loss is no finite number. Lower learning_rate in the profile."
        )
