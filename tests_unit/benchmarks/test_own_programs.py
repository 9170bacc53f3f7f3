"""What the programs of their own print becomes tables; what fails says why."""

from typing import Any

import pytest

from benchmarks.own_programs import told_by, training_from, typescript_from
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


def test_rates_of_tokens_become_seconds_of_an_epoch() -> None:
    told = {
        "records": 8,
        "tokens": 1000,
        "dtype": "torch.bfloat16",
        "rounds": {"default": [100.0, 50.0], "web4": [400.0, 200.0]},
        "held_out": 4,
        "loss_before": 2.5,
        "loss_after": {"default": [1.25, 1.35], "web4": [1.2, 1.3]},
    }
    found = training_from(told)
    (table,) = found.tables
    assert [sample.seconds for sample in table.row(OURS).samples] == [2.5, 5.0]
    assert table.ratio("transformers' Trainer") == 4.0
    assert table.row(OURS).note.endswith("; loss afterwards 1.250")
    assert "before it was 2.500" in found.work


def test_a_program_that_fails_says_why() -> None:
    with pytest.raises(PeerError, match=r"No module named benchmarks\.no_such"):
        told_by("no_such")
