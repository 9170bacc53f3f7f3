"""Contenders side by side: the same work, in turn, with medians and ratios of what it cost."""

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from web4.progress import progress

OURS = "web4"
_SAID = 400
_LOOK_SECONDS = 1.0
_BUSY_CORES = 0.25


class PeerError(Exception):
    """A contender cannot be run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: seconds, the most memory that one of its processes held, in MB, and CPU seconds.

    Those of the CPU hold on a busy machine too; the two are known where processes were measured.
    """

    seconds: float
    peak_mb: float | None = None
    cpu_s: float | None = None


Run = Callable[[], Sample]


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one contender; ``absent`` says why nothing was."""

    name: str
    samples: tuple[Sample, ...] = ()
    note: str = ""
    absent: str = ""

    @property
    def seconds(self) -> float:
        """The median of its rounds."""
        return statistics.median(sample.seconds for sample in self.samples)

    @property
    def cpu_s(self) -> float | None:
        """The median of the rounds' CPU seconds; nothing where they were not looked at."""
        known = [sample.cpu_s for sample in self.samples if sample.cpu_s is not None]
        return statistics.median(known) if known else None

    @property
    def peak_mb(self) -> float | None:
        """The most that any round held; nothing where it was not looked at."""
        known = [sample.peak_mb for sample in self.samples if sample.peak_mb is not None]
        return max(known, default=None)


@dataclass(frozen=True, slots=True)
class Table:
    """Contenders that did the same ``count`` units of work; ratios are to ``reference``."""

    caption: str
    unit: str
    count: float
    rows: tuple[Row, ...]
    reference: str = OURS

    def ratio(self, name: str) -> float | None:
        """Return how often as long as the reference a contender took: the median of the rounds'.

        Each round is compared with itself, for what else the machine does changes between them.
        Nothing where one of both was not measured.
        """
        one, other = self.row(name), self.row(self.reference)
        if not one.samples or not other.samples:
            return None
        pairs = zip(one.samples, other.samples, strict=True)
        return statistics.median(mine.seconds / theirs.seconds for mine, theirs in pairs)

    def rate(self, name: str) -> float:
        """Return the units of a second, at the median of the rounds."""
        return self.count / self.row(name).seconds

    def row(self, name: str) -> Row:
        return next(row for row in self.rows if row.name == name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A target of a comparison: what was to be reached and what was."""

    what: str
    reached: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def holds(self) -> bool:
        low = self.at_least is None or self.reached >= self.at_least
        return low and (self.at_most is None or self.reached <= self.at_most)

    @property
    def bound(self) -> str:
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return f"at most {self.at_most:g}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that one comparison found, as it is written down."""

    title: str
    work: str
    tables: tuple[Table, ...]
    wanted: tuple[Wanted, ...] = ()
    notes: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


def in_turn(contenders: Mapping[str, Run], rounds: int) -> dict[str, tuple[Sample, ...] | str]:
    """Run every contender ``rounds`` times, in turn; return samples, or why there are none.

    Each round begins with the next contender, so that none is always first or always after the
    same one. One that raises ``PeerError`` is not asked again.
    """
    names = list(contenders)
    samples: dict[str, list[Sample]] = {name: [] for name in names}
    failed: dict[str, str] = {}
    starts = [number % max(1, len(names)) for number in range(rounds)]
    turns = [name for start in starts for name in (*names[start:], *names[:start])]
    with progress(len(turns), "in turn", "run") as bar:
        for name in turns:
            bar.set_postfix_str(name, refresh=False)
            if name not in failed:
                try:
                    samples[name].append(contenders[name]())
                except PeerError as error:
                    failed[name] = str(error)
            bar.update()
    return {name: failed.get(name) or tuple(samples[name]) for name in names}


def rows(contenders: Mapping[str, Run], rounds: int, notes: Mapping[str, str]) -> tuple[Row, ...]:
    """Run contenders in turn and return their rows, in the order given."""
    made = []
    for name, found in in_turn(contenders, rounds).items():
        note = notes.get(name, "")
        if isinstance(found, str):
            made.append(Row(name, (), note, found))
        else:
            made.append(Row(name, found, note))
    return tuple(made)


def timed(work: Callable[[], object]) -> Run:
    """Return a contender that runs in this process."""

    def run() -> Sample:
        begun = time.perf_counter()
        work()
        return Sample(time.perf_counter() - begun)

    return run


def process(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    accept: Sequence[int] = (0,),
    seconds: float = 900,
) -> Sample:
    """Run a command to its end; return wall time and peak memory, as ``/usr/bin/time`` gives them.

    Memory is that of the largest process of its tree. Raises ``PeerError`` with the end of what it
    said where its exit code is not accepted or it takes too long.
    """
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        status, usage = _waited(child, begun + seconds)
        took = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in accept:
            said.seek(0)
            told = " ".join(said.read().decode("utf-8", errors="replace").split())
            shown = Path(command[0]).name
            raise PeerError(f"{shown} ended with {child.returncode}: …{told[-_SAID:]}")
    return Sample(took, _megabytes(usage.ru_maxrss), usage.ru_utime + usage.ru_stime)


def _waited(child: "subprocess.Popen[bytes]", end: float) -> tuple[int, resource.struct_rusage]:
    """Wait without losing the usage; kill what takes too long."""
    while True:
        found, status, usage = os.wait4(child.pid, os.WNOHANG)
        if found:
            return status, usage
        if time.perf_counter() > end:
            child.kill()
            _, status, usage = os.wait4(child.pid, 0)
            return status, usage
        time.sleep(0.005)


def _megabytes(peak: int) -> float:
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def machine() -> dict[str, Any]:
    """Return what the figures depend on; ``others`` is how many cores others keep busy just now."""
    cpus = os.cpu_count() or 1
    return {
        "cpu": _cpu_model(),
        "cpus": cpus,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "others": round(psutil.cpu_percent(_LOOK_SECONDS) / 100 * cpus, 2),
        "niceness": os.nice(0),
    }


def busy(found: Mapping[str, Any]) -> bool:
    """Whether others kept more than a quarter of a core busy when the measurement began."""
    return bool(found["others"] > _BUSY_CORES)


def installed(*packages: str) -> dict[str, str]:
    """Return the versions of packages of this environment, those that are there."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown")
