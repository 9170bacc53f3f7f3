"""Targets: what a score must reach, how far the gate asks for it, and what to do if it misses."""

import operator
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from web4.errors import ConfigError, faults_of
from web4.paths import data_dir

GateLevel = Literal["ship", "quality", "optional", "tracked"]
Scope = Literal["candidate", "run"]
Comparison = Literal[">=", "<=", "=="]

_COMPARE: dict[Comparison, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
}
_ROUNDING = 1e-9

QUANTIZATION_DROP = "packaging.quantization_drop"
"""The target that says how much a family may lose by quantization."""


class Target(BaseModel):
    """One line of the specification.

    ``scope`` tells whether each candidate must reach it, or the run as a whole (its steps).
    ``unit`` is ``rate`` for what lies in [0, 1].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    compare: Comparison
    value: float
    gate: GateLevel
    remedy: str
    says: str
    scope: Scope = "candidate"
    unit: str = "rate"
    weight: Annotated[float, Field(ge=0)] = 0.0

    @property
    def family(self) -> str:
        return self.metric.partition(".")[0]

    def reached_by(self, value: float) -> bool:
        """Whether a score reaches the target; a rounding error of 1e-9 does not decide."""
        slack = 0.0 if self.compare == "==" else _ROUNDING
        wanted = self.value - slack if self.compare == ">=" else self.value + slack
        return _COMPARE[self.compare](value, wanted)

    def wanted(self) -> str:
        return f"{self.compare} {format_value(self.value, self.unit)}"


class Targets(BaseModel):
    """All targets, and the weights that make the overall score out of the families'."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    family_weights: Mapping[str, float]
    target: tuple[Target, ...]

    def of(self, *families: str) -> tuple[Target, ...]:
        return tuple(target for target in self.target if target.family in families)

    def composition(self, family: str) -> dict[str, float]:
        """Return the metrics that a family score averages, with their weights."""
        return {target.metric: target.weight for target in self.of(family) if target.weight}

    @property
    def margin(self) -> float:
        """The difference of a rate that would not matter: what quantization may cost at most.

        0 where no target says it.
        """
        return next((one.value for one in self.target if one.metric == QUANTIZATION_DROP), 0.0)


def targets_path() -> Path:
    return data_dir() / "targets.toml"


def load_targets(known: Collection[str] | None = None, path: Path | None = None) -> Targets:
    """Read ``data/targets.toml``; raise ``ConfigError`` at a broken key or an unknown metric."""
    path = path or targets_path()
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: the targets cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    try:
        targets = Targets.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(f"{path}: mend {faults_of(error)}") from error
    names = [target.metric for target in targets.target]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"{path}: metric {twice[0]!r} has two targets; keep one")
    unknown = [name for name in names if known is not None and name not in known]
    if unknown:
        raise ConfigError(
            f"{path}: unknown metric {unknown[0]!r}. Known: {', '.join(sorted(known or ()))}"
        )
    return targets


def format_value(value: float, unit: str) -> str:
    """Return a score as people read it: rates in percent, the rest with its unit."""
    return f"{100 * value:.1f}%" if unit == "rate" else f"{value:.3g} {unit}"
