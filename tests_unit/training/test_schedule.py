"""An update learns from the records it is meant to, however few fit into memory at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web4.training.schedule import Schedule


def _schedule(count: int, device: str = "cpu", **params: object) -> Schedule:
    given_ = {"batch_records": 32, "epochs": 1, "seed": 3, **params}
    return Schedule.of(list(range(1, count + 1)), given_, device)


@pytest.mark.parametrize(
    ("records", "device", "wanted", "batch"),
    [
        (8, "cpu", None, 8),
        (16, "cpu", None, 16),
        (32, "cpu", None, 16),
        (20, "cpu", None, 10),
        (17, "cpu", None, 1),
        (32, "cuda", None, 32),
        (12, "mps", 1, 1),
        (12, "cuda", 5, 4),
    ],
)
def test_the_batch_divides_the_records_of_an_update(
    records: int, device: str, wanted: int | None, batch: int
) -> None:
    schedule = _schedule(100, device, batch_records=records, device_batch=wanted)
    assert (schedule.batch, schedule.batch * schedule.passes) == (batch, records)


@given(st.integers(1, 200), st.integers(1, 40), st.integers(1, 3))
def test_tokens_and_records_of_all_updates_add_up(count: int, records: int, epochs: int) -> None:
    schedule = _schedule(count, batch_records=records, epochs=epochs)
    lengths = list(range(1, count + 1))
    tokens = schedule.tokens(lengths)
    assert len(tokens) == schedule.updates
    assert sum(tokens) == epochs * sum(lengths)
    assert schedule.records(schedule.updates) == epochs * count
    assert schedule.records(0) == 0
    assert schedule.records(1) == min(records, count)


@given(st.integers(1, 100), st.integers(1, 40), st.integers(1, 40))
def test_a_smaller_batch_changes_no_update(count: int, records: int, batch: int) -> None:
    before = _schedule(count, batch_records=records)
    after = before.with_batch(batch)
    assert after.batch <= batch
    assert after.order == before.order
    assert after.batch_records == before.batch_records
    assert after.updates == before.updates


def test_the_longest_may_come_with_the_second_update() -> None:
    usual = _schedule(100, batch_records=8, seed=4)
    early = _schedule(100, batch_records=8, seed=4, longest_early=True)
    assert sorted(early.order) == sorted(usual.order) == list(range(100))
    assert max(early.order[8:16]) == max(usual.order[:96])
    assert early.order != usual.order
    assert early.batch_records == 8
    in_passes = _schedule(100, batch_records=16, device_batch=4, longest_early=True)
    assert max(in_passes.order[16:20]) == 99
    assert _schedule(3, longest_early=True).order == _schedule(3).order
    assert sorted(_schedule(9, batch_records=8, longest_early=True).order) == list(range(9))
