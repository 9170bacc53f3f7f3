"""The specification's remedy for each missed target: which records are to be added, how they learn.

A remedy names a bucket, a kind, and a number of records for each point by which the target is
missed; they are drawn from the bucket's generator until there are so many of that kind.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from web4.dataset import synth
from web4.errors import ConfigError, faults_of
from web4.paths import data_dir
from web4.profile import Added
from web4.records import ADDED, TRAIN_BUCKETS, Record, read_records
from web4.targets import Target

Request = tuple[str, str]
"""What a record asks: its instruction and its input."""

_MOST_DRAWS = 40
"""Times as many records are drawn at most as are wanted of a kind."""


class Learning(BaseModel):
    """How a pass learns on: share of the learning rate, epochs, other records of each bucket.

    A remedy adds ``at_least`` and ``at_most`` so many records, however near or far the target is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate: Annotated[float, Field(gt=0, le=1)]
    epochs: Annotated[int, Field(gt=0)]
    replay: Annotated[int, Field(gt=0)]
    at_least: Annotated[int, Field(gt=0)]
    at_most: Annotated[int, Field(gt=0)]


class Remedy(Added):
    """What to add where the target of a metric is missed; ``says`` is the specification's word.

    In the file, ``records`` is their number for each missed point; in a plan, all of them.
    """

    metric: str
    says: str

    @property
    def added(self) -> Added:
        return Added.model_validate(self.model_dump(include=set(Added.model_fields)))

    def sized(self, points: float, learning: Learning) -> Self:
        """Return the remedy with the number of records that so many missed points ask for."""
        wanted = max(learning.at_least, math.ceil(self.records * points))
        return self.model_copy(update={"records": min(learning.at_most, wanted)})


class Remedies(BaseModel):
    """All remedies, one a metric, and how a pass learns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    training: Learning
    remedy: tuple[Remedy, ...]

    def of(self, target: Target, value: float) -> Remedy | None:
        """Return the remedy of a target that ``value`` misses, as large as the distance asks."""
        found = next((one for one in self.remedy if one.metric == target.metric), None)
        points = 100 * abs(target.value - value) if target.unit == "rate" else 0.0
        return found and found.sized(points, self.training)


def load_remedies(path: Path | None = None) -> Remedies:
    """Read ``data/remedies.toml``; raise ``ConfigError`` naming the key that is wrong."""
    path = path or data_dir() / "remedies.toml"
    try:
        return Remedies.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{path}: the remedies cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    except ValidationError as error:
        raise ConfigError(f"{path}: mend {faults_of(error)}") from error


def write_added(out: Path, added: Sequence[Mapping[str, Any]], seed: int) -> None:
    """Append the records that ``added`` asks for to the bucket files in ``out``.

    None of them asks what another record there asks already.
    """
    if not added:
        return
    paths = {bucket: out / f"{bucket}.jsonl" for bucket in TRAIN_BUCKETS}
    asked = {_request(record) for path in paths.values() for record in read_records(path)}
    for number, raw in enumerate(added, start=1):
        wanted = Added.model_validate(raw)
        with paths[wanted.bucket].open("a", encoding="utf-8", newline="\n") as file:
            for record in drawn(wanted, seed + number, asked):
                file.write(replace(record, id=f"{record.id}{ADDED}{number}").to_json() + "\n")


def drawn(wanted: Added, seed: int, asked: set[Request]) -> Iterator[Record]:
    """Draw records of one kind whose requests are not yet ``asked``, and put those among them.

    Raise ``ConfigError`` where the generator makes too few of the kind.
    """
    most = _MOST_DRAWS * wanted.records
    found = 0
    for record in synth.generate(wanted.bucket, most, seed, "train"):
        if not wanted.fits(record) or _request(record) in asked:
            continue
        asked.add(_request(record))
        found += 1
        yield record
        if found == wanted.records:
            return
    raise ConfigError(
        f"{wanted.bucket}: {found} of {wanted.records} records of the kind that was asked for in "
        f"{most}. Ask for fewer, or for a wider kind."
    )


def _request(record: Record) -> Request:
    return record.instruction, record.input
