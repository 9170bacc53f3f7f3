"""Which quantization is chosen, and how its losses are told from chance."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web4.packaging.ladder import (
    RUNGS,
    Measured,
    Paired,
    Rung,
    choose,
    comparisons,
    drops,
    rungs_from,
)
from web4.targets import load_targets

_NOTHING = Measured({}, {}, 100, 10.0)


def _rung(kind: str, drop: float | None) -> Rung:
    holds = drop is not None and drop <= 0.02
    return Rung(kind, holds, drop, {}, _NOTHING, 0.5, {})


def _paired(values: list[float]) -> Paired:
    ids = [f"r{place}" for place in range(len(values))]
    passed = [value == 1 for value in values]
    return Paired(dict(zip(ids, values, strict=True)), dict(zip(ids, passed, strict=True)))


def test_rungs_are_tried_in_their_order_from_the_first_asked_for() -> None:
    assert rungs_from("Q4_K_M") == ("Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0")
    assert rungs_from("Q6_K") == ("Q6_K", "Q8_0")


def test_the_first_that_holds_is_chosen() -> None:
    assert choose([_rung("Q4_K_M", 0.0)], more=True) == "Q4_K_M"
    assert choose([_rung("Q4_K_M", 0.05), _rung("Q5_K_M", 0.02)], more=True) == "Q5_K_M"


def test_nothing_is_chosen_while_there_is_more_to_try() -> None:
    assert choose([_rung("Q4_K_M", 0.021)], more=True) is None


def test_more_bits_are_not_taken_to_be_better() -> None:
    tried = [_rung("Q4_K_M", 0.03), _rung("Q5_K_M", 0.09), _rung("Q6_K", 0.04)]
    assert choose(tried, more=False) == "Q4_K_M"


def test_where_no_drop_can_be_measured_the_first_is_served() -> None:
    assert choose([_rung("Q4_K_M", None)], more=True) == "Q4_K_M"


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_what_is_chosen_held_or_lost_least(lost: list[float]) -> None:
    tried = [_rung(kind, drop) for kind, drop in zip(RUNGS, lost, strict=True)]
    chosen = next(rung for rung in tried if rung.type == choose(tried, more=False))
    assert chosen.holds or chosen.drop == min(lost)
    assert chosen.holds == any(rung.holds for rung in tried)


def test_a_drop_is_told_of_each_score_that_both_have() -> None:
    fallen = drops({"tool": 0.9, "style": 0.8}, {"tool": 0.85, "guardrail": 1.0})
    assert fallen == {"tool": pytest.approx(0.05)}


def test_losses_beyond_chance_are_told_apart() -> None:
    before, after = [1.0] * 100, [1.0] * 90 + [0.0] * 10
    found = comparisons(
        {"tool.selection": _paired(before)}, {"tool.selection": _paired(after)}, {}, {}, 0.02
    )["tool.selection"]
    assert (found.verdict, found.lost, found.gained, found.n) == ("worse", 10, 0, 100)
    assert found.p_value == pytest.approx(2 * 0.5**10)


def test_a_single_loss_is_not_beyond_chance() -> None:
    before, after = [1.0] * 100, [1.0] * 99 + [0.0]
    found = comparisons({"t": _paired(before)}, {"t": _paired(after)}, {}, {}, 0.02)["t"]
    assert found.verdict == "undecided"
    assert found.p_value == 1


def test_numbers_are_compared_by_the_bootstrap_and_by_which_way_is_better() -> None:
    before, after = _paired([0.5] * 40), _paired([0.25] * 40)
    targets = {target.metric: target for target in load_targets().target}
    for metric, verdict in (("style.ast_match", "worse"), ("tool.plan_minimality", "better")):
        found = comparisons({metric: before}, {metric: after}, {}, targets, 0.02)[metric]
        assert found.verdict == verdict
        assert found.p_value is None
        assert found.interval.high <= -0.1


def test_a_metric_that_only_one_has_is_not_compared() -> None:
    assert comparisons({"t": _paired([1.0])}, {}, {}, {}, 0.02) == {}


def test_a_rung_is_json_and_one_line() -> None:
    few = comparisons({"t": _paired([0.5, 1])}, {"t": _paired([0.25, 1])}, {}, {}, 0.02)
    rung = Rung("Q8_0", True, 0.01, {"tool": 0.01}, _NOTHING, 0.465, few, {"kl": 0.002})
    told = json.loads(json.dumps(rung.to_dict(), allow_nan=False))
    assert told["comparisons"]["t"]["interval"] == {"low": None, "high": None}
    assert told["smaller_by"] == 0.465
    assert rung.to_text() == (
        "Q8_0    holds: 1.00 points, 100 bytes, 46.5% smaller, 10 tokens/s, kl 0.002"
    )
