"""Reading a loss curve, without anything heavy."""

import csv
import math
from pathlib import Path
from statistics import fmean

from web4.errors import ArtifactError


def read_losses(path: Path) -> list[float]:
    """Return the loss of every update, in nats per answer token."""
    with path.open(newline="", encoding="utf-8") as handle:
        losses = [float(row["loss"]) for row in csv.DictReader(handle)]
    if not losses:
        raise ArtifactError(f"{path}: the loss curve is empty")
    return losses


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
