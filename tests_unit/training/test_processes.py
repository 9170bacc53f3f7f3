"""Several processes learn what one would: the same records an update, one adapter, whole files."""

import json
import math
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from peft import get_peft_model
from safetensors.torch import load_file
from transformers import TrainingArguments

from tests_unit.training.tiny import ADAPTER, PARAMS, train
from tests_unit.training.together import RAISED, STOPPED_AT
from web4.device import Device
from web4.errors import ConfigError, StepFailedError
from web4.execution import run_in_subprocess
from web4.store import Artifact, Manifest, Request, Usage
from web4.training import base_model, sft
from web4.training.adapter import lora_config
from web4.training.callbacks import read_curve
from web4.training.evaluations import read_evaluations
from web4.training.examples import Example, Tokenized
from web4.training.processes import Share, check_processes, forward_through
from web4.training.schedule import Schedule
from web4.training.trainer import build_trainer

_ROOT = Path(__file__).parents[2]
_SECONDS = 600
_TOLERANCE = 1e-5
_TWO = "torchrun --standalone --nproc-per-node 2"
_PARAMS: dict[str, Any] = {
    **PARAMS,
    "starts_from": "",
    "epochs": 3,
    "checkpoint_updates": 2,
    "base_dtype": "float32",
    "validation_records": 5,
    "early_stop": True,
}
"""Ten records in updates of four, four and two."""
_WATCHED = {**_PARAMS, "evaluations": 2, "dropout": 0.1}


def _schedule(count: int, records: int, batch: int, epochs: int = 1) -> Schedule:
    given_ = {"batch_records": records, "epochs": epochs, "seed": 3, "device_batch": batch}
    return Schedule.of(list(range(1, count + 1)), given_, "cpu")


def _updates_of(share: Share, processes: int, place: int) -> list[list[int]]:
    """Return what a process learns from in each update, as the data loader deals it out."""
    size = share.batch
    batches = [share.turns[at : at + size] for at in range(0, len(share.turns), size)]
    own = batches[place::processes]
    return [
        [record for batch in own[at : at + share.passes] for record in batch if record is not None]
        for at in range(0, len(own), share.passes)
    ]


@given(st.integers(1, 90), st.integers(1, 24), st.integers(1, 24), st.integers(2, 5))
def test_every_update_learns_from_the_records_of_a_single_process(
    count: int, records: int, batch: int, processes: int
) -> None:
    schedule = _schedule(count, records, batch)
    share = Share.of(schedule, processes)
    assert share.batch <= schedule.batch
    assert len(share.turns) % (share.batch * processes) == 0  # as many passes for all
    parts = [_updates_of(share, processes, place) for place in range(processes)]
    for update in range(schedule.updates):
        wanted = schedule.order[update * records : (update + 1) * records]
        dealt = Counter(record for part in parts for record in part[update])
        assert dealt == Counter(wanted)
    assert {len(part) for part in parts} == {schedule.updates}


@given(st.integers(1, 60), st.integers(1, 24), st.integers(1, 24))
def test_one_process_has_the_schedule_as_it_stands(count: int, records: int, batch: int) -> None:
    schedule = _schedule(count, records, batch)
    assert Share.of(schedule, 1) == Share(schedule.batch, schedule.passes, schedule.order)


def test_batches_of_like_lengths_stay_whole_where_there_are_enough() -> None:
    whole = Share.of(_schedule(64, 16, 4), 2)
    assert (whole.batch, whole.passes) == (4, 2)
    assert whole.turns == _schedule(64, 16, 4).order
    apart = Share.of(_schedule(64, 16, 16), 2)
    assert (apart.batch, apart.passes) == (8, 1)
    parts = [_updates_of(apart, 2, place)[0] for place in range(2)]
    assert abs(sum(parts[0]) - sum(parts[1])) <= len(parts[0])  # example i has i + 1 tokens


def test_a_wrapper_runs_what_is_computed_as_its_own_forward_pass() -> None:
    class Wrapper(torch.nn.Module):
        def __init__(self, module: torch.nn.Module) -> None:
            super().__init__()
            self.module, self.calls = module, 0

        def forward(self, *inputs: Any) -> Any:
            self.calls += 1
            return self.module(*inputs)

    model = torch.nn.Linear(2, 3)
    wrapper, rows = Wrapper(model), torch.ones(1, 2)
    found = forward_through(wrapper, model, lambda given: 2 * model(given["rows"]), {"rows": rows})
    torch.testing.assert_close(found, 2 * model(rows))
    assert wrapper.calls == 1
    assert "forward" not in vars(model)
    assert forward_through(model, model, lambda given: given, 7) == 7


