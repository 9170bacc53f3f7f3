"""When a training is ended before its time: a pure function of its curves."""

import math
from collections.abc import Sequence
from statistics import fmean

from web4.training.evaluations import Evaluated

STAGNANT_ABOVE = 1.6
"""Nats per answer token. Source: the specification's early stop."""

_SHARE = 10
_FEWEST = 10
_GAIN = 0.01


def stop_reason(losses: Sequence[float], evaluated: Sequence[Evaluated], planned: int) -> str:
    """Say why a training of ``planned`` updates should end now; "" where it should go on."""
    return _stagnation(losses, planned) or _broken_json(evaluated)


def _stagnation(losses: Sequence[float], planned: int) -> str:
    """Compare the last two windows of a tenth of the planned updates, of ten at least.

    The loss stagnates where both means are above 1.6 and the later one is not lower by 1%.
    """
    window = max(_FEWEST, math.ceil(planned / _SHARE))
    if len(losses) < 2 * window:
        return ""
    before, after = fmean(losses[-2 * window : -window]), fmean(losses[-window:])
    if after <= STAGNANT_ABOVE or after < before * (1 - _GAIN):
        return ""
    return (
        f"the loss stagnates: {before:.3f}, then {after:.3f} over {window} updates each, above "
        f"{STAGNANT_ABOVE}. Raise epochs, or change learning_rate in the profile."
    )


def _broken_json(evaluated: Sequence[Evaluated]) -> str:
    """Tell where an evaluation found no broken JSON, and the last one does."""
    clean = [one.update for one in evaluated[:-1] if not one.json_errors]
    if not clean or not evaluated[-1].json_errors:
        return ""
    last = evaluated[-1]
    return (
        f"JSON errors appear: {last.json_errors} of {last.tool_answers} tool answers at update "
        f"{last.update}, none at update {clean[-1]}. Look for broken JSON in the training records."
    )
