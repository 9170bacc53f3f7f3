"""Scores as a table that is readable without colour at 80 columns."""

from collections.abc import Sequence

from web4.metrics.scorecard import Scorecard
from web4.report.explain import summary
from web4.targets import Targets


def score_table(cards: Sequence[Scorecard], targets: Targets) -> str:
    """Return each candidate's scores beside their targets, families last."""
    lines: list[str] = []
    for card in cards:
        lines.append(f"{card.candidate}  sha256 {card.digest[:12]}  eval {card.eval_version}")
        for target in targets.target:
            score = card.scores.get(target.metric)
            if target.scope == "run":
                continue
            if score is None:
                lines.append(f"  {target.metric:<30} {'not evaluated':<14} {target.wanted():>10}")
                continue
            mark = "ok" if target.reached_by(score.value) else "MISSED"
            mark = "" if target.gate == "tracked" else mark
            wanted = "" if target.gate == "tracked" else target.wanted()
            lines.append(f"  {target.metric:<30} {summary(score)}  {wanted} {mark}".rstrip())
        for family, value in card.families.items():
            unseen = [
                f"{name.partition('.')[2]} {100 * part.value:.1f}%"
                for name, part in card.unseen.items()
                if name in targets.composition(family)
            ]
            lines.append(f"  {family} score {100 * value:.1f}%; unseen: {', '.join(unseen)}")
    return "\n".join(lines)
