"""A tiny base and a few records to train it on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests_unit.training.tiny import RESUMED, train
from web4 import device as device_module
from web4.records import TRAIN_BUCKETS, Record, write_jsonl


@pytest.fixture(scope="module", autouse=True)
def _float32_on_the_cpu() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("WEB4_DEVICE", "cpu")
        patched.setenv("HF_HUB_OFFLINE", "1")
        patched.setattr(device_module, "_cpu_has_bf16", lambda: False)
        yield


@pytest.fixture(scope="session")
def base(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Describe the random Llama as a prepared base."""
    folder = tmp_path_factory.mktemp("base")
    text = json.dumps({"source": "embedded:tiny", "model": str(tiny_base)})
    (folder / "base.json").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write records with answers of several lengths, from tokens that the model can prefer."""
    folder = tmp_path_factory.mktemp("data")
    for bucket in TRAIN_BUCKETS:
        records = [
            Record(f"{bucket}-{i}", "tool_call", f"Do {bucket} " * (i + 1), "", "et" * (1 + i % 3))
            for i in range(4)
        ]
        write_jsonl(folder / f"{bucket}.jsonl", records)
    return folder


@pytest.fixture(scope="module")
def unbroken(
    _float32_on_the_cpu: None,
    base: Path,
    data: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, dict[str, Any]]:
    """Return the folder and the facts of a training that nobody stopped."""
    return train(base, data, tmp_path_factory.mktemp("unbroken"), RESUMED)
