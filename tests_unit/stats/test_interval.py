"""Intervals of proportions agree with published values, and cover what they say."""

import math
from bisect import bisect_left, bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from web4.stats import EVERYTHING, Interval, effective_n, paired_difference, wilson

_SIZES = st.integers(1, 5000)
_SHARES = st.floats(0, 1)
_CONFIDENCES = st.floats(0.5, 0.999)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_published_intervals(
    successes: int, n: int, low: float, high: float
) -> None:
    interval = wilson(successes, n)
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


@given(st.data(), _SIZES, _SHARES, _CONFIDENCES)
def test_wilson_is_that_of_statsmodels(
    data: st.DataObject, n: int, share: float, confidence: float
) -> None:
    successes = data.draw(st.sampled_from((n * share, 0, n)))
    low, high = proportion_confint(successes, n, alpha=1 - confidence, method="wilson")
    found = wilson(successes, n, confidence)
    assert found.low == pytest.approx(max(0.0, low), abs=1e-12)
    assert found.high == pytest.approx(min(1.0, high), abs=1e-12)


@pytest.mark.parametrize(
    ("n", "p", "covered"),
    [
        (50, 0.5, 0.93509),
        (50, 0.95, 0.96222),
        # Below 93%: 48 of 50 and less, seen in 8.9% of all cases, give intervals that end below
        # 0.99; 49 of 50 and more give such as hold it. No count lies in between.
        (50, 0.99, 0.91056),
        (300, 0.5, 0.94343),
        (300, 0.95, 0.95485),
        (300, 0.99, 0.96725),
        (1000, 0.5, 0.94632),
        (1000, 0.95, 0.95042),
        (1000, 0.99, 0.96354),
    ],
)
def test_the_exact_coverage_of_a_nominal_95_percent(n: int, p: float, covered: float) -> None:
    counts = range(n + 1)  # both ends rise with the count
    first = bisect_left(counts, p, key=lambda k: wilson(k, n).high)
    last = bisect_right(counts, p, key=lambda k: wilson(k, n).low) - 1
    chances = binom.pmf(range(first, last + 1), n, p)
    assert math.fsum(chances) == pytest.approx(covered, abs=5e-6)


def test_nothing_observed_says_nothing_of_a_proportion() -> None:
    assert wilson(0, 0) == Interval(0.0, 1.0)
    assert wilson(0, 0).bounded
    assert not EVERYTHING.bounded


@settings(deadline=None)
@given(_SIZES, _SHARES)
def test_wilson_is_ordered_inside_the_unit_interval_and_holds_the_proportion(
    n: int, share: float
) -> None:
    interval = wilson(share * n, n)
    assert 0 <= interval.low < interval.high <= 1
    assert interval.low - 1e-9 <= share <= interval.high + 1e-9


@settings(deadline=None)
@given(_SIZES, _SHARES, _CONFIDENCES, _CONFIDENCES)
def test_more_confidence_widens(n: int, share: float, one: float, other: float) -> None:
    usual, wider = (wilson(share * n, n, level) for level in sorted((one, other)))
    assert wider.low <= usual.low + 1e-12
    assert wider.high >= usual.high - 1e-12


@settings(deadline=None)
@given(_SIZES, _SHARES, st.integers(2, 9))
def test_more_items_narrow(n: int, share: float, times: int) -> None:
    few, many = wilson(share * n, n), wilson(share * n * times, n * times)
    assert many.high - many.low < few.high - few.low


@settings(deadline=None)
@given(_SIZES, _SHARES)
def test_failures_mirror_successes(n: int, share: float) -> None:
    passed, failed = wilson(share * n, n), wilson(n - share * n, n)
    assert failed.low == pytest.approx(1 - passed.high, abs=1e-9)
    assert failed.high == pytest.approx(1 - passed.low, abs=1e-9)


# ── Differences of the same items ─────────────────────────────────────────────────────────────


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[int, int, int]:
    n = draw(st.integers(1, 2000))
    gained = draw(st.integers(0, n))
    return gained, draw(st.integers(0, n - gained)), n


@given(_pairs())
def test_a_difference_lies_in_its_interval_and_swapping_mirrors_it(
    pair: tuple[int, int, int],
) -> None:
    gained, lost, n = pair
    interval = paired_difference(gained, lost, n)
    assert -1 <= interval.low <= (gained - lost) / n <= interval.high <= 1
    swapped = paired_difference(lost, gained, n).mirrored()
    assert (swapped.low, swapped.high) == pytest.approx((interval.low, interval.high))


def test_no_items_leave_a_difference_open() -> None:
    assert paired_difference(0, 0, 0) == Interval(-1.0, 1.0)


@pytest.mark.parametrize(
    ("n", "up", "down", "covered"),
    [
        (50, 0.1, 0.1, 0.96145),
        (50, 0.02, 0.02, 0.99957),
        (300, 0.05, 0.02, 0.96078),
        (300, 0.01, 0.01, 0.98744),
    ],
)
def test_the_exact_coverage_of_a_paired_difference(
    n: int, up: float, down: float, covered: float
) -> None:
    likely = [k for k, chance in enumerate(binom.pmf(range(n + 1), n, up)) if chance > 1e-9]
    total = 0.0
    for gained in likely:
        lost = range(min(n - gained, 60) + 1)  # more are less likely than 1e-9
        chances = binom.pmf(gained, n, up) * binom.pmf(lost, n - gained, down / (1 - up))
        intervals = (paired_difference(gained, count, n) for count in lost)
        holds = [one.low <= up - down <= one.high for one in intervals]
        total += math.fsum(chances[holds])
    assert total == pytest.approx(covered, abs=5e-6)


# ── The size of a weighted mean ───────────────────────────────────────────────────────────────


def test_equal_parts_add_up_and_a_single_part_keeps_its_size() -> None:
    assert effective_n([(0.5, 100), (0.5, 100)]) == pytest.approx(200)
    assert effective_n([(3.0, 70)]) == pytest.approx(70)
    assert effective_n([(0.45, 400), (0.45, 300), (0.1, 600)]) == pytest.approx(834.7826)


def test_a_part_without_items_or_no_part_at_all_has_no_size() -> None:
    assert effective_n([]) == effective_n([(0.5, 0), (0.5, 10)]) == 0
    assert effective_n([(0.0, 0), (1.0, 10)]) == pytest.approx(10)


@given(st.lists(st.tuples(st.floats(0.01, 10), st.integers(1, 1000)), min_size=1, max_size=6))
def test_the_size_of_a_weighted_mean_never_exceeds_that_of_all_items(
    parts: list[tuple[float, int]],
) -> None:
    assert 0 < effective_n(parts) <= sum(n for _, n in parts) * (1 + 1e-9)
