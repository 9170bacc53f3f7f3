"""Intervals and tests, on statsmodels and scipy; degenerate sizes are guarded here."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed confidence interval."""

    low: float
    high: float


def wilson(successes: float, n: int, confidence: float = 0.95) -> Interval:
    """Return the Wilson score interval of a proportion; [0, 1] where nothing was observed.

    ``successes`` may be a sum of fractions in [0, 1]; the interval is then conservative, as a
    fraction varies less than a coin of the same mean (Bhatia-Davis inequality).
    """
    if n == 0:
        return Interval(0.0, 1.0)
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(successes, n, alpha=1 - confidence, method="wilson")
    return Interval(max(0.0, float(low)), min(1.0, float(high)))


def mean_interval(values: list[float], confidence: float = 0.95) -> Interval:
    """Return Student's t interval of a mean; unbounded below two observations."""
    n = len(values)
    if n < 2:  # noqa: PLR2004 - a spread needs two observations
        return Interval(-math.inf, math.inf)
    mean = math.fsum(values) / n
    variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
    if variance == 0:
        return Interval(mean, mean)
    from scipy.stats import t

    half = float(t.ppf((1 + confidence) / 2, n - 1)) * math.sqrt(variance / n)
    return Interval(mean - half, mean + half)
