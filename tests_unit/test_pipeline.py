"""Which steps a change reaches: exactly those below it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from web4.errors import DataError
from web4.learned import read_learned
from web4.packaging.ladder import RUNGS
from web4.paths import data_dir
from web4.pipeline import requests, rung_names
from web4.profile import Profile, load_profile
from web4.steps import START, STEPS

_EMBEDDED = load_profile("embedded").model_copy(update={"quantization": RUNGS[0]})
BELOW_ADAPTER = {f"ladder_{rung}" for rung in RUNGS}
LATER_STEPS = ("quantize", "predict", "score", "deploy")
LATER_RUNGS = {f"{step}_{rung}" for step in LATER_STEPS for rung in RUNGS[1:]}
BELOW_FULL = {
    *("full", "merge", "gguf", "parity", "quantize", "deploy"),
    *("predict_adapter", "score_adapter", "predict_quantized", "score_quantized"),
    *("predict_full", "score_full"),
    *LATER_RUNGS,
    *(f"divergence_{rung}" for rung in RUNGS),
    *BELOW_ADAPTER,
}
BELOW_MINI = {"mini", "predict_mini", "score_mini"}
BELOW_DRY_RUN = {"dry_run", "predict_dry_run", "score_dry_run"}
BELOW_BASE = {"sanity", "predict_base", "score_base"} | BELOW_DRY_RUN | BELOW_MINI | BELOW_FULL


def _with(section: str | None, **changes: Any) -> Profile:
    raw = _EMBEDDED.model_dump()
    (raw if section is None else raw[section]).update(changes)
    return Profile.model_validate(raw)


def _changed(profile: Profile, **options: str) -> set[str]:
    before, after = requests(_EMBEDDED), requests(profile, **options)
    assert before.keys() == after.keys()
    return {name for name in before if before[name].key != after[name].key}


@pytest.mark.parametrize(
    ("profile", "changed"),
    [
        (_with(None), set()),
        (_with(None, name="other"), set()),
        (_with("full", learning_rate=1e-4), BELOW_FULL),
        (_with("full", starts_from="v1.0.0"), BELOW_FULL),
        (_with("mini", epochs=2), BELOW_MINI),
        (_with("mini", evaluations=2), BELOW_MINI),
        (_with("full", evaluations=0), BELOW_FULL),
        (_with("full", tensorboard=False), set()),
        (_with("dry_run", records=90), BELOW_DRY_RUN),
        (_with("lora", r=8), BELOW_DRY_RUN | BELOW_MINI | BELOW_FULL),
        (
            _with("data", tool_neg=2001),
            {"dataset", "sanity"} | BELOW_DRY_RUN | BELOW_MINI | BELOW_FULL,
        ),
        (
            _with("eval", max_new_tokens=64),
            {
                name
                for name in BELOW_BASE
                if name.startswith(("predict", "score", "ladder", "parity", "deploy"))
            },
        ),
    ],
)
def test_a_change_reaches_exactly_the_steps_below_it(profile: Profile, changed: set[str]) -> None:
    assert _changed(profile) == changed


def test_another_first_rung_changes_what_is_served_first_and_no_rung_itself() -> None:
    one, other = _EMBEDDED, _with(None, quantization="Q6_K")
    before, after = requests(one), requests(other)
    for rung in ("Q6_K", "Q8_0"):
        for step in ("quantize", "divergence", "predict", "score"):
            names = rung_names(one, rung)[step], rung_names(other, rung)[step]
            assert before[names[0]].key == after[names[1]].key
    assert before["quantize"].params["type"] == "Q4_K_M"
    assert after["quantize"].params["type"] == "Q6_K"
    assert [name for name in after if name.startswith("ladder")] == ["ladder_Q6_K", "ladder_Q8_0"]


@pytest.mark.parametrize("rung", RUNGS)
def test_a_ladder_needs_the_rungs_up_to_its_own_and_no_other(rung: str) -> None:
    request = requests(_EMBEDDED)[f"ladder_{rung}"]
    tried = RUNGS[: RUNGS.index(rung) + 1]
    assert request.params == {"tried": list(tried), "more": rung != "Q8_0"}
    steps = ("quantize", "divergence", "predict", "score")
    rungs = {f"{step}_{one}" for step in steps for one in tried}
    assert set(request.inputs) == {"gguf", "predict", "score"} | rungs


def test_a_pinned_adapter_changes_what_is_made_from_it() -> None:
    assert _changed(_EMBEDDED, adapter_key="0" * 64) == BELOW_FULL


def test_an_importance_matrix_reaches_every_rung_and_nothing_before() -> None:
    before, after = requests(_EMBEDDED), requests(_with(None, importance_records=9))
    assert after.keys() - before.keys() == {"importance"}
    changed = {name for name in before if before[name].key != after[name].key}
    assert changed == {
        name
        for name in before
        if name.startswith(("quantize", "divergence", "deploy", "ladder"))
        or name.endswith(("_quantized", *RUNGS[1:]))
    }


def test_the_unmerged_form_adds_requests_and_changes_no_key_but_the_ladders() -> None:
    before, after = requests(_EMBEDDED), requests(_with(None, unmerged=True))
    forms = {f"{step}_unmerged" for step in ("quantize", "divergence", "predict", "score")}
    assert after.keys() - before.keys() == {"base_gguf", "lora_gguf", *forms}
    assert {name for name in before if before[name].key != after[name].key} == BELOW_ADAPTER
    assert {*forms, "lora_gguf"} <= set(after["ladder_Q4_K_M"].inputs)
    assert after["quantize_unmerged"].params == after["quantize"].params
    assert set(after["predict_unmerged"].inputs) == {"gguf", "lora_gguf"}


def test_the_unmerged_form_is_quantized_by_the_same_importance() -> None:
    graph = requests(_with(None, unmerged=True, importance_records=9))
    assert graph["quantize_unmerged"].inputs["importance"].key == graph["importance"].key


def test_a_training_that_goes_on_reads_the_adapter_of_a_release() -> None:
    graph = requests(_with("full", starts_from="v0.5.0"))
    started = [path for name, path in graph["full"].files.items() if name.startswith(START)]
    assert [path.name for path in started] == [
        "adapter_model.safetensors",
        "adapter_config.json",
        "training.json",
    ]
    assert all(path.is_file() for path in graph["full"].files.values())
    graphs = (requests(_with("full", starts_from=start)) for start in ("v0.3.0", "v0.4.0"))
    first, then = (read_learned(graph["full"].files[f"{START}learned.txt"]) for graph in graphs)
    assert (len(first), len(then)) == (24974, 38459)
    assert first < then


def test_a_training_that_is_evaluated_reads_what_it_is_asked() -> None:
    graph = requests(_with("mini", evaluations=4))
    assert set(graph["mini"].files) == {"eval/mini", "catalog"}
    assert graph["mini"].params["composition"]["families"]["guardrail"] == 0.10
    assert not requests(_with("mini", evaluations=0))["mini"].files


def test_a_request_is_a_row_of_the_table() -> None:
    for request in requests(_EMBEDDED).values():
        assert request.step in STEPS
        assert request.version == STEPS[request.step].version


def test_a_step_comes_after_what_it_needs() -> None:
    seen: set[str] = set()
    for request in requests(_EMBEDDED).values():
        assert {needed.key for needed in request.inputs.values()} <= seen
        seen.add(request.key)


def test_a_persons_verdicts_are_part_of_the_scores_that_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(data_dir(), tmp_path / "data", ignore=shutil.ignore_patterns("releases"))
    monkeypatch.setenv("WEB4_DATA", str(tmp_path / "data"))
    profile = _with("full", starts_from="")
    before = requests(profile)
    flag = {"id": "guardrail-0001", "verdict": "soft_refusal", "who": "Ada", "when": "2026-11-23"}
    line = json.dumps({**flag, "answer_sha256": "0" * 64})
    flags = tmp_path / "data" / "eval" / profile.eval.version / "manual_flags.jsonl"
    flags.write_text(f"{line}\n", encoding="utf-8")
    after = requests(profile)
    changed = {name for name in before if before[name].key != after[name].key}
    assert changed == {name for name in before if name.startswith(("score_", "ladder_"))}
    flags.write_text(f"{line}\n{line.replace('0001', '9999')}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"manual_flags\.jsonl:2: unknown record 'guardrail-9999'"):
        requests(profile)
