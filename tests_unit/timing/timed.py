"""Canned steps that tell what timings are made of, and cost what a child process really cost."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests_unit.compared import Bench, Told
from web4.errors import StepFailedError
from web4.evaluation import PREDICTIONS, SPEED
from web4.execution import _usage
from web4.pipeline import TRAINING
from web4.profile import Profile
from web4.store import Artifact, Request, Usage

ENVIRONMENT = {"cpus": 2, "device": "cpu"}
SECONDS = 2.0


class TimedSteps(Told):
    """Tells ``lied`` seconds more than a step took, and breaks at the ``broken`` one."""

    def __init__(self, *, lied: float = 0.0, broken: str = "") -> None:
        super().__init__({})
        self._broken_step = broken
        self._lied = lied

    def __call__(
        self, request: Request, inputs: Mapping[str, Artifact], out: Path, scratch: Path
    ) -> tuple[Usage, Mapping[str, Any]]:
        if request.step == self._broken_step:
            raise StepFailedError(f"{request.step}: ended by SIGKILL")
        super().__call__(request, inputs, out, scratch)
        for name, told in _told(request, out).items():
            (out / name).write_text(told, encoding="utf-8")
        begun = time.monotonic()
        process = subprocess.Popen([sys.executable, "-S", "-c", "pass"])
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        usage = _usage(time.monotonic() - begun, used)
        lie = Usage(usage.wall_seconds + self._lied, usage.cpu_percent, usage.peak_kb)
        return lie if self._lied else usage, ENVIRONMENT


def _told(request: Request, out: Path) -> dict[str, str]:
    params = request.params
    if request.step == "dataset":
        return {f"{name}.jsonl": "{}\n" * count for name, count in params["counts"].items()}
    if request.step in TRAINING:
        per_epoch = -(-params["records"] // params["batch_records"])
        updates = per_epoch * params["epochs"]
        facts = {"records": 1, "tokens": 500, "updates": updates, "seconds": SECONDS}
        return {"training.json": json.dumps(facts)}
    if request.step == "predict":
        answers = len((out / PREDICTIONS).read_text("utf-8").splitlines())
        speed = {"answers": answers, "seconds": SECONDS, "tokens_per_s": 100.0}
        return {SPEED: json.dumps(speed)}
    if request.step == "deploy":
        described = json.loads((out / "deployment.json").read_text("utf-8"))
        return {"deployment.json": json.dumps({**described, "seconds": SECONDS})}
    return {}


def released(bench: Bench) -> Profile:
    """Keep a release that misses targets; return the profile that it was made of."""
    broken = [f"tool-{number:04d}" for number in range(1, 26)]
    bench.release("v1.0.0", bench.run(broken=broken))
    return bench.profile(1e-3, "v0.1")
