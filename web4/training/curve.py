"""Reading the curves of a training, without anything heavy."""

import csv
import math
from pathlib import Path
from statistics import fmean

from web4.errors import ArtifactError

PEAK = "peak_mb"
_WINDOWS = 20


def read_losses(path: Path) -> list[float]:
    """Return the loss of every update, in nats per answer token."""
    losses = read_column(path, "loss")
    if not losses:
        raise ArtifactError(f"{path}: the loss curve is empty")
    return losses


def read_column(path: Path, name: str) -> list[float]:
    """Return the values of a column where there are any; older curves have fewer columns."""
    with path.open(newline="", encoding="utf-8") as handle:
        return [float(row[name]) for row in csv.DictReader(handle) if row.get(name)]


def loss_change(losses: list[float]) -> float:
    """Return how much the loss still moved at the end, as a share of where it started.

    The means of the last two fifths are compared, against the mean of the first twentieth. A
    single loss never settled: its change is infinite.
    """
    if len(losses) < 2:  # noqa: PLR2004 - a change needs two losses
        return math.inf
    fifth = max(1, len(losses) // 5)
    start = fmean(losses[: max(1, len(losses) // 20)])
    return abs(fmean(losses[-2 * fifth : -fifth]) - fmean(losses[-fifth:])) / start


def last_tenth(losses: list[float]) -> float:
    """Return the mean loss of the last tenth of the updates."""
    return fmean(losses[-max(1, len(losses) // 10) :])


def loss_ratio(losses: list[float]) -> float:
    """Return where the loss ended, over the last tenth, as a share of the first update's."""
    return last_tenth(losses) / losses[0]


def divergence(losses: list[float]) -> int:
    """Count the windows of a twentieth of the updates that learned nothing.

    They are those whose mean loss is above that of the first window, or no finite number.
    """
    width = max(1, len(losses) // _WINDOWS)
    means = [fmean(losses[start : start + width]) for start in range(0, len(losses), width)]
    return sum(not (math.isfinite(mean) and mean <= means[0]) for mean in means)


def memory_growth(peaks: list[float]) -> float:
    """Return by how much the peak grew after the first tenth of the updates, as a share of it."""
    early = max(peaks[: max(1, len(peaks) // 10)])
    return max(peaks) / early - 1
