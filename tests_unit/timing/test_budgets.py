"""Budgets bind on their class of machines and on a whole run; elsewhere that is said."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from web4.errors import ConfigError
from web4.pipeline import requests
from web4.profile import Budgets, Profile, load_profile
from web4.store import Usage
from web4.timing.budgets import Limit, judged, limits
from web4.timing.cold import GROUP_OF
from web4.timing.figures import Facts, Timing, Work

_MACHINE = "2 cores, no GPU"
_FACTS = Facts(_MACHINE, "cpu", "b", "b", "d", "v1.2", "e", 1.0)
_TIMING = Timing(
    "sanity", "1", "cold", Usage(20.0, 99.0, 600_000), 21.0, 9, Work(20.0, 1000), _FACTS
)
_STEPS = {"sanity": {"seconds": 30, "megabytes": 700, "records_per_s": 40}}


def _with(steps: dict[str, object], machine: str = _MACHINE) -> Profile:
    budgets = Budgets.model_validate({"machine": machine, "steps": steps})
    return load_profile("embedded").model_copy(update={"budgets": (budgets,)})


def test_budgets_change_no_key() -> None:
    before, after = requests(load_profile("embedded")), requests(_with({**_STEPS}))
    assert {name: one.key for name, one in before.items()} == {
        name: one.key for name, one in after.items()
    }


def test_every_limit_is_named_with_its_machine() -> None:
    found = list(limits(_with({**_STEPS}), frozenset(GROUP_OF)))
    assert [one.name for one in found] == [
        f"sanity-{figure}-{_MACHINE}" for figure in ("seconds", "megabytes", "records_per_s")
    ]
    assert str(found[0]) == f"sanity: seconds at most 30 ({_MACHINE})"
    assert str(found[2]) == f"sanity: records_per_s at least 40 ({_MACHINE})"


def test_a_step_that_nobody_times_is_no_budget() -> None:
    with pytest.raises(ConfigError, match=r"budgets\.0\.steps\.sanitie: no such step"):
        list(limits(_with({"sanitie": {"seconds": 1}}), frozenset(GROUP_OF)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"machine": "a fast one", "steps": {}},
        {"machine": _MACHINE, "steps": {"sanity": {"seconds": 0}}},
        {"machine": _MACHINE, "steps": {"sanity": {"hours": 1}}},
    ],
)
def test_what_cannot_be_a_budget_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Budgets.model_validate(wrong)


@pytest.mark.parametrize(
    ("figure", "kept", "exceeded"),
    [("seconds", 20.0, 19.9), ("megabytes", 600.0, 599.0), ("records_per_s", 50.0, 50.1)],
)
def test_a_budget_is_kept_up_to_its_limit(figure: str, kept: float, exceeded: float) -> None:
    assert judged(Limit("sanity", figure, kept, _MACHINE), _TIMING)[0] == "kept"
    status, told = judged(Limit("sanity", figure, exceeded, _MACHINE), _TIMING)
    assert status == "exceeded"
    assert "it was" in told


def test_a_rate_that_is_not_told_is_not_kept() -> None:
    status, told = judged(Limit("sanity", "tokens_per_s", 1, _MACHINE), _TIMING)
    assert (status, told.rpartition("; ")[2]) == ("exceeded", "the step tells no tokens_per_s")


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (replace(_FACTS, machine="8 cores, mps"), "this machine is 8 cores, mps"),
        (replace(_FACTS, scale=0.01), "this is 0.01 of the records"),
    ],
)
def test_what_is_not_comparable_is_said(facts: Facts, says: str) -> None:
    hopeless = Limit("sanity", "seconds", 0.001, _MACHINE)
    status, told = judged(hopeless, replace(_TIMING, facts=facts))
    assert (status, told.rpartition("; ")[2]) == ("not comparable", says)


def test_time_on_a_busy_machine_is_not_comparable_and_memory_is() -> None:
    busy = replace(_TIMING, usage=Usage(200.0, 4.0, 600_000))
    status, told = judged(Limit("sanity", "seconds", 20.0, _MACHINE), busy)
    assert (status, told.endswith("while others kept the machine busy")) == ("not comparable", True)
    assert judged(Limit("sanity", "seconds", 200.0, _MACHINE), busy)[0] == "kept"
    assert judged(Limit("sanity", "megabytes", 599.0, _MACHINE), busy)[0] == "exceeded"
