"""Runs a step as a subprocess, so that memory comes back, a crash is contained and its cost known.

The parent starts ``python -m web4 step NAME SPEC``; the command can be repeated by hand. A training
is started through ``$WEB4_LAUNCHER`` where that is set, in as many processes as it says.
"""

import contextlib
import json
import os
import platform
import shlex
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from web4 import __version__
from web4.errors import ArtifactError, StepFailedError, Web4Error
from web4.launcher import is_first, launched, process_count, python_command
from web4.progress import ticking
from web4.store import MANIFEST, Artifact, Manifest, Request, Usage

_PACKAGES = ("torch", "transformers", "peft", "gguf", "llama-cpp-python", "numpy")
_COUNTING = frozenset({"sanity", "dry_run", "mini", "full", "predict"})
"""The steps that tell their progress themselves."""
_TRAINING = frozenset({"dry_run", "mini", "full"})
"""The steps that several processes can do together."""
_PARENT_CHECK_SECONDS = 1.0
_PARENT = "WEB4_PARENT"
_PEAK = "peak_kb"


@dataclass(frozen=True)
class StepContext:
    """What a step gets: input folders and files, parameters, and where to write.

    ``out`` becomes the artifact; ``scratch`` outlives a killed run of a resumable step. What a
    step puts into ``notes`` stands in its manifest, with the environment.
    """

    name: str
    params: Mapping[str, Any]
    inputs: Mapping[str, Path]
    files: Mapping[str, Path]
    out: Path
    scratch: Path
    notes: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, spec: Path) -> "StepContext":
        raw = json.loads(spec.read_text(encoding="utf-8"))
        return cls(
            raw["step"],
            raw["params"],
            {name: Path(path) for name, path in raw["inputs"].items()},
            {name: Path(path) for name, path in raw["files"].items()},
            Path(raw["out"]),
            Path(raw["scratch"]),
        )


def run_in_subprocess(
    request: Request, inputs: Mapping[str, Artifact], out: Path, scratch: Path
) -> tuple[Usage, Mapping[str, Any]]:
    """Run one step; return what it cost and where. Raise ``StepFailedError`` with its message."""
    spec = out.parent / "spec.json"
    failure = out.parent / "failure.txt"
    described = out.parent / "environment.json"
    failure.unlink(missing_ok=True)
    written = {
        "step": request.step,
        "params": dict(request.params),
        "inputs": {name: str(artifact.path.resolve()) for name, artifact in inputs.items()},
        "files": {name: str(path.resolve()) for name, path in request.files.items()},
        "out": str(out.resolve()),
        "scratch": str(scratch.resolve()),
    }
    spec.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    starts = python_command(several=request.step in _TRAINING)
    command = [*starts, "-m", "web4", "step", request.step, str(spec.resolve())]
    if starts != [sys.executable]:
        print(f"web4: {request.step}: {shlex.join(command)}", file=sys.stderr)  # noqa: T201 - to be repeated on further machines
    begun = time.monotonic()
    process = subprocess.Popen(command, env=child_environment())
    counted = request.step in _COUNTING
    with contextlib.nullcontext() if counted else ticking(request.step, _took_before(request, out)):
        status, usage = _wait(process)
    if status != 0:
        raise StepFailedError(_why(request.step, status, failure))
    found: dict[str, Any] = json.loads(described.read_text(encoding="utf-8"))
    return _usage(time.monotonic() - begun, usage, found.pop(_PEAK, None)), found


def _took_before(request: Request, out: Path) -> float | None:
    """Return how long the step took when this store made it last; nothing where it never did."""
    made = (out.parents[2] / request.step).glob(f"*/{MANIFEST}")
    last = max(made, key=lambda path: path.stat().st_mtime, default=None)
    try:
        return Manifest.read(last).usage.wall_seconds if last else None
    except ArtifactError:
        return None  # whoever opens that artifact hears that it is damaged


