"""GGUF files are converted by the pinned converter, and a damaged one is named."""

import json
import shutil
import struct
from pathlib import Path

import pytest

from web4.errors import ArtifactError, StepFailedError
from web4.packaging.gguf import check_convertible, convert, read_header


def test_converted_file_says_what_it_is(tiny_gguf: Path) -> None:
    header = read_header(tiny_gguf)
    assert header.version == 3
    assert header.architecture == "llama"
    assert len(header.tensors) == 21
    assert header.tensors[0] == "output.weight"
    assert header.metadata["llama.block_count"] == 2
    assert header.metadata["llama.embedding_length"] == 64
    assert header.metadata["general.file_type"] == 1
    assert not any(key.startswith("tokenizer.") for key in header.metadata)
    assert [path.name for path in tiny_gguf.parent.iterdir()] == [tiny_gguf.name]


def test_every_truncated_length_is_one_clear_error(tiny_gguf: Path, tmp_path: Path) -> None:
    whole = tiny_gguf.read_bytes()
    path = tmp_path / "cut.gguf"
    inside_header = [0, 1, 4, 7, 8, 20, 24, 30, 60, 500, 10_000, 700_000]
    inside_data = [len(whole) // 2, len(whole) - 100, len(whole) - 1]
    for size in inside_header + inside_data:
        path.write_bytes(whole[:size])
        with pytest.raises(ArtifactError, match=r"cut\.gguf: no whole GGUF file") as caught:
            read_header(path)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04" + bytes(100),
        b"GGUF" + struct.pack("<IQQ", 99, 1, 1) + bytes(100),
        b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + bytes(100),
        b"GGUF" + struct.pack("<IQQ", 3, 2**63, 2**63) + bytes(100),
        b"GGUF" + struct.pack("<IQQQ", 3, 1, 1, 2**64 - 1) + bytes(100),
        b"GGUF" + struct.pack("<IQQQ", 3, 1, 1, 1) + b"k" + struct.pack("<IIQ", 9, 8, 2**64 - 1),
    ],
    ids=["zip", "version", "nameless", "counts", "long string", "long array"],
)
def test_foreign_and_hostile_files_are_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign.gguf"
    path.write_bytes(content)
    with pytest.raises(ArtifactError, match=r"foreign\.gguf: no whole GGUF file"):
        read_header(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="cannot be read"):
        read_header(tmp_path / "none.gguf")


def test_unknown_architecture_is_named_and_leaves_nothing(tmp_path: Path, tiny_base: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(tiny_base, model)
    config = (model / "config.json").read_text(encoding="utf-8")
    (model / "config.json").write_text(config.replace("LlamaForCausalLM", "OddForCausalLM"))
    with pytest.raises(StepFailedError, match=r"OddForCausalLM.*does not know") as caught:
        convert(model, tmp_path / "out" / "odd.gguf")
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "out").iterdir())


# ── What can be converted ─────────────────────────────────────────────────────────────────────


def _without_weights(tiny_base: Path, folder: Path) -> Path:
    folder.mkdir()
    for path in tiny_base.glob("*.json"):
        shutil.copyfile(path, folder / path.name)
    return folder


def test_what_can_be_converted_is_told_without_its_weights(tiny_base: Path, tmp_path: Path) -> None:
    model = _without_weights(tiny_base, tmp_path / "model")
    (model / "model.safetensors.index.json").write_text('{"weight_map": {"x": "gone"}}')
    check_convertible(model)


@pytest.mark.parametrize("fault", ["architecture", "tokenizer", "no tokenizer", "no config"])
def test_what_cannot_be_converted_is_named_before_weights_are_read(
    tiny_base: Path, tmp_path: Path, fault: str
) -> None:
    model = _without_weights(tiny_base, tmp_path / "model")
    if fault == "architecture":
        config = json.loads((model / "config.json").read_text(encoding="utf-8"))
        config["architectures"] = ["OddForCausalLM"]
        (model / "config.json").write_text(json.dumps(config), encoding="utf-8")
    elif fault == "tokenizer":
        tokenizer = json.loads((model / "tokenizer.json").read_text(encoding="utf-8"))
        pre_tokenizer = tokenizer["pre_tokenizer"]["pretokenizers"][1]
        tokenizer["pre_tokenizer"] = {**pre_tokenizer, "add_prefix_space": True}
        (model / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    elif fault == "no tokenizer":
        (model / "tokenizer.json").unlink()
    else:
        (model / "config.json").unlink()
    said = {
        "architecture": r"OddForCausalLM.*does not know this architecture",
        "tokenizer": r"pre-tokenizer was not recognized.*does not know this architecture or tok",
    }
    with pytest.raises(StepFailedError, match=said.get(fault, "failed")) as caught:
        check_convertible(model)
    assert str(caught.value).startswith(f"{model}: the conversion to GGUF failed")
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_qwen2_model_is_converted_and_answers_as_in_transformers(
    tiny_base: Path, tmp_path: Path
) -> None:
    import numpy as np
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    from web4.packaging.engines import LlamaCppEngine, TransformersEngine

    model = _without_weights(tiny_base, tmp_path / "model")
    kept = json.loads((model / "config.json").read_text(encoding="utf-8"))
    config = Qwen2Config(
        vocab_size=kept["vocab_size"],
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        eos_token_id=2,
    )
    torch.manual_seed(3)
    made = Qwen2ForCausalLM(config).half()  # type: ignore[no-untyped-call] # torch leaves it so
    made.save_pretrained(model)
    # transformers gives a model of this type Qwen2's own tokenizer, whatever the folder says; the
    # converter is shown another type, so that it meets a tokenizer that it knows.
    shutil.copytree(model, tmp_path / "shown")
    shown = json.loads((model / "config.json").read_text(encoding="utf-8"))
    shown["model_type"] = "llama"
    (tmp_path / "shown" / "config.json").write_text(json.dumps(shown), encoding="utf-8")
    check_convertible(tmp_path / "shown")
    convert(tmp_path / "shown", tmp_path / "qwen2.gguf")
    assert read_header(tmp_path / "qwen2.gguf").architecture == "qwen2"
    merged = TransformersEngine("merged", model)
    with LlamaCppEngine("gguf", tmp_path / "qwen2.gguf", n_ctx=64) as gguf:
        prompt = gguf.tokens("List the 12345 open files.")
        one, other = (engine.logits(prompt, [5, 6, 7]) for engine in (merged, gguf))
    assert np.abs(one - other).max() < 0.01


def test_a_block_without_tensors_is_named_and_leaves_nothing(
    tiny_base: Path, tmp_path: Path
) -> None:
    from safetensors.numpy import load_file, save_file

    model = tmp_path / "model"
    shutil.copytree(tiny_base, model)
    weights = load_file(model / "model.safetensors")
    kept = {name: tensor for name, tensor in weights.items() if ".layers.1." not in name}
    save_file(kept, model / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(StepFailedError, match=r"no tensor of 1 of 2 blocks, the first 1"):
        convert(model, tmp_path / "out" / "model.gguf")
    assert not list((tmp_path / "out").iterdir())
