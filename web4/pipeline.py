"""The steps as one table, and the requests that a profile makes of them."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web4 import assets, chat
from web4.dataset import synth
from web4.execution import StepContext
from web4.profile import Profile, Training
from web4.records import EVAL_BUCKETS
from web4.store import Request
from web4.training import base_model


@dataclass(frozen=True)
class Step:
    """One row: what runs, its version (part of the key), whether it can go on after a kill."""

    run: Callable[[StepContext], None]
    version: int = 1
    resumable: bool = False


def _base(context: StepContext) -> None:
    base_model.prepare(context.params["base"], context.out)


def _dataset(context: StepContext) -> None:
    synth.write_train(context.out, context.params["counts"], context.params["seed"])


def _train(context: StepContext) -> None:
    from web4.training import sft

    sft.train(
        context.inputs["base"],
        context.inputs["dataset"],
        context.out,
        context.scratch,
        dict(context.params),
        context.name,
    )


STEPS: Mapping[str, Step] = {
    "base": Step(_base),
    "dataset": Step(_dataset),
    "dry_run": Step(_train, resumable=True),
    "mini": Step(_train, resumable=True),
    "full": Step(_train, resumable=True),
}


def requests(profile: Profile) -> dict[str, Request]:
    """Return every step of a profile as a request, in the order of the training checklist."""
    base = _request(
        "base",
        {"base": profile.base, "asset": _asset_digest(profile.base)},
        files=base_model.source_files(profile.base),
    )
    counts = profile.data.model_dump()
    dataset = _request(
        "dataset", {"seed": profile.seed, "counts": counts, "generator": synth.VERSION}
    )
    trained = {
        name: _request(
            name,
            _training_params(profile, settings, balanced=name != "full"),
            inputs={"base": base, "dataset": dataset},
        )
        for name, settings in (
            ("dry_run", profile.dry_run),
            ("mini", profile.mini),
            ("full", profile.full),
        )
    }
    return {"base": base, "dataset": dataset, **trained}


def _request(
    step: str,
    params: Mapping[str, Any],
    *,
    inputs: Mapping[str, Request] | None = None,
    files: Mapping[str, Path] | None = None,
) -> Request:
    row = STEPS[step]
    return Request(step, row.version, params, inputs or {}, files or {}, row.resumable)


def _training_params(profile: Profile, settings: Training, *, balanced: bool) -> dict[str, Any]:
    return {
        **settings.model_dump(exclude={"checkpoint_updates"}),
        **profile.lora.model_dump(),
        "checkpoint_updates": settings.checkpoint_updates,
        "balanced": balanced,
        "seed": profile.seed,
        "prompt_template": hashlib.sha256(chat.PREFIX.encode()).hexdigest()[:16],
    }


def _asset_digest(base: str) -> str:
    return assets.SMOLLM2.sha256 if base == base_model.EMBEDDED else ""
