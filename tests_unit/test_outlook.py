"""Before a training starts, its reason and its length are told; otherwise nothing is."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from web4 import outlook as outlook_module
from web4.device import Device
from web4.outlook import outlook, probe_gflops
from web4.release.kept import Release
from web4.run import Run

MakeRun = Callable[..., Run]


@pytest.fixture(autouse=True)
def device(monkeypatch: pytest.MonkeyPatch) -> None:
    _on(monkeypatch, "cpu")
    monkeypatch.setattr(outlook_module, "probe_gflops", lambda: 40.0)
    monkeypatch.setattr(outlook_module, "all_releases", list)


def _on(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(outlook_module, "choose_device", lambda: Device(name, bf16=False))


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """Keep a release of 100 tokens a record, trained at 1,000 tokens/s and 80 GFLOPS."""
    monkeypatch.setattr("web4.release.kept.data_dir", lambda: tmp_path / "released")
    kept = Release("v0.1.0", "embedded", "ab" * 32, green=True, probe_gflops=80.0)
    folder = kept.store / "full" / ("ab" * 8)
    folder.mkdir(parents=True)
    facts = {"records": 1000, "tokens": 100_000, "tokens_per_second": 1000.0}
    (folder / "training.json").write_text(json.dumps(facts), encoding="utf-8")
    monkeypatch.setattr(outlook_module, "all_releases", lambda: [kept])
    return kept


def test_a_trained_run_needs_no_outlook(make_run: MakeRun) -> None:
    run = make_run()
    run.artifact("full")
    assert list(outlook(run)) == []


def test_a_model_from_outside_needs_no_outlook(make_run: MakeRun) -> None:
    assert list(outlook(make_run("embedded:smollm2"))) == []


def test_a_first_run_tells_what_was_never_built(make_run: MakeRun) -> None:
    assert list(outlook(make_run())) == [
        "base: never built here",
        "dataset: never built here",
        "full: never built here",
        "full has to be trained: about a time unknown on this machine",
    ]


def test_what_changed_is_named_with_a_time(make_run: MakeRun, release: Release) -> None:  # noqa: ARG001
    run = make_run()
    run.artifact("full")
    told = {"learning_rate": 0.5, "records": 12_000, "epochs": 1}
    settings = run.profile.full.model_copy(update=told)
    changed = run.profile.model_copy(update={"full": settings})
    lines = list(outlook(Run(changed, run.targets, run.store)))
    assert len(lines) == 2
    assert f"learning_rate {run.profile.full.learning_rate} -> 0.5" in lines[0]
    assert f"records {run.profile.full.records} -> 12000" in lines[0]
    # 12,000 records of 100 tokens at 500 tokens/s, as this machine is half as fast
    assert lines[1] == "full has to be trained: about 40 minutes on this machine"


def test_an_accelerator_is_not_estimated_from_a_cpu(
    make_run: MakeRun,
    release: Release,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _on(monkeypatch, "cuda")
    *_, last = outlook(make_run())
    assert "some minutes (not measured on cuda)" in last


def test_a_release_without_its_adapter_gives_no_estimate(
    make_run: MakeRun, release: Release
) -> None:
    shutil.rmtree(release.store)
    *_, last = outlook(make_run())
    assert last == "full has to be trained: about a time unknown on this machine"


def test_the_probe_measures_a_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlook_module, "_PROBE_SECONDS", 0.01)
    assert 0 < probe_gflops() < 1e6
