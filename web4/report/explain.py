"""Why a target was missed, in a few lines that a terminal and a JUnit reader can show."""

import math
from collections.abc import Mapping

from web4.metrics.scorecard import Score
from web4.targets import Target, format_value
from web4.terminal import printable

_REASONS = 3
_EXAMPLES = 2
_TEXT = 160
_BEFORE = 40


def explain(  # noqa: PLR0913 - what was asked of whom, what came of it, and the texts behind it
    target: Target,
    candidate: str,
    score: Score,
    wanted: Mapping[str, str],
    answered: Mapping[str, str],
    *,
    undecided: str = "",
) -> str:
    """Return value, interval, target, distance, the most frequent reasons with examples, remedy.

    ``undecided`` tells why the interval does not decide, where it was asked to.
    """
    lines = [
        f"{target.metric} of {candidate}: {summary(score)}, wanted {target.wanted()}",
        f"  asks: {target.says}",
        f"  {'undecided' if undecided else 'distance'}: {undecided or distance(target, score)}",
    ]
    for reason in score.reasons[:_REASONS]:
        ids = f": {', '.join(reason.examples)}" if reason.examples else ""
        lines.append(f"  {reason.count} x {reason.reason}{ids}")
        for record_id in reason.examples[:_EXAMPLES]:
            if record_id in answered:
                texts = apart(wanted.get(record_id, ""), answered[record_id])
                lines.append(f"    {record_id} wanted   {texts[0]}")
                lines.append(f"    {record_id} answered {texts[1]}")
    lines.append(f"  remedy: {target.remedy}")
    return "\n".join(printable(line) for line in lines)


def summary(score: Score) -> str:
    """Return a score with its count and interval: ``97.5% (390/400, 95% CI 95.5% to 98.6%)``."""
    value = format_value(score.value, score.unit)
    if score.low == score.high or not score.interval.bounded:
        return value
    low, high = (format_value(bound, score.unit) for bound in (score.low, score.high))
    return f"{value} ({score.passed}/{score.n}, 95% CI {low} to {high})"


def distance(target: Target, score: Score) -> str:
    """Return how far a score is from its target, for a plain rate also in records."""
    apart_by = abs(target.value - score.value)
    if score.unit != "rate":
        return format_value(apart_by, score.unit)
    points = f"{100 * apart_by:.2g}" if apart_by < 0.01 else f"{100 * apart_by:.1f}"  # noqa: PLR2004 - one point
    counted = math.isclose(score.value * score.n, score.passed)
    if target.compare != ">=" or not counted:
        return f"{points} points"
    more = math.ceil(target.value * score.n - 1e-9) - score.passed
    return f"{points} points, {more} more of {score.n}"


def apart(wanted: str, answered: str) -> tuple[str, str]:
    """Return two hostile texts for a terminal, cut so that their first difference is seen."""
    same = next(
        (
            place
            for place, pair in enumerate(zip(wanted, answered, strict=False))
            if len({*pair}) > 1
        ),
        min(len(wanted), len(answered)),
    )
    start = same - _BEFORE if same > _TEXT - _BEFORE else 0
    return shown(wanted, start), shown(answered, start)


def shown(text: str, start: int = 0) -> str:
    """Return hostile text from ``start`` on for a terminal: one line, escaped, the end cut."""
    head = "..." if start else ""
    cut = text[start : start + _TEXT]
    tail = f"... ({len(text)} characters)" if start + _TEXT < len(text) else ""
    return printable(f"{head}{cut}{tail}")
