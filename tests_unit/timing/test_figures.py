"""Figures of a step are those of its manifest, in the words of ``time``, with its rates."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web4.store import Artifact, FileEntry, Manifest, Request, Usage
from web4.timing.figures import (
    Facts,
    Timing,
    Work,
    as_time_tells,
    doubts,
    machine_class,
    together,
    work_of,
    written,
)

_FACTS = Facts("2 cores, no GPU", "cpu", "embedded:smollm2", "b", "d", "v1.2", "e", 1.0)


def _artifact(path: Path, step: str, **files: str) -> Artifact:
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8")
    entries = {name: FileEntry("", len(text)) for name, text in files.items()}
    manifest = Manifest(step, 1, "k", {}, {}, {}, entries, Usage(10.0, 150.0, 2048), {})
    return Artifact(path, manifest)


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        (Usage(32.02, 99.6, 958312), "wall=0:32.02 cpu=99% mem=958312KB"),
        (Usage(0.0, 0.0, 8400), "wall=0:00.00 cpu=0% mem=8400KB"),
        (Usage(1030.52, 152.9, 1), "wall=17:10.52 cpu=152% mem=1KB"),
        (Usage(59.999, 100.0, 1), "wall=1:00.00 cpu=100% mem=1KB"),
        (Usage(6426.94, 188.8, 9883852), "wall=1:47:06 cpu=188% mem=9883852KB"),
    ],
)
def test_a_usage_reads_as_time_writes_it(usage: Usage, told: str) -> None:
    assert as_time_tells(usage) == told


@given(st.floats(0, 3599), st.floats(0, 6400), st.integers(0, 10**9))
def test_what_time_would_write_can_be_read_back(wall: float, cpu: float, peak: int) -> None:
    told = as_time_tells(Usage(wall, cpu, peak))
    found = re.fullmatch(r"wall=(\d+):(\d\d\.\d\d) cpu=(\d+)% mem=(\d+)KB", told)
    assert found
    assert 60 * int(found[1]) + float(found[2]) == pytest.approx(wall, abs=0.0051)
    assert (int(found[3]), int(found[4])) == (int(cpu), peak)


@pytest.mark.parametrize(
    ("cpus", "device", "told"),
    [
        (2, "cpu", "2 cores, no GPU"),
        (1, "cpu", "1 core, no GPU"),
        (8, "mps", "8 cores, mps"),
        (16, "cuda:1", "16 cores, cuda"),
    ],
)
def test_a_machine_has_a_class(cpus: int, device: str, told: str) -> None:
    assert machine_class({"cpus": cpus, "device": device}) == told


def test_steps_together_cost_their_sum_and_the_highest_peak() -> None:
    both = together([Usage(10.0, 200.0, 5), Usage(30.0, 100.0, 9)])
    assert both == Usage(40.0, 125.0, 9)
    assert together([]) == Usage(0.0, 0.0, 0)


def test_a_training_tells_all_three_rates(tmp_path: Path) -> None:
    facts = {"updates": 14, "tokens": 6000, "seconds": 4.0}
    made = _artifact(tmp_path, "mini", **{"training.json": json.dumps(facts)})
    request = Request("mini", 1, {"records": 100, "batch_records": 16, "epochs": 2})
    work = work_of(request, made)
    assert work == Work(4.0, 200, 6000, 14)
    assert work.rates() == {"tokens_per_s": 1500, "updates_per_s": 3.5, "records_per_s": 50}


def test_a_training_that_was_stopped_has_seen_fewer_records(tmp_path: Path) -> None:
    facts = {"updates": 9, "tokens": 6000, "seconds": 4.0}
    made = _artifact(tmp_path, "mini", **{"training.json": json.dumps(facts)})
    request = Request("mini", 1, {"records": 100, "batch_records": 16, "epochs": 2})
    assert work_of(request, made).records == 100 + 2 * 16


@pytest.mark.parametrize(
    ("step", "files", "work"),
    [
        ("dataset", {"a.jsonl": "{}\n{}\n", "b.jsonl": "{}\n\n"}, Work(10.0, 3)),
        ("sanity", {"sanity.json": '{"records": 30, "mean_tokens": 9.5}'}, Work(10.0, 30, 285)),
        (
            "predict",
            {"speed.json": '{"answers": 8, "seconds": 4.0, "tokens_per_s": 20.0}'},
            Work(4.0, 8, 80),
        ),
        ("deploy", {"deployment.json": '{"asked": 6, "seconds": 3.0}'}, Work(3.0, 6)),
        ("merge", {"model": "x"}, Work(10.0)),
    ],
)
def test_a_step_tells_what_it_did(
    tmp_path: Path, step: str, files: dict[str, str], work: Work
) -> None:
    made = _artifact(tmp_path, step, **files)
    assert work_of(Request(step, 1, {}), made) == work
    assert written([made]) == sum(map(len, files.values()))


def test_judging_counts_the_records_that_were_asked(tmp_path: Path) -> None:
    asked = tmp_path / "tool.jsonl"
    asked.write_text("{}\n" * 40, encoding="utf-8")
    files = {"eval/tool": asked, "catalog": tmp_path / "none.json"}
    made = _artifact(tmp_path, "score", **{"scores.json": "{}"})
    assert work_of(Request("score", 1, {}, {}, files), made) == Work(10.0, 40)


def test_a_benchmark_is_told_everything() -> None:
    usage = Usage(10.0, 150.0, 2_000_000)
    timing = Timing("mini", "3 mini", "cold", usage, 10.456, 77, Work(4.0, 8, 80, 2), _FACTS)
    told = timing.to_dict()
    wanted = {
        "state": "cold",
        "time": "wall=0:10.00 cpu=150% mem=2000000KB",
        "own_seconds": 10.46,
        "tokens_per_s": 20.0,
        "updates_per_s": 0.5,
        "records_per_s": 2.0,
        "bytes_written": 77,
        "device": "cpu",
        "model": "embedded:smollm2",
        "dataset_digest": "d",
        "eval_version": "v1.2",
        "scale": 1.0,
    }
    assert wanted.items() <= told.items()
    json.dumps(told, allow_nan=False)
    assert [timing.figure(name) for name in ("seconds", "megabytes", "records_per_s")] == [
        10.0,
        2000.0,
        2.0,
    ]


def test_a_usage_that_can_be_raises_no_doubt() -> None:
    assert list(doubts(Usage(10.0, 150.0, 1), 10.3, 15.1)) == []


@pytest.mark.parametrize(
    ("own", "cpu", "says"),
    [(9.5, 15.0, "and 9.50 s passed"), (10.3, 12.0, "the system counted 12.00 s")],
)
def test_a_usage_that_cannot_be_is_told(own: float, cpu: float, says: str) -> None:
    (told,) = doubts(Usage(10.0, 150.0, 1), own, cpu)
    assert says in told
