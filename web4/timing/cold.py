"""A profile's run in a store of its own that begins empty, made and measured step by step."""

import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from web4.assets import cache_dir
from web4.dataset.frozen import load_eval
from web4.errors import ConfigError, StepFailedError
from web4.execution import peak_kb
from web4.iteration import Plan, go, plan
from web4.pipeline import requests
from web4.profile import Profile
from web4.release.kept import all_releases, latest_release
from web4.remedies import load_remedies
from web4.run import Run
from web4.store import Artifact, Request, Runner, Store, Usage
from web4.targets import load_targets
from web4.timing.figures import (
    Facts,
    State,
    Timing,
    Work,
    machine_class,
    together,
    work_of,
    written,
)
from web4.timing.scale import scaled

ITERATION = "iteration"
WARM = "run"
_VERDICTS = "verdicts.sqlite3"
_PASS = ("dataset", "sanity", "full", "predict_adapter", "score_adapter")
_GROUPS = {
    "0 base model": ("base",),
    "1 sanity check": ("dataset", "sanity"),
    "2 dry run": ("dry_run",),
    "3 mini": ("mini",),
    "4 full": ("full",),
    "5 evaluation": (
        *("predict_adapter", "score_adapter", "predict_quantized", "score_quantized"),
    ),
    "6 packaging": ("merge", "gguf", "parity", "importance", "quantize", "divergence"),
    "7 deployment": ("deploy",),
    "8 iteration": (ITERATION,),
}
GROUP_OF = {name: group for group, names in _GROUPS.items() for name in names} | {WARM: "warm"}
_ORDER = (
    *("base", "dataset", "sanity", "dry_run", "mini", "full", "predict_adapter", "score_adapter"),
    *("merge", "gguf", "parity", "importance", "quantize", "divergence"),
    *("predict_quantized", "score_quantized", "deploy", ITERATION),
)
"""The rows in the order in which one needs the other."""


def rows(profile: Profile) -> list[str]:
    """Return what is timed of a profile, in the order in which it has to be made."""
    return [name for name in _ORDER if name != "importance" or profile.importance_records]


def separate_cache(folder: Path) -> Path:
    """Make a cache folder with all that was fetched, and without verdicts of the style tools.

    They would let a cold evaluation find what it is to look for.
    """
    made = folder / "cache"
    made.mkdir()
    if cache_dir().is_dir():
        for path in cache_dir().iterdir():
            if not path.name.startswith(_VERDICTS):
                (made / path.name).symlink_to(path.resolve())
    return made


