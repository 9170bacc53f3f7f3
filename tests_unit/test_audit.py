"""What speaks against a run's scores is found in the store, and nothing is built to find it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from web4.audit import objections
from web4.digests import file_digest
from web4.run import Run
from web4.store import MANIFEST

MakeRun = Callable[..., Run]


@pytest.fixture(autouse=True)
def _judged_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web4.audit.differences", lambda *_: [])  # its own tests judge


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    opened = make_run()
    for candidate in opened.candidates:
        opened.scorecard(candidate)
    return opened


def _folder(run: Run, name: str) -> Path:
    return run.store.root / run.request(name).folder


def _rewrite(path: Path, **changes: Any) -> None:
    manifest = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**manifest, **changes}), encoding="utf-8")


def test_an_honest_run_has_nothing_against_it(run: Run) -> None:
    assert list(objections(run)) == []


def test_nothing_is_built_for_it(make_run: MakeRun) -> None:
    ran: list[str] = []
    assert list(objections(make_run(ran=ran))) == []
    assert ran == []


def test_an_artifact_of_another_key_is_told(run: Run) -> None:
    shutil.rmtree(_folder(run, "score_quantized"))
    shutil.copytree(_folder(run, "score_adapter"), _folder(run, "score_quantized"))
    (line,) = objections(run)
    assert "holds the results of another run" in line


def test_a_manifest_that_names_another_input_is_told(run: Run) -> None:
    _rewrite(_folder(run, "score_adapter") / MANIFEST, inputs={"predict": "ab" * 32})
    assert "score_adapter: was made from another input predict; run again" in objections(run)


def test_a_damaged_prediction_is_told(run: Run) -> None:
    (_folder(run, "predict_adapter") / "predictions.jsonl").write_text("{}", encoding="utf-8")
    (line,) = objections(run)
    assert "digest differs" in line


def test_weights_made_again_under_the_same_key_are_told(run: Run) -> None:
    folder = _folder(run, "quantize")
    model = folder / "model.Q4_K_M.gguf"
    model.write_text("other weights", encoding="utf-8")
    entry = {"sha256": file_digest(model), "bytes": model.stat().st_size}
    _rewrite(folder / MANIFEST, files={model.name: entry})
    (line,) = objections(run)
    assert "predict of score_quantized: is stale, gguf was" in line
    assert line.endswith("--web4-rebuild=predict")


def test_answers_that_name_no_weights_are_told(run: Run) -> None:
    _rewrite(_folder(run, "predict_adapter") / MANIFEST, input_contents={})
    assert all("does not say which weights answered" in line for line in objections(run))
    assert len(list(objections(run))) == 2  # base and adapter


def test_a_file_that_changed_while_it_was_gated_is_told(make_run: MakeRun, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}", encoding="utf-8")
    weights = folder / "model.safetensors"
    weights.write_text("one", encoding="utf-8")
    run = make_run(str(folder))
    run.scorecard("candidate")
    assert list(objections(run)) == []
    weights.write_text("other", encoding="utf-8")
    (line,) = objections(run)
    assert "another file model/model.safetensors" in line


def test_an_evaluation_set_that_is_not_the_published_one_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web4.audit.PUBLISHED_EVAL", {run.profile.eval.version: "ab" * 32})
    (line,) = objections(run)
    assert "published was abababababab" in line


def test_a_version_of_ones_own_is_not_pinned(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web4.audit.PUBLISHED_EVAL", {})
    assert list(objections(run)) == []


def test_data_that_cannot_be_read_is_the_objection(run: Run) -> None:
    evaluation = run.profile.eval.model_copy(update={"version": "v0.0"})
    lost = replace(run, profile=run.profile.model_copy(update={"eval": evaluation}))
    (line,) = objections(lost)
    assert "no frozen evaluation set" in line


def test_scores_that_are_not_what_the_answers_come_to_are_told(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web4.audit.differences", lambda *_: ["scores.json tells other"])
    assert list(objections(run)) == [
        f"score_{name}: scores.json tells other; judge the answers again: --web4-rebuild=score"
        for name in run.candidates
    ]


def test_scores_whose_answers_are_gone_are_told(run: Run) -> None:
    shutil.rmtree(_folder(run, "predict_adapter"))
    (line,) = objections(run)
    assert line == "score_adapter: its answers are gone; ask for them again: --web4-rebuild=predict"
