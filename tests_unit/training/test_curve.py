"""A loss curve is read back, and how far it settled is told by its last two fifths."""

import math
from pathlib import Path

import pytest

from web4.errors import ArtifactError
from web4.training.curve import (
    divergence,
    loss_change,
    loss_ratio,
    memory_growth,
    read_column,
    read_losses,
)


def test_losses_are_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "loss.csv"
    path.write_text("update,loss,learning_rate\n1,2.5,0.1\n2,1.25,0.1\n", encoding="utf-8")
    assert read_losses(path) == [2.5, 1.25]


def test_an_empty_curve_is_named(tmp_path: Path) -> None:
    path = tmp_path / "loss.csv"
    path.write_text("update,loss\n", encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"loss\.csv: the loss curve is empty"):
        read_losses(path)


@pytest.mark.parametrize(
    ("losses", "change"),
    [
        ([2.0] * 20, 0.0),
        ([4.0] + [9.0] * 11 + [2.0] * 4 + [1.0] * 4, 0.25),
        ([4.0] + [9.0] * 11 + [1.0] * 4 + [2.0] * 4, 0.25),  # rising is no settling either
        ([4.0, 4.0] + [9.0] * 22 + [2.0] * 8 + [1.0] * 8, 0.25),
        ([2.0, 1.0], 0.5),
        ([4.0, 9.0, 2.0, 1.0], 0.25),
        ([2.0], math.inf),
    ],
)
def test_the_change_compares_the_last_two_fifths(losses: list[float], change: float) -> None:
    assert loss_change(losses) == pytest.approx(change)


def test_a_curve_that_ran_away_has_no_change_that_passes() -> None:
    assert not loss_change([2.0] * 19 + [math.nan]) <= 0.05


def test_a_column_is_read_where_there_is_one(tmp_path: Path) -> None:
    path = tmp_path / "loss.csv"
    path.write_text("step,loss,peak_mb\n1,2.5,\n2,2.0,900.5\n3,1\n", encoding="utf-8")
    assert read_column(path, "peak_mb") == [900.5]
    assert read_column(path, "validation_loss") == []


def test_the_end_is_compared_with_the_first_update() -> None:
    assert loss_ratio([4.0] * 18 + [0.5, 0.3]) == pytest.approx(0.1)
    assert loss_ratio([2.0]) == 1
    assert not loss_ratio([2.0, math.nan]) <= 0.1


@pytest.mark.parametrize(
    ("losses", "windows"),
    [
        ([2.0] * 40, 0),
        ([2.0 - 0.04 * place for place in range(40)], 0),
        ([2.0, 2.0] + [1.0] * 36 + [2.5, 2.5], 1),  # it ran away at the end
        ([2.0, 2.0] + [1.0] * 10 + [4.0, 1.0] + [1.0] * 26, 1),
        ([2.0, 2.0] + [1.0] * 10 + [2.5, 1.0] + [1.0] * 26, 0),  # one bad update is none
        ([0.1] + [3.0] * 19, 19),
        ([1.0] * 19 + [math.nan], 1),
        ([math.inf] * 20, 20),
        ([1.0], 0),
    ],
)
def test_windows_above_the_start_have_diverged(losses: list[float], windows: int) -> None:
    assert divergence(losses) == windows


@pytest.mark.parametrize(
    ("peaks", "growth"),
    [
        ([900.0] * 30, 0.0),
        ([500.0, 800.0, 1000.0] + [1000.0] * 27, 0.0),  # what the first tenth takes is the measure
        ([1000.0] * 29 + [1050.0], 0.05),
        ([1000.0] * 15 + [1200.0] + [900.0] * 14, 0.2),
        ([7.0], 0.0),
    ],
)
def test_memory_grows_by_what_comes_after_the_first_tenth(
    peaks: list[float], growth: float
) -> None:
    assert memory_growth(peaks) == pytest.approx(growth)
