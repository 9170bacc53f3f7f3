"""The ladder is climbed no further than needed, and what it chose is what is gated and shown."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from web4.packaging.ladder import LADDER, LADDER_TEXT
from web4.run import Run
from web4.run_metrics import measure
from web4.store import Request
from web4.targets import load_targets
from web4.view import finished_cards, write_view

MakeRun = Callable[..., Run]

_BAD = {"tool.selection": 0.8}
_WORSE = {"tool.selection": 0.7}


def _ladder(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = run.artifact("ladder").read_json(LADDER)
    return found


def test_where_the_first_rung_holds_no_other_is_made(make_run: MakeRun) -> None:
    ran: list[str] = []
    run = make_run(ran=ran)
    assert _ladder(run)["chosen"] == run.rung == "Q4_K_M"
    assert [name for name in ran if name.startswith(("quantize", "ladder"))] == [
        "quantize",
        "ladder_Q4_K_M",
    ]
    assert measure(run, "packaging.quantization_drop").value == 0


def test_rungs_are_made_and_evaluated_until_one_holds(make_run: MakeRun) -> None:
    ran: list[str] = []
    run = make_run(ran=ran, rates={"quantized": _BAD, "Q5_K_M": _WORSE, "Q6_K": {}})
    assert run.scorecard("quantized").scores["tool.selection"].value == 1
    assert run.rung == "Q6_K"
    steps = [name for name in ran if name.startswith(("quantize", "predict_Q", "ladder"))]
    assert steps == [
        *("quantize", "ladder_Q4_K_M"),
        *("quantize_Q5_K_M", "predict_Q5_K_M", "ladder_Q5_K_M"),
        *("quantize_Q6_K", "predict_Q6_K", "ladder_Q6_K"),
    ]
    ladder = _ladder(run)
    assert [rung["type"] for rung in ladder["rungs"]] == ["Q4_K_M", "Q5_K_M", "Q6_K"]
    assert [rung["holds"] for rung in ladder["rungs"]] == [False, False, True]
    assert ladder["rungs"][0]["drop"] == pytest.approx(0.05)
    assert ladder["rungs"][1]["drop"] == pytest.approx(0.075)
    assert measure(run, "packaging.quantization_drop").value == 0


def test_where_no_rung_holds_the_one_that_lost_least_is_gated_and_misses(
    make_run: MakeRun,
) -> None:
    run = make_run(rates={"quantized": _WORSE, "Q5_K_M": _BAD})
    assert measure(run, "packaging.quantization_drop").value == pytest.approx(0.05)
    assert run.rung == "Q5_K_M"
    assert _ladder(run)["holds"] is False


def test_a_rung_is_told_by_its_measured_bytes_speed_and_divergence(make_run: MakeRun) -> None:
    (rung,) = _ladder(make_run())["rungs"]
    assert rung["bytes"] == len("quantized")
    assert rung["smaller_by"] == pytest.approx(1 - len("quantized") / len(_SIXTEEN_BITS))
    assert rung["tokens_per_second"] == 100
    assert rung["divergence"] == {"kl": 0.01}


def test_where_a_family_is_missing_the_first_rung_is_served_without_a_drop(
    make_run: MakeRun,
) -> None:
    run = make_run(rates={"adapter": {"style.naming": None}})
    ladder = _ladder(run)
    assert (ladder["chosen"], ladder["holds"]) == ("Q4_K_M", False)
    assert ladder["rungs"][0]["drop"] is None
    assert "a drop that was not measured" in (run.artifact("ladder").path / LADDER_TEXT).read_text()


def test_the_chosen_rung_is_linked_and_the_others_are_not_shown(
    make_run: MakeRun, tmp_path: Path
) -> None:
    run = make_run(rates={"quantized": _BAD, "Q5_K_M": {}})
    folder = tmp_path / "outputs"
    folder.mkdir()
    (folder / "model.Q4_K_M.gguf").symlink_to("gone")
    run.scorecard("quantized")
    run.artifact("parity")
    write_view(run, folder, {"verdict": "SHIP GATE: FAILED", "cards": []})
    assert sorted(path.name for path in folder.glob("*.gguf")) == ["model.Q5_K_M.gguf"]
    assert json.loads((folder / LADDER).read_text(encoding="utf-8"))["chosen"] == "Q5_K_M"
    assert (folder / "parity.json").is_file()
    assert [card.candidate for card in finished_cards(run)] == ["adapter", "quantized"]


def test_the_unmerged_form_is_measured_beside_the_rungs_and_never_served(
    make_run: MakeRun,
) -> None:
    rates = {"quantized": _BAD, "Q5_K_M": _WORSE, "Q6_K": {}, "unmerged": {}}
    run = make_run(unmerged=True, rates=rates)
    ladder = _ladder(run)
    (form,) = ladder["beside"]
    assert (form["type"], form["holds"], form["drop"]) == ("unmerged", True, 0)
    assert form["bytes"] == len("quantize_unmergedd") + len("adapter")
    assert form["smaller_by"] == pytest.approx(1 - form["bytes"] / len(_SIXTEEN_BITS))
    assert form["divergence"] == {"kl": 0.01}
    assert {"scores", "drops", "tokens_per_second", "comparisons"} <= form.keys()
    assert "unmerged" not in [rung["type"] for rung in ladder["rungs"]]
    assert ladder["chosen"] == "Q6_K"
    told = (run.artifact("ladder").path / LADDER_TEXT).read_text(encoding="utf-8")
    assert "unmerged holds: 0.00 points" in told
    assert [card.candidate for card in finished_cards(run)] == ["adapter", "quantized"]


def test_an_unmerged_form_that_loses_more_changes_no_choice(make_run: MakeRun) -> None:
    run = make_run(unmerged=True, rates={"unmerged": _WORSE})
    ladder = _ladder(run)
    assert ladder["beside"][0]["drop"] == pytest.approx(0.075)
    assert (ladder["chosen"], ladder["holds"]) == ("Q4_K_M", True)


def test_what_was_not_asked_for_is_not_listed(make_run: MakeRun) -> None:
    ran: list[str] = []
    assert "beside" not in _ladder(make_run(ran=ran))
    assert not {"base_gguf", "lora_gguf"} & set(ran)


def test_an_unfinished_ladder_shows_no_quantized_card(make_run: MakeRun) -> None:
    ran: list[str] = []
    run = make_run(ran=ran)
    run.store.get(run.requests["score_quantized"])
    assert not run.finished("score_quantized")
    assert finished_cards(run) == []
    assert "ladder_Q4_K_M" not in ran


def test_the_allowed_drop_is_the_targets(make_run: MakeRun) -> None:
    targets = {one.metric: one.value for one in load_targets().target}
    assert _ladder(make_run())["allowed_drop"] == targets["packaging.quantization_drop"]


def test_a_broken_link_is_a_reason_of_the_parity_target(make_run: MakeRun) -> None:
    assert measure(make_run(), "packaging.parity").value == 1
    run = make_run()
    whole, first = (
        run.store._run,
        {"record_id": "mini-0003", "position": 40, "what": "token 12 against 13"},
    )
    broken = {"name": "tokens of the GGUF", "holds": False, "broken": 7, "breaks": [first]}
    held = {"name": "merge", "holds": True, "broken": 0, "breaks": []}

    def steps(request: Request, *given: Any) -> Any:
        ended = whole(request, *given)
        if request.step == "parity":
            text = json.dumps({"links": [held, broken]})
            (given[1] / "parity.json").write_text(text, encoding="utf-8")
        return ended

    run.store._rebuild = frozenset({"parity"})
    run.store._run = steps
    score = measure(run, "packaging.parity")
    assert (score.value, score.n, score.passed) == (0.5, 2, 1)
    (reason,) = score.reasons
    assert reason.reason == "tokens of the GGUF, position 40: token 12 against 13"
    assert (reason.count, reason.examples) == (7, ("mini-0003",))


_SIXTEEN_BITS = "the sixteen bits of a model"
