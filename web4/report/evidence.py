"""A gated run as its files tell it: record, answers, judgements, curves and costs."""

import contextlib
import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from web4.dataset.frozen import load_eval
from web4.deployment import DEPLOYMENT
from web4.errors import DataError, Web4Error
from web4.evaluation import OUTCOMES, PREDICTIONS
from web4.metrics.scorecard import Score
from web4.packaging.ladder import LADDER
from web4.packaging.parity import PARITY
from web4.records import EVAL_BUCKETS, Completion, Record, read_completions, read_jsonl
from web4.release.kept import all_releases
from web4.release.record import SCORECARD, read_record
from web4.report.sources import Sources, modified, read_object, read_sources
from web4.store import Manifest
from web4.training.evaluations import Evaluated, read_evaluations

BUCKETS = (*EVAL_BUCKETS, "mini")
_TRAININGS = ("full", "mini", "dry_run")


@dataclass(frozen=True, slots=True)
class Judged:
    """What one metric said of one answer; ``value`` is NaN where only that it failed was kept."""

    value: float
    passed: bool
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Candidate:
    """One that answered: its card as the record holds it, its answers, and what became of each.

    ``judged`` stands by metric and record id.
    """

    name: str
    card: Mapping[str, Any]
    answers: Mapping[str, Completion] = field(default_factory=dict)
    judged: Mapping[str, Mapping[str, Judged]] = field(default_factory=dict)

    @property
    def scores(self) -> dict[str, Score]:
        """Its scores over all records, by metric."""
        return scores_of(self.card.get("scores", ()))

    def part(self, name: str) -> dict[str, Score]:
        """Its scores over a slice, by metric."""
        return scores_of(self.card.get("slices", {}).get(name, ()))


