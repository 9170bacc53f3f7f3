"""Which device trains and generates, and in which number format."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Device:
    """A device's name as torch spells it, and whether bfloat16 is faster than float32 on it."""

    name: str
    bf16: bool

    @property
    def dtype(self) -> Any:
        import torch

        return torch.bfloat16 if self.bf16 else torch.float32


def choose_device(wanted: str | None = None) -> Device:
    """Take what is wanted, else ``$WEB4_DEVICE``, else CUDA, Apple's MPS or the CPU.

    bfloat16 is used on a CPU only where it has instructions for it: emulated, it is slower than
    float32 (246 against 316 tokens/s measured in training).
    """
    import torch

    name = wanted or os.environ.get("WEB4_DEVICE") or _best_available()
    if name.startswith("cuda"):
        return Device(name, torch.cuda.is_bf16_supported())
    return Device(name, name == "cpu" and _cpu_has_bf16())


def _best_available() -> str:
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _cpu_has_bf16() -> bool:
    info = Path("/proc/cpuinfo")
    return info.is_file() and "avx512_bf16" in info.read_text(encoding="utf-8")
