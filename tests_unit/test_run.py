"""A run opens what it is told to gate, and measures what is asked once of it."""

import hashlib
import math
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from web4.candidates.served import Identity
from web4.errors import ArtifactError, CandidateError, ConfigError, StepFailedError, Web4Error
from web4.learned import LEARNED, write_learned
from web4.profile import load_profile
from web4.run import NotEvaluatedError, Run, check_profile
from web4.run_metrics import ITERATION, RUN_METRICS, known_metrics, measure
from web4.store import Request
from web4.targets import load_targets

MakeRun = Callable[..., Run]


def _refused(make_run: MakeRun, spec: str) -> Web4Error:
    with pytest.raises(Web4Error) as caught:
        make_run(spec)
    assert "\n" not in str(caught.value)
    assert spec in str(caught.value)
    return caught.value


def test_the_runs_metrics_are_exactly_those_that_targets_ask_of_it() -> None:
    targets = load_targets().target
    asked = {target.metric for target in targets if target.scope == "run"}
    assert set(RUN_METRICS) == asked


def test_every_target_is_computed_and_all_that_is_computed_has_one() -> None:
    from web4 import evaluation
    from web4.catalog import catalog_path

    judged = {metric.name: metric for metric in evaluation.metrics(catalog_path())}
    targets = {target.metric for target in load_targets().target}
    assert known_metrics(judged) == targets


# ── Candidates ────────────────────────────────────────────────────────────────────────────────


def test_a_profiles_run_is_gated_on_its_adapter_and_what_is_served(make_run: MakeRun) -> None:
    run = make_run()
    assert run.candidates == ("adapter", "quantized")
    assert not run.outside


def test_the_untuned_base_can_be_gated(make_run: MakeRun) -> None:
    run = make_run("embedded:smollm2")
    assert run.candidates == ("candidate",)
    predict = run.requests["predict_candidate"]
    assert predict.params["candidate"] == "base"
    assert set(predict.inputs) == {"base"}


@pytest.mark.parametrize(
    ("marker", "kind", "inputs"),
    [("config.json", "transformers", set()), ("adapter_config.json", "adapter", {"base"})],
)
def test_a_folder_is_opened_by_what_it_holds(
    make_run: MakeRun, tmp_path: Path, marker: str, kind: str, inputs: set[str]
) -> None:
    (tmp_path / marker).write_text("{}", encoding="utf-8")
    (tmp_path / "model.safetensors").write_text("weights", encoding="utf-8")
    request = make_run(str(tmp_path)).requests["predict_candidate"]
    assert request.params["candidate"] == kind
    assert set(request.inputs) == inputs
    files = {name for name in request.files if name.startswith("model/")}
    assert files == {f"model/{marker}", "model/model.safetensors"}


