"""The shipped data, where it may be changed."""

import shutil
from pathlib import Path

import pytest

from web4.paths import data_dir


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the evaluation sets and the catalogue to where they may be changed."""
    shipped = data_dir()
    for name in ("eval", "style", "tools"):
        shutil.copytree(shipped / name, tmp_path / name)
    monkeypatch.setenv("WEB4_DATA", str(tmp_path))
    return tmp_path
