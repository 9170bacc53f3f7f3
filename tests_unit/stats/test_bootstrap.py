"""Means are bounded by resampling families, not single items."""

import math
import random
import warnings
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import DegenerateDataWarning, bootstrap

from web4.stats import EVERYTHING, Interval, family_mean_interval, wilson
from web4.stats.bootstrap import SEED, ratio_of, resampled

_VALUES = st.lists(st.integers(-30, 30).map(lambda n: n / 8), min_size=6, max_size=30)


def _alone(values: Sequence[float]) -> list[str]:
    return [""] * len(values)


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4)), min_size=6, max_size=40),
    st.sampled_from([0.9, 0.95]),
)
@settings(max_examples=40, deadline=None)
def test_the_interval_is_the_one_that_scipy_finds(
    drawn: list[tuple[int, int]], confidence: float
) -> None:
    rows = [(total / 8 * size, size) for total, size in drawn]
    found = resampled(rows, confidence)
    if found.low == found.high:  # without spread there is nothing to resample
        return
    columns = tuple(np.array(column, dtype=float) for column in zip(*rows, strict=True))
    ends = [math.nan]
    for method in ("BCa", "percentile"):
        if not np.isfinite(ends).all():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DegenerateDataWarning)
                told = bootstrap(
                    columns,
                    lambda sums, sizes, axis: sums.sum(axis=axis) / sizes.sum(axis=axis),
                    paired=True,
                    vectorized=True,
                    method=method,
                    confidence_level=confidence,
                    n_resamples=2000,
                    batch=250,
                    rng=np.random.default_rng(SEED),
                ).confidence_interval
            ends = [told.low, told.high]
    mean = ratio_of(rows)
    assert found.low == pytest.approx(min(ends[0], mean), abs=1e-9)
    assert found.high == pytest.approx(max(ends[1], mean), abs=1e-9)


@pytest.mark.parametrize("families", [0, 1, 2, 5])
def test_too_few_families_bound_nothing(families: int) -> None:
    values = [float(place) for place in range(4 * families)]
    made_from = [f"s{place % families}" for place in range(4 * families)] if families else []
    assert family_mean_interval(values, made_from) == EVERYTHING


def test_six_families_are_enough_at_95_percent_and_eight_are_needed_at_99() -> None:
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    assert family_mean_interval(values[:6], _alone(values[:6])).bounded
    assert not family_mean_interval(values, _alone(values), 0.99).bounded
    assert family_mean_interval([*values, 8.0], _alone([*values, 8.0]), 0.99).bounded


def test_equal_values_leave_no_width() -> None:
    assert family_mean_interval([0.1] * 10, _alone([0.1] * 10)) == Interval(0.1, 0.1)
    uneven = ["a", "a", "a", *"bcdefgh"]
    interval = family_mean_interval([0.3] * 10, uneven)
    assert interval.low == interval.high == pytest.approx(0.3)


def test_alike_records_are_no_further_evidence() -> None:
    rng = random.Random(3)  # noqa: S311
    means = [rng.gauss(0, 1) for _ in range(40)]
    once = family_mean_interval(means, [f"s{n}" for n in range(40)])
    copied = family_mean_interval(means * 5, [f"s{n}" for n in range(40)] * 5)
    naive = family_mean_interval(means * 5, _alone(means * 5))
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high))
    assert naive.high - naive.low < 0.6 * (copied.high - copied.low)


@settings(deadline=None, max_examples=40)
@given(_VALUES, st.randoms(use_true_random=False))
def test_an_interval_holds_its_mean_and_forgets_the_order(
    values: list[float], rng: random.Random
) -> None:
    families = [f"s{rng.randrange(9)}" for _ in values]
    interval = family_mean_interval(values, families)
    assert interval.low <= sum(values) / len(values) + 1e-9
    assert interval.high >= sum(values) / len(values) - 1e-9
    order = rng.sample(range(len(values)), len(values))
    renamed = [f"x{families[place]}" for place in order]
    assert family_mean_interval([values[place] for place in order], renamed) == interval


@settings(deadline=None, max_examples=25)
@given(_VALUES)
def test_more_confidence_widens(values: list[float]) -> None:
    usual, wider = (family_mean_interval(values, _alone(values), level) for level in (0.8, 0.95))
    assert wider.low <= usual.low + 1e-9
    assert wider.high >= usual.high - 1e-9


def test_more_families_narrow() -> None:
    rng = random.Random(4)  # noqa: S311
    values = [rng.random() for _ in range(400)]
    few, many = (family_mean_interval(values[:n], _alone(values[:n])) for n in (25, 400))
    assert many.high - many.low < 0.5 * (few.high - few.low)


# ── Values in [0, 1] ──────────────────────────────────────────────────────────────────────────


def test_few_faults_are_bounded_by_wilson_at_the_number_of_families() -> None:
    values = [*[1.0] * 48, 0.5, 0.25]
    made_from = [f"s{place // 2}" for place in range(50)]
    interval = family_mean_interval(values, made_from, bounded=True)
    assert interval == wilson(25 * sum(values) / 50, 25)
    assert family_mean_interval([], [], bounded=True) == Interval(0.0, 1.0)
    assert family_mean_interval([0.5], [""], bounded=True) == wilson(0.5, 1)


def test_many_faults_are_bounded_by_the_bootstrap() -> None:
    values = [*[1.0] * 40, *[0.1 * n for n in range(10)]]
    interval = family_mean_interval(values, _alone(values), bounded=True)
    assert interval == family_mean_interval(values, _alone(values))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(0, 1), max_size=30))
def test_bounded_values_have_a_bounded_mean(values: list[float]) -> None:
    interval = family_mean_interval(values, _alone(values), bounded=True)
    assert -1e-9 <= interval.low <= interval.high <= 1 + 1e-9


# ── Coverage ──────────────────────────────────────────────────────────────────────────────────


def _covered(families: int, runs: int) -> float:
    """Simulate normal values, correlated by 0.5 within families of 1 to 4, of mean 0."""
    rng = np.random.default_rng(families)
    hits = 0
    for _ in range(runs):
        sizes = rng.integers(1, 5, size=families)
        made_from = np.repeat(np.arange(families), sizes)
        values = rng.normal(size=families)[made_from] + rng.normal(size=len(made_from))
        interval = family_mean_interval(values.tolist(), [f"s{n}" for n in made_from])
        hits += interval.low <= 0 <= interval.high
    return hits / runs


def test_the_simulated_coverage_of_a_nominal_95_percent() -> None:
    assert 0.92 <= _covered(50, 200) <= 0.98


def _covered_fractions(families: int, runs: int, *, bounded: bool) -> float:
    """Simulate values of 1 that fall short by a random part in one family of twenty."""
    rng = np.random.default_rng(families)
    hits = 0
    for _ in range(runs):
        sizes = rng.integers(1, 5, size=families)
        made_from = np.repeat(np.arange(families), sizes)
        short = (rng.random(families) < 0.05)[made_from]
        values = 1 - short * rng.random(len(made_from))
        interval = family_mean_interval(
            values.tolist(), [f"s{n}" for n in made_from], bounded=bounded
        )
        hits += interval.low <= 0.975 <= interval.high
    return hits / runs


def test_rare_faults_are_covered_where_the_bootstrap_alone_does_not() -> None:
    assert _covered_fractions(20, 150, bounded=True) >= 0.93
    assert _covered_fractions(20, 150, bounded=False) < 0.75
