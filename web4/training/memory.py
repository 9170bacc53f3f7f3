"""How much memory a training takes, and whether it was too much."""

import gc
import os
import sys

import torch
from accelerate.utils.memory import should_reduce_batch_size

_MIB = 1 << 20
_MPS = "MPS backend out of memory"
_CACHES = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64", "LRU_CACHE_CAPACITY": "16"}
"""How many kernels oneDNN and torch keep on a CPU, 1,024 each unless told; read at first use."""


def bound_kernel_caches() -> None:
    """Keep few of the kernels that a CPU makes for each shape, unless the environment says else.

    Every width of a batch is a shape. Its kernels are 16 MB, which also lie scattered between what
    an update takes and gives back, so that the next long batch finds no room there.
    """
    for name, capacity in _CACHES.items():
        os.environ.setdefault(name, capacity)


def peak_mb(device: str) -> float:
    """Return the most memory taken so far, in MiB: the accelerator's, else the process's.

    Apple's MPS tells only what is taken now.
    """
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated(device) / _MIB
    if device == "mps":
        return torch.mps.driver_allocated_memory() / _MIB
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _MIB if sys.platform == "darwin" else peak / 1024


def ran_out_of_memory(error: Exception) -> bool:
    """Whether it is a device's or the allocator's way to say that memory is not enough."""
    return should_reduce_batch_size(error) or _MPS in str(error)


def give_memory_back() -> None:
    """Free what no one holds any more, in the process and on the accelerator."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()
