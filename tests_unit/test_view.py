"""What people look at: links into the store, the scores as JSON, and a log that grows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from web4.errors import DataError
from web4.gate import Verdict
from web4.run import Run
from web4.scorecard_file import described
from web4.view import finished_cards, write_view

MakeRun = Callable[..., Run]
_PASSED = Verdict(22, 0, 0)
_FAILED = Verdict(22, 1, 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outputs" / "embedded"


def _finished(make_run: MakeRun, **given: object) -> Run:
    run = make_run(**given)
    for candidate in run.candidates:
        run.scorecard(candidate)
    return run


def _view(run: Run, folder: Path, verdict: Verdict = _PASSED) -> dict[str, Any]:
    record = described(run, verdict, [], 0.0)
    write_view(run, folder, record)
    return record


def _rows(folder: Path) -> list[list[str]]:
    lines = (folder / "eval_log.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_what_is_finished_is_linked(make_run: MakeRun, folder: Path) -> None:
    run = _finished(make_run)
    _view(run, folder)
    assert (folder / "lora" / "adapter_model.safetensors").read_text(encoding="utf-8") == "full"
    assert (folder / "loss.csv").read_text(encoding="utf-8").startswith("loss\n3.0\n")
    assert (folder / "merged" / "model.safetensors").read_text(encoding="utf-8") == "merged"
    assert (folder / "model.Q4_K_M.gguf").read_text(encoding="utf-8") == "quantized"
    for name in ("lora", "loss.csv", "merged", "model.Q4_K_M.gguf"):
        assert (folder / name).is_symlink()
        assert not (folder / name).readlink().is_absolute()


def test_links_replace_what_stood_there(make_run: MakeRun, folder: Path) -> None:
    run = _finished(make_run)
    (folder / "lora" / "old").mkdir(parents=True)
    (folder / "loss.csv").write_text("old", encoding="utf-8")
    (folder / "merged").symlink_to(folder / "gone")
    _view(run, folder)
    assert (folder / "lora" / "adapter_model.safetensors").is_file()
    assert (folder / "loss.csv").read_text(encoding="utf-8") != "old"
    assert (folder / "merged").is_dir()


def test_the_record_is_kept_as_json(make_run: MakeRun, folder: Path) -> None:
    record = _view(_finished(make_run), folder, _FAILED)
    assert json.loads((folder / "scorecard.json").read_text(encoding="utf-8")) == record


def test_what_json_has_no_word_for_is_no_record(make_run: MakeRun, folder: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_view(make_run(), folder, {"verdict": "x", "value": float("inf")})


def test_where_the_data_cannot_be_read_the_record_is_all_there_is(
    make_run: MakeRun, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_run: Run) -> None:
        raise DataError("tool.jsonl: is not the file that was frozen")

    run = _finished(make_run)
    monkeypatch.setattr(Run, "check", broken)
    _view(run, folder, _FAILED)
    assert [path.name for path in folder.iterdir()] == ["scorecard.json"]


def test_the_log_has_one_head_and_a_row_for_each_run(make_run: MakeRun, folder: Path) -> None:
    run = _finished(make_run, rates={"quantized": {"tool.selection": 0.8}})
    _view(run, folder, _FAILED)
    _view(run, folder)
    head, rule, first, second = _rows(folder)
    assert (head[0], head[-1]) == ("date", "verdict")
    assert set(rule) == {"---"}
    assert first[1:3] == ["embedded", "embedded:smollm2"]
    assert first[3] == run.requests["full"].key[:12]
    assert first[5:] == [
        *("v1.2", "95.0%", "100.0%", "100.0%", "97.8%"),
        "SHIP GATE: FAILED (1 of 22 targets missed, 0 not evaluated)",
    ]
    assert second[-1] == "SHIP GATE: PASSED"
    assert len(first) == len(head)


def test_a_run_that_finished_nothing_has_a_view_without_scores(
    make_run: MakeRun, folder: Path
) -> None:
    ran: list[str] = []
    _view(make_run(ran=ran), folder, _FAILED)
    assert ran == []
    assert sorted(path.name for path in folder.iterdir()) == ["scorecard.json", "sources.json"]


def test_scores_that_the_gate_is_not_about_are_no_row(make_run: MakeRun, folder: Path) -> None:
    run = make_run()
    run.scorecard("mini")
    _view(run, folder, _FAILED)
    assert [card.candidate for card in finished_cards(run)] == ["mini"]
    assert not (folder / "eval_log.md").exists()


def test_a_family_that_was_not_measured_is_a_dash(make_run: MakeRun, folder: Path) -> None:
    run = _finished(make_run, rates={"quantized": {"style.naming": None}})
    _view(run, folder, _FAILED)
    assert _rows(folder)[2][6:10] == ["100.0%", "-", "100.0%", "-"]


def test_a_model_from_outside_is_logged_by_its_name(make_run: MakeRun, folder: Path) -> None:
    run = _finished(make_run, spec="embedded:smollm2")
    _view(run, folder)
    assert _rows(folder)[2][3] == "embedded:smollm2"
    assert not (folder / "lora").exists()
