"""What looks at a training changes nothing in it; it is ended early, or goes on in less memory."""

import json
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests_unit.training.tiny import ADAPTER, PARAMS, RESUMED, train
from web4.candidates.transformers import TransformersCandidate
from web4.errors import ConfigError, StepFailedError
from web4.records import TRAIN_BUCKETS, Completion, Record, read_records, write_jsonl
from web4.training import base_model
from web4.training.callbacks import read_curve
from web4.training.evaluations import AskMini, MiniScores, read_evaluations
from web4.training.loss import PrefixSharingTrainer, mean_loss
from web4.training.watching import EventFiles

_WATCHED = {
    **RESUMED,
    "validation_records": 5,
    "evaluations": 3,
    "early_stop": True,
}


def _ask(*weighted: float, errors: int = 0) -> Callable[[Any, Any], MiniScores]:
    """Return what answers with these scores in turn, and stirs all that may not be stirred."""
    left = list(weighted)

    def ask(model: Any, _tokenizer: Any) -> MiniScores:
        assert not any(part.training for part in model.modules())
        torch.rand(3)
        random.random()  # noqa: S311 - the training's own state is what is meant
        np.random.rand(3)  # noqa: NPY002 - as above
        model.generate(input_ids=torch.tensor([[5, 6, 7]]), max_new_tokens=3)
        score = left.pop(0)
        return MiniScores({"tool": score, "style": 1.0}, score, errors, 60, f"answers {score}\n")

    return ask


@pytest.fixture(scope="module")
def watched(
    unbroken: tuple[Path, dict[str, Any]],
    base: Path,
    data: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, dict[str, Any]]:
    """Return the folder and the facts of the unbroken training, done again with everything on."""
    del unbroken
    folder = tmp_path_factory.mktemp("watched")
    return train(base, data, folder, _WATCHED, None, _ask(0.1, 0.2, 0.3))


def test_watching_changes_nothing(
    watched: tuple[Path, dict[str, Any]], unbroken: tuple[Path, dict[str, Any]]
) -> None:
    assert (watched[0] / ADAPTER).read_bytes() == (unbroken[0] / ADAPTER).read_bytes()
    curves = [read_curve(folder / "out" / "loss.csv") for folder, _ in (watched, unbroken)]
    assert [row["loss"] for row in curves[0]] == [row["loss"] for row in curves[1]]


def test_what_was_seen_is_written_down(watched: tuple[Path, dict[str, Any]]) -> None:
    folder, facts = watched
    rows = read_curve(folder / "out" / "loss.csv")
    assert all(float(row["validation_loss"]) > 0 for row in rows)  # a tenth is less than an update
    assert all(float(row["tokens_per_second"]) > 0 for row in rows)
    assert float(rows[-1]["peak_mb"]) >= float(rows[0]["peak_mb"]) > 100
    evaluated = read_evaluations(folder / "out" / "evaluations.csv")
    assert [(one.update, one.weighted) for one in evaluated] == [(2, 0.1), (4, 0.2), (6, 0.3)]
    assert (folder / "out" / "answers.txt").read_text(encoding="utf-8") == "answers 0.3\n"
    assert (facts["adapter_of_update"], facts["stopped_early"]) == (6, "")
    assert not (folder / "out" / "tensorboard").exists()


def test_the_best_adapter_is_kept(
    watched: tuple[Path, dict[str, Any]], base: Path, data: Path, tmp_path: Path
) -> None:
    folder, facts = train(base, data, tmp_path, _WATCHED, None, _ask(0.1, 0.9, 0.5))
    assert (facts["adapter_of_update"], facts["updates"]) == (4, 6)
    assert facts["records"] == 14  # of the second epoch only one update
    assert (folder / "out" / "answers.txt").read_text(encoding="utf-8") == "answers 0.9\n"
    kept = load_file(folder / "scratch" / "evaluated" / "4.safetensors")
    half = {name.replace(".default.", "."): tensor.half() for name, tensor in kept.items()}
    assert {tensor.dtype for tensor in kept.values()} == {torch.float32}
    written = load_file(folder / ADAPTER)
    assert written.keys() == half.keys()
    assert all(torch.equal(written[name], half[name]) for name in half)
    assert (folder / ADAPTER).read_bytes() != (watched[0] / ADAPTER).read_bytes()


def test_a_watched_training_goes_on_where_it_was_killed(
    watched: tuple[Path, dict[str, Any]], base: Path, data: Path, tmp_path: Path
) -> None:
    shutil.copytree(watched[0] / "scratch", tmp_path / "scratch")
    (tmp_path / "scratch" / "checkpoint-6" / "whole").unlink()
    folder, facts = train(base, data, tmp_path, _WATCHED, None, _ask(0.3))  # asked once, not thrice
    assert facts["resumed_at_update"] == 4
    for name in ("lora/adapter_model.safetensors", "evaluations.csv", "answers.txt"):
        assert (folder / "out" / name).read_bytes() == (watched[0] / "out" / name).read_bytes()


