"""Training computes the plain loss, goes on exactly where it was stopped, and tells divergence."""

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from peft import get_peft_model
from safetensors.torch import load_file
from torch.nn import functional

from tests_unit.training.tiny import PARAMS, RESUMED, train
from web4.device import Device
from web4.errors import ConfigError, StepFailedError
from web4.learned import LEARNED, read_learned
from web4.training import base_model, sft
from web4.training import schedule as schedule_module
from web4.training.adapter import lora_config
from web4.training.callbacks import (
    LossCurve,
    drop_partial_checkpoints,
    last_whole_checkpoint,
    read_curve,
)
from web4.training.examples import IGNORED, Example, Tokenized, epoch_order, select, tokenize
from web4.training.loss import collate
from web4.training.schedule import Schedule
from web4.training.trainer import build_trainer

_CPU = Device("cpu", bf16=False)


def _tokenized(base: Path, data: Path, params: dict[str, Any]) -> Tokenized:
    tokenizer = base_model.load_tokenizer(base_model.model_dir(base))
    records = select(
        data, params["records"], params["seed"], balanced=params["balanced"], mix=params["mix"]
    )
    return tokenize(records, tokenizer, params["max_tokens"])


def _plain_loss(
    model: Any, prefix: Sequence[int], examples: Sequence[Example], decision_weight: float = 1.0
) -> torch.Tensor:
    """Compute the loss the long way: whole sequences, a mask, logits everywhere, record by record.

    A record's weights, of which the answer tokens that decide have the greater ones, are brought
    to a mean of one.
    """
    width = len(prefix) + max(len(example) for example in examples)
    ids = torch.zeros((len(examples), width), dtype=torch.long)
    labels = torch.full_like(ids, IGNORED)
    mask = torch.zeros_like(ids)
    for row, example in enumerate(examples):
        whole = [*prefix, *example.prompt, *example.answer]
        ids[row, : len(whole)] = torch.tensor(whole)
        mask[row, : len(whole)] = 1
        begin = len(whole) - len(example.answer)
        labels[row, begin : len(whole)] = torch.tensor(example.answer)
    logits = model(input_ids=ids, attention_mask=mask).logits[:, :-1]
    total = torch.zeros(())
    for row, example in enumerate(examples):
        weights = torch.tensor([decision_weight if it else 1.0 for it in example.decisive])
        losses = functional.cross_entropy(logits[row], labels[row, 1:], reduction="none")
        total = total + (losses[labels[row, 1:] != IGNORED] * weights / weights.mean()).sum()
    return total / sum(len(example.answer) for example in examples)


