"""Quantized files are whole, smaller, and of the type that was asked for."""

from pathlib import Path

import pytest

from web4.errors import ArtifactError, ConfigError
from web4.packaging.gguf import read_header
from web4.packaging.quantize import TYPES, quantize


@pytest.mark.parametrize("name", list(TYPES))
def test_quantized_file_says_its_type(tiny_gguf: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / "out" / f"{name}.gguf"
    quantize(tiny_gguf, target, name)
    header = read_header(target)
    assert header.metadata["general.file_type"] == TYPES[name]
    assert set(header.tensors) == set(read_header(tiny_gguf).tensors)
    assert target.stat().st_size < tiny_gguf.stat().st_size
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_unknown_type_lists_the_known(tiny_gguf: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'Q9'; known are Q4_K_M, Q5_K_M, Q6_K, Q8_0"):
        quantize(tiny_gguf, tmp_path / "none.gguf", "Q9")


def test_truncated_source_is_named(tiny_gguf: Path, tmp_path: Path) -> None:
    source = tmp_path / "cut.gguf"
    source.write_bytes(tiny_gguf.read_bytes()[:-1000])
    with pytest.raises(ArtifactError, match=r"cut\.gguf"):
        quantize(source, tmp_path / "none.gguf", "Q8_0")
    assert not (tmp_path / "none.gguf").exists()
