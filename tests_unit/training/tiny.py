"""A training small enough for unit tests: its parameters, and how it is run."""

from pathlib import Path
from typing import Any

from web4.training import sft
from web4.training.evaluations import AskMini

PARAMS: dict[str, Any] = {
    "records": 10,
    "epochs": 1,
    "learning_rate": 1e-3,
    "batch_records": 4,
    "warmup_ratio": 0.0,
    "max_tokens": 512,
    "checkpoint_updates": 100,
    "r": 4,
    "alpha": 8,
    "dropout": 0.0,
    "balanced": True,
    "mix": None,
    "seed": 3,
}
RESUMED = {**PARAMS, "epochs": 2, "checkpoint_updates": 2, "dropout": 0.1}
"""Six updates, checkpoints at 2, 4 and 6; dropout shows whether random states come back."""

ADAPTER = Path("out") / "lora" / "adapter_model.safetensors"


def train(  # noqa: PLR0913, PLR0917 - what the step takes
    base: Path,
    data: Path,
    folder: Path,
    params: dict[str, Any],
    start: Path | None = None,
    ask: AskMini | None = None,
) -> tuple[Path, dict[str, Any]]:
    """Train in ``folder``; return it with the facts of the run."""
    out, scratch = folder / "out", folder / "scratch"
    for path in (out, scratch):
        path.mkdir(parents=True, exist_ok=True)
    return folder, sft.train(base, data, out, scratch, params, "mini", start, ask)
