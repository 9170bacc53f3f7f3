"""A candidate against a release on the same records: what got worse, what got better, by how much.

Metrics are compared pair by pair at 95% each, without a correction for their number: with many
metrics a harmless change is refused now and then, and a harmful one is not let through.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from web4.packaging.ladder import Paired, comparisons, drops
from web4.records import EVAL_BUCKETS, Record
from web4.stats import Comparison
from web4.targets import Targets
from web4.terminal import printable

REGRESSION = "regression.json"
REGRESSION_TEXT = "regression.txt"

CANARIES = {"tool": 8, "style": 6, "guardrail": 6}
"""How many of the 20 canary tasks each bucket gives."""

_JUDGING = ("ship", "quality")
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Side:
    """One of two that are compared: name, family scores, outcomes by metric, answers by id."""

    name: str
    summary: Mapping[str, float]
    outcomes: Mapping[str, Paired]
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Flip:
    """A record that passes these metrics on one side only, and both answers to it."""

    record_id: str
    metrics: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Regression:
    """What a comparison found. ``drops`` are falls of family scores; what rose is negative.

    ``canaries`` are those of the 20 tasks that the baseline does rightly, ``broken`` those of them
    that the candidate does not. ``lost`` and ``gained`` are flips, listed both ways.
    """

    baseline: str
    candidate: str
    eval_version: str
    records: int
    comparisons: Mapping[str, Comparison]
    drops: Mapping[str, float]
    canaries: tuple[str, ...]
    broken: tuple[Flip, ...]
    lost: tuple[Flip, ...]
    gained: tuple[Flip, ...]

    def of(self, verdict: str) -> tuple[str, ...]:
        """Return the metrics with a verdict: ``worse``, ``better``, ..."""
        return tuple(name for name, one in self.comparisons.items() if one.verdict == verdict)

    def to_dict(self) -> dict[str, Any]:
        told = asdict(self)
        told["comparisons"] = {name: one.to_dict() for name, one in self.comparisons.items()}
        return told

    @property
    def headline(self) -> str:
        return (
            f"{self.candidate} against {self.baseline} on {self.eval_version}: "
            f"{len(self.of('worse'))} metrics worse, {len(self.of('better'))} better, "
            f"{len(self.broken)} of {len(self.canaries)} canaries broken, "
            f"{len(self.lost)} records lost, {len(self.gained)} gained of {self.records}"
        )

    def to_text(self) -> str:
        """Return everything for a person; what a model answered is escaped and cut."""
        lines = [self.headline, ""]
        for name, one in self.comparisons.items():
            shown = "" if one.p_value is None else f", p {one.p_value:.3g}"
            lines.append(
                f"{name:<28} {one.verdict:<13} {one.gained} better, {one.lost} worse of {one.n}, "
                f"difference {one.difference:+.4f}{shown}"
            )
        lines += [
            f"{name} score {0.0 - 100 * fall:+.2f} points" for name, fall in self.drops.items()
        ]
        for title, flips in (
            ("canaries broken", self.broken),
            ("lost", self.lost),
            ("gained", self.gained),
        ):
            lines += ["", f"{title}: {len(flips)}"]
            for flip in flips:
                lines.append(f"  {flip.record_id}  {', '.join(flip.metrics)}")
                lines += [f"    {self.baseline}: {_shown(flip.before)}"]
                lines += [f"    {self.candidate}: {_shown(flip.after)}"]
        return "\n".join(lines) + "\n"

    def write(self, folder: Path) -> Path:
        """Write the comparison as JSON and as text; return the text's path."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.to_dict(), indent=1, allow_nan=False) + "\n"
        (folder / REGRESSION).write_text(text, encoding="utf-8")
        (folder / REGRESSION_TEXT).write_text(self.to_text(), encoding="utf-8")
        return folder / REGRESSION_TEXT


def compare(
    before: Side,
    after: Side,
    buckets: Mapping[str, Sequence[Record]],
    targets: Targets,
    eval_version: str,
) -> Regression:
    """Compare two sides that answered the same records of one evaluation version."""
    asked = {one.metric: one for one in targets.target}
    everything = [record for bucket in EVAL_BUCKETS for record in buckets[bucket]]
    families = {record.id: record.skeleton for record in everything}
    found = comparisons(before.outcomes, after.outcomes, families, asked, targets.margin)
    judging = [name for name in found if name in asked and asked[name].gate in _JUDGING]
    ids = [record.id for record in everything]
    lost = _flips(before, after, judging, ids, better=False)
    gained = _flips(before, after, judging, ids, better=True)
    right = [one for one in canaries(buckets) if not _faults(before, judging, one)]
    return Regression(
        before.name,
        after.name,
        eval_version,
        len(everything),
        found,
        drops(before.summary, after.summary),
        tuple(right),
        tuple(flip for flip in lost if flip.record_id in right),
        lost,
        gained,
    )


def canaries(buckets: Mapping[str, Sequence[Record]]) -> list[str]:
    """Return the ids of the 20 tasks that have to go on working, the same for a frozen set ever.

    They are the plainest there are: of each bucket the first of the lowest grade, each made from
    another skeleton while there are more, guardrails restricted and allowed in turn.
    """
    return [one for bucket, count in CANARIES.items() for one in _plainest(buckets[bucket], count)]


def _plainest(records: Sequence[Record], count: int) -> list[str]:
    ordered = sorted(records, key=lambda record: record.difficulty)
    sides = [[one for one in ordered if one.restricted is side] for side in (True, False)]
    turns = [_by_skeleton(side) for side in sides if side]
    mixed = [turn[place] for place in range(len(ordered)) for turn in turns if place < len(turn)]
    return [record.id for record in mixed[:count]]


def _by_skeleton(records: Sequence[Record]) -> list[Record]:
    """Return records in their order, but what repeats a skeleton behind all others."""
    first: dict[str, Record] = {}
    for record in records:
        first.setdefault(record.skeleton or record.id, record)
    leading = {record.id for record in first.values()}
    return [*first.values(), *(record for record in records if record.id not in leading)]


def _faults(side: Side, metrics: Sequence[str], record_id: str) -> tuple[str, ...]:
    return tuple(name for name in metrics if not side.outcomes[name].passed.get(record_id, True))


def _flips(
    before: Side, after: Side, metrics: Sequence[str], ids: Sequence[str], *, better: bool
) -> tuple[Flip, ...]:
    """Return the records that pass a metric on one side only, with those metrics."""
    right, wrong = (after, before) if better else (before, after)
    found = []
    for one in ids:
        kept = set(_faults(right, metrics, one))
        flipped = tuple(name for name in _faults(wrong, metrics, one) if name not in kept)
        if flipped:
            answers = (before.answers.get(one, ""), after.answers.get(one, ""))
            found.append(Flip(one, flipped, *answers))
    return tuple(found)


def _shown(text: str) -> str:
    cut = text[:_SHOWN]
    return printable(cut) + ("..." if len(text) > len(cut) else "")
