"""Each kind of candidate is opened from where its files lie."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from web4.candidates.opening import KINDS, open_candidate
from web4.errors import CandidateError

_BASE_AND_ADAPTER = 2


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[Any, ...]]]:
    """Replace the engines; return what is opened with which arguments."""
    calls: list[tuple[str, tuple[Any, ...]]] = []
    for module, name in (
        ("transformers", "TransformersCandidate"),
        ("llama_cpp", "LlamaCppCandidate"),
    ):
        fake = ModuleType(module)

        def make(*given: Any, kind: str = module, merge: bool = False) -> object:
            assert merge == (kind == "transformers" and len(given) == _BASE_AND_ADAPTER)
            calls.append((kind, given))
            return object()

        setattr(fake, name, make)
        monkeypatch.setitem(sys.modules, f"web4.candidates.{module}", fake)
    return calls


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Path]:
    folders = {name: tmp_path / name for name in ("base", "adapter", "gguf")}
    for folder in folders.values():
        folder.mkdir()
    described = json.dumps({"source": "embedded:smollm2", "model": "model"})
    (folders["base"] / "base.json").write_text(described, encoding="utf-8")
    (folders["gguf"] / "model.Q4_K_M.gguf").touch()
    (folders["gguf"] / "manifest.json").touch()
    return folders


def test_a_base_is_opened_alone(opened: list[Any], inputs: dict[str, Path]) -> None:
    open_candidate("base", inputs, {})
    assert opened == [("transformers", (inputs["base"] / "model", None))]


def test_an_adapter_is_opened_on_its_base(opened: list[Any], inputs: dict[str, Path]) -> None:
    open_candidate("adapter", inputs, {})
    model, adapter = inputs["base"] / "model", inputs["adapter"] / "lora"
    assert opened == [("transformers", (model, adapter))]


def test_an_adapter_from_outside_is_opened_on_the_base(
    opened: list[Any], inputs: dict[str, Path], tmp_path: Path
) -> None:
    files = {"model/adapter_config.json": tmp_path / "mine" / "adapter_config.json"}
    open_candidate("adapter", {"base": inputs["base"]}, files)
    assert opened == [("transformers", (inputs["base"] / "model", tmp_path / "mine"))]


def test_a_model_folder_is_opened(opened: list[Any], tmp_path: Path) -> None:
    open_candidate("transformers", {}, {"model/config.json": tmp_path / "mine" / "config.json"})
    assert opened == [("transformers", (tmp_path / "mine",))]


def test_the_runs_gguf_is_opened(opened: list[Any], inputs: dict[str, Path]) -> None:
    open_candidate("gguf", inputs, {"eval/tool": inputs["base"] / "base.json"})
    assert opened == [("llama_cpp", (inputs["gguf"] / "model.Q4_K_M.gguf",))]


def test_a_gguf_from_outside_is_opened(opened: list[Any], tmp_path: Path) -> None:
    files = {"eval/tool": tmp_path / "tool.jsonl", "model/model.gguf": tmp_path / "mine.gguf"}
    open_candidate("gguf", {}, files)
    assert opened == [("llama_cpp", (tmp_path / "mine.gguf",))]


def test_two_ggufs_or_none_are_refused(opened: list[Any], inputs: dict[str, Path]) -> None:
    (inputs["gguf"] / "another.gguf").touch()
    with pytest.raises(CandidateError, match="expected one GGUF file, found 2"):
        open_candidate("gguf", inputs, {})
    with pytest.raises(CandidateError, match="expected one GGUF file, found 0"):
        open_candidate("gguf", {"gguf": inputs["base"]}, {})
    assert opened == []


def test_an_unknown_kind_lists_the_known_ones(inputs: dict[str, Path]) -> None:
    with pytest.raises(CandidateError, match="unknown kind of candidate 'oracle'") as caught:
        open_candidate("oracle", inputs, {})
    assert str(caught.value).endswith(", ".join(KINDS))
