"""Scores as a table that is readable without colour at 80 columns."""

from collections.abc import Mapping, Sequence

from web4.metrics.scorecard import Score, Scorecard, family_scores
from web4.targets import Target, Targets, format_value


def score_table(cards: Sequence[Scorecard], targets: Targets) -> str:
    """Return each candidate's scores beside their targets, and its families by slice last."""
    lines: list[str] = []
    for card in cards:
        lines.append(f"{card.candidate}  sha256 {card.digest[:12]}  eval {card.eval_version}")
        lines += [
            _line(target, card.scores.get(target.metric))
            for target in targets.target
            if target.scope == "candidate"
        ]
        parts = {part: family_scores(found, targets) for part, found in card.slices.items()}
        for family, value in card.families.items():
            apart = [f"{part} {_percent(parts[part], family)}" for part in ("seen", "unseen")]
            lines.append(f"  {family} score {100 * value:.1f}%, skeletons {', '.join(apart)}")
            grades = [_percent(found, family) for part, found in parts.items() if "grade" in part]
            lines += [f"    by grade of difficulty: {' '.join(grades)}"] if grades else []
    return "\n".join(lines)


def _percent(scores: Mapping[str, float], family: str) -> str:
    return f"{100 * scores[family]:.1f}%" if family in scores else "-"


def _line(target: Target, score: Score | None) -> str:
    """Return value, interval, what was wanted and whether it was reached, in 80 columns."""
    if score is None:
        return f"  {target.metric:<27} {'not evaluated':<29} {target.wanted()}"
    value = format_value(score.value, score.unit)
    bounds = [format_value(bound, score.unit) for bound in (score.low, score.high)]
    interval = "" if bounds[0] == bounds[1] else f"[{bounds[0]}, {bounds[1]}]"
    if target.gate == "tracked":
        return f"  {target.metric:<27} {value}"
    mark = "ok" if target.reached_by(score.value) else "MISSED"
    return f"  {target.metric:<27} {value:<10}{interval:<19} {target.wanted():<11} {mark}"
