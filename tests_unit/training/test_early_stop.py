"""A training ends early where its loss stagnates or JSON errors appear, and only there."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web4.training.early_stop import STAGNANT_ABOVE, stop_reason
from web4.training.evaluations import Evaluated

_FAMILIES = {"tool": 1.0, "style": 1.0, "guardrail": 1.0}


def _asked(*errors: int) -> list[Evaluated]:
    return [
        Evaluated(10 * place, _FAMILIES, 1.0, broken, 60) for place, broken in enumerate(errors)
    ]


def _healthy(updates: int) -> list[float]:
    return [3 * math.exp(-place / 20) + 0.1 * (place % 3) for place in range(updates)]


def test_a_healthy_training_goes_on_at_every_update() -> None:
    losses = _healthy(200)
    assert not any(stop_reason(losses[:end], _asked(60, 2, 0, 0), 200) for end in range(201))


def test_a_stagnating_loss_ends_a_training() -> None:
    losses = [2.5 - 0.0001 * place for place in range(200)]
    first = next(end for end in range(201) if stop_reason(losses[:end], [], 200))
    assert first == 40  # two windows of a tenth
    reason = stop_reason(losses[:first], [], 200)
    assert reason.startswith("the loss stagnates: 2.499, then 2.497 over 20 updates each, above")
    assert "learning_rate" in reason


@pytest.mark.parametrize(
    ("before", "after", "stops"),
    [
        (2.0, 2.0, True),
        (2.0, 2.4, True),  # rising is no better
        (2.0, 1.979, False),  # it still falls by more than 1%
        (2.0, 1.981, True),
        (1.6, 1.6, False),
        (1.7, 1.61, False),
        (1.61, 1.61, True),
        (0.1, 0.1, False),  # what is learned stagnates as well
    ],
)
def test_it_stagnates_above_1_6_and_below_1_percent(
    before: float, after: float, *, stops: bool
) -> None:
    losses = [9.0] * 5 + [before] * 10 + [after] * 10
    assert bool(stop_reason(losses, [], 100)) is stops


def test_a_short_training_is_given_twenty_updates() -> None:
    assert not stop_reason([2.0] * 19, [], 20)
    assert stop_reason([2.0] * 20, [], 20)


@pytest.mark.parametrize(
    ("errors", "stops"),
    [
        ((0, 3), True),
        ((5, 0, 4), True),
        ((0, 2), False),  # 99% valid: 2 of 60 or more are broken in 12 of 100 evaluations
        ((0, 1, 2), False),
        ((0, 0), False),
        ((5, 3), False),
        ((3,), False),
        ((), False),
    ],
)
def test_json_errors_where_there_were_none_end_a_training(
    errors: tuple[int, ...], *, stops: bool
) -> None:
    reason = stop_reason([0.1] * 30, _asked(*errors), 100)
    assert bool(reason) is stops
    if stops:
        assert reason.startswith(f"JSON errors appear: {errors[-1]} of 60 tool answers at update")


@given(st.lists(st.floats(0, STAGNANT_ABOVE), max_size=80), st.integers(1, 80), st.integers(0, 60))
def test_what_is_low_enough_never_stops(losses: list[float], planned: int, errors: int) -> None:
    assert stop_reason(losses, _asked(errors, errors), planned) == ""