def execute(spec: Path, run: Callable[[StepContext], None]) -> int:
    """Run a step in this process; leave the reason beside the spec where it fails."""
    die_with_parent()
    failure = spec.parent / "failure.txt"
    try:
        context = StepContext.read(spec)
        run(context)
    except Web4Error as error:
        _leave(failure, str(error))
    except OSError as error:
        if _leave(failure, f"{error}"):
            traceback.print_exc()
    except Exception:  # noqa: BLE001 - the last stop: whatever it is, the parent must hear it
        if _leave(failure, traceback.format_exc()):
            traceback.print_exc()
    else:
        if not is_first():
            return 0
        peak = _own_peak_kb()
        told = {_PEAK: peak} if peak else {}
        described = json.dumps({**environment(), **context.notes, **told}, indent=2)
        (spec.parent / "environment.json").write_text(described, encoding="utf-8")
        return 0
    return 1


def _leave(failure: Path, reason: str) -> bool:
    """Leave the reason; of several processes the first that fails has the word.

    The others fail because of it. Return whether the reason was left.
    """
    try:
        with failure.open("x" if process_count() > 1 else "w", encoding="utf-8") as handle:
            handle.write(reason)
    except FileExistsError:
        return False
    return True


def environment() -> dict[str, Any]:
    """Return what may explain a difference between two machines' results.

    The device is named only where the step used torch: asking for it would import it.
    """
    from web4.device import choose_device

    return {
        "web4": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "device": choose_device().name if "torch" in sys.modules else "cpu",
        "packages": {name: _version(name) for name in _PACKAGES},
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _wait(process: "subprocess.Popen[bytes]") -> tuple[int, Any]:
    """Wait as ``time`` does. An interrupt reaches the step too, so it is waited for, then told."""
    interrupted: KeyboardInterrupt | None = None
    while True:
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except KeyboardInterrupt as error:
            interrupted = error
            os.kill(process.pid, signal.SIGINT)  # it may have come to this process alone
            continue
        process.returncode = os.waitstatus_to_exitcode(status)
        if interrupted:
            raise interrupted
        return process.returncode, usage


def _usage(wall: float, usage: Any, told_peak: int | None = None) -> Usage:
    """Return what ``time`` would tell; ``told_peak`` is the step's own word on its peak, in kB.

    Linux lets a process begin with the peak of the one that started it, so that a small step of a
    large parent would have the parent's. ``time`` is small and never shows it.
    """
    cpu = 100 * (usage.ru_utime + usage.ru_stime) / wall
    return Usage(round(wall, 2), round(cpu, 1), told_peak or peak_kb(usage))


def peak_kb(usage: Any) -> int:
    """Return the peak of a ``getrusage`` in kB; Apple's counts bytes."""
    peak: int = usage.ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


def _own_peak_kb() -> int | None:
    """Return the most memory of this process or one of its ended children; Linux alone tells it."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return None
    import resource  # not everywhere

    lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    own = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) if own else None


def _why(step: str, status: int, failure: Path) -> str:
    said = failure.read_text(encoding="utf-8").strip() if failure.is_file() else ""
    if said:
        return f"{step}: {said}"
    if status < 0:
        names = {known.value: known.name for known in signal.Signals}
        name = names.get(-status, f"signal {-status}")
        hint = " (out of memory?)" if -status == signal.SIGKILL else ""
        return f"{step}: ended by {name}{hint}; run again to go on"
    return f"{step}: ended with exit code {status}; its own messages stand above"


def child_environment() -> dict[str, str]:
    """Return the environment of a child that ``die_with_parent`` is to end with this process."""
    return {**os.environ, _PARENT: str(os.getpid())}


def die_with_parent() -> None:
    """End this process when the one that started it is gone: the store's lock went with it."""
    parent = os.environ.get(_PARENT)
    if parent is None:
        return

    is_there = _presence(int(parent))

    def watch() -> None:
        while is_there():
            time.sleep(_PARENT_CHECK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _presence(parent: int) -> Callable[[], bool]:
    """Return what tells whether ``parent`` is still there, and a launcher between it and this.

    On a further machine there is the launcher alone.
    """
    if not launched():
        return lambda: os.getppid() == parent
    launcher, begun_by_it = os.getppid(), parent in _ancestors()
    return lambda: os.getppid() == launcher and (not begun_by_it or parent in _ancestors())


def _ancestors() -> set[int]:
    return {process.pid for process in psutil.Process().parents()}
