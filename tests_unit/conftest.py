"""Models small enough for unit tests, made once a session."""

import json
from pathlib import Path
from typing import Any

import pytest

from web4 import assets
from web4.packaging.gguf import _ARRAY, _Cursor, _mapped, convert
from web4.records import Record

_SEED = 7
_MATRIX = 2
_CONTROL_TOKEN = 3
_PRE_TOKENIZER = {
    "type": "Sequence",
    "pretokenizers": [
        {"type": "Digits", "individual_digits": True},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    ],
}
_TOKENIZER_CONFIG = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "bos_token": "<|im_start|>",
    "eos_token": "<|im_end|>",
    "pad_token": "<|im_end|>",
    "unk_token": "<|endoftext|>",
}


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a random Llama (hidden size 64, 2 layers) with the embedded model's tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("tiny_base")
    config = LlamaConfig(
        vocab_size=_write_tokenizer(folder),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=False,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )
    torch.set_num_threads(1)  # more only get in each other's way in so small a model
    torch.manual_seed(_SEED)
    model = LlamaForCausalLM(config)
    # Only a few tokens are ever likely, the end of turn among them. Their logits lie so far apart
    # that no rounding of an engine changes which is the greatest.
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() == _MATRIX:
                weight.normal_(0, weight.shape[1] ** -0.5)
        likely = [2, *range(300, 312)]
        kept = model.lm_head.weight[likely].clone()
        model.lm_head.weight.zero_()
        model.lm_head.weight[likely] = kept * 8
    model.half()  # type: ignore[no-untyped-call] # torch leaves it untyped
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_gguf(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Convert the random Llama to f16 GGUF."""
    path = tmp_path_factory.mktemp("tiny_gguf") / "tiny.gguf"
    convert(tiny_base, path)
    return path


@pytest.fixture
def records() -> list[Record]:
    """Return records whose prompts differ in length, in digits and in script."""
    texts = (
        "List the 12345 open files.",
        "Übersetze „Grüße“ ins Französische, 日本語も 🎉",
        "Refactor\tthis:\n\n    const  x = [1, 22, 333];\r\n",
        "Delete the audit log.",
        "a",
        "Find callers of parseConfig() below src/ and open each at its line. " * 3,
    )
    return [Record(f"r{i}", "tool_call", text, "", "") for i, text in enumerate(texts)]


class _ListCursor(_Cursor):
    """Reads arrays too. The gguf package's reader takes seconds for this vocabulary."""

    def value(self, kind: int) -> Any:
        if kind != _ARRAY:
            return super().value(kind)
        item, count = self.number("I"), self.number("Q")
        return [self.value(item) for _ in range(count)]


def _gguf_values(path: Path) -> dict[str, Any]:
    with path.open("rb") as handle, _mapped(handle.fileno()) as data:
        cursor = _ListCursor(data)
        _magic, _version, _tensors, count = (cursor.number(code) for code in "IIQQ")
        return {cursor.text(): cursor.value(cursor.number("I")) for _ in range(count)}


def _write_tokenizer(folder: Path) -> int:
    """Write the embedded model's tokenizer, read straight from its file; return its size."""
    values = _gguf_values(assets.fetch(assets.SMOLLM2) / assets.SMOLLM2_FILE)
    tokens: list[str] = values["tokenizer.ggml.tokens"]
    kinds: list[int] = values["tokenizer.ggml.token_type"]
    special = [
        {
            "id": place,
            "content": token,
            "special": True,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
        }
        for place, (token, kind) in enumerate(zip(tokens, kinds, strict=True))
        if kind == _CONTROL_TOKEN
    ]
    tokenizer = {
        "version": "1.0",
        "added_tokens": special,
        "normalizer": None,
        "pre_tokenizer": _PRE_TOKENIZER,
        "post_processor": None,
        "decoder": _PRE_TOKENIZER["pretokenizers"][1],
        "model": {
            "type": "BPE",
            "unk_token": None,
            "vocab": {token: place for place, token in enumerate(tokens)},
            "merges": values["tokenizer.ggml.merges"],
        },
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    config = json.dumps(_TOKENIZER_CONFIG)
    (folder / "tokenizer_config.json").write_text(config, encoding="utf-8")
    return len(tokens)