def test_nobody_to_ask_is_an_error(base: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="evaluations = 3, but nobody is to ask"):
        train(base, data, tmp_path, _WATCHED)


def test_records_are_held_out_of_what_is_learned(base: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="3 records are to be held out of a bucket of which"):
        train(base, data, tmp_path, {**PARAMS, "validation_records": 15})


def test_the_validation_loss_is_the_mean_over_answer_tokens(
    base: Path, data: Path, tmp_path: Path
) -> None:
    """With nothing learned it is the training loss of the same records in one update."""
    still = {**PARAMS, "records": 20, "batch_records": 20, "learning_rate": 1e-12}
    folder, _ = train(base, data, tmp_path, still)
    expected = float(read_curve(folder / "out" / "loss.csv")[0]["loss"])
    from web4.training.adapter import with_adapter
    from web4.training.examples import tokenize

    model_dir = base_model.model_dir(base)
    records = [one for name in TRAIN_BUCKETS for one in read_records(data / f"{name}.jsonl")]
    tokenized = tokenize(records, base_model.load_tokenizer(model_dir), 512)
    model = with_adapter(base_model.load_model(model_dir, torch.float32), still, None).eval()
    for batch in (1, 7, 20):
        assert mean_loss(model, tokenized, batch, 2) == pytest.approx(expected, abs=1e-4)


# ── Early stop ────────────────────────────────────────────────────────────────────────────────


def test_a_stagnating_rate_ends_a_training(base: Path, data: Path, tmp_path: Path) -> None:
    slow = {**PARAMS, "batch_records": 1, "epochs": 4, "early_stop": True}
    slow |= {"learning_rate": 1e-9, "checkpoint_updates": 10}
    folder, facts = train(base, data, tmp_path, slow)
    assert facts["stopped_early"].startswith("the loss stagnates: ")
    assert facts["updates"] == facts["adapter_of_update"] == facts["records"] == 20
    assert facts["planned_updates"] == 40
    assert not (folder / "scratch" / "checkpoint-20").exists()  # else a resumed run went on


def _json_base(tiny_base: Path, folder: Path) -> Path:
    """Write the tiny base with a head that says braces and brackets."""
    from transformers import AutoModelForCausalLM

    shutil.copytree(tiny_base, folder / "model")
    tokenizer = base_model.load_tokenizer(tiny_base)
    likely = [2, *tokenizer("{} [ ]", add_special_tokens=False)["input_ids"]]
    model = AutoModelForCausalLM.from_pretrained(tiny_base, dtype=torch.float32)
    torch.manual_seed(11)
    with torch.no_grad():
        model.lm_head.weight.zero_()
        model.lm_head.weight[likely] = torch.randn(len(likely), 64)
    model.save_pretrained(folder / "model")
    text = json.dumps({"source": "embedded:tiny", "model": "model"})
    (folder / "base.json").write_text(text, encoding="utf-8")
    return folder


def _answers(folder: Path, output: str) -> Path:
    folder.mkdir()
    for bucket in TRAIN_BUCKETS:
        records = [
            Record(f"{bucket}-{place}", "tool_call", f"Do {bucket} {place}.", "", output)
            for place in range(4)
        ]
        write_jsonl(folder / f"{bucket}.jsonl", records)
    return folder


def _json_asked(records: list[Record]) -> AskMini:
    """Ask the model itself, and count the answers that are no JSON."""

    def ask(model: Any, tokenizer: Any) -> MiniScores:
        found: list[Completion] = []
        candidate = TransformersCandidate.around(model, tokenizer)
        candidate.answer(records, max_new_tokens=8, on_done=found.append)
        errors = 0
        for completion in found:
            try:
                json.loads(completion.text)
            except ValueError:
                errors += 1
        rate = 1 - errors / len(found)
        return MiniScores({"tool": rate}, rate, errors, len(found))

    return ask


