"""A profile: one TOML file that says which base is tuned, on what data and how."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from web4.errors import ConfigError, faults_of
from web4.paths import data_dir
from web4.records import Record

Positive = Annotated[int, Field(gt=0)]
Rate = Annotated[float, Field(gt=0, lt=1)]
Figure = Annotated[float, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrainCounts(_Section):
    """How many records each training bucket holds."""

    tool_core: Positive
    tool_neg: Positive
    style_core: Positive
    style_refactor: Positive
    guardrail: Positive


class Added(_Section):
    """Records of one kind that a bucket gets beside the others, as a remedy asks for.

    ``grades`` of difficulty, ``restricted`` or allowed requests, those that name a ``template``,
    those with a ``negative`` example; what is left out does not matter.
    """

    bucket: Literal["tool_core", "tool_neg", "style_core", "style_refactor", "guardrail"]
    records: Positive
    grades: tuple[int, ...] = ()
    restricted: bool | None = None
    template: bool | None = None
    negative: bool | None = None

    def fits(self, record: Record) -> bool:
        """Whether a record is of the kind."""
        told = {
            "restricted": record.restricted,
            "template": bool(record.template),
            "negative": record.negative_example is not None,
        }
        wanted = {name: getattr(self, name) for name in told}
        same = all(wanted[name] in {None, value} for name, value in told.items())
        return same and (not self.grades or record.difficulty in self.grades)


class LoRA(_Section):
    """The adapter: rank, scale numerator, dropout; always on all linear layers."""

    r: Positive = 16
    alpha: Positive = 32
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0


class TrainingOptions(_Section):
    """What a training may do beside learning; what has its default is no part of a step's key.

    ``draw`` numbers the draw of records: what learns on from what learned the first, 0, takes
    another. ``known_first`` draws from the records that the adapter behind it has learned already,
    and new ones where a bucket has too few of those. ``validation_records`` are held out of it,
    for the validation loss. ``evaluations`` is how often within the run the ``mini`` set is asked,
    for answers of ``evaluation_tokens`` at most; the best of those adapters is kept.
    ``early_stop`` ends a run whose loss stagnates or that unlearns JSON. ``longest_early`` shows
    at the second update, the first that holds the optimizer's state, how much memory the longest
    records take. ``device_batch`` is the number of records in a forward pass, ``base_dtype`` the
    number format of the base's weights; left out, the device decides. ``nf4`` is QLoRA: the base in
    4 bits while its adapter learns, on CUDA.
    ``decision_weight`` is how many times as much those tokens count in the loss that decide what
    becomes of the rest: an answer's first ones, each step's tool, what follows a step.
    ``gradient_checkpointing`` computes twice what it does not keep in memory.
    """

    draw: Annotated[int, Field(ge=0)] = 0
    known_first: bool = False
    validation_records: Annotated[int, Field(ge=0)] = 0
    evaluations: Annotated[int, Field(ge=0)] = 0
    evaluation_tokens: Positive = 192
    early_stop: bool = False
    longest_early: bool = False
    tensorboard: bool = False
    device_batch: Positive | None = None
    base_dtype: Literal["float32", "bfloat16", "nf4"] | None = None
    gradient_checkpointing: bool = False
    decision_weight: Annotated[float, Field(ge=1, le=100)] = 1.0

    @classmethod
    def among(cls, params: Mapping[str, Any]) -> Self:
        """Return the options that stand among a step's parameters."""
        return cls.model_validate({n: v for n, v in params.items() if n in cls.model_fields})


class Training(TrainingOptions):
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

    def params(self) -> dict[str, Any]:
        """Return what a step gets of it: everything but the options that have their default."""
        options = set(TrainingOptions.model_fields)
        chosen = self.model_dump(include=options, exclude_defaults=True)
        return {**self.model_dump(exclude=options), **chosen}


class Evaluation(_Section):
    """Which evaluation version is asked, and how long an answer may get, in tokens.

    With a ``confidence`` the interval of each score has to clear its target, not just its value.
    """

    version: str = "v1.2"
    max_new_tokens: Positive = 256
    confidence: Annotated[float, Field(gt=0.5, lt=1)] | None = None


class Budget(_Section):
    """What a step may take at most, in seconds and in megabytes of memory, and do at least."""

    seconds: Figure | None = None
    megabytes: Figure | None = None
    tokens_per_s: Figure | None = None
    updates_per_s: Figure | None = None
    records_per_s: Figure | None = None


class Budgets(_Section):
    """The budgets of the steps, by name, for one class of machines: ``2 cores, no GPU``."""

    machine: Annotated[str, Field(pattern=r"^\d+ cores?, (no GPU|cuda|mps)$")]
    steps: dict[str, Budget]


class Profile(_Section):
    """Everything that a run depends on beside code and data files.

    ``quantization`` is the first rung that is tried. With ``importance_records`` each rung is
    quantized by an importance matrix, taken from so many records of the training data. With
    ``unmerged`` the ladder measures the unmerged form beside its rungs as well. ``budgets``
    are asserted by ``pytest -m timing``, and no part of any step's key.
    """

    name: str
    base: str
    seed: int
    eval: Evaluation = Evaluation()
    data: TrainCounts
    added: tuple[Added, ...] = ()
    lora: LoRA = LoRA()
    dry_run: Training
    mini: Training
    full: Training
    quantization: Literal["Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0"] = "Q4_K_M"
    importance_records: Annotated[int, Field(ge=0)] = 0
    unmerged: bool = False
    budgets: tuple[Budgets, ...] = ()


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
