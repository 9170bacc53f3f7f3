"""Targets that ask less than the specification are told apart, whatever file they come from."""

from pathlib import Path

import pytest

from web4.dataset.frozen import load_eval
from web4.specification import (
    COMPOSITION,
    FAMILY_WEIGHTS,
    PUBLISHED_EVAL,
    SPECIFICATION,
    lowered,
)
from web4.targets import Target, Targets, load_targets

_EVAL = Path(__file__).parents[1] / "data" / "eval"


def _with(metric: str, **changes: object) -> Targets:
    """Return the shipped targets with one of them changed."""
    shipped = load_targets()
    changed = [
        Target.model_validate({**one.model_dump(), **changes}) if one.metric == metric else one
        for one in shipped.target
    ]
    return Targets(family_weights=shipped.family_weights, target=tuple(changed))


def test_the_shipped_targets_ask_all_of_it() -> None:
    assert lowered(load_targets()) == ()


def test_every_gated_target_is_in_the_table() -> None:
    asked = {target.metric for target in load_targets().target if target.gate == "ship"}
    assert asked == {needed.metric for needed in SPECIFICATION if needed.gate == "ship"}


def test_what_the_table_asks_is_what_the_shipped_file_asks() -> None:
    shipped = {
        one.metric: (one.compare, one.value, one.gate, one.scope) for one in load_targets().target
    }
    assert shipped == {
        one.metric: (one.compare, one.value, one.gate, one.scope) for one in SPECIFICATION
    }


@pytest.mark.parametrize("needed", SPECIFICATION, ids=lambda needed: str(needed.metric))
def test_a_missing_target_is_told(needed: object) -> None:
    shipped = load_targets()
    metric = needed.metric  # type: ignore[attr-defined]
    kept = tuple(one for one in shipped.target if one.metric != metric)
    told, *more = lowered(Targets(family_weights=shipped.family_weights, target=kept))
    assert told == f"{metric} has no target"
    composing = {name for parts in COMPOSITION.values() for name in parts}
    assert len(more) == (metric in composing)  # a family's score without it is another score


@pytest.mark.parametrize(
    ("metric", "changes", "told"),
    [
        ("tool.selection", {"value": 0.89}, "asks >= 89.0%, the specification >= 90.0%"),
        ("guardrail.false_acceptance", {"value": 0.02}, "asks <= 2.0%, the specification <= 1.0%"),
        ("dataset.errors", {"value": 3}, "asks == 3 errors, the specification == 0 errors"),
        ("tool.selection", {"compare": "<="}, "asks <= 90.0%, the specification >= 90.0%"),
        ("style.lint", {"gate": "quality"}, "has gate level quality, the specification ship"),
        ("packaging.parity", {"scope": "candidate"}, "has scope candidate, the specification run"),
        ("tool.selection", {"value": float("nan")}, "asks >= nan%, the specification >= 90.0%"),
        ("tool.selection", {"value": float("-inf")}, "asks >= -inf%, the specification >= 90.0%"),
    ],
)
def test_a_weaker_target_is_told(metric: str, changes: dict[str, object], told: str) -> None:
    assert lowered(_with(metric, **changes)) == (f"{metric} {told}",)


@pytest.mark.parametrize(
    ("metric", "changes"),
    [
        ("tool.selection", {"value": 0.99}),
        ("guardrail.false_acceptance", {"value": 0.0}),
        ("tool.arguments", {"gate": "ship"}),
    ],
)
def test_a_stricter_target_is_nobodys_business(metric: str, changes: dict[str, object]) -> None:
    assert lowered(_with(metric, **changes)) == ()


def test_other_family_weights_are_told() -> None:
    shipped = load_targets()
    lighter = Targets(family_weights={**FAMILY_WEIGHTS, "tool": 0.1}, target=shipped.target)
    assert len(lowered(lighter)) == 1


@pytest.mark.parametrize(
    ("metric", "weight"),
    [("tool.selection", 0.0), ("tool.json_validity", 9.0), ("style.lint", 1.0)],
)
def test_a_family_that_is_composed_otherwise_is_told(metric: str, weight: float) -> None:
    """What scores badly may not be weighed out of the overall score."""
    (told,) = lowered(_with(metric, weight=weight))
    assert told.startswith(f"the {metric.partition('.')[0]} score averages ")
    assert (metric in told.partition(", the specification ")[0]) is (weight > 0)


def test_every_evaluation_version_that_came_with_web4_is_pinned() -> None:
    versions = sorted(path.parent.name for path in _EVAL.glob("*/manifest.json"))
    found = {version: load_eval(version).digest for version in versions}
    assert found == PUBLISHED_EVAL  # a version that was added is to be added there
