"""Scores: a metric over a bucket, with its interval and what failed; and all of a candidate's."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from web4.metrics.outcome import Metric, Outcome
from web4.metrics.plan_tally import PlanTally
from web4.records import Completion, Record
from web4.stats import Interval, effective_n, family_mean_interval, wilson
from web4.targets import Targets

NO_TOOL = "no tool"
"""The slice of the records whose right answer is a plan without steps."""

FAULTLESS = "faultless"
"""Under which name ``judging`` holds how many records pass every metric of their family."""

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

    ``low`` and ``high`` bound the 95% interval that ``interval_of`` gives; infinite where nothing
    does, and then null in JSON, which has no infinity.
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

    @property
    def interval(self) -> Interval:
        return Interval(self.low, self.high)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), **self.interval.to_dict()}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        reasons = tuple(Reason(**{**r, "examples": tuple(r["examples"])}) for r in raw["reasons"])
        low = -math.inf if raw["low"] is None else raw["low"]
        high = math.inf if raw["high"] is None else raw["high"]
        known = {**raw, "low": low, "high": high, "failing": tuple(raw["failing"])}
        return cls(**{**known, "reasons": reasons})


def evaluable(
    metrics: Sequence[Metric], records: Sequence[Record]
) -> tuple[list[Metric], dict[str, str]]:
    """Return the metrics that can be evaluated on the records, and by name what the others lack."""
    why = {
        metric.name: metric.lacking([record for record in records if metric.applies(record)])
        for metric in metrics
    }
    lacking = {name: told for name, told in why.items() if told}
    return [metric for metric in metrics if metric.name not in lacking], lacking


def judge(
    metrics: Sequence[Metric], records: Iterable[Record], answers: Mapping[str, Completion]
) -> dict[str, list[Outcome]]:
    """Judge every completion by every metric that applies to its record."""
    outcomes: dict[str, list[Outcome]] = {metric.name: [] for metric in metrics}
    for record in records:
        completion = answers[record.id]
        for metric in metrics:
            if metric.applies(record):
                outcomes[metric.name].append(metric.judge(record, completion))
    for metric in metrics:
        metric.check(outcomes[metric.name])
    return outcomes


def score(
    metric: str, unit: str, outcomes: Sequence[Outcome], families: Mapping[str, str] | None = None
) -> Score:
    """Average outcomes, of which there has to be one at least, into a score.

    ``families`` holds each record's skeleton by id; without it every record stands for itself.
    """
    values = [outcome.value for outcome in outcomes]
    n = len(values)
    mean = math.fsum(values) / n
    interval = interval_of(unit, outcomes, families or {})
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


def interval_of(
    unit: str,
    outcomes: Sequence[Outcome],
    families: Mapping[str, str],
    confidence: float = 0.95,
) -> Interval:
    """Return the interval of a score.

    It is Wilson's for what is only ever right or wrong, and else the bootstrap over families of
    records that were made from one skeleton.
    """
    values = [outcome.value for outcome in outcomes]
    if unit == "rate" and all(value in (0, 1) for value in values):
        return wilson(math.fsum(values), len(values), confidence)
    made_from = [families.get(outcome.record_id, "") for outcome in outcomes]
    return family_mean_interval(values, made_from, confidence, bounded=unit == "rate")


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
    ``grade 5``, ``no tool``; ``unseen`` skeletons are those that training never had. ``judging``
    tells how well the guardrail detector reads, which of its findings a person overrode, which
    tools were mixed up, how many records are faultless, and why a metric could not be evaluated.
    """

    candidate: str
    digest: str
    eval_version: str
    scores: Mapping[str, Score]
    slices: Mapping[str, Mapping[str, Score]]
    families: Mapping[str, float]
    judging: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tally(self) -> PlanTally:
        """How the tool plans compare with those wanted; empty where nobody counted."""
        return PlanTally.from_dict(self.judging.get("tool_plans", {}))

    def faultless(self, family: str | None = None, part: str = "all") -> float | None:
        """Return the share of records that pass every metric of their family; of a slice of them.

        Of one family's records, or of all. Nothing where nobody counted, as in the scorecards of
        older releases.
        """
        counted: Mapping[str, Sequence[int]] = self.judging.get(FAULTLESS, {}).get(part, {})
        asked = [count for name, count in counted.items() if family in {None, name}]
        return sum(passed for passed, _ in asked) / sum(of for _, of in asked) if asked else None

    @property
    def summary(self) -> dict[str, float]:
        """The families' scores and, where it could be composed, the weighted one: ``overall``."""
        overall = self.scores.get("overall.weighted")
        return {**self.families, **({"overall": overall.value} if overall else {})}

    @property
    def not_evaluated(self) -> Mapping[str, str]:
        """Why a metric that web4 computes has no score here, by its name."""
        found: Mapping[str, str] = self.judging.get("not_evaluated", {})
        return found

    @classmethod
    def read(  # noqa: PLR0913, PLR0917 - who was measured, on what, how, and by which targets
        cls,
        candidate: str,
        digest: str,
        eval_version: str,
        raw: Mapping[str, Any],
        targets: Targets,
        judging: Mapping[str, Any] | None = None,
    ) -> Self:
        """Build the card from what the step ``score`` wrote, and compose the overall score."""
        parts = {
            name: {one["metric"]: Score.from_dict(one) for one in found}
            for name, found in raw.items()
        }
        scores = parts.pop("all")
        families = family_scores(scores, targets)
        overall = weighted_score(families, targets, scores)
        if overall:
            scores[overall.metric] = overall
        return cls(candidate, digest, eval_version, scores, parts, families, judging or {})

    def to_dict(self) -> dict[str, Any]:
        return {
            "candidate": self.candidate,
            "digest": self.digest,
            "eval_version": self.eval_version,
            "families": dict(self.families),
            "judging": dict(self.judging),
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
            families[family] = weighted_mean({n: scores[n].value for n in parts}, parts)
    return families


def weighted_mean(values: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the mean of those values that have a weight."""
    total = math.fsum(weight * values[name] for name, weight in weights.items())
    return total / math.fsum(weights.values())


def weighted_score(
    families: Mapping[str, float], targets: Targets, scores: Mapping[str, Score]
) -> Score | None:
    """Return the overall score, or nothing where a family was not measured.

    Its ``n`` is that of all records. The interval is Wilson's at the size of one sample that
    varies as much as the families' weighted mean does: a family counts with the records of its
    smallest part, so what averaging its parts gains is not claimed.
    """
    weights = targets.family_weights
    if set(families) != set(weights):
        return None
    value = weighted_mean(families, weights)
    sizes = {
        family: min(scores[part].n for part in targets.composition(family)) for family in weights
    }
    size = math.floor(effective_n((weights[family], sizes[family]) for family in weights))
    interval = wilson(value * size, size)
    n = scores["overall.stability"].n
    return Score("overall.weighted", value, n, round(value * n), interval.low, interval.high)
