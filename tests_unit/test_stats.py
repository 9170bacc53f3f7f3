"""Intervals agree with published values and stay sane where there is little to go by."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.stats import Interval, mean_interval, wilson

_VALUES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20)


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


def test_nothing_observed_says_nothing_of_a_proportion() -> None:
    assert wilson(0, 0) == Interval(0.0, 1.0)


@settings(deadline=None)
@given(st.integers(1, 5000), st.floats(0, 1))
def test_wilson_is_ordered_inside_the_unit_interval_and_holds_the_proportion(
    n: int, share: float
) -> None:
    interval = wilson(share * n, n)
    assert 0 <= interval.low < interval.high <= 1
    assert interval.low - 1e-9 <= share <= interval.high + 1e-9


def test_more_confidence_and_fewer_records_widen_an_interval() -> None:
    usual = wilson(90, 100)
    for wider in (wilson(90, 100, 0.99), wilson(9, 10)):
        assert wider.low < usual.low
        assert wider.high > usual.high


def test_the_interval_of_a_mean_is_students() -> None:
    interval = mean_interval([1.0, 2.0, 3.0, 4.0, 5.0])
    assert interval.low == pytest.approx(3 - 2.776445 * math.sqrt(2.5 / 5))
    assert interval.high == pytest.approx(3 + 2.776445 * math.sqrt(2.5 / 5))


@pytest.mark.parametrize("values", [[], [3.0]])
def test_fewer_than_two_values_bound_no_mean(values: list[float]) -> None:
    assert mean_interval(values) == Interval(-math.inf, math.inf)


def test_equal_values_leave_no_width() -> None:
    assert mean_interval([0.1] * 10) == Interval(0.1, 0.1)


@settings(deadline=None)
@given(_VALUES)
def test_the_interval_of_a_mean_holds_it(values: list[float]) -> None:
    interval = mean_interval(values)
    mean = math.fsum(values) / len(values)
    assert interval.low <= mean <= interval.high
