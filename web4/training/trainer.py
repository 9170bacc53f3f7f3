"""The trainer of a run, with transformers' arguments in one place."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainingArguments
from transformers.trainer_callback import PrinterCallback

from web4.device import Device
from web4.launcher import process_count
from web4.profile import TrainingOptions
from web4.training.examples import Example, Tokenized
from web4.training.loss import PrefixSharingTrainer, collate
from web4.training.processes import PATIENCE_SECONDS, Share
from web4.training.schedule import Schedule


def build_trainer(  # noqa: PLR0913, PLR0917 - one call site, read top to bottom
    model: Any,
    tokenized: Tokenized,
    pad: int,
    scratch: Path,
    params: dict[str, Any],
    device: Device,
    schedule: Schedule,
    callbacks: Sequence[TrainerCallback] = (),
) -> PrefixSharingTrainer:
    """Return the trainer of a run; ``scratch`` gets its checkpoints."""
    share = Share.of(schedule, process_count())
    nothing = Example((pad,), (), ())  # neither loss nor gradient
    options = TrainingOptions.among(params)
    recompute = options.gradient_checkpointing
    arguments = TrainingArguments(
        output_dir=str(scratch),
        num_train_epochs=params["epochs"],
        per_device_train_batch_size=share.batch,
        gradient_accumulation_steps=share.passes,
        gradient_checkpointing=recompute,
        gradient_checkpointing_kwargs={"use_reentrant": False} if recompute else None,
        learning_rate=params["learning_rate"],
        lr_scheduler_type="cosine",
        warmup_steps=math.ceil(schedule.updates * params["warmup_ratio"]),
        weight_decay=0.0,
        bf16=False,  # the weights themselves are bf16 where the device is faster with it
        use_cpu=device.name == "cpu",
        train_sampling_strategy="sequential",
        logging_steps=1,
        logging_nan_inf_filter=False,  # it would write 0.0 for a loss that is no number
        save_steps=params["checkpoint_updates"],
        save_total_limit=2,
        seed=params["seed"],
        data_seed=params["seed"],
        disable_tqdm=True,
        report_to="none",
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        ddp_timeout=PATIENCE_SECONDS,
        ddp_find_unused_parameters=False,
    )
    if arguments.n_gpu > 1:  # one process would spread over all of them, each with a whole batch
        arguments._n_gpu = 1  # noqa: SLF001 - as the trainer itself does for a model in parts
    trainer = PrefixSharingTrainer(
        prefix=tokenized.prefix,
        decision_weight=options.decision_weight,
        model=model,
        args=arguments,
        train_dataset=[
            nothing if index is None else tokenized.examples[index] for index in share.turns
        ],
        data_collator=lambda examples: collate(examples, pad),
        callbacks=list(callbacks),
    )
    trainer.remove_callback(PrinterCallback)
    return trainer
