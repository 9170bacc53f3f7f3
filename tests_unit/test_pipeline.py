"""Which steps a change reaches: exactly those below it."""

from typing import Any

import pytest

from web4.pipeline import STEPS, requests
from web4.profile import Profile, load_profile

BELOW_FULL = {
    *("full", "merge", "gguf", "quantize"),
    *("predict_adapter", "score_adapter", "predict_quantized", "score_quantized"),
}
BELOW_MINI = {"mini", "predict_mini", "score_mini"}
BELOW_BASE = {"sanity", "dry_run", "predict_base", "score_base"} | BELOW_FULL | BELOW_MINI


def _with(section: str | None, **changes: Any) -> Profile:
    raw = load_profile("embedded").model_dump()
    (raw if section is None else raw[section]).update(changes)
    return Profile.model_validate(raw)


def _changed(profile: Profile, **options: str) -> set[str]:
    before, after = requests(load_profile("embedded")), requests(profile, **options)
    assert before.keys() == after.keys()
    return {name for name in before if before[name].key != after[name].key}


@pytest.mark.parametrize(
    ("profile", "changed"),
    [
        (_with(None), set()),
        (_with(None, name="other"), set()),
        (_with("full", learning_rate=1e-4), BELOW_FULL),
        (_with("full", starts_from=""), BELOW_FULL),
        (_with("mini", epochs=2), BELOW_MINI),
        (_with("dry_run", records=90), {"dry_run"}),
        (_with("lora", r=8), {"dry_run"} | BELOW_MINI | BELOW_FULL),
        (_with(None, quantization="Q6_K"), {"quantize", "predict_quantized", "score_quantized"}),
        (
            _with("data", tool_neg=2001),
            {"dataset", "sanity", "dry_run"} | BELOW_MINI | BELOW_FULL,
        ),
        (
            _with("eval", max_new_tokens=64),
            {name for name in BELOW_BASE if name.startswith(("predict", "score"))},
        ),
    ],
)
def test_a_change_reaches_exactly_the_steps_below_it(profile: Profile, changed: set[str]) -> None:
    assert _changed(profile) == changed


def test_a_pinned_adapter_changes_what_is_made_from_it() -> None:
    assert _changed(load_profile("embedded"), adapter_key="0" * 64) == BELOW_FULL


def test_a_training_that_goes_on_reads_the_adapter_of_a_release() -> None:
    graph = requests(_with("full", starts_from="v0.2.0"))
    assert {path.name for path in graph["full"].files.values()} == {
        "adapter_model.safetensors",
        "adapter_config.json",
        "training.json",
    }
    assert all(path.is_file() for path in graph["full"].files.values())


def test_a_request_is_a_row_of_the_table() -> None:
    for request in requests(load_profile("embedded")).values():
        assert request.step in STEPS
        assert request.version == STEPS[request.step].version


def test_a_step_comes_after_what_it_needs() -> None:
    seen: set[str] = set()
    for request in requests(load_profile("embedded")).values():
        assert {needed.key for needed in request.inputs.values()} <= seen
        seen.add(request.key)
