"""A run at a fraction of its records, for what takes too long to be timed whole."""

import json
import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from web4.dataset.frozen import MANIFEST, load_eval
from web4.digests import file_digest
from web4.errors import ConfigError
from web4.paths import data_dir
from web4.profile import Profile, TrainCounts, Training
from web4.records import Record, write_jsonl

_EVAL = "eval"


def fraction_of(text: str) -> float:
    """Read a fraction in (0, 1]; raise ``ConfigError`` where it is none."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 < found <= 1:
        raise ConfigError(
            f"--web4-timing-scale: {text!r} is no number above 0 and up to 1, for example 0.01"
        )
    return found


def version_at(version: str, fraction: float) -> str:
    """Return the name of an evaluation version cut down; it is never that of a frozen one."""
    return version if fraction == 1 else f"{version}-at-{fraction:g}"


def scaled(profile: Profile, fraction: float) -> Profile:
    """Return the profile with all its numbers of records multiplied, but at least 1 of each kind.

    What is no number of records stays: epochs, records of an update, how often the mini set is
    asked, tokens.
    """
    if fraction == 1:
        return profile
    version = version_at(profile.eval.version, fraction)
    return profile.model_copy(
        update={
            "eval": profile.eval.model_copy(update={"version": version}),
            "data": _counts(profile.data, fraction),
            "added": tuple(
                one.model_copy(update={"records": _share(one.records, fraction)})
                for one in profile.added
            ),
            **{
                name: _training(getattr(profile, name), fraction)
                for name in ("dry_run", "mini", "full")
            },
            "importance_records": _share(profile.importance_records, fraction),
        }
    )


def scaled_data(folder: Path, version: str, fraction: float) -> Path:
    """Write a data folder whose only evaluation version is ``version`` cut down; return it.

    Everything else in it is the data folder's own. Of each kind of record a share is drawn, always
    the same one.
    """
    source, made = data_dir(), folder / "data"
    frozen = load_eval(version)
    name = version_at(version, fraction)
    target = made / _EVAL / name
    target.mkdir(parents=True)
    for path in source.iterdir():
        if path.name != _EVAL:
            (made / path.name).symlink_to(path.resolve())
    for bucket in frozen.buckets:
        write_jsonl(target / f"{bucket}.jsonl", _drawn(frozen.records(bucket), fraction))
    manifest = {
        "version": name,
        "drawn_from": {"version": version, "digest": frozen.digest, "fraction": fraction},
        "made_for": dict(frozen.made_for),
        "files": {path.name: file_digest(path) for path in sorted(target.glob("*.jsonl"))},
    }
    text = json.dumps(manifest, indent=2) + "\n"
    (target / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    return made


def _share(count: int, fraction: float) -> int:
    return max(1, round(count * fraction)) if count else 0


def _counts(counts: TrainCounts, fraction: float) -> TrainCounts:
    shares = {name: _share(count, fraction) for name, count in counts.model_dump().items()}
    return TrainCounts.model_validate(shares)


def _training(training: Training, fraction: float) -> Training:
    mix = _counts(training.mix, fraction) if training.mix else None
    records = sum(mix.model_dump().values()) if mix else _share(training.records, fraction)
    held = _share(training.validation_records, fraction)
    return training.model_copy(update={"records": records, "mix": mix, "validation_records": held})


def _drawn(records: Sequence[Record], fraction: float) -> Iterator[Record]:
    """Yield a share of each kind of records, in their order."""
    kinds: dict[tuple[str, bool], list[int]] = {}
    for place, record in enumerate(records):
        kinds.setdefault((record.task_type, record.restricted), []).append(place)
    rng = random.Random("web4/timing")  # noqa: S311 - wants to be reproducible
    chosen = {
        place
        for places in kinds.values()
        for place in rng.sample(places, _share(len(places), fraction))
    }
    return (record for place, record in enumerate(records) if place in chosen)