@pytest.mark.parametrize("variable", ["ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED"])
def test_a_way_that_is_not_trained_with_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "false")
    check_processes("cuda")
    monkeypatch.setenv(variable, "true")
    with pytest.raises(ConfigError, match=f"asks for .*{variable}.*which web4 does not train with"):
        check_processes("cuda")


def test_mps_trains_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    check_processes("mps")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ConfigError, match=r"2 processes .* MPS .* Unset WEB4_LAUNCHER"):
        check_processes("mps")


def test_too_little_memory_in_one_process_ends_all(
    base: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One alone cannot begin again with a smaller batch: the others are in the middle of it."""

    def learn(*_given: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    monkeypatch.setattr(sft, "_learn", learn)
    monkeypatch.setattr(sft, "process_count", lambda: 2)
    with pytest.raises(
        StepFailedError, match=r"one of 2 processes \(.*2 GiB\)\. Lower device_batch"
    ):
        train(base, data, tmp_path, _PARAMS)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_one_process_takes_one_device_of_several(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = torch.device("cpu")
    monkeypatch.setattr(TrainingArguments, "_setup_devices", property(lambda _self: here))
    monkeypatch.setattr(TrainingArguments, "_n_gpu", 2, raising=False)
    monkeypatch.setattr(TrainingArguments, "distributed_state", None, raising=False)
    schedule = _schedule(8, 4, 4)
    model = get_peft_model(
        base_model.load_model(base_model.model_dir(base), torch.float32), lora_config(_PARAMS)
    )
    examples = Tokenized((5,), tuple(Example((6,), (7,), (True,)) for _ in range(8)))
    trainer = build_trainer(
        *(model, examples, 2, tmp_path, _PARAMS, Device("cpu", bf16=False), schedule)
    )
    assert (trainer.args.n_gpu, trainer.args.train_batch_size) == (1, 4)


@pytest.fixture(scope="module")
def alone(
    _float32_on_the_cpu: None, base: Path, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the folder of a training in one process."""
    return train(base, data, tmp_path_factory.mktemp("alone"), _PARAMS)[0]


def _weights(folder: Path) -> Mapping[str, torch.Tensor]:
    """Return the adapter after the last update, in 32 bits, as its checkpoint holds it."""
    newest = max(
        (folder / "scratch").glob("checkpoint-*/whole"),
        key=lambda mark: int(mark.parent.name.rpartition("-")[2]),
    )
    return load_file(newest.with_name("adapter_model.safetensors"))


def _distance(one: Path, other: Path) -> float:
    """Return how far two adapters are apart, as a share, at the worst tensor."""
    ours, theirs = _weights(one), _weights(other)
    assert ours.keys() == theirs.keys()
    return max(float((ours[name] - theirs[name]).norm() / theirs[name].norm()) for name in ours)


def _losses(folder: Path, name: str = "loss") -> list[float]:
    return [float(row[name] or "nan") for row in read_curve(folder / "out" / "loss.csv")]


def _spec(folder: Path, base: Path, data: Path, params: Mapping[str, Any]) -> Path:
    for name in ("out", "scratch"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    written = {
        "step": "mini",
        "params": params,
        "inputs": {"base": str(base), "dataset": str(data)},
        "files": {},
        "out": str(folder / "out"),
        "scratch": str(folder / "scratch"),
    }
    (folder / "spec.json").write_text(json.dumps(written), encoding="utf-8")
    return folder / "spec.json"


def _together(
    folder: Path, base: Path, data: Path, params: Mapping[str, Any], fault: str = "none"
) -> int:
    """Train in two processes in ``folder``; return the launcher's exit code."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", *_TWO.split()[1:]]
    spec = _spec(folder, base, data, params)
    return subprocess.run(
        [*torchrun, "-m", "tests_unit.training.together", str(spec), fault],
        env={**os.environ, "PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": "1"},
        cwd=_ROOT,
        timeout=_SECONDS,
        check=False,
    ).returncode


@pytest.mark.slow
@pytest.mark.parametrize("records", [4, 3])
def test_two_processes_learn_the_adapter_of_one(  # noqa: PLR0913, PLR0917 - fixtures
    alone: Path,
    base: Path,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    records: int,
) -> None:
    """As the store starts them. Three records leave the second process nothing, now and then."""
    params = {**_PARAMS, "batch_records": records}
    single = alone if records == 4 else train(base, data, tmp_path / "alone", params)[0]
    folder = tmp_path / "build"
    (folder / "out").mkdir(parents=True)
    (folder / "scratch").mkdir()
    monkeypatch.setenv("WEB4_LAUNCHER", _TWO)
    monkeypatch.setenv("PYTHONPATH", str(_ROOT))
    request = Request("mini", 1, params)
    inputs = {"base": _artifact(base), "dataset": _artifact(data)}
    _, told = run_in_subprocess(request, inputs, folder / "out", folder / "scratch")

    assert told["processes"] == 2
    assert _distance(folder, single) < _TOLERANCE
    assert _losses(folder) == pytest.approx(_losses(single), rel=_TOLERANCE)
    found, wanted = (_losses(path, "validation_loss") for path in (folder, single))
    assert found == pytest.approx(wanted, rel=_TOLERANCE, nan_ok=True)
    assert sum(math.isfinite(loss) for loss in wanted) > 2
    names = [
        sorted(path.relative_to(one / "out").as_posix() for path in (one / "out").rglob("*.*"))
        for one in (folder, single)
    ]
    assert names[0] == names[1]
    facts, own = (json.loads((one / "out/training.json").read_text()) for one in (folder, single))
    assert facts.pop("processes") == 2
    assert facts["device_batch"] * facts["passes_per_update"] == 2
    same = ("records", "tokens", "updates", "planned_updates", "adapter_of_update")
    assert {name: facts[name] for name in same} == {name: own[name] for name in same}
    half, theirs = (load_file(one / ADAPTER) for one in (folder, single))
    torch.testing.assert_close(half, theirs, rtol=2e-3, atol=1e-6)  # of 16 bits


def _artifact(folder: Path) -> Artifact:
    return Artifact(folder, Manifest("any", 1, "0" * 64, {}, {}, {}, {}, Usage(0, 0, 0), {}))


@pytest.mark.slow
def test_a_wrong_split_learns_another_adapter(
    alone: Path, base: Path, data: Path, tmp_path: Path
) -> None:
    assert _together(tmp_path / "right", base, data, _PARAMS) == 0
    assert _distance(tmp_path / "right", alone) < _TOLERANCE
    assert _together(tmp_path / "wrong", base, data, _PARAMS, "split") == 0
    assert _distance(tmp_path / "wrong", alone) > 1000 * _TOLERANCE


@pytest.mark.slow
def test_a_kill_of_one_process_changes_nothing(base: Path, data: Path, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert _together(whole, base, data, _WATCHED) == 0
    assert _together(killed, base, data, _WATCHED, "die") != 0
    assert not (killed / "out" / "training.json").exists()
    assert _together(killed, base, data, _WATCHED) == 0
    facts = json.loads((killed / "out" / "training.json").read_text(encoding="utf-8"))
    assert facts["resumed_at_update"] >= 2
    assert (killed / ADAPTER).read_bytes() == (whole / ADAPTER).read_bytes()
    assert _distance(killed, whole) == 0
    assert _losses(killed) == _losses(whole)
    asked = [read_evaluations(one / "out" / "evaluations.csv") for one in (killed, whole)]
    assert [one.update for one in asked[0]] == [one.update for one in asked[1]] == [5, 9]


@pytest.mark.slow
def test_an_error_in_one_process_ends_all_with_its_message(
    base: Path, data: Path, tmp_path: Path
) -> None:
    assert _together(tmp_path, base, data, _PARAMS, "raise") != 0
    assert (tmp_path / "failure.txt").read_text(encoding="utf-8") == RAISED
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.slow
def test_all_stop_where_the_first_finds_a_reason(base: Path, data: Path, tmp_path: Path) -> None:
    assert _together(tmp_path, base, data, _PARAMS, "stop") == 0
    facts = json.loads((tmp_path / "out" / "training.json").read_text(encoding="utf-8"))
    assert (facts["stopped_early"], facts["updates"]) == ("enough", STOPPED_AT)
    assert len(_losses(tmp_path)) == STOPPED_AT
