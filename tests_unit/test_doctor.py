"""The doctor tells what is missing, and takes nothing for missing that is only not fetched yet."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest

from web4 import assets, doctor
from web4.device import Device


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB4_CACHE", str(tmp_path))
    monkeypatch.setattr("web4.device.choose_device", lambda: Device("cpu", bf16=True))
    _free(monkeypatch, 50)


def _free(monkeypatch: pytest.MonkeyPatch, gigabytes: float) -> None:
    usage = SimpleNamespace(free=gigabytes * 1e9)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)


def _wrong() -> list[str]:
    return [finding.what for finding in doctor.findings() if not finding.well]


def test_a_machine_that_has_everything_has_no_fault() -> None:
    found = [finding.what for finding in doctor.findings()]
    assert _wrong() == []
    assert "device cpu, bfloat16" in found
    assert any(what.startswith("torch ") for what in found)
    assert "50 GB free here (3 needed)" in found


def test_what_is_not_fetched_yet_is_no_fault(tmp_path: Path) -> None:
    found = [finding.what for finding in doctor.findings()]
    assert sum(what.endswith(": on first use") for what in found) == len(assets.ASSETS) + 1
    assert "style-tools (npm): on first use" in found
    folder = assets.status(assets.SMOLLM2).path
    assert folder.is_relative_to(tmp_path)
    folder.mkdir(parents=True)
    (folder / "model.gguf").write_bytes(b"0" * 2_000_000)
    assert any(f": 2 MB in {folder}" in finding.what for finding in doctor.findings())


def test_a_missing_package_is_a_fault_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "peft":
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(doctor, "version", version)
    assert _wrong() == ["peft: install it with pip install -e '.[model]'"]
    assert not any(finding.what.startswith("device") for finding in doctor.findings())


def test_a_missing_node_is_a_fault_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web4.node_packages._wheel", lambda: None)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert _wrong() == ["Node.js is missing. Run: pip install -e '.[style]'"]


def test_a_full_disk_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    _free(monkeypatch, 2.9)
    assert _wrong() == ["3 GB free here (3 needed)"]


def test_an_old_python_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 10, 1))
    assert len(_wrong()) == 1
    assert _wrong()[0].endswith("(3.11 or newer)")
