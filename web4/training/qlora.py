"""QLoRA: the base in 4 bits while its adapter learns (Dettmers et al., 2023, arXiv:2305.14314).

The adapter that comes out is one as any other: it is merged onto the base's own weights.
"""

import importlib.util
from pathlib import Path
from typing import Any

import torch

from web4.device import Device
from web4.errors import ConfigError
from web4.launcher import process_place_here
from web4.training import base_model

NF4 = "nf4"


def check_quantized_base(device: Device) -> None:
    """Raise ``ConfigError`` where a base in 4 bits cannot be trained on."""
    wanted = f'base_dtype = "{NF4}" in the profile'
    if not device.name.startswith("cuda"):
        raise ConfigError(
            f"{wanted} needs CUDA, and this training runs on {device.name}. Take it out of the "
            'profile, or set it to "bfloat16" where memory is short.'
        )
    if not device.bf16:
        raise ConfigError(
            f"{wanted} computes in bfloat16, which this CUDA device does not have. Take it out of "
            "the profile."
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise ConfigError(
            f"{wanted} needs the package bitsandbytes: pip install 'web4[qlora]', or take it out."
        )


def load_quantized(folder: Path, place: str, *, recompute: bool = False) -> Any:
    """Load a base in NF4 with its scales quantized as well, computing in bfloat16, frozen.

    ``place`` is the device as torch spells it. What is not in 4 bits (embeddings, norms, head) is
    kept in float32. ``recompute`` turns gradient checkpointing on.
    """
    from peft import prepare_model_for_kbit_training
    from transformers import BitsAndBytesConfig

    quantized = BitsAndBytesConfig(  # type: ignore[no-untyped-call] # transformers leaves it so
        load_in_4bit=True,
        bnb_4bit_quant_type=NF4,
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    return prepare_model_for_kbit_training(  # type: ignore[no-untyped-call] # peft leaves it so
        base_model.load_model(folder, torch.bfloat16, quantized=quantized, place=place),
        use_gradient_checkpointing=recompute,
        gradient_checkpointing_kwargs={"use_reentrant": False},
    )


def place_of(device: Device) -> str:
    """Return the device that this process has for itself: of several, the one of its place."""
    return device.name if ":" in device.name else f"{device.name}:{process_place_here()}"
