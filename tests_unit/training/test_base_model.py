"""A base is found, downloaded or refused, with what to do about it."""

import json
import shutil
from pathlib import Path

import huggingface_hub
import pytest
import torch

from web4.errors import AssetError, ConfigError
from web4.training import base_model
from web4.training.base_model import EMBEDDED, model_dir, prepare, source_files

_PINNED = "owner/model-1.5@" + "0123456789" * 4


@pytest.fixture
def local(tmp_path: Path) -> Path:
    folder = tmp_path / "my model"
    (folder / "deep").mkdir(parents=True)
    (folder / "config.json").write_text("{}", encoding="utf-8")
    (folder / "deep" / "weights.safetensors").write_bytes(b"1")
    return folder


@pytest.mark.parametrize("base", ["nonsense", "embedded:other", "./no/such/folder", "a/b/c", ""])
def test_an_unknown_base_is_refused_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        source_files(base)
    message = str(caught.value)
    assert message.startswith(f"base {base!r}: not 'embedded:smollm2', no folder with a config")
    assert message.endswith("Correct 'base' in the profile.")
    assert "\n" not in message


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no folder with a config\.json"):
        prepare(str(tmp_path), tmp_path)
    assert not (tmp_path / "base.json").exists()


@pytest.mark.parametrize("revision", ["", "@main", "@0123456789abcdef", "@" + "G" * 40])
def test_a_hub_id_needs_a_pinned_revision(revision: str) -> None:
    with pytest.raises(ConfigError) as caught:
        source_files(f"owner/model{revision}")
    assert str(caught.value) == (
        f"base 'owner/model{revision}': a hub id needs a pinned revision: "
        "owner/model@<40 hexadecimal digits>"
    )


@pytest.mark.parametrize("base", [EMBEDDED, _PINNED])
def test_what_is_pinned_has_no_source_files(base: str) -> None:
    assert source_files(base) == {}


def test_a_local_folder_lists_all_its_files(local: Path) -> None:
    assert source_files(str(local)) == {
        "config.json": local / "config.json",
        "deep/weights.safetensors": local / "deep" / "weights.safetensors",
    }


def test_a_local_folder_may_look_like_a_hub_id(
    local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(local.parent.parent)
    renamed = local.rename(local.parent / "model")
    assert "config.json" in source_files(f"{renamed.parent.name}/model")


def test_a_local_folder_is_prepared_in_place(local: Path, tmp_path: Path) -> None:
    prepare(str(local), tmp_path)
    described = json.loads((tmp_path / "base.json").read_text(encoding="utf-8"))
    assert described == {"source": str(local), "model": str(local)}
    assert model_dir(tmp_path) == local


def test_a_relative_model_lies_beside_its_description(tmp_path: Path) -> None:
    (tmp_path / "base.json").write_text('{"source": "x", "model": "model"}', encoding="utf-8")
    assert model_dir(tmp_path) == tmp_path / "model"


def test_a_hub_model_is_downloaded_at_its_revision_the_tokenizer_first(
    tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    weights: list[bool] = []

    def download(name: str, *, revision: str, allow_patterns: list[str]) -> str:
        asked.append((name, revision))
        weights.append("*.safetensors" in allow_patterns)
        assert "*.bin" not in allow_patterns
        assert "*.py" not in allow_patterns
        return str(tiny_base)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    prepare(_PINNED, tmp_path)
    assert asked == [tuple(_PINNED.split("@"))] * 2
    assert weights == [False, True]
    assert model_dir(tmp_path) == tiny_base


def test_the_weights_of_a_model_without_chatml_are_never_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_foreign_tokenizer(tmp_path)
    asked: list[list[str]] = []

    def download(_name: str, *, revision: str, allow_patterns: list[str]) -> str:
        asked.append(allow_patterns)
        assert revision
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    with pytest.raises(ConfigError, match="not a ChatML model"):
        prepare(_PINNED, tmp_path)
    assert len(asked) == 1
    assert not (tmp_path / "base.json").exists()


def test_an_unreachable_hub_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(*_: object, **__: object) -> str:
        raise ConnectionError("404 Client Error. (Request ID: 1)\n\nRepository Not Found.\n")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    with pytest.raises(AssetError) as caught:
        prepare(_PINNED, tmp_path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("base owner/model-1.5@012345678901: the model hub could not give it")
    assert "Repository Not Found." in message
    assert "set 'base' to a local folder" in message
    assert not (tmp_path / "base.json").exists()


def _copy_tokenizer(source: Path, target: Path, *drop: str) -> None:
    shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")
    config = json.loads((source / "tokenizer_config.json").read_text(encoding="utf-8"))
    kept = {name: value for name, value in config.items() if name not in drop}
    (target / "tokenizer_config.json").write_text(json.dumps(kept), encoding="utf-8")


def test_a_tokenizer_without_padding_pads_with_its_end(tiny_base: Path, tmp_path: Path) -> None:
    _copy_tokenizer(tiny_base, tmp_path, "pad_token")
    assert base_model.load_tokenizer(tmp_path).pad_token == "<|im_end|>"  # noqa: S105


def _write_foreign_tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel

    words = Tokenizer(WordLevel({"a": 0, "<unk>": 1}, unk_token="<unk>"))  # noqa: S106
    words.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<unk>",
        "unk_token": "<unk>",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")


def test_a_tokenizer_that_speaks_no_chatml_is_refused(tmp_path: Path) -> None:
    _write_foreign_tokenizer(tmp_path)
    with pytest.raises(ConfigError, match=r"has no token <\|im_end\|>: not a ChatML model"):
        base_model.load_tokenizer(tmp_path)


def test_pickled_weights_are_never_loaded(tiny_base: Path, tmp_path: Path) -> None:
    shutil.copyfile(tiny_base / "config.json", tmp_path / "config.json")
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(OSError, match="safetensors"):
        base_model.load_model(tmp_path, torch.float32)


def test_the_layout_of_weights_changes_no_value() -> None:
    wide, tall = torch.nn.Linear(12, 5), torch.nn.Linear(5, 12)
    model, inputs = torch.nn.Sequential(wide, tall), torch.randn(7, 12)
    values, expected = (wide.weight.clone(), tall.weight.clone()), model(inputs)
    base_model.lay_out_for_the_forward_pass(model)
    assert wide.weight.stride() == (1, 5)
    assert tall.weight.is_contiguous()
    assert torch.equal(wide.weight, values[0])
    assert torch.equal(tall.weight, values[1])
    torch.testing.assert_close(model(inputs), expected)


def test_only_on_a_cpu_a_base_is_loaded_as_is_fastest_there(tiny_base: Path) -> None:
    for device, attention, wide in (("cpu", "web4_grouped", False), ("cuda", "sdpa", True)):
        model = base_model.load_to_learn(tiny_base, torch.float32, device)
        assert model.config._attn_implementation == attention
        assert model.model.layers[0].mlp.down_proj.weight.is_contiguous() is wide
