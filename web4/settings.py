"""The options of a run: pytest options, commands and ``WEB4_…`` variables, in one place."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from web4 import evaluation
from web4.catalog import catalog_path
from web4.errors import ConfigError
from web4.execution import run_in_subprocess
from web4.profile import Profile, load_profile
from web4.release.kept import all_releases
from web4.run import Run, check_profile
from web4.run_metrics import known_metrics
from web4.steps import STEPS
from web4.store import Runner, Store
from web4.targets import load_targets

DEFAULT_PROFILE = "embedded"
DEFAULT_STORE = "outputs/.store"

_COIN = 0.5

_ASKED = ("predict", "score", "ladder")
_PACKED = (
    *("merge", "gguf", "parity", "importance", "base_gguf", "lora_gguf"),
    *("quantize", "divergence"),
)
_CHAIN = (*_PACKED, *_ASKED, "deploy")
_FOLLOWING = {
    **{step: _CHAIN[place + 1 :] for place, step in enumerate(_CHAIN)},
    "base": _CHAIN,
    "full": _CHAIN,
    "mini": _ASKED,
}
"""What is stale once a step's artifact was made again. Training follows only if it is named."""


@dataclass(frozen=True)
class Settings:
    """What was asked for: a profile, a candidate, where artifacts lie, what to make again."""

    profile: str = DEFAULT_PROFILE
    candidate: str = ""
    store: str = DEFAULT_STORE
    run_name: str = ""
    rebuild: str = ""
    confidence: str = ""
    allow_lowered_targets: str = ""
    baseline: str = ""
    signing_key: str = ""

    @classmethod
    def from_environment(cls, **given: str | None) -> "Settings":
        """Take what was given, else ``WEB4_<NAME>``, else the default."""
        names = {
            "profile": "WEB4_PROFILE",
            "candidate": "WEB4_CANDIDATE",
            "store": "WEB4_STORE",
            "run_name": "WEB4_RUN",
            "rebuild": "WEB4_REBUILD",
            "confidence": "WEB4_CONFIDENCE",
            "allow_lowered_targets": "WEB4_ALLOW_LOWERED_TARGETS",
            "baseline": "WEB4_BASELINE",
            "signing_key": "WEB4_SIGNING_KEY",
        }
        values = {
            name: value
            for name, variable in names.items()
            if (value := given.get(name) or os.environ.get(variable))
        }
        return cls(**values)

    @property
    def folder(self) -> Path:
        """``outputs/<run>``: what people look at."""
        profile = Path(self.profile).name.removesuffix(".toml")  # a name may have dots
        named = self.run_name or (f"{profile}-{self.candidate}" if self.candidate else profile)
        return Path("outputs") / (re.sub(r"[^A-Za-z0-9_.-]+", "-", named).strip("-.") or "run")

    @property
    def allows_lowered_targets(self) -> bool:
        return self.allow_lowered_targets not in ("", "0")

    def confidence_of(self, profile: Profile) -> float:
        """Return the confidence that intervals have to clear targets with; 0 asks values only."""
        if not self.confidence:
            return profile.eval.confidence or 0.0
        try:
            found = float(self.confidence)
        except ValueError:
            found = 0.0
        if not _COIN < found < 1:
            raise ConfigError(
                f"--web4-confidence: {self.confidence!r} is no number between 0.5 and 1, "
                "for example 0.95"
            )
        return found

    def open_run(
        self,
        *,
        say: Callable[[str], None] = lambda _line: None,
        runner: Runner = run_in_subprocess,
    ) -> Run:
        """Read profile and targets and open the store; raise ``ConfigError`` at a fault in them."""
        profile = load_profile(self.profile)
        check_profile(profile)
        judged = {metric.name: metric for metric in evaluation.metrics(catalog_path())}
        store = Store(
            Path(self.store),
            runner,
            seeds=[release.store for release in all_releases()],
            rebuild=self._rebuilt(),
            say=say,
        )
        return Run(
            profile, load_targets(known_metrics(judged)), store, self.candidate, self.baseline
        )

    def _rebuilt(self) -> frozenset[str]:
        if not self.rebuild:
            return frozenset()
        if self.rebuild == "all":
            return frozenset(STEPS)
        if self.rebuild not in STEPS:
            known = ", ".join(STEPS)
            raise ConfigError(f"--web4-rebuild: no step {self.rebuild!r}. Known: all, {known}")
        return frozenset({self.rebuild, *_FOLLOWING.get(self.rebuild, ())})
