"""``eval_log.md``: one row for each gated run, only ever appended to."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from web4.metrics.scorecard import Scorecard

_COLUMNS = (
    *("date", "run", "base", "adapter", "dataset", "eval"),
    *("tool", "style", "guardrail", "overall", "verdict"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row says beside the scores."""

    run: str
    base: str
    adapter: str
    dataset: str
    verdict: str


def append(path: Path, entry: Entry, card: Scorecard) -> None:
    """Add a row with the card's family scores; a score that was not measured is a dash."""
    overall = card.scores.get("overall.weighted")
    shares = [card.families.get(name) for name in ("tool", "style", "guardrail")]
    shares.append(overall.value if overall else None)
    cells = [
        time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        entry.run,
        entry.base,
        entry.adapter,
        entry.dataset,
        card.eval_version,
        *("-" if share is None else f"{100 * share:.1f}%" for share in shares),
        entry.verdict,
    ]
    with path.open("a", encoding="utf-8", newline="\n") as handle:
        if handle.tell() == 0:
            handle.write(_row(_COLUMNS) + _row(["---"] * len(_COLUMNS)))
        handle.write(_row([cell.replace("|", "/") for cell in cells]))


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"
