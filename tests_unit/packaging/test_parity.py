"""The chain holds for a model packaged as it should be, and each planted fault is named."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from web4.errors import CandidateError
from web4.packaging.engines import LlamaCppEngine, TransformersEngine
from web4.packaging.gguf import convert
from web4.packaging.links import Break, Link
from web4.packaging.parity import PARITY, PARITY_TEXT, Forms, check, write
from web4.records import Record
from web4.training.merge import merge

_TOKENS = 12
_HEADS, _KEY_HEADS = 4, 2
_LIKELY = 305  # one of the few tokens that the tiny model is ever about to say
_CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

Checked = Callable[[Forms], dict[str, Link]]


@dataclass(frozen=True)
class Packaged:
    """The forms of the tiny model, and its base as the pipeline prepares one."""

    forms: Forms
    prepared: Path


@pytest.fixture(scope="module")
def packaged(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Packaged:
    """Tune, merge and convert the tiny model."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    folder = tmp_path_factory.mktemp("packaged")
    base = folder / "base"
    shutil.copytree(tiny_base, base)
    (base / "chat_template.jinja").write_text(_CHATML, encoding="utf-8")
    (folder / "base.json").write_text(json.dumps({"model": "base"}), encoding="utf-8")
    torch.manual_seed(1)
    config = LoraConfig(
        r=4, lora_alpha=8, target_modules=["q_proj", "up_proj"], init_lora_weights=False
    )
    model = AutoModelForCausalLM.from_pretrained(base)
    get_peft_model(model, config).save_pretrained(str(folder / "lora"))
    merge(folder, folder / "lora", folder / "merged")
    convert(folder / "merged", folder / "model.gguf")
    forms = Forms(base, folder / "lora", folder / "merged", folder / "model.gguf")
    return Packaged(forms, folder)


@pytest.fixture
def checked(records: list[Record], tmp_path: Path) -> Checked:
    def run(forms: Forms) -> dict[str, Link]:
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        return {link.name: link for link in check(forms, records, scratch, _TOKENS)}

    return run


def _broken(links: dict[str, Link]) -> list[str]:
    return [name for name, link in links.items() if not link.holds]


def _named(link: Link, records: list[Record]) -> Break:
    """Return the first break, which says in which record and where, and what both sides say."""
    first = link.breaks[0]
    assert first.record_id in {record.id for record in records}
    assert first.position >= 0
    assert first.first
    assert first.second
    assert f"{first.record_id}, position {first.position}: {first.what}" in link.to_text()
    return first


def _weights(folder: Path) -> dict[str, Any]:
    from safetensors.numpy import load_file

    return load_file(folder / "model.safetensors")


def _replaced(gguf: Path, target: Path, old: bytes, new: bytes) -> Path:
    """Write the GGUF with one piece of it changed in place."""
    whole = gguf.read_bytes()
    assert whole.count(old) == 1
    assert len(old) == len(new)
    target.write_bytes(whole.replace(old, new))
    return target


