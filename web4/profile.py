"""A profile: one TOML file that says which base is tuned, on what data and how."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from web4.errors import ConfigError, faults_of
from web4.paths import data_dir

Positive = Annotated[int, Field(gt=0)]
Rate = Annotated[float, Field(gt=0, lt=1)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrainCounts(_Section):
    """How many records each training bucket holds."""

    tool_core: Positive
    tool_neg: Positive
    style_core: Positive
    style_refactor: Positive
    guardrail: Positive


class LoRA(_Section):
    """The adapter: rank, scale numerator, dropout; always on all linear layers."""

    r: Positive = 16
    alpha: Positive = 32
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0


class Training(_Section):
    """One SFT run. ``batch_records`` is the number of records an update learns from.

    ``mix`` says how many of ``records`` come from each bucket, where the proportions of the data
    are not wanted. ``starts_from`` names the release whose adapter learns on, in place of a new
    one.
    """

    records: Positive
    mix: TrainCounts | None = None
    starts_from: str = ""
    epochs: Positive = 1
    learning_rate: Rate
    batch_records: Positive = 32
    warmup_ratio: Annotated[float, Field(ge=0, lt=1)] = 0.03
    max_tokens: Positive = 512
    checkpoint_updates: Positive = 100

    @model_validator(mode="after")
    def _mix_adds_up(self) -> Self:
        if self.mix and sum(self.mix.model_dump().values()) != self.records:
            raise ValueError("'mix' does not add up to 'records'")
        return self


class Evaluation(_Section):
    """Which evaluation version is asked, and how long an answer may get, in tokens.

    With a ``confidence`` the interval of each score has to clear its target, not just its value.
    """

    version: str = "v1.1"
    max_new_tokens: Positive = 256
    confidence: Annotated[float, Field(gt=0.5, lt=1)] | None = None


class Profile(_Section):
    """Everything that a run depends on beside code and data files."""

    name: str
    base: str
    seed: int
    eval: Evaluation = Evaluation()
    data: TrainCounts
    lora: LoRA = LoRA()
    dry_run: Training
    mini: Training
    full: Training
    quantization: Literal["Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0"] = "Q4_K_M"


def load_profile(name: str) -> Profile:
    """Read ``data/profiles/<name>.toml`` or, where ``name`` is a path, that file.

    Raise ``ConfigError`` naming the file and the key that is wrong.
    """
    folder = data_dir() / "profiles"
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        known = ", ".join(sorted(file.stem for file in folder.glob("*.toml")))
        raise ConfigError(
            f"{path}: there is no such profile. Known: {known}; or give a path to a TOML file."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    try:
        return Profile.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(f"{path}: mend {faults_of(error)}") from error
