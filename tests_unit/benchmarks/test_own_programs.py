"""What the programs of their own print becomes tables; what fails says why."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.own_programs import (
    common_loss,
    seconds_to,
    told_by,
    training_from,
    typescript_from,
)
from benchmarks.side_by_side import OURS, PeerError
from benchmarks.style_speed import WANTED


def _style(**reached: float) -> dict[str, Any]:
    rates = {"process_each": 0.5, "long_lived": 50.0, "warm_repeat": 5000.0, "tree_sitter": 2500.0}
    return {
        "snippets": 100,
        "workers": 2,
        "snippets_per_second": rates,
        "reached": {**dict.fromkeys(WANTED, 1e6), **reached},
    }


def test_rates_of_snippets_become_seconds_of_one() -> None:
    found = typescript_from([_style(), _style()], 5)
    (table,) = found.tables
    assert table.row(OURS).seconds == pytest.approx(0.02)
    assert table.ratio("a process for each snippet") == pytest.approx(100)
    assert all(one.holds for one in found.wanted)


def test_a_rate_that_is_missed_in_one_round_is_missed() -> None:
    name = next(iter(WANTED))
    found = typescript_from([_style(), _style(**{name: 0.1})], 5)
    assert [one.what for one in found.wanted if not one.holds] == [name]


def _training() -> dict[str, Any]:
    return {
        "records": 8,
        "tokens": 1000,
        "dtype": "torch.bfloat16",
        "held_out": 4,
        "loss_before": 2.5,
        "curves": {
            "default": [[[0.0, 2.5], [4.0, 1.5], [8.0, 1.0]], [[0.0, 2.5], [16.0, 1.25]]],
            "web4": [[[0.0, 2.5], [2.0, 1.25]], [[0.0, 2.5], [1.0, 1.5], [4.0, 0.5]]],
        },
    }


def test_an_epoch_ends_with_the_last_look() -> None:
    epoch, _ = training_from(_training()).tables
    assert [sample.seconds for sample in epoch.row(OURS).samples] == [2.0, 4.0]
    assert epoch.ratio("transformers' Trainer") == 4.0
    assert epoch.row(OURS).note.endswith("; loss afterwards 0.875")


def test_both_are_timed_to_the_lowest_loss_that_both_reached() -> None:
    _, same = training_from(_training()).tables
    assert [sample.seconds for sample in same.row(OURS).samples] == [2.0, 1.75]
    assert [s.seconds for s in same.row("transformers' Trainer").samples] == [6.0, 16.0]


@given(
    losses=st.lists(st.floats(0.1, 5.0), min_size=1, max_size=9),
    others=st.lists(st.floats(0.1, 5.0), min_size=1, max_size=9),
)
def test_what_both_reach_is_reached_within_either_curve(
    losses: list[float], others: list[float]
) -> None:
    curves = [
        [(float(second), loss) for second, loss in enumerate(one)] for one in (losses, others)
    ]
    common = common_loss(*curves)
    assert all(0 <= seconds_to(common, curve) <= curve[-1][0] for curve in curves)


def test_a_loss_that_is_never_reached_has_no_time() -> None:
    with pytest.raises(ValueError, match="never reached"):
        seconds_to(0.1, [(0.0, 2.0), (1.0, 1.0)])


def test_a_program_that_fails_says_why() -> None:
    with pytest.raises(PeerError, match=r"No module named benchmarks\.no_such"):
        told_by("no_such")
