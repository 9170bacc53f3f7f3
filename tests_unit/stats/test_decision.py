"""An interval, not just its value, has to clear a target; and how many items that takes."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.stats import EVERYTHING, Decision, Interval, decide, needed_items, wilson
from web4.targets import Target


def _target(compare: str, value: float, unit: str = "rate") -> Target:
    return Target.model_validate(
        {"metric": "tool.a", "compare": compare, "value": value, "unit": unit}
        | {"gate": "ship", "remedy": "-", "says": "-"}
    )


@pytest.mark.parametrize(
    ("compare", "wanted", "value", "bounds", "decision"),
    [
        (">=", 0.9, 0.95, (0.92, 0.97), "met"),
        (">=", 0.9, 0.95, (0.90, 0.97), "met"),
        (">=", 0.9, 0.95, (0.88, 0.97), "undecided"),
        (">=", 0.9, 0.89, (0.84, 0.93), "undecided"),
        (">=", 0.9, 0.80, (0.75, 0.85), "missed"),
        ("<=", 0.01, 0.001, (0.0, 0.009), "met"),
        ("<=", 0.01, 0.001, (0.0, 0.02), "undecided"),
        ("<=", 0.01, 0.05, (0.03, 0.08), "missed"),
        # No interval reaches the end of its scale: every item is asked for, and counts.
        (">=", 1.0, 1.0, (0.99, 1.0), "met"),
        (">=", 1.0, 0.999, (0.98, 1.0), "missed"),
        ("==", 1, 1.0, (1.0, 1.0), "met"),
        ("==", 1, 0.0, (0.0, 0.0), "missed"),
    ],
)
def test_a_target_is_met_missed_or_undecided(
    compare: str, wanted: float, value: float, bounds: tuple[float, float], decision: Decision
) -> None:
    assert decide(value, Interval(*bounds), _target(compare, wanted)) == decision


@pytest.mark.parametrize(
    ("wanted", "value", "interval", "decision"),
    [
        (1.0, 0.1, Interval(0.05, 0.2), "met"),
        (1.0, 0.1, EVERYTHING, "undecided"),
        (0.0, 0.0, EVERYTHING, "met"),
        (0.0, 0.1, Interval(0.0, 0.3), "missed"),
    ],
)
def test_counts_have_no_upper_end(
    wanted: float, value: float, interval: Interval, decision: Decision
) -> None:
    assert decide(value, interval, _target("<=", wanted, "steps")) == decision


@settings(deadline=None)
@given(
    st.integers(1, 400), st.integers(0, 400), st.floats(0.01, 0.99), st.sampled_from((">=", "<="))
)
def test_what_is_decided_is_what_the_value_says(
    n: int, k: int, wanted: float, compare: str
) -> None:
    k = min(k, n)
    target = _target(compare, wanted)
    reached = target.reached_by(k / n)
    decision = decide(k / n, wilson(k, n), target)
    assert decision in ({"met", "undecided"} if reached else {"missed", "undecided"})
    surer = decide(k / n, wilson(k, n, 0.999), target)
    assert surer in {decision, "undecided"}


@pytest.mark.parametrize("value", [0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_the_items_needed_are_wilsons(value: float, confidence: float) -> None:
    target = _target(">=", value)
    n = needed_items(target, confidence)
    assert decide(1.0, wilson(n, n, confidence), target) == "met"
    assert decide(1.0, wilson(n - 1, n - 1, confidence), target) == "undecided"
    assert needed_items(_target("<=", round(1 - value, 6)), confidence) == n


@pytest.mark.parametrize(
    "undecidable",
    [_target(">=", 1.0), _target("<=", 0), _target("==", 1), _target(">=", 0.5, unit="tokens")],
)
def test_no_number_of_items_decides_some_targets(undecidable: Target) -> None:
    assert needed_items(undecidable) == 0


def test_what_nothing_bounds_is_undecided_in_both_directions() -> None:
    for compare in (">=", "<="):
        assert decide(0.5, Interval(-math.inf, math.inf), _target(compare, 0.4)) == "undecided"
