"""Merging an adapter into its base: one model folder that needs no LoRA code."""

import shutil
from pathlib import Path

import torch
from peft import PeftModel

from web4.training import base_model

_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")


def merge(base: Path, adapter: Path, out: Path) -> None:
    """Write base plus adapter as 16-bit safetensors, merged in 32 bits, with the tokenizer."""
    model_dir = base_model.model_dir(base)
    model = PeftModel.from_pretrained(base_model.load_model(model_dir, torch.float32), adapter)
    merged = model.merge_and_unload(safe_merge=True)
    merged.to(torch.float16).save_pretrained(out, safe_serialization=True)
    for name in _TOKENIZER_FILES:
        if (model_dir / name).is_file():
            shutil.copyfile(model_dir / name, out / name)
