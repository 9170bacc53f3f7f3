"""Arguments count as equal where JSON says so, not where Python does."""

from typing import Any

import pytest

from web4.catalog import catalog_path, load_catalog
from web4.metrics.plan_arguments import argument_score
from web4.metrics.plan_steps import Steps, steps_of


def _steps(*args: dict[str, Any]) -> Steps:
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
    catalog = load_catalog(catalog_path())
    found = argument_score(_steps(given), [_steps(wanted)], catalog, {})
    assert found.value == value
    beside = argument_score(_steps({"a": "b"}, given), [_steps({"a": "b"}, wanted)], catalog, {})
    assert beside.value == (1.0 + value) / 2