def _gradients(model: Any, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize(
    "options",
    [{}, {"gradient_checkpointing": True}, {"decision_weight": 8.0}],
    ids=["cache", "again", "decisions"],
)
def test_loss_and_gradients_are_those_of_the_plain_computation(
    base: Path, data: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    tokenized = _tokenized(base, data, PARAMS)
    folder = base_model.model_dir(base)
    torch.manual_seed(5)
    weights = base_model.load_model(folder, torch.float32)
    model = get_peft_model(weights, lora_config({**PARAMS, **options}))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:  # zero at the start, which would hide the gradients of A
            torch.nn.init.normal_(parameter, std=0.1)
    params = {**PARAMS, **options}
    schedule = Schedule.of([len(example) for example in tokenized.examples], params, "cpu")
    trainer = build_trainer(model, tokenized, 2, tmp_path, params, _CPU, schedule)
    if "gradient_checkpointing" in options:
        model.gradient_checkpointing_enable({"use_reentrant": False})  # as its first update does
    model.train()
    batch = [
        Example(one.prompt, (*one.answer, 7, 9, 11), (True, False, *one.decisive, True))
        for one in tokenized.examples[:6]
    ]
    assert len({len(example.answer) for example in batch}) > 1
    inputs = collate(batch, 2)

    loss = trainer.compute_loss(model, inputs)
    plain = _plain_loss(model, tokenized.prefix, batch, options.get("decision_weight", 1.0))
    torch.testing.assert_close(loss, plain, rtol=1e-4, atol=1e-4)

    gradients = _gradients(model, loss)
    expected = _gradients(model, plain)
    assert gradients.keys() == expected.keys()
    assert {"lora_A", "lora_B"} == {name.split(".")[-3] for name in gradients}
    assert min(float(gradient.norm()) for gradient in expected.values()) > 1e-3
    torch.testing.assert_close(gradients, expected, rtol=1e-4, atol=1e-4)
    even = _gradients(model, _plain_loss(model, tokenized.prefix, batch))
    apart = max(float((even[name] - expected[name]).abs().max()) for name in even)
    assert (apart > 0.01) == ("decision_weight" in options)

    answered = sum(len(example.answer) for example in batch)
    part = trainer.compute_loss(model, inputs, num_items_in_batch=torch.tensor(2 * answered))
    torch.testing.assert_close(part, plain / 2, rtol=1e-4, atol=1e-4)


def test_the_loss_of_an_update_is_the_mean_over_all_its_answer_tokens(
    base: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty records in updates of eight, each in two batches of four."""
    monkeypatch.setattr(schedule_module, "CPU_BATCH", 4)
    params = {**PARAMS, "records": 20, "batch_records": 8, "learning_rate": 1e-9}
    folder, facts = train(base, data, tmp_path, params)
    assert facts["updates"] == 3
    tokenized = _tokenized(base, data, params)
    order = epoch_order([len(example) for example in tokenized.examples], 4, params["seed"])
    model = base_model.load_model(base_model.model_dir(base), torch.float32)
    shown = [tokenized.examples[index] for index in order]
    with torch.no_grad():
        expected = [
            float(_plain_loss(model, tokenized.prefix, part))
            for part in (shown[:8], shown[8:16], shown[16:])
        ]
    found = [float(row["loss"]) for row in read_curve(folder / "out" / "loss.csv")]
    assert found == pytest.approx(expected, abs=1e-3)


def test_batches_are_padded_to_their_own_length() -> None:
    short, long = Example((1, 2), (3,), (True,)), Example((4,), (5, 6, 7), (True, False, True))
    batch = collate([short, long], pad=9)
    assert batch["input_ids"].tolist() == [[1, 2, 3, 9], [4, 5, 6, 7]]
    assert batch["labels"].tolist() == [
        [IGNORED, IGNORED, 3, IGNORED],
        [IGNORED, 5, 6, 7],
    ]
    assert batch["decisive"].long().tolist() == [[0, 0, 1, 0], [0, 1, 0, 1]]


def test_overfitting_lowers_the_loss(base: Path, data: Path, tmp_path: Path) -> None:
    params = {**PARAMS, "records": 5, "batch_records": 5, "epochs": 12, "learning_rate": 3e-2}
    folder, _ = train(base, data, tmp_path, params)
    losses = [float(row["loss"]) for row in read_curve(folder / "out" / "loss.csv")]
    assert len(losses) == 12
    assert losses[-1] < losses[0] / 2


def test_a_training_leaves_adapter_curve_and_facts(
    unbroken: tuple[Path, dict[str, Any]], base: Path, data: Path
) -> None:
    folder, facts = unbroken
    out = folder / "out"
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*")) == [
        "learned.txt",
        "lora/adapter_config.json",
        "lora/adapter_model.safetensors",
        "loss.csv",
        "training.json",
    ]
    assert json.loads((out / "training.json").read_text(encoding="utf-8")) == facts
    tokens = 2 * _tokenized(base, data, RESUMED).tokens
    assert facts["seconds"] > 0
    assert facts["tokens_per_second"] == pytest.approx(tokens / facts["seconds"], rel=0.2)
    assert {name: facts[name] for name in facts if "second" not in name} == {
        "device": "cpu",
        "dtype": "float32",
        "records": 20,
        "records_before": 0,
        "tokens": tokens,
        "updates": 6,
        "resumed_at_update": 0,
        "planned_updates": 6,
        "adapter_of_update": 6,
        "stopped_early": "",
        "device_batch": 4,
        "passes_per_update": 1,
        "batch_halved_to": [],
        "peak_mb": facts["peak_mb"],
    }
    assert facts["peak_mb"] > 100


def test_a_training_goes_on_from_the_adapter_of_an_earlier_one(
    unbroken: tuple[Path, dict[str, Any]], base: Path, data: Path, tmp_path: Path
) -> None:
    earlier = unbroken[0] / "out"
    (tmp_path / "still").mkdir()
    still = {**PARAMS, "learning_rate": 1e-12}
    folder, facts = train(base, data, tmp_path / "still", still, earlier)
    assert (facts["records"], facts["records_before"]) == (10, 20)
    before, after = (
        load_file(path / "lora" / "adapter_model.safetensors") for path in (earlier, folder / "out")
    )
    torch.testing.assert_close(after, before, rtol=0, atol=1e-6)
    (tmp_path / "again").mkdir()
    _, third = train(base, data, tmp_path / "again", PARAMS, folder / "out")
    assert third["records_before"] == 30
    learned = load_file(tmp_path / "again" / "out" / "lora" / "adapter_model.safetensors")
    assert any(not torch.equal(learned[name], before[name]) for name in before)


def test_records_that_were_learned_are_written_down_once(
    unbroken: tuple[Path, dict[str, Any]], base: Path, data: Path, tmp_path: Path
) -> None:
    """Twenty records there are, ten of which the unbroken training learned in two epochs."""
    earlier = unbroken[0] / "out"
    known = read_learned(earlier / LEARNED)
    assert len(known) == 10

    def learn(name: str, learned: Path | None = earlier / LEARNED, **params: Any) -> Path:
        (tmp_path / name / "scratch").mkdir(parents=True)
        (out := tmp_path / name / "out").mkdir()
        given = (base, data, out, tmp_path / name / "scratch", {**PARAMS, **params}, "full")
        sft.train(*given, earlier, learned_before=learned)
        return out / LEARNED

    assert read_learned(learn("same", seed=4, known_first=True)) == known
    more = read_learned(learn("more", records=15, known_first=True))
    assert (len(more), known < more) == (15, True)
    assert known < read_learned(learn("others", seed=4))
    assert not learn("unknown", None).exists()
    with pytest.raises(ConfigError, match=r"known_first = true, but .* has no learned\.txt"):
        learn("nothing", None, known_first=True)


def test_an_adapter_of_another_rank_does_not_learn_on(
    unbroken: tuple[Path, dict[str, Any]], base: Path, data: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=r"r = 4, the profile asks for 8. Set \[lora\]"):
        train(base, data, tmp_path, {**PARAMS, "r": 8}, unbroken[0] / "out")


def test_the_adapter_is_of_16_bits_and_names_its_base(
    unbroken: tuple[Path, dict[str, Any]],
) -> None:
    lora = unbroken[0] / "out" / "lora"
    tensors = load_file(lora / "adapter_model.safetensors")
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float16}
    assert all("lora_" in name for name in tensors)
    assert any(float(tensor.abs().max()) > 0 for name, tensor in tensors.items() if "_B" in name)
    config = json.loads((lora / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == "embedded:tiny"
    assert (config["r"], config["lora_alpha"], config["lora_dropout"]) == (4, 8, 0.1)


def test_the_curve_has_a_row_for_each_update(unbroken: tuple[Path, dict[str, Any]]) -> None:
    path = unbroken[0] / "out" / "loss.csv"
    with path.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert path.read_text(encoding="utf-8").startswith("step,loss,elapsed,")
    assert [int(row["step"]) for row in rows] == [1, 2, 3, 4, 5, 6]
    elapsed = [float(row["elapsed"]) for row in rows]
    assert elapsed == sorted(elapsed)
    assert b"\r" not in path.read_bytes()


def _interrupted(unbroken: Path, folder: Path) -> None:
    """Make the scratch folder that a training leaves which was killed while it saved update 6."""
    scratch = folder / "scratch"
    shutil.copytree(unbroken / "scratch", scratch)
    (scratch / "checkpoint-6" / "whole").unlink()
    (scratch / "checkpoint-6" / "adapter_model.safetensors").write_bytes(b"half")
    curve = (scratch / "loss.csv").read_bytes()
    (scratch / "loss.csv").write_bytes(curve[:-12])


def test_a_resumed_training_ends_in_the_same_adapter(
    unbroken: tuple[Path, dict[str, Any]], base: Path, data: Path, tmp_path: Path
) -> None:
    _interrupted(unbroken[0], tmp_path)
    folder, facts = train(base, data, tmp_path, RESUMED)
    assert facts["resumed_at_update"] == 4
    assert facts["updates"] == 6
    adapter = Path("out") / "lora" / "adapter_model.safetensors"
    assert (folder / adapter).read_bytes() == (unbroken[0] / adapter).read_bytes()
    curves = [read_curve(path / "out" / "loss.csv") for path in (folder, unbroken[0])]
    assert [(row["step"], row["loss"]) for row in curves[0]] == [
        (row["step"], row["loss"]) for row in curves[1]
    ]
    elapsed = [float(row["elapsed"]) for row in curves[0]]
    assert elapsed == sorted(elapsed)


def test_a_training_killed_after_its_last_update_only_publishes(
    unbroken: tuple[Path, dict[str, Any]], base: Path, data: Path, tmp_path: Path
) -> None:
    shutil.copytree(unbroken[0] / "scratch", tmp_path / "scratch")
    folder, facts = train(base, data, tmp_path, RESUMED)
    assert facts["resumed_at_update"] == facts["updates"] == 6
    for name in ("lora/adapter_model.safetensors", "loss.csv"):
        assert (folder / "out" / name).read_bytes() == (unbroken[0] / "out" / name).read_bytes()


def test_without_a_whole_checkpoint_training_starts_anew(
    unbroken: tuple[Path, dict[str, Any]], base: Path, data: Path, tmp_path: Path
) -> None:
    _interrupted(unbroken[0], tmp_path)
    for mark in (tmp_path / "scratch").glob("checkpoint-*/whole"):
        mark.unlink()
    folder, facts = train(base, data, tmp_path, RESUMED)
    assert facts["resumed_at_update"] == 0
    adapter = Path("out") / "lora" / "adapter_model.safetensors"
    assert (folder / adapter).read_bytes() == (unbroken[0] / adapter).read_bytes()


def test_the_newest_whole_checkpoint_is_taken(tmp_path: Path) -> None:
    assert last_whole_checkpoint(tmp_path / "none") is None
    for number in (9, 10, 100):
        (tmp_path / f"checkpoint-{number}").mkdir()
    assert last_whole_checkpoint(tmp_path) is None
    for number in (9, 10):
        (tmp_path / f"checkpoint-{number}" / "whole").touch()
    assert last_whole_checkpoint(tmp_path) == tmp_path / "checkpoint-10"
    drop_partial_checkpoints(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-10", "checkpoint-9"]


def test_a_curve_goes_on_behind_the_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "loss.csv"
    header = "step,loss,elapsed,learning_rate,grad_norm\n"
    path.write_text(
        f"{header}1,2.5,10.00,0.1,1\n2,2.0,20.00,0.1,1\n3,1.9,30.00,0.1,1\n4,1.", "utf-8"
    )
    curve = LossCurve(path)
    state = SimpleNamespace(global_step=2)
    curve.on_train_begin(None, state, None)
    state.global_step = 3
    curve.on_log(None, state, None, logs={"loss": 1.5, "learning_rate": 0.1})
    curve.on_log(None, state, None, logs={"train_runtime": 3.0})
    rows = read_curve(path)
    assert [(row["step"], row["loss"]) for row in rows] == [
        ("1", "2.5"),
        ("2", "2.0"),
        ("3", "1.5"),
    ]
    assert 20 <= float(rows[-1]["elapsed"]) < 25


def test_a_loss_that_is_no_number_fails_the_step(base: Path, data: Path, tmp_path: Path) -> None:
    params = {**PARAMS, "learning_rate": 1e38}
    with pytest.raises(StepFailedError, match="mini: the loss is no finite number"):
        train(base, data, tmp_path, params)
    assert list((tmp_path / "out").iterdir()) == []
