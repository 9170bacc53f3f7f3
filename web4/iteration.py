"""Step 8: from the targets that a release misses to records, a training, and a comparison."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import tomli_w

from web4.acceptance import regressions
from web4.errors import ConfigError
from web4.profile import Added, Profile, Training
from web4.records import TRAIN_BUCKETS
from web4.release.kept import Release
from web4.release.record import SCORECARD, read_record
from web4.remedies import Remedies, Remedy
from web4.run import Run
from web4.targets import Target, Targets, format_value

PLAN, REPORT = "plan.json", "iteration.json"
_LEAKS = "E5"
_STEPS = ("dataset", "sanity", "full", "predict_adapter", "score_adapter")


@dataclass(frozen=True, slots=True)
class Miss:
    """A target that the release misses, and the remedy for it; nothing where records mend none."""

    metric: str
    value: float
    wanted: str
    unit: str
    remedy: Remedy | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pass is to do: the misses it answers, and the profile it trains and is gated with."""

    release: str
    misses: tuple[Miss, ...]
    profile: Profile

    @property
    def added(self) -> int:
        return sum(one.records for one in self.profile.added)

    def to_dict(self) -> dict[str, Any]:
        return {
            "release": self.release,
            "profile": self.profile.name,
            "misses": [
                {**asdict(one), "remedy": one.remedy.model_dump() if one.remedy else None}
                for one in self.misses
            ],
            "records": self.profile.full.records,
            "added": [one.model_dump(exclude_defaults=True) for one in self.profile.added],
            "learning_rate": self.profile.full.learning_rate,
        }

    def to_text(self) -> str:
        lines = [f"{self.release} misses {len(self.misses)} targets"]
        for one in self.misses:
            lines.append(f"  {one.metric} {format_value(one.value, one.unit)}, wanted {one.wanted}")
            told = "no records mend it"
            if one.remedy:
                told = f"{one.remedy.records} of {one.remedy.bucket}: {one.remedy.says}"
            lines.append(f"    {told}")
        full = self.profile.full
        lines.append(
            f"{self.added} new records and {full.records - self.added} of all buckets, from "
            f"{self.release} at a learning rate of {full.learning_rate:g}"
        )
        return "\n".join(lines) + "\n"

    def write(self, folder: Path) -> Path:
        """Write the plan and its profile into ``folder``; return the profile's path."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.to_dict(), indent=1) + "\n"
        (folder / PLAN).write_text(text, encoding="utf-8")
        path = folder / f"{self.profile.name}.toml"
        told = self.profile.model_dump(exclude_none=True, mode="json")
        path.write_text(tomli_w.dumps(told), encoding="utf-8")
        return path


def misses(record: Mapping[str, Any], targets: Targets, remedies: Remedies) -> Iterator[Miss]:
    """Yield the asserted targets that the last card of a ``scorecard.json`` misses."""
    try:
        scores = {one["metric"]: float(one["value"]) for one in record["cards"][-1]["scores"]}
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ConfigError(f"the scorecard holds no scores ({error!r})") from error
    for target in targets.target:
        value = scores.get(target.metric)
        if value is None or target.gate == "tracked" or target.reached_by(value):
            continue
        wanted = target.wanted()
        yield Miss(target.metric, value, wanted, target.unit, remedies.of(target, value))


def plan(release: Release, profile: Profile, targets: Targets, remedies: Remedies) -> Plan:
    """Derive the pass that answers what a release misses; raise ``ConfigError`` where nothing is.

    The profile keeps base, adapter, evaluation and data. It adds what the remedies ask for, all of
    which is learned, and draws anew, by its own seed, so many of the other records.
    """
    path = release.path / SCORECARD
    found = tuple(misses(read_record(path), targets, remedies))
    added = _added(found)
    if not added:
        raise ConfigError(f"{path}: {release.version} misses no target that records could mend")
    learning = remedies.training
    mix = Counter(dict.fromkeys(TRAIN_BUCKETS, learning.replay))
    for one in added:
        mix[one.bucket] += one.records
    full = Training.model_validate(
        {
            **profile.full.model_dump(),
            "records": mix.total(),
            "mix": mix,
            "starts_from": release.version,
            "epochs": learning.epochs,
            "learning_rate": learning.rate * profile.full.learning_rate,
        }
    )
    derived = profile.model_copy(
        update={
            "name": f"{profile.name}-from-{release.version}",
            "seed": profile.seed + 1,
            "added": added,
            "full": full,
        }
    )
    return Plan(release.version, found, derived)


def _closer(target: Target, before: float, after: float) -> bool:
    return abs(after - target.value) < abs(before - target.value) or target.reached_by(after)


def _added(found: tuple[Miss, ...]) -> tuple[Added, ...]:
    """Return what the remedies add; what two ask for in the same words is asked for once."""
    wanted = (one.remedy.added for one in found if one.remedy)
    return tuple(dict.fromkeys(wanted))


@dataclass(frozen=True, slots=True)
class Pass:
    """What became of a pass: each miss before and after, why it is refused if it is, and times."""

    plan: Plan
    after: Mapping[str, float]
    reasons: tuple[str, ...]
    seconds: Mapping[str, float]

    @property
    def accepted(self) -> bool:
        return not self.reasons

    def to_dict(self) -> dict[str, Any]:
        return {
            "accepted": self.accepted,
            "reasons": list(self.reasons),
            "release": self.plan.release,
            "profile": self.plan.profile.name,
            "misses": [
                {
                    "metric": one.metric,
                    "before": one.value,
                    "after": self.after.get(one.metric),
                    "wanted": one.wanted,
                }
                for one in self.plan.misses
            ],
            "seconds": dict(self.seconds),
        }

    def to_text(self, targets: Targets) -> str:
        asked: dict[str, Target] = {one.metric: one for one in targets.target}
        lines = []
        for one in self.plan.misses:
            value = self.after.get(one.metric)
            if value is None:
                lines.append(f"{one.metric:<28} not measured")
                continue
            told = "reached" if asked[one.metric].reached_by(value) else "still missed"
            before, now = (format_value(shown, one.unit) for shown in (one.value, value))
            change = "better" if _closer(asked[one.metric], one.value, value) else "not better"
            lines.append(f"{one.metric:<28} {before} -> {now}, {change}, {told} ({one.wanted})")
        lines += [f"{step:<28} {seconds:.1f} s" for step, seconds in self.seconds.items()]
        lines += [f"refused: {reason}" for reason in self.reasons]
        lines += ["accepted: nothing is worse"] if self.accepted else []
        return "\n".join(lines) + "\n"


def go(planned: Plan, run: Run, folder: Path) -> Pass:
    """Generate, check for leakage, train, evaluate and compare; write the report.

    ``run`` is that of the plan's profile, with the plan's release as its baseline. Raise
    ``ConfigError`` before anything is trained where a record is in an evaluation set.
    """
    begun = time.monotonic()
    report = run.artifact("sanity").read_json("sanity.json")
    leaks = {code: n for code, n in report.get("counts", {}).items() if code.startswith(_LEAKS)}
    if leaks or report["errors"]:
        told = (
            ", ".join(f"{n} x {code}" for code, n in leaks.items()) or f"{report['errors']} errors"
        )
        raise ConfigError(f"the new records do not pass the sanity check ({told}): none is learned")
    card = run.scorecard("adapter")
    done = Pass(
        planned,
        {name: one.value for name, one in card.scores.items()},
        tuple(regressions(run)),
        {
            **{step: run.artifact(step).manifest.usage.wall_seconds for step in _STEPS},
            "this pass": round(time.monotonic() - begun, 1),
        },
    )
    text = json.dumps(done.to_dict(), indent=1) + "\n"
    (folder / REPORT).write_text(text, encoding="utf-8")
    run.regression.write(folder)
    return done


def opened(run: Run, release: Release) -> Run:
    """Return the same run, compared with the release that it goes on from."""
    return replace(run, baseline=release.version)
