"""``timing_log.md``: one row for each timed run, only ever appended to."""

import time
from collections.abc import Mapping
from pathlib import Path

from web4.release.ledger import append_row
from web4.timing.cold import GROUP_OF
from web4.timing.figures import Timing

TIMING_LOG = "timing_log.md"
_GROUPS = tuple(dict.fromkeys(GROUP_OF.values()))
_COLUMNS = ("date", "run", "machine", "records", "model", "dataset", "eval", *_GROUPS, "peak")
_SHORT = 12


def append_timings(path: Path, run: str, timings: Mapping[str, Timing]) -> None:
    """Add what each group of steps took, in seconds; a group that was not timed is a dash."""
    if not timings:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    append_row(path, _COLUMNS, _cells(run, timings))


def _cells(run: str, timings: Mapping[str, Timing]) -> list[str]:
    facts = list(timings.values())[-1].facts
    taken: dict[str, float] = {}
    for one in timings.values():
        taken[one.group] = taken.get(one.group, 0.0) + one.usage.wall_seconds
    peak = max(one.megabytes for one in timings.values())
    return [
        time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        run,
        facts.machine,
        f"{100 * facts.scale:g}%",
        facts.model,
        facts.dataset_digest[:_SHORT] or "-",
        facts.eval_version,
        *(f"{taken[group]:.1f} s" if group in taken else "-" for group in _GROUPS),
        f"{peak:.0f} MB",
    ]
