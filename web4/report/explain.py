"""Why a target was missed, in a few lines that a terminal and a JUnit reader can show."""

from collections.abc import Mapping

from web4.metrics.scorecard import Score
from web4.targets import Target, format_value

_REASONS = 3
_EXAMPLES = 2
_TEXT = 160


def explain(
    target: Target,
    candidate: str,
    score: Score,
    wanted: Mapping[str, str],
    answered: Mapping[str, str],
) -> str:
    """Return value, interval, target, the most frequent reasons with examples, and the remedy."""
    lines = [
        f"{target.metric} of {candidate}: {summary(score)}, wanted {target.wanted()}",
        f"  asks: {target.says}",
    ]
    for reason in score.reasons[:_REASONS]:
        ids = f": {', '.join(reason.examples)}" if reason.examples else ""
        lines.append(f"  {reason.count} x {reason.reason}{ids}")
        for record_id in reason.examples[:_EXAMPLES]:
            if record_id in answered:
                lines.append(f"    {record_id} wanted   {shown(wanted.get(record_id, ''))}")
                lines.append(f"    {record_id} answered {shown(answered[record_id])}")
    lines.append(f"  remedy: {target.remedy}")
    return "\n".join(lines)


def summary(score: Score) -> str:
    """Return a score with its count and interval: ``97.5% (390/400, 95% CI 95.5% to 98.6%)``."""
    value = format_value(score.value, score.unit)
    if score.low == score.high:
        return value
    low, high = (format_value(bound, score.unit) for bound in (score.low, score.high))
    return f"{value} ({score.passed}/{score.n}, 95% CI {low} to {high})"


def shown(text: str) -> str:
    """Return hostile text for a terminal: one line, control characters escaped, the end cut."""
    cut = text if len(text) <= _TEXT else text[:_TEXT] + f"... ({len(text)} characters)"
    return ascii(cut)[1:-1]