@dataclass
class ColdRun:
    """The run, what it is asked for, and what each step cost so far.

    What ``folder`` holds at the beginning is not timed. ``data_dir()`` has to be the one that
    ``scaled_data`` made, where the fraction is below 1.
    """

    profile: Profile
    fraction: float
    folder: Path
    runner: Runner
    say: Callable[[str], None]
    timings: dict[str, Timing] = field(default_factory=dict)

    @cached_property
    def run(self) -> Run:
        """The run; its store takes nothing from a release."""
        return Run(scaled(self.profile, self.fraction), load_targets(), self._store(self.runner))

    @cached_property
    def machine(self) -> str:
        """The machine's class, by the step that asked torch for a device."""
        return machine_class(self.run.artifact("base").manifest.environment)

    def request(self, name: str) -> Request:
        """Return a row's request: that of the profile's own rung, whatever a ladder would say."""
        return self.run.requests[self._key(name)]

    def prepare(self, name: str) -> None:
        """Make what a row needs and is no part of it; raise where the row would not be cold."""
        if name == ITERATION:
            self._ask_release()
            return
        request = self.request(name)
        for needed in request.inputs.values():
            self.run.store.get(needed)
        if self.run.store.where(request) != "build":
            raise ConfigError(
                f"{name} was made before it could be timed, in {self.folder / 'store'}: choose an "
                "empty folder, or leave this step out with -k"
            )

    def make(self, name: str) -> list[Artifact]:
        """Make a row; return its artifacts."""
        if name != ITERATION:
            return [self.run.store.get(self.request(name))]
        improved = self._improved
        go(self._plan, improved, self._plan_folder)
        return [improved.artifact(step) for step in _PASS]

    def keep(self, name: str, made: Sequence[Artifact], own_seconds: float) -> Timing:
        """Note what a row cost, as the manifests of what it made say."""
        usage = together([one.manifest.usage for one in made])
        if name == ITERATION:
            work = Work(own_seconds, self._plan.profile.full.records)
        else:
            work = work_of(self.request(name), made[0])
        device = str(made[-1].manifest.environment["device"])
        return self._note(name, usage, own_seconds, written(made), work, device)

    def again(self) -> int:
        """Open the whole run once more; raise where anything had to be made. Return how many."""
        names = [name for name in rows(self.profile) if name != ITERATION]
        store = self.run.store
        missing = [name for name in names if store.where(self.request(name)) == "build"]
        if missing:
            raise ConfigError(f"not everything was made: {', '.join(missing)}")
        anew = Run(self.run.profile, load_targets(), self._store(_refuse))
        for name in names:
            anew.store.get(anew.requests[self._key(name)])
        return len(names)

    def keep_warm(self, own_seconds: float, cpu_seconds: float, opened: int) -> Timing:
        """Note what opening everything again cost this process."""
        peak = peak_kb(resource.getrusage(resource.RUSAGE_SELF))
        share = 100 * cpu_seconds / own_seconds if own_seconds else 0.0
        usage = Usage(round(own_seconds, 2), round(share, 1), peak)
        return self._note(WARM, usage, own_seconds, 0, Work(own_seconds, opened), "cpu")

    def _note(  # noqa: PLR0913, PLR0917 - what a timing is made of
        self, name: str, usage: Usage, own: float, size: int, work: Work, device: str
    ) -> Timing:
        store, asked = self.run.store, self.run.requests
        digests = {
            step: found.content_digest if (found := store.manifest(asked[step])) else ""
            for step in ("base", "dataset")
        }
        frozen = load_eval(self.run.profile.eval.version)
        facts = Facts(
            *(self.machine, device, self.profile.base, digests["base"], digests["dataset"]),
            *(frozen.version, frozen.digest, self.fraction),
        )
        state: State = "warm" if name == WARM else "cold"
        made = Timing(name, GROUP_OF[name], state, usage, own, size, work, facts)
        self.timings[name] = made
        return made

    def _key(self, name: str) -> str:
        return f"divergence_{self.run.profile.quantization}" if name == "divergence" else name

    def _store(self, runner: Runner, *, seeded: bool = False) -> Store:
        seeds = [one.store for one in all_releases()] if seeded else []
        return Store(self.folder / "store", runner, seeds=seeds, say=self.say)

    @cached_property
    def _plan(self) -> Plan:
        planned = plan(latest_release(), self.profile, self.run.targets, load_remedies())
        return replace(planned, profile=scaled(planned.profile, self.fraction))

    @cached_property
    def _improved(self) -> Run:
        return Run(self._plan.profile, self.run.targets, self.run.store, "", self._plan.release)

    @property
    def _plan_folder(self) -> Path:
        made = self.folder / ITERATION
        made.mkdir(exist_ok=True)
        return made

    def _ask_release(self) -> None:
        """Have the answers of the release that the pass goes on from, as an iteration has them."""
        key = latest_release().adapter_key
        if key == self.run.requests["full"].key:
            self.run.artifact("full")  # else the release would give it
        self.run.artifact("base")
        graph = requests(self._plan.profile, adapter_key=key)
        self._store(self.runner, seeded=True).get(graph["score_adapter"])
        for step in ("dataset", "full"):
            if self.run.store.where(self._improved.requests[step]) != "build":
                raise ConfigError(f"the pass: {step} was made before it could be timed")


def _refuse(request: Request, *_: object) -> tuple[Usage, dict[str, object]]:
    raise StepFailedError(f"{request.step}: made again although nothing has changed")
