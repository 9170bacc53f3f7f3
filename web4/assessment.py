"""What the gate asks of whom, and how each target came out: measured, compared, nothing more."""

import math
from statistics import NormalDist

from web4 import run_metrics
from web4.errors import ConfigError, DataError, Web4Error
from web4.gate import Assessment, Status, assessment_name
from web4.metrics.scorecard import Score
from web4.run import NotEvaluatedError, Run
from web4.run_metrics import ITERATION
from web4.stats import Interval, decide, needed_items, wilson
from web4.targets import GateLevel, Target, format_value

ASSERTED: tuple[GateLevel, ...] = ("ship", "quality", "optional")
_SHOWN_CONFIDENCE = 0.95


def targets_asked(run: Run) -> list[tuple[Target, str]]:
    """Return each target that is asserted, with each candidate it is asked of."""
    return [
        (target, candidate)
        for target in run.targets.target
        if target.gate in ASSERTED and _asked_of(run, target)
        for candidate in (run.candidates if target.scope == "candidate" else ("run",))
    ]


def _asked_of(run: Run, target: Target) -> bool:
    """Whether a target can be asked: a model from outside has no steps, but may be compared."""
    return not run.outside or target.scope == "candidate" or target.metric.startswith(ITERATION)


def gate_names(run: Run) -> list[str]:
    """Return the names of all that the ship gate asks."""
    return [assessment_name(*pair) for pair in targets_asked(run) if pair[0].gate == "ship"]


def measure(run: Run, target: Target, candidate: str) -> Score:
    """Return the score that a target is about; raise ``NotEvaluatedError`` where there is none."""
    if target.scope == "run":
        return run_metrics.measure(run, target.metric)
    card = run.scorecard(candidate)
    if target.metric not in card.scores:
        why = card.not_evaluated.get(target.metric, "web4 does not compute this metric yet")
        raise NotEvaluatedError(why)
    return card.scores[target.metric]


def assess(run: Run, target: Target, candidate: str, confidence: float = 0.0) -> Assessment:
    """Measure a target for a candidate and compare.

    With a ``confidence`` above 0 the score's interval has to clear the target, not just its value.
    What the user has to mend in data or options is told, and is no broken step.
    """
    try:
        score = measure(run, target, candidate)
        digest = run.scorecard(candidate).digest if target.scope == "candidate" else ""
    except (NotEvaluatedError, Web4Error) as error:
        broken = isinstance(error, Web4Error) and not isinstance(error, (ConfigError, DataError))
        why = str(error)
        return Assessment(target, candidate, "not_evaluated", why=why, broken=broken)
    interval = interval_at(score, confidence or _SHOWN_CONFIDENCE)
    status, why = _judged(target, score, interval, confidence)
    return Assessment(
        target, candidate, status, score, interval, confidence or _SHOWN_CONFIDENCE, digest, why
    )


def interval_at(score: Score, confidence: float) -> Interval:
    """Return a score's interval at another confidence than its own 95%.

    Wilson's is computed anew. Any other is widened by the ratio of the normal quantiles about the
    value, which is exact for none of them and close for all.
    """
    own = Interval(score.low, score.high)
    if confidence == _SHOWN_CONFIDENCE or score.low == score.high:
        return own
    if score.unit == "rate":
        again = wilson(score.value * score.n, score.n)
        if math.isclose(again.low, own.low) and math.isclose(again.high, own.high):
            return wilson(score.value * score.n, score.n, confidence)
    normal = NormalDist()
    wider = normal.inv_cdf((1 + confidence) / 2) / normal.inv_cdf((1 + _SHOWN_CONFIDENCE) / 2)
    low = score.value - wider * (score.value - own.low)
    high = score.value + wider * (own.high - score.value)
    return Interval(max(0.0, low), min(1.0, high)) if score.unit == "rate" else Interval(low, high)


def _judged(
    target: Target, score: Score, interval: Interval, confidence: float
) -> tuple[Status, str]:
    """Return what became of a target, and why its interval does not decide where it does not."""
    if not confidence:
        return ("reached" if target.reached_by(score.value) else "missed"), ""
    decision = decide(score.value, interval, target)
    if decision != "undecided":
        return ("reached" if decision == "met" else "missed"), ""
    bounds = [format_value(bound, score.unit) for bound in (interval.low, interval.high)]
    needed = needed_items(target, confidence)
    why = f"the {confidence:g} interval {bounds[0]} to {bounds[1]} holds the target"
    return "undecided", f"{why}; {needed} items without a miss would decide" if needed else why
