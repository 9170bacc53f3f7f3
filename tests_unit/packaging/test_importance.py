"""The importance matrix holds what enters each weight, and quantization heeds it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from web4.chat import render_answer, render_prompt
from web4.errors import StepFailedError
from web4.packaging.gguf import read_header
from web4.packaging.importance import write_importance
from web4.packaging.quantize import quantize
from web4.records import Record
from web4.training import base_model

Written = dict[str, Any]


@pytest.fixture(scope="module")
def written(
    tiny_base: Path, tiny_gguf: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[list[Record]], Written]:
    def write(records: list[Record]) -> Written:
        path = tmp_path_factory.mktemp("importance") / "importance.safetensors"
        write_importance(tiny_base, tiny_gguf, records, path)
        return load_file(path)

    return write


def test_every_quantized_matrix_has_its_importance(
    written: Callable[[list[Record]], Written], records: list[Record], tiny_gguf: Path
) -> None:
    found = written(records[:2])
    small = ("token_embd.weight", "output_norm.weight")
    matrices = {n for n in read_header(tiny_gguf).tensors if not n.endswith("_norm.weight")}
    assert set(found) == matrices - set(small)
    assert {len(values) for name, values in found.items() if "ffn_down" in name} == {128}
    assert {len(values) for name, values in found.items() if "ffn_down" not in name} == {64}


def test_it_is_the_mean_square_of_what_enters(
    written: Callable[[list[Record]], Written], records: list[Record], tiny_base: Path
) -> None:
    import torch

    tokenizer = base_model.load_tokenizer(tiny_base)
    model = base_model.load_model(tiny_base, torch.float32)
    states = []
    for record in records:
        text = render_prompt(record) + render_answer(record)
        ids = tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"]
        with torch.inference_mode():
            read = model(input_ids=ids, output_hidden_states=True)
        states.append(read.hidden_states[-1][0].numpy())
    expected = np.square(np.concatenate(states)).mean(axis=0)
    np.testing.assert_allclose(written(records)["output.weight"], expected, rtol=1e-4)


def test_a_column_that_matters_is_rounded_the_least(tiny_gguf: Path, tmp_path: Path) -> None:
    name, column = "blk.0.ffn_gate.weight", 7
    exact = _weights(tiny_gguf, name)
    errors = []
    for weight in (1.0, 1e6):
        importance = np.ones(exact.shape[1], dtype=np.float32)
        importance[column] = weight
        save_file({name: importance}, tmp_path / "importance.safetensors")
        target = tmp_path / f"{weight}.gguf"
        quantize(tiny_gguf, target, "Q4_K_M", tmp_path / "importance.safetensors")
        errors.append(np.square(_weights(target, name) - exact)[:, column].mean())
    assert errors[1] < errors[0] / 2


def test_a_matrix_of_another_model_is_refused(tiny_gguf: Path, tmp_path: Path) -> None:
    save_file({"blk.0.ffn_gate.weight": np.ones(3, dtype=np.float32)}, tmp_path / "i.safetensors")
    with pytest.raises(StepFailedError, match="cannot write it as Q4_K_M"):
        quantize(tiny_gguf, tmp_path / "none.gguf", "Q4_K_M", tmp_path / "i.safetensors")
    assert not (tmp_path / "none.gguf").exists()


def _weights(path: Path, name: str) -> Any:
    import gguf

    (tensor,) = (one for one in gguf.GGUFReader(path).tensors if one.name == name)
    return gguf.dequantize(tensor.data, tensor.tensor_type)
