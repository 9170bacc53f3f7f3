"""Arguments count as equal where JSON says so, not where Python does."""

from typing import Any

import pytest

from web4.metrics.plan_arguments import argument_score
from web4.metrics.plan_steps import Steps, WantedSteps, steps_of


def _share(answered: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> float:
    return argument_score(_steps(answered), [WantedSteps.of(_steps(wanted))], {})[0]


def _steps(args: list[dict[str, Any]]) -> Steps:
    plan = {"steps": [{"tool": "count", "args": one} for one in args]}
    found = steps_of(plan, {})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("given", "wanted", "value"),
    [
        ({"n": 1}, {"n": 1}, 1.0),
        ({"n": 1.0}, {"n": 1}, 1.0),
        ({"n": True}, {"n": 1}, 0.0),
        ({"n": 0}, {"n": False}, 0.0),
        ({"n": [{"m": True}]}, {"n": [{"m": 1}]}, 0.0),
        ({"n": ["a"]}, {"n": ["a"]}, 1.0),
        ({"n": None}, {"n": ""}, 0.0),
    ],
)
def test_true_is_no_number(given: dict[str, Any], wanted: dict[str, Any], value: float) -> None:
    assert _share([given], [wanted]) == value
    assert _share([{"a": "b"}, given], [{"a": "b"}, wanted]) == (1.0 + value) / 2
