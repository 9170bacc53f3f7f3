"""What a run is about to train, why, and for about how long, told before it starts."""

import json
import math
import time
from collections.abc import Iterator

from web4.device import choose_device
from web4.release.kept import Release, all_releases
from web4.run import Run
from web4.store import Request

_PROBE_SIZES = (1024, 576, 1536)
_PROBE_SECONDS = 0.2
_UNKNOWN = "a time unknown"


def outlook(run: Run) -> Iterator[str]:
    """Yield what differs from what is kept, if training has to start, and the time it takes."""
    if run.spec or run.store.where(run.requests["full"]) != "build":
        return
    for step in ("base", "dataset", "full"):
        if run.store.where(run.requests[step]) == "build":
            yield run.store.explain_miss(run.requests[step])
    releases = all_releases()
    duration = _duration(run.requests["full"], releases[-1]) if releases else _UNKNOWN
    yield f"full has to be trained: about {duration} on this machine"


def _duration(request: Request, release: Release) -> str:
    device = choose_device().name
    if device != "cpu":
        return f"some minutes (not measured on {device})"
    if not release.adapter.is_dir():
        return _UNKNOWN
    facts = json.loads((release.adapter / "training.json").read_text(encoding="utf-8"))
    rate = facts["tokens_per_second"] * probe_gflops() / release.probe_gflops
    shown = request.params["records"] * request.params["epochs"]
    tokens = shown * facts["tokens"] / facts["records"]
    return f"{tokens / rate / 60:.0f} minutes"


def probe_gflops() -> float:
    """Measure how fast this machine multiplies matrices of the embedded model's shape.

    The fastest of many runs counts: what else the machine does at the moment does not.
    """
    import numpy as np

    rows, inner, columns = _PROBE_SIZES
    left, right = np.ones((rows, inner), np.float32), np.ones((inner, columns), np.float32)
    fastest = math.inf
    end = time.perf_counter() + _PROBE_SECONDS
    while (begun := time.perf_counter()) < end:
        left @ right
        fastest = min(fastest, time.perf_counter() - begun)
    return 2 * rows * inner * columns / fastest / 1e9
