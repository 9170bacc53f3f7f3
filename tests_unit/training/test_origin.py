"""A merged model's GGUF says which base, adapter and dataset it was made from, and its licence."""

import json
import shutil
from pathlib import Path

import pytest

from web4.errors import ArtifactError
from web4.packaging.gguf import convert, read_header
from web4.packaging.quantize import quantize
from web4.store import MANIFEST, FileEntry, Manifest, Usage
from web4.training.origin import CARD, licence_of, write_origin

_REVISION = "c03e6d358207e414f1eca0bb1891e29f1db0e242"
_ADAPTER, _DATASET = "a" * 64, "d" * 64


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    manifest = Manifest(
        *("full", 1, "f" * 64, {}, {"base": "b" * 64, "dataset": _DATASET}, {}),
        {"lora/adapter_model.safetensors": FileEntry(_ADAPTER, 9)},
        *(Usage(1.0, 100.0, 1), {}),
    )
    folder = tmp_path / "adapter"
    folder.mkdir()
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return folder


def _base(tmp_path: Path, source: str, model: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    described = {"source": source, "model": str(model)}
    (folder / "base.json").write_text(json.dumps(described), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (
            "embedded:smollm2",
            {
                "general.license": "apache-2.0",
                "general.base_model.0.name": "SmolLM2-135M-Instruct",
                "general.base_model.0.organization": "HuggingFaceTB",
            },
        ),
        (
            f"Qwen/Qwen2.5-Coder-7B-Instruct@{_REVISION}",
            {
                "general.license": "other",
                "general.base_model.0.name": "Qwen2.5-Coder-7B-Instruct",
                "general.base_model.0.version": _REVISION,
            },
        ),
        (
            "/home/team/models/ours",
            {"general.license": "other", "general.base_model.0.name": "ours"},
        ),
    ],
    ids=["embedded", "hub", "folder"],
)
def test_origin_stands_in_the_gguf_and_survives_quantization(
    source: str, wanted: dict[str, str], adapter: Path, tmp_path: Path, tiny_base: Path
) -> None:
    model = tmp_path / "model"
    shutil.copytree(tiny_base, model)
    write_origin(model, _base(tmp_path, source, tiny_base), adapter)
    f16, small = tmp_path / "model.f16.gguf", tmp_path / "model.Q8_0.gguf"
    convert(model, f16)
    quantize(f16, small, "Q8_0")
    for path in (f16, small):
        metadata = read_header(path).metadata
        assert wanted.items() <= metadata.items()
        assert metadata["general.dataset.0.version"] == _DATASET
        assert f"sha256:{_ADAPTER}" in metadata["general.description"]
        assert "/home/team" not in str(metadata)


def test_a_bases_card_tells_its_licence_and_a_broken_one_is_named(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    base = _base(tmp_path, str(model), model)
    assert licence_of(base) == "other"
    (model / CARD).write_text("---\nlicense: mit\n---\n# Ours\n", encoding="utf-8")
    assert licence_of(base) == "mit"
    (model / CARD).write_text("---\n[unclosed: {\n---\n", encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"README\.md: the licence cannot be read"):
        licence_of(base)