@dataclass(frozen=True, slots=True)
class Curve:
    """What a training wrote down: its loss at each update, and what the mini set said."""

    name: str
    losses: tuple[tuple[float, float], ...]
    validation: tuple[tuple[float, float], ...] = ()
    evaluated: tuple[Evaluated, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """All that a report shows of one run. ``gaps`` tells what could not be read, and why."""

    label: str
    record: Mapping[str, Any]
    finished: str = ""
    seconds: float | None = None
    records: Sequence[Record] = ()
    candidates: tuple[Candidate, ...] = ()
    manifests: Mapping[str, Manifest] = field(default_factory=dict)
    curves: tuple[Curve, ...] = ()
    ladder: Mapping[str, Any] = field(default_factory=dict)
    deployment: Mapping[str, Any] = field(default_factory=dict)
    parity: Mapping[str, Any] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()

    @property
    def run(self) -> Mapping[str, Any]:
        """What was gated, as its record tells it; empty in records from before version 1."""
        found: Mapping[str, Any] = self.record.get("run", {})
        return found

    @property
    def own(self) -> tuple[Candidate, ...]:
        """The candidates of the run itself, without the release beside them."""
        cards = {card["candidate"] for card in self.record["cards"]}
        return tuple(one for one in self.candidates if one.name in cards)

    @property
    def eval_version(self) -> str:
        """The evaluation set that was asked."""
        cards = (card.get("eval_version", "") for card in self.record["cards"])
        return str(self.run.get("eval_version") or next(cards, ""))


def gather(folder: Path) -> Evidence:
    """Read a run's folder.

    Raise ``ArtifactError`` where its record cannot be read, ``DataError`` for its sources.
    """
    record = read_record(folder / SCORECARD)
    gaps: list[str] = []
    sources = read_sources(folder)
    if not sources.folders:
        gaps.append("It is not known where the run's answers lie: only its record is shown.")
    records = list(_records(record, gaps))
    candidates = [_candidate(card, sources, records, gaps) for card in record["cards"]]
    with _noted(gaps):
        if release := _last_release(record, folder, records):
            candidates.append(release)
    return Evidence(
        folder.resolve().name,
        record,
        _finished(record) or sources.finished or modified(folder / SCORECARD),
        sources.seconds,
        records,
        tuple(candidates),
        _manifests(sources, gaps),
        tuple(_curves(sources)),
        _found(sources, "ladder", LADDER, gaps),
        _found(sources, "deploy", DEPLOYMENT, gaps),
        _found(sources, "parity", PARITY, gaps),
        tuple(gaps),
    )


def _finished(record: Mapping[str, Any]) -> str:
    return str(record.get("environment", {}).get("finished", ""))


def scores_of(raw: Sequence[Mapping[str, Any]]) -> dict[str, Score]:
    """Return the scores of a card by metric."""
    found = (Score.from_dict(one) for one in raw)
    return {one.metric: one for one in found}


@contextlib.contextmanager
def _noted(gaps: list[str]) -> Iterator[None]:
    """Let what cannot be read leave a gap that the report tells of."""
    try:
        yield
    except (Web4Error, OSError, ValueError, KeyError, TypeError) as error:
        gaps.append(str(error) if isinstance(error, Web4Error) else repr(error))


def _records(record: Mapping[str, Any], gaps: list[str]) -> Iterator[Record]:
    with _noted(gaps):
        run = record.get("run", {})
        cards = record["cards"]
        frozen = load_eval(run.get("eval_version") or cards[0]["eval_version"])
        if run.get("eval_sha256", frozen.digest) not in {frozen.digest, ""}:
            raise DataError(f"the evaluation set {frozen.version} is not the one of this run")
        for bucket in BUCKETS:
            if bucket in frozen.buckets:
                yield from frozen.records(bucket)


def _candidate(
    card: Mapping[str, Any], sources: Sources, records: Sequence[Record], gaps: list[str]
) -> Candidate:
    name = str(card["candidate"])
    answers: dict[str, Completion] = {}
    judged: Mapping[str, Mapping[str, Judged]] = {}
    known = {one.id for one in records}
    with _noted(gaps):
        if folder := sources.folders.get(f"predict_{name}"):
            found = read_completions(folder / PREDICTIONS)
            answers = {one.record_id: one for one in found if one.record_id in known}
    with _noted(gaps):
        if folder := sources.folders.get(f"score_{name}"):
            judged = _judged(folder / OUTCOMES)
        elif answers:
            asked = [one for one in records if one.id in answers]
            judged = judged_by_card(scores_of(card.get("scores", ())), asked)
    return Candidate(name, card, answers, judged)


def _judged(path: Path) -> dict[str, dict[str, Judged]]:
    found: dict[str, dict[str, Judged]] = {}
    for _, line in read_jsonl(path):
        reason = line.get("reason", "")
        one = Judged(float(line["value"]), "reason" not in line, reason, line.get("detail", ""))
        found.setdefault(line["metric"], {})[line["id"]] = one
    return found


def _last_release(
    record: Mapping[str, Any], folder: Path, records: Sequence[Record]
) -> Candidate | None:
    """Return the newest other release as a candidate, where it was asked the same records."""
    run = record.get("run", {})
    for release in reversed(all_releases()):
        if release.adapter_key == run.get("adapter") or release.path.resolve() == folder.resolve():
            continue
        kept = read_record(release.path / SCORECARD)
        asked = kept.get("run", {})
        if not kept["cards"] or asked.get("eval_sha256") != run.get("eval_sha256"):
            return None
        card = {one["candidate"]: one for one in kept["cards"]}
        name = next(one for one in ("quantized", "adapter", *card) if one in card)
        made = _candidate(card[name], read_sources(release.path), records, [])
        return Candidate(f"{release.version} {name}", made.card, made.answers, made.judged)
    return None


def judged_by_card(
    scores: Mapping[str, Score], records: Sequence[Record]
) -> dict[str, dict[str, Judged]]:
    """Return what a card still tells of single answers: which failed, and the reason of some.

    Of which records a metric spoke it does not say: those of its family are taken that are as
    many, or else the restricted ones, the harmless ones, those that name a template.
    """
    found: dict[str, dict[str, Judged]] = {}
    for metric, score in scores.items():
        family = [one for one in records if metric.startswith(one.task_type.partition("_")[0])]
        pools = (
            family,
            [one for one in family if one.restricted],
            [one for one in family if not one.restricted],
            [one for one in family if one.template],
        )
        failing = set(score.failing)
        counted = math.isclose(score.value * score.n, score.passed, abs_tol=1e-6)
        reasons = {id_: why.reason for why in score.reasons for id_ in why.examples}
        for pool in pools:
            ids = {one.id for one in pool}
            if len(ids) == score.n and failing <= ids:
                found[metric] = {
                    one.id: Judged(
                        float(one.id not in failing) if counted else math.nan,
                        one.id not in failing,
                        reasons.get(one.id, "reason not kept") if one.id in failing else "",
                    )
                    for one in pool
                }
                break
    return found


def _manifests(sources: Sources, gaps: list[str]) -> dict[str, Manifest]:
    with _noted(gaps):
        return sources.manifests()
    return {}


def _found(sources: Sources, step: str, name: str, gaps: list[str]) -> dict[str, Any]:
    with _noted(gaps):
        if step in sources.folders and (path := sources.folders[step] / name).is_file():
            return read_object(path)
    return {}


def _curves(sources: Sources) -> Iterator[Curve]:
    for name in _TRAININGS:
        folder = sources.folders.get(name)
        if folder is None or not (folder / "loss.csv").is_file():
            continue
        with (folder / "loss.csv").open(newline="", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        yield Curve(
            name,
            tuple(_points(rows, "loss")),
            tuple(_points(rows, "validation_loss")),
            tuple(read_evaluations(folder / "evaluations.csv")),
        )


def _points(rows: Sequence[Mapping[str, str]], column: str) -> Iterator[tuple[float, float]]:
    for number, row in enumerate(rows, start=1):
        if text := row.get(column):
            with contextlib.suppress(ValueError):
                yield float(row.get("step") or number), float(text)
