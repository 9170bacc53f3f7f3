"""What a page says of its runs: verdicts, targets, candidates side by side, who is mixed up."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web4.metrics.scorecard import Score, family_scores
from web4.report.bars import Bar, bar
from web4.report.evidence import Candidate, Evidence
from web4.targets import Target, Targets, format_value

STATES = ("missed", "undecided", "not_evaluated", "reached", "tracked")
"""The worst first."""

_EXAMPLES = 3
_SHADES = 5
_PARTS = ("", "seen", "unseen")
_OVERALL, _WEIGHTED = "overall", "overall.weighted"


@dataclass(frozen=True)
class Row:
    """One candidate beside one target."""

    label: str
    status: str
    value: str = ""
    interval: str = ""
    counted: str = ""
    why: str = ""
    bar: Bar | None = None
    reasons: tuple[tuple[str, int, tuple[str, ...]], ...] = ()
    column: str = ""
    failing: int = 0


@dataclass(frozen=True)
class Asked:
    """One target with all that it was asked of."""

    target: Target
    rows: tuple[Row, ...]

    @property
    def status(self) -> str:
        return min((row.status for row in self.rows), key=STATES.index)


@dataclass(frozen=True)
class Family:
    """The targets of a family, what failed first."""

    name: str
    asked: tuple[Asked, ...]

    @property
    def status(self) -> str:
        return min((one.status for one in self.asked), key=STATES.index)

    def count(self, status: str) -> int:
        return sum(one.status == status for one in self.asked)


def label_of(evidence: Evidence, name: str, runs: int) -> str:
    """Return what a candidate is called in a page of so many runs."""
    return name if runs == 1 else f"{evidence.label}: {name}"


def families(runs: Sequence[Evidence], targets: Targets) -> list[Family]:
    """Return all targets for which there is something to show, by family, failures first."""
    found: dict[str, list[Asked]] = {}
    for target in targets.target:
        rows = tuple(row for run in runs for row in _rows(run, target, len(runs)))
        if rows:
            found.setdefault(target.family, []).append(Asked(target, rows))
    made = [
        Family(name, tuple(sorted(asked, key=lambda one: STATES.index(one.status))))
        for name, asked in found.items()
    ]
    return sorted(made, key=lambda family: STATES.index(family.status))


def _rows(run: Evidence, target: Target, runs: int) -> Iterator[Row]:
    asked = [one for one in run.record.get("targets", ()) if one["metric"] == target.metric]
    scored = {candidate.name: candidate for candidate in run.candidates}
    for one in asked:
        name = one["candidate"]
        label = label_of(run, name, runs)
        score = scored[name].scores.get(target.metric) if name in scored else None
        yield _row(target, label, one, score)
    if asked or target.scope == "run":
        return
    told = run.record.get("targets", ())
    for candidate in run.own:
        gated = not told or any(one["candidate"] == candidate.name for one in told)
        found = candidate.scores.get(target.metric)
        if found and gated:
            yield _measured(target, label_of(run, candidate.name, runs), found)


def _row(target: Target, label: str, told: Mapping[str, Any], score: Score | None) -> Row:
    value = told.get("value")
    if value is None:
        return Row(label, "not_evaluated", why=told["why"])
    interval = told["interval"]
    shown = bar(
        value, interval["low"], interval["high"], told["target"], target.unit, told["compare"]
    )
    return Row(
        label,
        told["status"],
        format_value(value, target.unit),
        _interval(interval["low"], interval["high"], target.unit, interval["confidence"]),
        _counted(told["k"], told["n"], target.unit),
        told["why"],
        shown,
        _reasons(score),
        label,
        len(score.failing) if score else 0,
    )


def _measured(target: Target, label: str, score: Score) -> Row:
    """Return a row of what the gate does not ask: the figures of the card, against the target."""
    status = "reached" if target.reached_by(score.value) else "missed"
    if target.gate == "tracked":
        status = "tracked"
    low = score.low if math.isfinite(score.low) else None
    high = score.high if math.isfinite(score.high) else None
    tracked = target.gate == "tracked"
    return Row(
        label,
        status,
        format_value(score.value, score.unit),
        "" if tracked else _interval(low, high, score.unit, 0.95),
        "" if tracked else _counted(score.passed, score.n, score.unit),
        "",
        None if tracked else bar(score.value, low, high, target.value, target.unit, target.compare),
        () if tracked else _reasons(score),
        label,
        len(score.failing),
    )


def _interval(low: float | None, high: float | None, unit: str, confidence: float) -> str:
    if low is None or high is None or low == high:
        return ""
    return f"{100 * confidence:g}%: {format_value(low, unit)} to {format_value(high, unit)}"


def _counted(passed: int, n: int, unit: str) -> str:
    return f"{passed} of {n}" if n > 1 or unit == "rate" else ""


def _reasons(score: Score | None) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
    if score is None:
        return ()
    return tuple(
        (why.reason, why.count, why.examples[:_EXAMPLES]) for why in score.reasons[:_EXAMPLES]
    )


@dataclass(frozen=True)
class SideBySide:
    """All candidates' scores: for each metric, over all records, the seen and the unseen ones."""

    labels: tuple[str, ...]
    rows: tuple[tuple[str, bool, tuple[tuple[str, ...], ...]], ...]


