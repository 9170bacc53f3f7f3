"""The large profiles, on random models of their architectures that are small."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests_unit.training.tiny import ADAPTER, train
from web4.pipeline import requests
from web4.profile import TrainingOptions, load_profile
from web4.training import base_model
from web4.training.adapter import with_adapter

_LINEAR = {
    *(f"self_attn.{name}_proj" for name in "qkvo"),
    *(f"mlp.{name}_proj" for name in ("gate", "up", "down")),
}
"""What peft's ``all-linear`` finds in Qwen2 and Llama: all but the output embedding."""

_SMALL: dict[str, Any] = {
    "vocab_size": 49_152,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 512,
    "tie_word_embeddings": False,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 2,
}


def _base(tiny_base: Path, folder: Path, architecture: str) -> Path:
    """Write a random model with the heads of the real one: Qwen2.5-Coder groups its keys."""
    from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(5)
    model: Any
    if architecture == "qwen2":
        model = Qwen2ForCausalLM(Qwen2Config(**_SMALL, num_key_value_heads=2))
    else:
        model = LlamaForCausalLM(LlamaConfig(**_SMALL, num_key_value_heads=4))
    model.save_pretrained(folder / "model")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(tiny_base / name, folder / "model" / name)
    described = json.dumps({"source": architecture, "model": "model"})
    (folder / "base.json").write_text(described, encoding="utf-8")
    return folder


@pytest.mark.parametrize("variant", ["", "-cuda"])
@pytest.mark.parametrize(
    ("name", "architecture"), [("qwen2.5-coder-7b", "qwen2"), ("deepseek-coder-6.7b", "llama")]
)
def test_a_large_profile_trains_a_small_model_of_its_architecture(  # noqa: PLR0913, PLR0917 - fixtures
    tiny_base: Path, data: Path, tmp_path: Path, name: str, architecture: str, variant: str
) -> None:
    profile = load_profile(f"{name}{variant}")
    params = dict(requests(profile)["dry_run"].params)
    assert (params["r"], params["alpha"], params["dropout"]) == (8, 16, 0.05)
    assert TrainingOptions.among(params).gradient_checkpointing
    base = _base(tiny_base, tmp_path / "base", architecture)
    model = with_adapter(
        base_model.load_model(base_model.model_dir(base), torch.float32), params, None
    )
    attached = {layer for layer, _ in model.named_modules() if layer.endswith("lora_A.default")}
    wanted = {
        f"base_model.model.model.layers.{layer}.{part}.lora_A.default"
        for layer in range(2)
        for part in _LINEAR
    }
    assert attached == wanted

    small = {**params, "records": 10, "epochs": 2, "batch_records": 2, "learning_rate": 1e-2}
    folder, facts = train(base, data, tmp_path, small)
    assert facts["dtype"] == ("float32" if variant else "bfloat16")
    assert facts["updates"] == 10
    tensors = load_file(folder / ADAPTER)
    assert len(tensors) == 2 * len(wanted)
    assert all(float(tensor.abs().max()) > 0 for tensor in tensors.values())
