"""A loss curve is read back, and how far it settled is told by its last two fifths."""

import math
from pathlib import Path

import pytest

from web4.errors import ArtifactError
from web4.training.curve import loss_change, read_losses


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
