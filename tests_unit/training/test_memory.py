"""A training on a CPU keeps few of the kernels that it makes for each shape."""

import os

import pytest

from web4.training.memory import bound_kernel_caches

_ONEDNN, _TORCH = "ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"


def test_kernel_caches_are_bounded_unless_the_environment_says_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(_ONEDNN, "1024")
    monkeypatch.setenv(_TORCH, "")  # so that it is taken back
    monkeypatch.delenv(_TORCH)
    bound_kernel_caches()
    assert (os.environ[_ONEDNN], os.environ[_TORCH]) == ("1024", "16")
