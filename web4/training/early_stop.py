"""When a training is ended before its time: a pure function of its curves."""

import math
from collections.abc import Sequence
from statistics import fmean

from web4.training.evaluations import Evaluated

STAGNANT_ABOVE = 1.6
"""Nats per answer token. Source: the specification's early stop."""

_SLIPS = 0.01
"""Share of broken JSON that is let pass. Source: the specification's 99% of valid answers."""

_CHANCE = 0.05
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
    """Tell where an evaluation found no broken JSON, and the last one too much for a slip.

    A model whose answers are valid at the rate that is asked for breaks some as well: it is more
    than a slip where such a model would break as many in fewer than one of twenty evaluations.
    """
    clean = [one.update for one in evaluated[:-1] if not one.json_errors]
    if not clean or not _beyond_chance(evaluated[-1]):
        return ""
    last = evaluated[-1]
    return (
        f"JSON errors appear: {last.json_errors} of {last.tool_answers} tool answers at update "
        f"{last.update}, none at update {clean[-1]}. Look for broken JSON in the training records."
    )


def _beyond_chance(found: Evaluated) -> bool:
    from scipy.stats import binomtest

    if not found.json_errors:
        return False
    test = binomtest(found.json_errors, found.tool_answers, _SLIPS, alternative="greater")
    return bool(test.pvalue < _CHANCE)
