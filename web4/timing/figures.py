"""The figures of a step: what its manifest says it cost, and what it did in that time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from web4.deployment import DEPLOYMENT
from web4.evaluation import SPEED
from web4.pipeline import TRAINING
from web4.store import Artifact, Request, Usage
from web4.training.schedule import Schedule

State = Literal["cold", "warm"]
_KB_OF_A_MEGABYTE = 1000
_STARVED = 50.0  # percent of a core; every step computes most of its time
_WALL_TOLERANCE = 0.05  # seconds; a manifest has two places, and the clock of a step starts later
_CPU_TOLERANCE = 0.02, 0.2  # a share and seconds; a manifest has a tenth of a percent


@dataclass(frozen=True, slots=True)
class Work:
    """What a step did in ``seconds``, as it says itself: loading the model is not among them.

    A training that learned on from a release, ``starts_from``, did only the last part of the whole.
    """

    seconds: float
    records: int | None = None
    tokens: float | None = None
    updates: int | None = None
    starts_from: str = ""

    def rates(self) -> dict[str, float | None]:
        return {f"{name}_per_s": self._rate(name) for name in ("tokens", "updates", "records")}

    def _rate(self, name: str) -> float | None:
        done = getattr(self, name)
        return round(done / self.seconds, 3) if done is not None and self.seconds else None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a timing was taken of: where, which base model, which data, and how much of them."""

    machine: str
    device: str
    model: str
    model_digest: str
    dataset_digest: str
    eval_version: str
    eval_digest: str
    scale: float


@dataclass(frozen=True, slots=True)
class Timing:
    """What one step cost. ``own_seconds`` is what whoever asked for it waited for it."""

    step: str
    group: str
    state: State
    usage: Usage
    own_seconds: float
    bytes_written: int
    work: Work
    facts: Facts

    @property
    def megabytes(self) -> float:
        return self.usage.peak_kb / _KB_OF_A_MEGABYTE

    @property
    def starved(self) -> bool:
        """Whether others kept a machine without a GPU so busy that wall time tells little."""
        return self.facts.machine.endswith("no GPU") and self.usage.cpu_percent < _STARVED

    def figure(self, name: str) -> float | None:
        """Return the figure that a budget of that name is about; nothing where there is none."""
        own = {"seconds": self.usage.wall_seconds, "megabytes": self.megabytes}
        return own[name] if name in own else self.work.rates()[name]

    def to_dict(self) -> dict[str, Any]:
        """Return what a benchmark has as its ``extra_info``."""
        facts = self.facts
        return {
            "state": self.state,
            "time": as_time_tells(self.usage),
            "wall_seconds": self.usage.wall_seconds,
            "cpu_percent": self.usage.cpu_percent,
            "peak_kb": self.usage.peak_kb,
            "own_seconds": round(self.own_seconds, 2),
            **self.work.rates(),
            "bytes_written": self.bytes_written,
            **{name: getattr(facts, name) for name in Facts.__slots__},
        }


def as_time_tells(usage: Usage) -> str:
    """Return a usage in the words of ``/usr/bin/time -f "wall=%E cpu=%P mem=%MKB"``."""
    hundredths = round(usage.wall_seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes}:{rest // 100:02d}.{rest % 100:02d}"
    if hours:
        clock = f"{hours}:{minutes:02d}:{rest // 100:02d}"
    return f"wall={clock} cpu={int(usage.cpu_percent)}% mem={usage.peak_kb}KB"


def machine_class(environment: Mapping[str, Any]) -> str:
    """Return the class of the machine that a step of torch ran on: ``2 cores, no GPU``."""
    cpus, device = environment["cpus"], str(environment["device"]).partition(":")[0]
    return f"{cpus} core{'' if cpus == 1 else 's'}, {'no GPU' if device == 'cpu' else device}"


def together(usages: Sequence[Usage]) -> Usage:
    """Return what steps that ran one after the other cost: times added, the highest peak."""
    wall = sum(one.wall_seconds for one in usages)
    busy = sum(one.wall_seconds * one.cpu_percent for one in usages)
    peak = max((one.peak_kb for one in usages), default=0)
    return Usage(round(wall, 2), round(busy / wall, 1) if wall else 0.0, peak)


def written(artifacts: Sequence[Artifact]) -> int:
    """Return the bytes of the artifacts' files."""
    return sum(entry.bytes for one in artifacts for entry in one.manifest.files.values())


def work_of(request: Request, artifact: Artifact) -> Work:
    """Return what a step did; of what counts nothing, the time alone."""
    if request.step in TRAINING:
        return _trained(request, artifact.read_json("training.json"))
    known = _WORK.get(request.step)
    return known(request, artifact) if known else Work(artifact.manifest.usage.wall_seconds)


def _generated(_request: Request, artifact: Artifact) -> Work:
    records = _lines(artifact.path.glob("*.jsonl"))
    return Work(artifact.manifest.usage.wall_seconds, records)


def _checked(_request: Request, artifact: Artifact) -> Work:
    report = artifact.read_json("sanity.json")
    tokens = report["records"] * report["mean_tokens"]
    return Work(artifact.manifest.usage.wall_seconds, report["records"], tokens)


def _predicted(_request: Request, artifact: Artifact) -> Work:
    speed = artifact.read_json(SPEED)
    seconds = speed["seconds"]
    return Work(seconds, speed["answers"], speed["tokens_per_s"] * seconds)


def _scored(request: Request, artifact: Artifact) -> Work:
    asked = (file for name, file in request.files.items() if name.startswith("eval/"))
    return Work(artifact.manifest.usage.wall_seconds, _lines(asked))


def _deployed(_request: Request, artifact: Artifact) -> Work:
    found = artifact.read_json(DEPLOYMENT)
    return Work(found["seconds"], found["asked"])


_WORK: Mapping[str, Callable[[Request, Artifact], Work]] = {
    "dataset": _generated,
    "sanity": _checked,
    "predict": _predicted,
    "score": _scored,
    "deploy": _deployed,
}


def _trained(request: Request, facts: Mapping[str, Any]) -> Work:
    """Return a training's work; the time in which the mini set was asked is not counted."""
    params = request.params
    order = tuple(range(params["records"]))
    seen = Schedule(order, params["batch_records"], 1, params["epochs"]).records(facts["updates"])
    start = params.get("starts_from", "")
    return Work(facts["seconds"], seen, facts["tokens"], facts["updates"], start)


def _lines(paths: Iterable[Path]) -> int:
    return sum(1 for path in paths for line in path.open("rb") if line.strip())


def doubts(usage: Usage, own_seconds: float, cpu_seconds: float) -> Iterator[str]:
    """Say in what a manifest's usage cannot be: more time than passed, other CPU time than counted.

    ``own_seconds`` passed for whoever asked for the step, and its ended children took
    ``cpu_seconds``.
    """
    if usage.wall_seconds > own_seconds + _WALL_TOLERANCE:
        yield f"it is to have taken {usage.wall_seconds:.2f} s, and {own_seconds:.2f} s passed"
    told = usage.wall_seconds * usage.cpu_percent / 100
    share, least = _CPU_TOLERANCE
    if abs(told - cpu_seconds) > max(least, share * cpu_seconds):
        yield f"it is to have computed for {told:.2f} s, and the system counted {cpu_seconds:.2f} s"
