"""Comparing two candidates on the same items."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from web4.stats.bootstrap import MIN_VARIED, Row, family_rows, resampled
from web4.stats.interval import Interval, paired_difference, wilson

Verdict = Literal["better", "worse", "no_difference", "undecided"]
"""Of the second candidate. ``undecided``: the items are too few to tell."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two candidates' answers to the same items say of their difference, second minus first.

    ``gained`` items were better the second time, ``lost`` ones worse. ``p_value`` is McNemar's, of
    proportions only. ``margin`` is the difference that would not matter.
    """

    verdict: Verdict
    n: int
    gained: int
    lost: int
    difference: float
    interval: Interval
    margin: float
    confidence: float
    p_value: float | None = None

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "interval": self.interval.to_dict()}


def compare_rates(
    before: Sequence[bool], after: Sequence[bool], *, margin: float, confidence: float = 0.95
) -> Comparison:
    """Compare what passed among the same items, by McNemar's exact test.

    Better or worse is what the test shows. Where it shows nothing, there is no difference that
    matters if the interval of the difference lies within the margin on both sides; else the items
    are too few to decide.
    """
    pairs = list(zip(before, after, strict=True))
    gained = sum(second and not first for first, second in pairs)
    lost = sum(first and not second for first, second in pairs)
    n = len(pairs)
    interval = paired_difference(gained, lost, n, confidence)
    p_value = _mcnemar(gained, lost)
    return Comparison(
        _verdict(interval, margin, shown=p_value <= 1 - confidence, larger=gained > lost),
        n,
        gained,
        lost,
        (gained - lost) / n if n else 0.0,
        interval,
        margin,
        confidence,
        p_value,
    )


def compare_means(  # noqa: PLR0913 - two samples, how they cluster, and what would matter
    before: Sequence[float],
    after: Sequence[float],
    families: Sequence[str],
    *,
    margin: float,
    confidence: float = 0.95,
    bounded: bool = False,
    larger_is_better: bool = True,
) -> Comparison:
    """Compare a number of the same items, by the bootstrap of ``family_mean_interval``.

    Better or worse is an interval of the difference without 0. For no difference that matters,
    it has to lie within the margin, and the families have to be enough to exclude that a share of
    them as large as the margin differs unseen by one unit. ``bounded`` says that all values
    lie in [0, 1]; then ``paired_difference`` stands in where fewer than 10 families differ.
    """
    differences = [second - first for first, second in zip(before, after, strict=True)]
    n = len(differences)
    rows = family_rows(differences, families)
    gained, lost = sum(one > 0 for one in differences), sum(one < 0 for one in differences)
    interval = _difference_interval(rows, confidence, bounded=bounded)
    better = interval if larger_is_better else interval.mirrored()
    unseen = wilson(0, len(rows), confidence).high
    return Comparison(
        _verdict(
            interval,
            margin,
            shown=interval.low > 0 or interval.high < 0,
            larger=better.low > 0,
            unseen=unseen,
        ),
        n,
        gained if larger_is_better else lost,
        lost if larger_is_better else gained,
        math.fsum(differences) / n if n else 0.0,
        interval,
        margin,
        confidence,
    )


def _mcnemar(gained: int, lost: int) -> float:
    """Return the exact two-sided p-value; 1 where no item tells the candidates apart."""
    if gained + lost == 0:
        return 1.0
    from statsmodels.stats.contingency_tables import mcnemar

    return float(mcnemar([[0, gained], [lost, 0]], exact=True).pvalue)


def _difference_interval(rows: list[Row], confidence: float, *, bounded: bool) -> Interval:
    if bounded and sum(total != 0 for total, _ in rows) < MIN_VARIED:
        n, size = len(rows), sum(size for _, size in rows)
        gained = n * math.fsum(total for total, _ in rows if total > 0) / max(size, 1)
        lost = -n * math.fsum(total for total, _ in rows if total < 0) / max(size, 1)
        return paired_difference(gained, lost, n, confidence)
    # Of both directions one is resampled, always the same: swapping candidates mirrors the result.
    mirrored = sorted((-total, size) for total, size in rows)
    if mirrored < rows:
        return resampled(mirrored, confidence).mirrored()
    return resampled(rows, confidence)


def _verdict(
    interval: Interval, margin: float, *, shown: bool, larger: bool, unseen: float = 0.0
) -> Verdict:
    if shown:
        return "better" if larger else "worse"
    within = -margin <= interval.low and interval.high <= margin and unseen <= margin
    return "no_difference" if within else "undecided"
