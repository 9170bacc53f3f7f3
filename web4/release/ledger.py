"""``eval_log.md``: one row for each gated run, only ever appended to, made from its record."""

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from filelock import FileLock

from web4.terminal import printable

_COLUMNS = (
    *("date", "run", "base", "adapter", "dataset", "eval"),
    *("tool", "style", "guardrail", "overall", "verdict"),
)
_FAMILIES = ("tool", "style", "guardrail")
_OVERALL = "overall.weighted"
_SHORT = 12


def append(path: Path, run: str, record: Mapping[str, Any], gated: Collection[str]) -> None:
    """Add the row of a ``scorecard.json``: whole, whoever else appends at the same time.

    The scores are those of the last card of a ``gated`` candidate; where there is none, nothing
    was evaluated and no row is added.
    """
    cards = [card for card in record["cards"] if card["candidate"] in gated]
    if not cards:
        return
    append_row(path, _COLUMNS, _cells(run, record, cards[-1]))


def append_row(path: Path, columns: Sequence[str], cells: Sequence[str]) -> None:
    """Add a row to a log in Markdown, which begins with its ``columns``."""
    row = _row(cells)
    with FileLock(path.with_name(f".{path.name}.lock")), path.open("a+b") as handle:
        size = handle.seek(0, os.SEEK_END)
        head = "" if size else _row(columns) + _row(["---"] * len(columns))
        if size:
            handle.seek(-1, os.SEEK_END)
            head = "" if handle.read(1) == b"\n" else "\n"  # a write that a crash cut
        handle.write((head + row).encode())  # "a": wherever the file was read, it grows at its end
        handle.flush()
        os.fsync(handle.fileno())


def _cells(run: str, record: Mapping[str, Any], card: Mapping[str, Any]) -> list[str]:
    """Return a row's cells; a score that was not measured is a dash."""
    facts = record["run"]
    overall = [one["value"] for one in card["scores"] if one["metric"] == _OVERALL]
    shares = [*(card["families"].get(name) for name in _FAMILIES), *(overall or [None])]
    return [
        record["environment"]["finished"].replace("T", " ")[:16],
        run,
        facts["base"],
        facts["adapter"][:_SHORT] or facts["candidate"],
        facts["dataset"][:_SHORT] or "-",
        facts["eval_version"],
        *("-" if share is None else f"{100 * share:.1f}%" for share in shares),
        record["verdict"],
    ]


def _row(cells: Sequence[str]) -> str:
    """Return a line of a Markdown table; nothing in a cell ends it or the line."""
    return "| " + " | ".join(printable(cell).replace("|", "/") for cell in cells) + " |\n"