def side_by_side(candidates: Mapping[str, Candidate], targets: Targets) -> SideBySide:
    """Return the table of the candidates: each family's score, and below it its metrics."""
    parts = {
        label: {part: one.part(part) if part else one.scores for part in _PARTS}
        for label, one in candidates.items()
    }
    made = {
        label: {part: family_scores(found, targets) for part, found in by_part.items()}
        for label, by_part in parts.items()
    }
    rows: list[tuple[str, bool, tuple[tuple[str, ...], ...]]] = []
    for label, by_part in parts.items():
        for part, scores in by_part.items():
            if weighted := scores.get(_WEIGHTED):
                made[label][part][_OVERALL] = weighted.value
    for family in (*targets.family_weights, _OVERALL):
        cells = tuple(
            tuple(_share(made[label][part].get(family)) for part in _PARTS) for label in candidates
        )
        if any(cell[0] for cell in cells):
            rows.append((family, True, cells))
        for target in targets.of(family):
            found = tuple(
                tuple(_score(parts[label][part].get(target.metric)) for part in _PARTS)
                for label in candidates
            )
            if any(cell[0] for cell in found) and target.metric != _WEIGHTED:
                rows.append((target.metric, False, found))
    return SideBySide(tuple(candidates), tuple(rows))


def _share(value: float | None) -> str:
    return "" if value is None else format_value(value, "rate")


def _score(score: Score | None) -> str:
    return "" if score is None else format_value(score.value, score.unit)


@dataclass(frozen=True)
class Confusion:
    """Which tool was answered where which was wanted; ``cells`` hold a count, a shade, a hit."""

    label: str
    tools: tuple[str, ...]
    answered: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[int, int, bool], ...]], ...]


def confusion(label: str, candidate: Candidate) -> Confusion | None:
    """Return a candidate's confusion matrix; nothing where nobody counted."""
    plans = candidate.card.get("judging", {}).get("tool_plans", {})
    cells = {(one["wanted"], one["answered"]): one["steps"] for one in plans.get("confusion", ())}
    if not cells:
        return None
    wanted = tuple(sorted({one for one, _ in cells}))
    given = {one for _, one in cells}
    answered = (*(one for one in wanted if one in given), *sorted(given - set(wanted)))
    most = max(cells.values())
    rows = tuple(
        (
            row,
            tuple(
                (count := cells.get((row, column), 0), _shade(count, most), row == column)
                for column in answered
            ),
        )
        for row in wanted
    )
    return Confusion(label, wanted, answered, rows)


def _shade(count: int, most: int) -> int:
    return math.ceil(_SHADES * math.log1p(count) / math.log1p(most)) if count else 0
