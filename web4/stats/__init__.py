"""Intervals, comparisons and decisions on scipy and statsmodels; degenerate sizes are guarded."""

from web4.stats.bootstrap import SEED, family_mean_interval
from web4.stats.decision import Decision, decide, needed_items
from web4.stats.interval import EVERYTHING, Interval, effective_n, paired_difference, wilson
from web4.stats.paired import Comparison, Verdict, compare_means, compare_rates

__all__ = [
    "EVERYTHING",
    "SEED",
    "Comparison",
    "Decision",
    "Interval",
    "Verdict",
    "compare_means",
    "compare_rates",
    "decide",
    "effective_n",
    "family_mean_interval",
    "needed_items",
    "paired_difference",
    "wilson",
]
