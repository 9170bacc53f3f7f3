"""GGUF files are converted by the pinned converter, and a damaged one is named."""

import shutil
import struct
from pathlib import Path

import pytest

from web4.errors import ArtifactError, StepFailedError
from web4.packaging.gguf import convert, read_header


def test_converted_file_says_what_it_is(tiny_gguf: Path) -> None:
    header = read_header(tiny_gguf)
    assert header.version == 3
    assert header.architecture == "llama"
    assert header.tensor_count == 21
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
