"""An adapter that is folded in for answering leaves no trace in what is trained."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from web4.training import base_model
from web4.training.adapter import folded_in, with_adapter, write_adapter

_PARAMS = {"r": 4, "alpha": 8, "dropout": 0.0}


@pytest.fixture
def adapted(tiny_base: Path) -> Any:
    torch.manual_seed(5)
    model = with_adapter(base_model.load_model(tiny_base, torch.float32), _PARAMS, None)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.02)
    return model.eval()


def _logits(model: Any) -> torch.Tensor:
    with torch.inference_mode():
        found: torch.Tensor = model(input_ids=torch.arange(5, 25).reshape(2, 10)).logits
    return found


def test_folded_in_it_answers_alike_and_without_it_otherwise(adapted: Any) -> None:
    apart = _logits(adapted)
    with folded_in(adapted):
        torch.testing.assert_close(_logits(adapted), apart, rtol=1e-4, atol=1e-4)
    with adapted.disable_adapter():
        assert (_logits(adapted) - apart).abs().max() > 0.1


def test_afterwards_every_weight_is_the_very_same_and_learns(adapted: Any) -> None:
    before = {name: (one, one.clone()) for name, one in adapted.state_dict().items()}
    learns = {name for name, weight in adapted.named_parameters() if weight.requires_grad}
    with pytest.raises(ZeroDivisionError), folded_in(adapted):
        raise ZeroDivisionError
    for name, after in adapted.state_dict().items():
        one, copy = before[name]
        assert after.data_ptr() == one.data_ptr()
        assert torch.equal(after, copy)
    assert {name for name, weight in adapted.named_parameters() if weight.requires_grad} == learns


def test_modules_are_written_in_one_order(adapted: Any, tmp_path: Path) -> None:
    write_adapter(adapted, tmp_path, "embedded:tiny")
    config = json.loads((tmp_path / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["target_modules"] == sorted(config["target_modules"])
