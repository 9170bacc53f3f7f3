"""Scores: a metric over a bucket, with its interval and what failed; and all of a candidate's."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from web4.metrics.outcome import Metric, Outcome
from web4.records import Completion, Record
from web4.stats import Interval, mean_interval, wilson
from web4.targets import Targets

_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """Why records failed: how many for this cause, and some of their ids."""

    reason: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A metric's mean over the ``n`` records that it applies to, ``passed`` of them faultless.

    ``low`` and ``high`` bound the 95% interval: Wilson's for rates, Student's t for other units.
    """

    metric: str
    value: float
    n: int
    passed: int
    low: float
    high: float
    unit: str = "rate"
    failing: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        reasons = tuple(Reason(**{**r, "examples": tuple(r["examples"])}) for r in raw["reasons"])
        return cls(**{**raw, "failing": tuple(raw["failing"]), "reasons": reasons})


def judge(
    metrics: Sequence[Metric], records: Iterable[Record], answers: Mapping[str, Completion]
) -> dict[str, list[Outcome]]:
    """Judge every completion by every metric that applies to its record."""
    outcomes: dict[str, list[Outcome]] = {metric.name: [] for metric in metrics}
    for record in records:
        completion = answers[record.id]
        for metric in metrics:
            if metric.applies(record):
                outcomes[metric.name].append(metric(record, completion))
    return outcomes


def score(metric: str, unit: str, outcomes: Sequence[Outcome]) -> Score:
    """Average outcomes, of which there has to be one at least, into a score."""
    values = [outcome.value for outcome in outcomes]
    n = len(values)
    mean = math.fsum(values) / n
    interval = wilson(math.fsum(values), n) if unit == "rate" else mean_interval(values)
    failed = [outcome for outcome in outcomes if not outcome.passed]
    return Score(
        metric,
        mean,
        n,
        n - len(failed),
        interval.low,
        interval.high,
        unit,
        tuple(outcome.record_id for outcome in failed),
        _reasons(failed),
    )


def _reasons(failed: Sequence[Outcome]) -> tuple[Reason, ...]:
    counts = Counter(outcome.reason for outcome in failed)
    return tuple(
        Reason(
            reason,
            count,
            tuple([o.record_id for o in failed if o.reason == reason][:_EXAMPLES]),
        )
        for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


@dataclass(frozen=True)
class Scorecard:
    """All scores of one candidate on one evaluation version.

    ``slices`` holds the scores over parts of the records: ``seen``, ``unseen``, ``grade 1`` to
    ``grade 5``; ``unseen`` skeletons are those that training never had.
    """

    candidate: str
    digest: str
    eval_version: str
    scores: Mapping[str, Score]
    slices: Mapping[str, Mapping[str, Score]]
    families: Mapping[str, float]

    @classmethod
    def read(
        cls,
        candidate: str,
        digest: str,
        eval_version: str,
        raw: Mapping[str, Any],
        targets: Targets,
    ) -> Self:
        """Build the card from what the step ``score`` wrote, and compose the overall score."""
        parts = {
            name: {one["metric"]: Score.from_dict(one) for one in found}
            for name, found in raw.items()
        }
        scores = parts.pop("all")
        families = family_scores(scores, targets)
        overall = weighted_score(families, targets, scores["overall.stability"].n)
        if overall:
            scores[overall.metric] = overall
        return cls(candidate, digest, eval_version, scores, parts, families)

    def to_dict(self) -> dict[str, Any]:
        return {
            "candidate": self.candidate,
            "digest": self.digest,
            "eval_version": self.eval_version,
            "families": dict(self.families),
            "scores": [one.to_dict() for one in self.scores.values()],
            "slices": {
                part: [one.to_dict() for one in found.values()]
                for part, found in self.slices.items()
            },
        }


def family_scores(scores: Mapping[str, Score], targets: Targets) -> dict[str, float]:
    """Return each family's score: the weighted mean of the metrics that compose it.

    A family whose parts were not all measured is left out.
    """
    families: dict[str, float] = {}
    for family in targets.family_weights:
        parts = targets.composition(family)
        if parts and all(name in scores for name in parts):
            total = math.fsum(weight * scores[name].value for name, weight in parts.items())
            families[family] = total / math.fsum(parts.values())
    return families


def weighted_score(families: Mapping[str, float], targets: Targets, n: int) -> Score | None:
    """Return the overall score, or nothing where a family was not measured.

    The interval is Wilson's at ``n`` records, as if the score were the rate of one metric.
    """
    weights = targets.family_weights
    if set(families) != set(weights):
        return None
    value = math.fsum(weights[family] * families[family] for family in weights)
    value /= math.fsum(weights.values())
    interval: Interval = wilson(value * n, n)
    return Score("overall.weighted", value, n, round(value * n), interval.low, interval.high)
