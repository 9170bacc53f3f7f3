"""A training killed with SIGKILL at random moments ends in the very same adapter."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests_unit.training.tiny import PARAMS

_PARAMS = {**PARAMS, "epochs": 30, "batch_records": 2, "checkpoint_updates": 4, "dropout": 0.1}
_PARAMS |= {"starts_from": ""}
_SECONDS = 900


def _spec(folder: Path, base: Path, data: Path) -> Path:
    for name in ("out", "scratch"):
        (folder / name).mkdir(parents=True)
    written = {
        "step": "mini",
        "params": _PARAMS,
        "inputs": {"base": str(base), "dataset": str(data)},
        "files": {},
        "out": str(folder / "out"),
        "scratch": str(folder / "scratch"),
    }
    spec = folder / "spec.json"
    spec.write_text(json.dumps(written), encoding="utf-8")
    return spec


def _start(spec: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "WEB4_DEVICE": "cpu", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "web4", "step", "mini", str(spec)],
        env=environment,
        stderr=subprocess.DEVNULL,
    )


def _end(spec: Path) -> int:
    """Run the step to its end; return its exit code."""
    process = _start(spec)
    try:
        return process.wait(_SECONDS)
    finally:
        process.kill()


def _updates(folder: Path) -> int:
    curve = folder / "scratch" / "loss.csv"
    return len(curve.read_bytes().splitlines()) if curve.is_file() else 0


@pytest.mark.slow
def test_kills_at_three_random_moments_change_nothing(
    base: Path, data: Path, tmp_path: Path
) -> None:
    spec = _spec(tmp_path / "whole", base, data)
    assert _end(spec) == 0
    spec = _spec(tmp_path / "killed", base, data)
    rng = random.Random(7)  # noqa: S311 - wants to be reproducible
    killed_at = []
    for place in range(3):
        process = _start(spec)
        wanted = 40 * place + rng.randrange(8, 40)
        end = time.monotonic() + _SECONDS
        while _updates(spec.parent) < wanted and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(rng.random() / 10)  # in the middle of whatever it does
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "it had ended before it was killed"
        killed_at.append(_updates(spec.parent))
    assert _end(spec) == 0
    facts = json.loads((spec.parent / "out" / "training.json").read_text(encoding="utf-8"))
    assert facts["resumed_at_update"] >= 80, killed_at
    for name in ("lora/adapter_model.safetensors", "lora/adapter_config.json"):
        whole = tmp_path / "whole" / "out" / name
        assert (spec.parent / "out" / name).read_bytes() == whole.read_bytes()