def test_broken_json_in_the_data_ends_a_training(tiny_base: Path, tmp_path: Path) -> None:
    base = _json_base(tiny_base, tmp_path / "base")
    good, broken = _answers(tmp_path / "good", "{}"), _answers(tmp_path / "broken", "{} [")
    records = list(read_records(good / "tool_core.jsonl"))
    params = {**PARAMS, "records": 20, "batch_records": 10, "learning_rate": 2e-2, "r": 8}
    params |= {"early_stop": True, "evaluations": 4, "epochs": 10}
    ask = _json_asked(records)
    folder, healthy = train(base, good, tmp_path / "healthy", params, None, ask)
    assert (healthy["stopped_early"], healthy["updates"]) == ("", 20)
    learned = read_evaluations(folder / "out" / "evaluations.csv")
    assert learned[-1].json_errors == 0
    folder, facts = train(base, broken, tmp_path / "planted", params, folder / "out", ask)
    assert facts["stopped_early"].startswith("JSON errors appear: ")
    assert facts["updates"] < facts["planned_updates"] == 20
    assert read_evaluations(folder / "out" / "evaluations.csv")[0].json_errors == 0
    assert json.loads((folder / "out" / "training.json").read_text(encoding="utf-8")) == facts


# ── Memory ────────────────────────────────────────────────────────────────────────────────────


def _too_small_for(monkeypatch: pytest.MonkeyPatch, most: int, after: int = 0) -> None:
    """Let every forward pass of more than ``most`` records run out of memory, after some."""
    real = PrefixSharingTrainer.compute_loss
    passes = 0

    def compute_loss(self: Any, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal passes
        passes += 1
        if passes > after and len(inputs["input_ids"]) > most:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return real(self, model, inputs, *args, **kwargs)

    monkeypatch.setattr(PrefixSharingTrainer, "compute_loss", compute_loss)


@pytest.mark.parametrize(("most", "after", "halved"), [(2, 0, [2]), (1, 0, [2, 1]), (2, 3, [2])])
def test_out_of_memory_halves_the_batch_and_learns_the_same(  # noqa: PLR0913, PLR0917 - fixtures
    base: Path,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    after: int,
    halved: list[int],
) -> None:
    params = {**PARAMS, "epochs": 2, "checkpoint_updates": 2}
    whole, facts = train(base, data, tmp_path / "whole", params)
    assert (facts["device_batch"], facts["batch_halved_to"]) == (4, [])
    _too_small_for(monkeypatch, most, after)
    folder, less = train(base, data, tmp_path / "less", params)
    assert less["batch_halved_to"] == halved
    assert (less["device_batch"], less["passes_per_update"]) == (halved[-1], 4 // halved[-1])
    assert (less["updates"], less["records"]) == (facts["updates"], facts["records"])
    assert less["resumed_at_update"] == (2 if after else 0)
    torch.testing.assert_close(
        load_file(folder / ADAPTER), load_file(whole / ADAPTER), rtol=1e-2, atol=1e-4
    )
    losses = [
        [float(row["loss"]) for row in read_curve(one / "out" / "loss.csv")]
        for one in (folder, whole)
    ]
    assert losses[0] == pytest.approx(losses[1], abs=1e-3)


def test_out_of_memory_with_one_record_says_what_to_lower(
    base: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _too_small_for(monkeypatch, 0)
    with pytest.raises(StepFailedError) as caught:
        train(base, data, tmp_path, {**PARAMS, "batch_records": 2})
    message = str(caught.value)
    assert message.startswith("mini: out of memory on cpu with one record at a time (CUDA out of")
    assert "Lower max_tokens, set gradient_checkpointing = true" in message
    assert "\n" not in message


def test_another_fault_is_no_lack_of_memory(
    base: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compute_loss(*_: Any, **__: Any) -> Any:
        raise RuntimeError("shapes differ")

    monkeypatch.setattr(PrefixSharingTrainer, "compute_loss", compute_loss)
    with pytest.raises(RuntimeError, match="shapes differ"):
        train(base, data, tmp_path, PARAMS)


# ── TensorBoard ───────────────────────────────────────────────────────────────────────────────


def test_event_files_hold_every_figure(base: Path, data: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    params = {**_WATCHED, "tensorboard": True}
    folder, _ = train(base, data, tmp_path, params, None, _ask(0.1, 0.2, 0.3))
    events = EventAccumulator(str(folder / "out" / "tensorboard"))
    events.Reload()
    tags = set(events.Tags()["scalars"])
    figures = ("loss", "learning_rate", "grad_norm", "validation_loss", "tokens_per_second")
    assert {f"training/{name}" for name in (*figures, "peak_mb")} <= tags
    assert [(e.step, round(e.value, 3)) for e in events.Scalars("mini/weighted")] == [
        (2, 0.1),
        (4, 0.2),
        (6, 0.3),
    ]
    rows = read_curve(folder / "out" / "loss.csv")
    found = {event.step: event.value for event in events.Scalars("training/loss")}
    assert found == pytest.approx({int(row["step"]): float(row["loss"]) for row in rows})


def test_without_tensorboard_the_remedy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ConfigError, match=r"pip install 'web4\[tensorboard\]'"):
        EventFiles(tmp_path)
