"""The order of the specification's table, held against seconds."""

from dataclasses import replace

import pytest

from web4.store import Usage
from web4.timing.costs import COSTS, compared, pairs
from web4.timing.figures import Facts, Timing, Work

_PAIRS = {one.name: one for one in pairs()}


def _timings(scale: float = 1.0, **seconds: float) -> dict[str, Timing]:
    facts = Facts("2 cores, no GPU", "cpu", "b", "b", "d", "v1.2", "e", scale)
    return {
        name: Timing(name, "g", "cold", Usage(told, 99.0, 1), told, 1, Work(told), facts)
        for name, told in seconds.items()
    }


def test_the_trainings_stand_in_a_row_and_the_sanity_check_before_them() -> None:
    wanted = {"sanity check < dry run", "dry run < mini", "mini < full"}
    assert wanted <= _PAIRS.keys()
    assert "evaluation < dry run" not in _PAIRS  # both are short
    assert "deployment < packaging" not in _PAIRS  # both may be short
    assert len({step for cost in COSTS for step in cost.steps}) == 11


def test_no_pair_is_stated_both_ways() -> None:
    assert not {(one.more.name, one.less.name) for one in _PAIRS.values()} & {
        (one.less.name, one.more.name) for one in _PAIRS.values()
    }


@pytest.mark.parametrize(("mini", "order"), [(90.0, "as stated"), (50.0, "otherwise")])
def test_seconds_say_whether_the_order_holds(mini: float, order: str) -> None:
    found, told = compared(_PAIRS["dry run < mini"], _timings(dry_run=60.0, mini=mini))
    assert found == order
    assert told == f"dry run < mini: 60.0 s and {mini:.1f} s"


def test_a_row_of_several_steps_costs_their_sum() -> None:
    took = {"sanity": 20.0, "merge": 10.0, "gguf": 8.0, "quantize": 3.0}
    assert compared(_PAIRS["sanity check < packaging"], _timings(**took))[0] == "as stated"


def test_what_was_not_measured_is_named() -> None:
    order, told = compared(_PAIRS["mini < full"], _timings(mini=3.0))
    assert (order, told) == ("not comparable", "mini < full: not measured: full")


def test_at_a_fraction_only_what_grows_with_the_records_is_compared() -> None:
    small = _timings(0.01, dry_run=6.0, mini=9.0, full=20.0, merge=9.0, gguf=7.0, quantize=4.0)
    assert compared(_PAIRS["dry run < mini"], small)[0] == "as stated"
    order, told = compared(_PAIRS["packaging < full"], small)
    assert order == "not comparable"
    assert told.endswith("at 0.01 of the records")


def test_a_step_that_waited_for_others_is_not_compared() -> None:
    took = _timings(dry_run=826.9, mini=90.0)
    slow = replace(took["dry_run"], usage=Usage(826.9, 2.0, 1))
    order, told = compared(_PAIRS["dry run < mini"], {**took, "dry_run": slow})
    assert order == "not comparable"
    assert told.endswith("others kept the machine busy during dry_run")
    gpu = replace(slow.facts, machine="8 cores, cuda")
    waits = {name: replace(one, facts=gpu) for name, one in {**took, "dry_run": slow}.items()}
    assert compared(_PAIRS["dry run < mini"], waits)[0] == "otherwise"


def test_the_last_part_of_a_training_is_not_the_whole() -> None:
    took = _timings(mini=90.0, full=60.0)
    assert compared(_PAIRS["mini < full"], took)[0] == "otherwise"
    part = replace(took["full"], work=Work(60.0, starts_from="v0.6.0"))
    order, told = compared(_PAIRS["mini < full"], {**took, "full": part})
    assert (order, told) == (
        "not comparable",
        "mini < full: 90.0 s and 60.0 s; full learned on from v0.6.0",
    )
    less = _timings(mini=50.0)["mini"]
    assert compared(_PAIRS["mini < full"], {"mini": less, "full": part})[0] == "as stated"
    last = replace(less, work=Work(50.0, starts_from="v0.6.0"))
    assert compared(_PAIRS["mini < full"], {"mini": last, "full": part})[0] == "not comparable"