def _rotated(weight: Any, heads: int) -> Any:
    """Return q or k rows in the order that llama.cpp wants for its rotation."""
    rows, columns = weight.shape
    halves = weight.reshape(heads, 2, rows // heads // 2, columns)
    return halves.swapaxes(1, 2).reshape(rows, columns)


def test_the_chain_holds(packaged: Packaged, checked: Checked, tmp_path: Path) -> None:
    links = checked(packaged.forms)
    assert list(links) == [
        *("tokens of the base", "merge"),
        *("tokens of the GGUF", "chat template", "gguf"),
    ]
    assert _broken(links) == []
    for name in ("merge", "gguf"):
        assert links[name].figures["positions"] > len(links[name].between)
        assert 0 < links[name].figures["largest difference (nats)"] < 0.1
        assert links[name].figures["greedy answers that differ"] == 0
    write(tuple(links.values()), tmp_path)
    found = json.loads((tmp_path / PARITY).read_text(encoding="utf-8"))
    assert found["holds"] is True
    assert len(found["links"]) == 5
    assert "gguf: merged = f16 GGUF: holds" in (tmp_path / PARITY_TEXT).read_text(encoding="utf-8")


def test_where_a_link_holds_both_engines_answer_alike(
    packaged: Packaged, records: list[Record]
) -> None:
    merged = TransformersEngine("merged", packaged.forms.merged)
    with LlamaCppEngine("gguf", packaged.forms.gguf, n_ctx=512) as gguf:
        for record in records:
            prompt = merged.tokens(record.instruction)
            assert gguf.tokens(record.instruction) == prompt
            assert gguf.greedy(prompt, _TOKENS) == merged.greedy(prompt, _TOKENS)


# ── Planted faults ────────────────────────────────────────────────────────────────────────────


def test_an_adapter_scaled_wrongly_breaks_the_merge(
    packaged: Packaged, checked: Checked, records: list[Record], tmp_path: Path
) -> None:
    scaled = tmp_path / "lora"
    shutil.copytree(packaged.forms.adapter, scaled)
    config = json.loads((scaled / "adapter_config.json").read_text(encoding="utf-8"))
    config["lora_alpha"] *= 2
    (scaled / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    merge(packaged.prepared, scaled, tmp_path / "merged")
    links = checked(replace(packaged.forms, merged=tmp_path / "merged"))
    assert _broken(links) == ["merge", "gguf"]
    _named(links["merge"], records)


def test_rows_of_q_and_k_that_were_not_reordered_break_the_gguf(
    packaged: Packaged, checked: Checked, tmp_path: Path
) -> None:
    weights = _weights(packaged.forms.merged)
    path = packaged.forms.gguf
    for name, heads in (("q", _HEADS), ("k", _KEY_HEADS)):
        weight = weights[f"model.layers.0.self_attn.{name}_proj.weight"]
        rotated = np.ascontiguousarray(_rotated(weight, heads))
        path = _replaced(path, tmp_path / f"{name}.gguf", rotated.tobytes(), weight.tobytes())
    assert _broken(checked(replace(packaged.forms, gguf=path))) == ["gguf"]


def test_a_row_of_the_vocabulary_that_was_lost_is_named(
    packaged: Packaged, checked: Checked, tmp_path: Path
) -> None:
    row = _weights(packaged.forms.merged)["lm_head.weight"][_LIKELY].tobytes()
    path = _replaced(packaged.forms.gguf, tmp_path / "cut.gguf", row, bytes(len(row)))
    links = checked(replace(packaged.forms, gguf=path))
    assert _broken(links) == ["gguf"]
    assert any(f" {_LIKELY} " in one.what for one in links["gguf"].breaks)


def test_a_flipped_bit_breaks_the_gguf(
    packaged: Packaged, checked: Checked, records: list[Record], tmp_path: Path
) -> None:
    row = _weights(packaged.forms.merged)["lm_head.weight"][_LIKELY].tobytes()
    flipped = bytes([row[0], row[1] ^ 0x40, *row[2:]])  # the exponent's highest bit
    path = _replaced(packaged.forms.gguf, tmp_path / "flipped.gguf", row, flipped)
    links = checked(replace(packaged.forms, gguf=path))
    assert _broken(links) == ["gguf"]
    _named(links["gguf"], records)


def test_swapped_special_tokens_break_the_tokens(
    packaged: Packaged, checked: Checked, records: list[Record], tmp_path: Path
) -> None:
    start, end = (
        len(name).to_bytes(8, "little") + name for name in (b"<|im_start|>", b"<|im_end|>")
    )
    path = _replaced(packaged.forms.gguf, tmp_path / "swapped.gguf", start + end, end + start)
    links = checked(replace(packaged.forms, gguf=path))
    assert _broken(links) == ["tokens of the GGUF"]
    first = _named(links["tokens of the GGUF"], records)
    assert (first.position, first.what) == (0, "token 1 against 2")


def test_a_tokenizer_that_lost_its_pre_tokenizer_breaks_the_tokens(
    packaged: Packaged, checked: Checked, tmp_path: Path
) -> None:
    merged = tmp_path / "merged"
    shutil.copytree(packaged.forms.merged, merged)
    tokenizer = json.loads((merged / "tokenizer.json").read_text(encoding="utf-8"))
    whole_text = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    tokenizer["pre_tokenizer"] = {**whole_text, "use_regex": False}
    (merged / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    links = checked(replace(packaged.forms, merged=merged))
    assert _broken(links) == ["tokens of the base", "tokens of the GGUF"]
    first = links["tokens of the GGUF"].breaks[0]
    assert first.record_id == "r2"  # the one with code: blanks before a word
    assert "| const|" in first.second
    assert "| const|" not in first.first


def test_a_chat_template_that_lost_a_newline_is_found(
    packaged: Packaged, checked: Checked, tmp_path: Path
) -> None:
    damaged = _CHATML.replace("<|im_end|>\n", "<|im_end|>").encode()
    whole, padding = _CHATML.encode(), b" "
    path = _replaced(packaged.forms.gguf, tmp_path / "t.gguf", whole, damaged + padding)
    links = checked(replace(packaged.forms, gguf=path))
    assert _broken(links) == ["chat template"]
    first = links["chat template"].breaks[0]
    assert first.position == _CHATML.index("<|im_end|>\n") + len("<|im_end|>")
    assert "<|im_end|>\n" in first.first
    assert "<|im_end|>'" in first.second


def test_a_chat_template_damaged_before_the_conversion_is_found_in_the_prompts(
    packaged: Packaged, checked: Checked, records: list[Record], tmp_path: Path
) -> None:
    damaged = _CHATML.replace("<|im_end|>\n", "<|im_end|>") + " "
    merged = tmp_path / "merged"
    shutil.copytree(packaged.forms.merged, merged)
    (merged / "chat_template.jinja").write_text(damaged, encoding="utf-8")
    path = _replaced(packaged.forms.gguf, tmp_path / "t.gguf", _CHATML.encode(), damaged.encode())
    links = checked(replace(packaged.forms, merged=merged, gguf=path))
    assert _broken(links) == ["chat template"]
    assert "another prompt than web4" in _named(links["chat template"], records).what


@pytest.mark.parametrize("kept", [0, 100, 1_000_000])
def test_a_truncated_file_is_one_clear_error(packaged: Packaged, tmp_path: Path, kept: int) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(packaged.forms.gguf.read_bytes()[:kept])
    with pytest.raises(CandidateError, match=r"cut\.gguf: llama\.cpp cannot load it") as caught:
        LlamaCppEngine("cut", path, n_ctx=64)
    assert "\n" not in str(caught.value)


def test_a_truncated_file_stops_the_chain_with_its_name(
    packaged: Packaged, checked: Checked, tmp_path: Path
) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(packaged.forms.gguf.read_bytes()[:-100])
    with pytest.raises(CandidateError, match=r"cut\.gguf: llama\.cpp cannot load it"):
        checked(replace(packaged.forms, gguf=path))
