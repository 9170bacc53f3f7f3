"""Contenders in turn: order, medians, ratios by round, and what cannot be measured."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.side_by_side import (
    PeerError,
    Row,
    Run,
    Sample,
    Table,
    Wanted,
    busy,
    in_turn,
    process,
    rows,
)


def _table(ours: list[float], theirs: list[float]) -> Table:
    made = (
        Row("web4", tuple(map(Sample, ours))),
        Row("peer", tuple(map(Sample, theirs))),
    )
    return Table("work", "item", 100, made)


def test_each_round_begins_with_the_next_contender() -> None:
    asked: list[str] = []

    def contender(name: str) -> Run:
        def run() -> Sample:
            asked.append(name)
            return Sample(1.0)

        return run

    in_turn({name: contender(name) for name in "abc"}, 3)
    assert asked == ["a", "b", "c", "b", "c", "a", "c", "a", "b"]


def test_who_cannot_run_is_asked_once_and_keeps_the_others_going() -> None:
    asked: list[str] = []

    def broken() -> Sample:
        asked.append("broken")
        raise PeerError("no such program")

    found = rows({"web4": lambda: Sample(2.0), "peer": broken}, 3, {"web4": "ours"})
    assert asked == ["broken"]
    assert found == (
        Row("web4", (Sample(2.0),) * 3, "ours"),
        Row("peer", (), "", "no such program"),
    )
    assert Table("work", "item", 1, found).ratio("peer") is None


def test_a_ratio_is_the_median_of_the_rounds_own() -> None:
    table = _table([1.0, 10.0, 2.0], [2.0, 20.0, 8.0])  # the machine was slow in the second round
    assert table.ratio("peer") == 2.0
    assert table.row("peer").seconds == 8.0
    assert table.rate("peer") == 12.5


@given(st.lists(st.floats(0.001, 1e3), min_size=1, max_size=9))
def test_the_reference_takes_as_long_as_itself(seconds: list[float]) -> None:
    assert _table(seconds, seconds).ratio("web4") == 1.0
    assert _table(seconds, seconds).ratio("peer") == 1.0


def test_memory_is_the_most_of_any_round() -> None:
    assert Row("a", (Sample(1.0, 5.0), Sample(1.0, 9.0), Sample(1.0))).peak_mb == 9.0
    assert Row("a", (Sample(1.0),)).peak_mb is None


@pytest.mark.parametrize(
    ("one", "holds"),
    [
        (Wanted("a", 2.0, at_most=2.0), True),
        (Wanted("a", 2.1, at_most=2.0), False),
        (Wanted("a", 1.0, at_least=1.0), True),
        (Wanted("a", 0.9, at_least=1.0), False),
    ],
)
def test_a_target_holds_up_to_its_bound(one: Wanted, *, holds: bool) -> None:
    assert one.holds is holds


def test_a_process_is_measured_from_outside() -> None:
    code = "import time; kept = bytearray(60_000_000); time.sleep(0.2)"
    sample = process([sys.executable, "-c", code])
    assert sample.seconds >= 0.2
    assert sample.peak_mb is not None
    assert sample.peak_mb > 60
    assert sample.cpu_s is not None
    assert 0 < sample.cpu_s < sample.seconds


def test_an_exit_code_that_is_not_accepted_is_told_with_the_last_words() -> None:
    code = "import sys; print('that is why'); sys.exit(3)"
    with pytest.raises(PeerError, match="ended with 3: …that is why"):
        process([sys.executable, "-c", code])
    assert process([sys.executable, "-c", code], accept=(3,)).seconds > 0


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match="ended with -9"):
        process([sys.executable, "-c", "import time; time.sleep(60)"], cwd=tmp_path, seconds=0.2)


def test_a_quarter_of_a_core_is_not_busy_yet() -> None:
    assert not busy({"others": 0.25})
    assert busy({"others": 0.3})
