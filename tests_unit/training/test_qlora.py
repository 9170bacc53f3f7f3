"""A base in 4 bits learns an adapter like any other; where it cannot, one message says so."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests_unit.training.tiny import ADAPTER, PARAMS, train
from web4.device import Device
from web4.errors import ConfigError
from web4.pipeline import TRAINING, requests
from web4.profile import Training, load_profile
from web4.training import base_model, sft
from web4.training.merge import merge
from web4.training.processes import check_processes
from web4.training.qlora import check_quantized_base, load_quantized, place_of

_QLORA = {**PARAMS, "base_dtype": "nf4", "epochs": 8, "learning_rate": 1e-2}


@pytest.mark.parametrize("device", ["cpu", "mps"])
def test_without_cuda_nothing_is_trained(
    base: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    monkeypatch.setenv("WEB4_DEVICE", device)
    with pytest.raises(
        ConfigError, match=rf'base_dtype = "nf4" .* needs CUDA, .* on {device}\. Take'
    ):
        train(base, data, tmp_path, _QLORA)
    assert list(tmp_path.rglob("*.*")) == []


def test_a_device_without_bfloat16_is_named() -> None:
    with pytest.raises(ConfigError, match="computes in bfloat16, which this CUDA device"):
        check_quantized_base(Device("cuda", bf16=False))


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ConfigError, match=r"pip install 'web4\[qlora\]'"):
        check_quantized_base(Device("cuda", bf16=True))


def test_each_process_has_a_device_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert place_of(Device("cuda", bf16=True)) == "cuda:0"
    assert place_of(Device("cuda:3", bf16=True)) == "cuda:3"
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert place_of(Device("cuda", bf16=True)) == "cuda:1"


def test_the_base_is_loaded_as_qlora_has_it(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed over, on any machine: NF4, scales quantized as well, bfloat16."""
    asked: dict[str, Any] = {}

    def from_pretrained(_folder: Path, **how: Any) -> Any:
        asked.update(how)
        raise InterruptedError

    monkeypatch.setattr("transformers.AutoModelForCausalLM.from_pretrained", from_pretrained)
    monkeypatch.setattr("transformers.BitsAndBytesConfig.post_init", lambda _self: None)
    with pytest.raises(InterruptedError):
        load_quantized(base_model.model_dir(base), "cuda:1")
    quantized = asked["quantization_config"]
    assert asked["device_map"] == {"": "cuda:1"}
    assert quantized.load_in_4bit
    assert quantized.bnb_4bit_quant_type == "nf4"
    assert quantized.bnb_4bit_use_double_quant
    assert quantized.bnb_4bit_compute_dtype == torch.bfloat16
    assert (asked["trust_remote_code"], asked["use_safetensors"]) == (False, True)


def test_the_option_is_part_of_a_key_only_where_it_is_chosen() -> None:
    plain = Training(records=10, learning_rate=1e-3)
    chosen = Training(records=10, learning_rate=1e-3, base_dtype="nf4")
    assert chosen.params() == {**plain.params(), "base_dtype": "nf4"}
    embedded = requests(load_profile("embedded"))
    assert all("base_dtype" not in embedded[name].params for name in TRAINING)


@pytest.mark.slow
def test_an_adapter_learned_in_4_bits_is_merged_onto_the_whole_base(
    base: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a CPU, where it is too slow to be offered, bitsandbytes computes the same."""
    pytest.importorskip("bitsandbytes")
    check_processes("cpu")
    monkeypatch.setattr(sft, "check_quantized_base", lambda _device: None)
    monkeypatch.setattr(sft, "place_of", lambda _device: "cpu")
    folder, facts = train(base, data, tmp_path / "nf4", _QLORA)
    assert facts["dtype"] == "nf4"
    whole, _ = train(base, data, tmp_path / "whole", {**_QLORA, "base_dtype": "float32"})
    losses = [
        [float(line.split(",")[1]) for line in (one / "out/loss.csv").read_text().split()[1:]]
        for one in (folder, whole)
    ]
    assert losses[0][-1] < losses[0][0] / 2
    assert losses[0] != losses[1]
    assert losses[0][0] == pytest.approx(losses[1][0], rel=0.1)
    adapters = [load_file(one / ADAPTER) for one in (folder, whole)]
    assert {name: one.shape for name, one in adapters[0].items()} == {
        name: one.shape for name, one in adapters[1].items()
    }
    config = json.loads((folder / "out/lora/adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == "embedded:tiny"

    merge(base, folder / "out" / "lora", tmp_path / "merged")
    merged = load_file(tmp_path / "merged" / "model.safetensors")
    own = load_file(base_model.model_dir(base) / "model.safetensors")
    name = "model.layers.0.mlp.up_proj.weight"
    prefix = f"base_model.model.{name.removesuffix('.weight')}.lora"
    up, down = (adapters[0][f"{prefix}_{part}.weight"].float() for part in "BA")
    scale = PARAMS["alpha"] / PARAMS["r"]
    torch.testing.assert_close(
        merged[name].float(), own[name].float() + scale * up @ down, rtol=1e-2, atol=1e-3
    )