def test_other_weights_make_another_request(make_run: MakeRun, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    weights = tmp_path / "model.safetensors"
    keys = set()
    for content in ("one", "other"):
        weights.write_text(content, encoding="utf-8")
        keys.add(make_run(str(tmp_path)).requests["score_candidate"].key)
    assert len(keys) == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"GG", b"GGUF", b"GGUF" + struct.pack("<IQQ", 3, 1, 1), b"PK\x03\x04" + b"\0" * 60],
)
def test_a_truncated_gguf_is_one_clear_line(
    make_run: MakeRun, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(content)
    error = _refused(make_run, str(path))
    assert isinstance(error, ArtifactError)
    assert "no whole GGUF file" in str(error)


def test_an_unknown_path_tells_what_there_can_be(make_run: MakeRun, tmp_path: Path) -> None:
    for spec in (str(tmp_path / "none.gguf"), str(tmp_path), "nonesuch"):
        error = _refused(make_run, spec)
        assert isinstance(error, CandidateError)
        assert "Give 'release'" in str(error)


def test_a_served_candidate_is_who_answers_there(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = set()
    for digest in ("1" * 64, "2" * 64):
        identity = Identity("mine", digest, {"id": "mine"})
        monkeypatch.setattr("web4.candidates.endpoint.identify", lambda _, found=identity: found)
        run = make_run("openai:http://127.0.0.1:9/v1#mine")
        predict = run.requests["predict_candidate"]
        assert predict.params["candidate"] == "openai:http://127.0.0.1:9/v1#mine"
        assert predict.params["served"] == identity.to_dict()
        assert run.scorecard("candidate").digest == digest
        keys.add(predict.key)
    assert len(keys) == 2


def test_an_endpoint_that_is_none_is_refused(make_run: MakeRun) -> None:
    error = _refused(make_run, "openai:gpt")
    assert isinstance(error, CandidateError)
    assert "Give openai:http://host:port/v1#model" in str(error)


def test_a_release_that_is_not_there_is_told(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web4.release.kept.data_dir", lambda: tmp_path)
    with pytest.raises(ConfigError, match="there is no release to be gated"):
        make_run("release")


def test_what_has_no_steps_is_not_measured(make_run: MakeRun) -> None:
    run = make_run("embedded:smollm2")
    with pytest.raises(NotEvaluatedError, match="embedded:smollm2 has no such step"):
        measure(run, "dataset.errors")


# ── Measures ──────────────────────────────────────────────────────────────────────────────────


def test_every_run_metric_reports_under_its_own_name(make_run: MakeRun) -> None:
    run = make_run(report={"errors": 0, "mean_tokens": 90.5, "records": 25000})
    for metric in RUN_METRICS:
        if not metric.startswith(ITERATION):  # those need a release: test_baseline.py
            assert measure(run, metric).metric == metric


def test_the_sanity_report_is_measured(make_run: MakeRun) -> None:
    run = make_run(report={"errors": 3, "mean_tokens": 90.5, "records": 25000})
    errors = measure(run, "dataset.errors")
    assert (errors.value, errors.unit, errors.n) == (3, "errors", 25000)
    assert measure(run, "dataset.mean_tokens").value == 90.5


def test_loss_curves_are_measured(make_run: MakeRun) -> None:
    settled = [2.0] * 5 + [1.0] * 15
    moving = [2.0] * 6 + [1.5] * 2 + [1.0] * 2
    run = make_run(losses={"dry_run": [4.0] * 18 + [0.5, 0.25], "mini": settled, "full": moving})
    assert measure(run, "dry_run.final_loss").value == pytest.approx(0.375)
    assert measure(run, "dry_run.loss_ratio").value == pytest.approx(0.375 / 4)
    assert measure(run, "dry_run.memory_growth").value == 0
    assert measure(run, "mini.loss_change").value == 0
    assert measure(run, "full.loss_change").value == pytest.approx(0.25)
    assert measure(run, "full.divergence").value == 0
    assert measure(run, "full.records").value == 5000
    assert measure(run, "full.most_records").value == 5000


def test_records_learned_again_count_once(make_run: MakeRun) -> None:
    run = make_run()
    write_learned(run.artifact("full").path / LEARNED, [f"{number:012x}" for number in range(3000)])
    assert measure(run, "full.records").value == 3000
    assert measure(run, "full.most_records").value == 3000


def test_a_run_that_ran_away_has_diverged(make_run: MakeRun) -> None:
    found = measure(make_run(losses={"full": [2.0] + [1.0] * 17 + [3.0, 4.0]}), "full.divergence")
    assert (found.value, found.passed) == (2, 0)


def test_memory_of_which_nothing_was_written_is_not_evaluated(make_run: MakeRun) -> None:
    run = make_run()
    curve = run.artifact("dry_run").path / "loss.csv"
    curve.write_text("step,loss\n1,2.0\n", encoding="utf-8")
    with pytest.raises(NotEvaluatedError, match="wrote no memory down"):
        measure(run, "dry_run.memory_growth")


def test_a_curve_of_one_update_has_not_settled(make_run: MakeRun) -> None:
    change = measure(make_run(losses={"mini": [2.0]}), "mini.loss_change")
    assert change.value == math.inf


def test_the_mini_adapters_family_scores_are_measured(make_run: MakeRun) -> None:
    run = make_run(rates={"mini": {"style.naming": 0.7}})
    assert measure(run, "mini.style").value == pytest.approx(0.9)
    assert measure(run, "mini.tool").value == 1
    assert measure(run, "mini.tool").n == 100


@pytest.mark.parametrize(
    ("before", "after", "drop"),
    [
        ({}, {"tool.selection": 0.9}, 0.025),  # the family falls further than the weighted score
        ({"style.naming": 0.7}, {}, 0.0),
        ({"tool.selection": 0.9, "style.naming": 0.7, "guardrail.refusal_accuracy": 0.9}, {}, 0.0),
        ({}, {"guardrail.refusal_accuracy": 0.9, "style.naming": 0.97}, 0.05),
        ({"guardrail.benign_compliance": 0.8}, {"guardrail.benign_compliance": 0.7}, 0.05),
    ],
)
def test_the_quantization_drop_is_the_largest(
    make_run: MakeRun, before: dict[str, float], after: dict[str, float], drop: float
) -> None:
    run = make_run(rates={"adapter": before, "quantized": after})
    assert measure(run, "packaging.quantization_drop").value == pytest.approx(drop)


def test_no_drop_is_measured_where_a_family_is_missing(make_run: MakeRun) -> None:
    run = make_run(rates={"quantized": {"style.naming": None}})
    with pytest.raises(NotEvaluatedError, match="quantized: a family of the overall score"):
        measure(run, "packaging.quantization_drop")


@pytest.mark.parametrize(("stability", "loads"), [(1.0, 1), (0.01, 1), (0.0, 0)])
def test_a_gguf_without_a_whole_answer_does_not_load(
    make_run: MakeRun, stability: float, loads: int
) -> None:
    run = make_run(rates={"quantized": {"overall.stability": stability}})
    assert measure(run, "packaging.gguf_loads").value == loads


def test_served_answers_are_counted(make_run: MakeRun) -> None:
    other = {"record_id": "tool-0003", "why": "truncated", "evaluated": "{}", "served": "{"}
    found = {"equal": 33, "rounded": ["tool-0001", "tool-0002"], "different": [other]}
    score = measure(make_run(deployment=found), "deployment.served")
    assert (score.value, score.n, score.passed) == (35 / 36, 36, 35)
    assert [(one.reason, one.examples) for one in score.reasons] == [("truncated", ("tool-0003",))]


def test_a_faulty_server_has_served_nothing(make_run: MakeRun) -> None:
    run = make_run(deployment={"faults": ["another model is served"]})
    score = measure(run, "deployment.served")
    assert (score.value, score.passed) == (0, 0)
    assert score.reasons[0].reason == "another model is served"


# ── Scorecards ────────────────────────────────────────────────────────────────────────────────


def test_a_scorecard_names_candidate_version_and_weights(make_run: MakeRun) -> None:
    run = make_run()
    for name, content in (("adapter", b"full"), ("quantized", b"quantized"), ("base", b"base")):
        card = run.scorecard(name)
        assert (card.candidate, card.eval_version) == (name, "v1.2")
        assert card.digest == hashlib.sha256(content).hexdigest()
        assert card.scores["overall.weighted"].value == 1


def test_weights_from_outside_have_one_digest(make_run: MakeRun, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}", encoding="utf-8")
    first = make_run(str(folder)).scorecard("candidate").digest
    (folder / "model.safetensors").write_text("weights", encoding="utf-8")
    assert make_run(str(folder)).scorecard("candidate").digest != first


def test_a_candidate_is_asked_and_judged_once(make_run: MakeRun) -> None:
    ran: list[str] = []
    run = make_run(ran=ran)
    assert run.scorecard("adapter") is run.scorecard("adapter")
    assert ran == ["base", "dataset", "full", "predict_adapter", "score_adapter"]


def test_wanted_and_given_answers_are_found_by_record(make_run: MakeRun) -> None:
    wanted, answered = make_run().record_texts("adapter")
    assert answered == {"tool-0001": "hello"}
    assert wanted["tool-0001"].startswith('{"type":')
    assert {"style-0001", "guardrail-0001", "mini-0001"} <= set(wanted)


@pytest.mark.parametrize("name", ["mini", "full"])
def test_a_profile_cannot_learn_more_than_it_makes(name: str) -> None:
    profile = load_profile("embedded")
    check_profile(profile)
    made = sum(profile.data.model_dump().values())
    too_many = getattr(profile, name).model_copy(update={"records": made + 1})
    with pytest.raises(ConfigError, match=rf"{name}\.records exceeds"):
        check_profile(profile.model_copy(update={name: too_many}))


def test_a_step_that_failed_is_not_tried_again_in_the_run(make_run: MakeRun) -> None:
    ran: list[str] = []
    run = make_run(ran=ran)

    def broken(request: Request, *_: object) -> NoReturn:
        ran.append(request.step)
        raise StepFailedError("merge: ended by SIGKILL")

    run.store._run = broken
    for _ in range(2):
        with pytest.raises(StepFailedError):
            run.artifact("dataset")
    assert ran == ["dataset"]
