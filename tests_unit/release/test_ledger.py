"""The log of gated runs only grows, by whole rows, whoever else writes at the same time."""

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from tests_unit.gate_suite import ROOT
from web4.release.ledger import append

_PROCESSES = 4
_EACH = 12


def _record(**changed: Any) -> dict[str, Any]:
    """Return a kept record, with its environment, as a run writes it."""
    path = ROOT / "data" / "releases" / "v0.3.0" / "scorecard.json"
    record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    record["environment"] = {"finished": "2026-11-23T20:07:58Z"}
    return record | changed


def _rows(path: Path) -> list[list[str]]:
    text = path.read_text(encoding="utf-8")
    assert text.endswith("|\n")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]


def test_a_row_is_made_from_the_record(tmp_path: Path) -> None:
    record = _record()
    append(tmp_path / "eval_log.md", "nightly", record, ("adapter",))
    head, _, row = _rows(tmp_path / "eval_log.md")
    said = dict(zip(head, row, strict=True))
    (card,) = (one for one in record["cards"] if one["candidate"] == "adapter")
    overall = {one["metric"]: one["value"] for one in card["scores"]}["overall.weighted"]
    assert said == {
        "date": "2026-11-23 20:07",
        "run": "nightly",
        "base": "embedded:smollm2",
        "adapter": record["run"]["adapter"][:12],
        "dataset": record["run"]["dataset"][:12],
        "eval": "v1.2",
        **{name: f"{100 * card['families'][name]:.1f}%" for name in ("tool", "style", "guardrail")},
        "overall": f"{100 * overall:.1f}%",
        "verdict": record["verdict"],
    }


def test_what_was_not_gated_is_no_row(tmp_path: Path) -> None:
    append(tmp_path / "eval_log.md", "nightly", _record(), ("base",))
    append(tmp_path / "eval_log.md", "nightly", _record(cards=[]), ("adapter",))
    assert list(tmp_path.iterdir()) == []


def test_no_cell_breaks_the_table(tmp_path: Path) -> None:
    path = tmp_path / "eval_log.md"
    append(path, "a|b\nc\x1b[31m", _record(verdict="x | y"), ("adapter",))
    head, _, row = _rows(path)
    assert len(row) == len(head)
    assert (row[1], row[-1]) == ("a/b\\nc\\x1b[31m", "x / y")


def test_what_stands_there_is_never_changed(tmp_path: Path) -> None:
    path = tmp_path / "eval_log.md"
    append(path, "first", _record(), ("adapter",))
    before = path.read_bytes()
    append(path, "second", _record(), ("adapter",))
    assert path.read_bytes().startswith(before)
    assert len(_rows(path)) == 4


def test_a_row_that_a_crash_cut_stays_and_the_next_has_its_own_line(tmp_path: Path) -> None:
    path = tmp_path / "eval_log.md"
    append(path, "first", _record(), ("adapter",))
    path.write_bytes(path.read_bytes() + b"| 2026-11-2")
    append(path, "second", _record(), ("adapter",))
    assert path.read_text("utf-8").splitlines()[3] == "| 2026-11-2"
    assert _rows(path)[-1][1] == "second"


def _append_many(path: Path, number: int, start: Any) -> None:
    start.wait()
    for turn in range(_EACH):
        append(path, f"run-{number}-{turn}", _record(), ("adapter",))


@pytest.mark.parametrize("there", [False, True], ids=["new log", "grown log"])
def test_processes_that_append_at_once_add_whole_rows(tmp_path: Path, *, there: bool) -> None:
    path = tmp_path / "eval_log.md"
    if there:
        append(path, "before", _record(), ("adapter",))
    context = multiprocessing.get_context("fork")
    start = context.Barrier(_PROCESSES)
    workers = [
        context.Process(target=_append_many, args=(path, number, start))
        for number in range(_PROCESSES)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
        assert worker.exitcode == 0
    head, rule, *rows = _rows(path)
    assert head[0] == "date"
    assert set(rule) == {"---"}
    assert all(len(row) == len(head) for row in rows)
    names = [row[1] for row in rows if row[1] != "before"]
    expected = {f"run-{number}-{turn}" for number in range(_PROCESSES) for turn in range(_EACH)}
    assert set(names) == expected
    assert len(names) == len(expected)
