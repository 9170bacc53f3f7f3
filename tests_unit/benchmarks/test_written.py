"""What is written of a comparison says what was measured, and nothing else."""

import json
from pathlib import Path

import pytest

from benchmarks.harness import write_items
from benchmarks.scaling import exponent
from benchmarks.side_by_side import Comparison, Row, Sample, Table, Wanted
from benchmarks.written import index, write

_QUIET = {
    "cpu": "a CPU",
    "cpus": 2,
    "memory_gb": 8,
    "platform": "an OS",
    "python": "3.11",
    "others": 0.0,
}
_FOUND = Comparison(
    "Speed | of <things>",
    "The ``same`` work.",
    (
        Table(
            "100 things",
            "thing",
            100,
            (
                Row("web4", (Sample(1.0, 50.0), Sample(3.0, 60.0))),
                Row("peer", (Sample(2.0), Sample(6.0)), "by | hand"),
                Row("gone", (), "", "pip said no"),
            ),
        ),
    ),
    (Wanted("ratio", 2.0, at_most=1.0),),
    ("a note",),
    {"peer": "1.2"},
)


def test_medians_ratios_and_absence_are_told(tmp_path: Path) -> None:
    write(tmp_path, "things", _FOUND, _QUIET, "python -m benchmarks things")
    told = json.loads((tmp_path / "things.json").read_text(encoding="utf-8"))
    ours, peer, gone = told["tables"][0]["rows"]
    assert (ours["median_s"], ours["rate"], ours["ratio"], ours["peak_mb"]) == (2.0, 50.0, 1.0, 60)
    assert (peer["seconds"], peer["ratio"], peer["peak_mb"]) == ([2.0, 6.0], 2.0, None)
    assert gone == {"name": "gone", "note": "", "absent": "pip said no"}
    text = (tmp_path / "things.md").read_text(encoding="utf-8")
    assert "| peer | 4 | 25 | 2.00 | - | - | by \\| hand |" in text
    assert "not measured: pip said no" in text
    assert "| ratio | at most 1 | 2 | **no** |" in text
    assert "busy" not in text
    assert (tmp_path / "things.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_busy_machine_is_said(tmp_path: Path) -> None:
    write(tmp_path, "things", _FOUND, {**_QUIET, "others": 1.5}, "python -m benchmarks things")
    assert "**Measured on a busy machine** (1.5 cores" in (tmp_path / "things.md").read_text(
        "utf-8"
    )
    assert "busy, to be measured again" in index(tmp_path)


def test_nothing_measured_draws_nothing(tmp_path: Path) -> None:
    absent = Table("100 things", "thing", 100, (Row("gone", (), "", "pip said no"),), "gone")
    write(tmp_path, "none", Comparison("None", "Work.", (absent,)), _QUIET, "command")
    assert not (tmp_path / "none.svg").exists()


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_exponent_is_that_of_the_cost(power: float) -> None:
    sizes = (1_000, 10_000, 40_000)
    assert exponent(sizes, [3e-5 * size**power for size in sizes]) == pytest.approx(power)


def test_each_twentieth_item_of_a_harness_is_wrong(tmp_path: Path) -> None:
    assert write_items(tmp_path, 450) == 450 - 22
    items = json.loads((tmp_path / "items.json").read_text(encoding="utf-8"))
    assert len({one["prompt"] for one in items}) == 450
    assert sum(one["answer"] != one["gold"] for one in items) == 22
