"""The npm packages: fetched once, whole or not at all, and a clear word where that fails."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from web4 import node_packages
from web4.errors import AssetError
from web4.node_packages import STYLE_TOOLS, NodePackages, fetch, node_path, status

_CONTENT = b"module.exports = 1;\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("WEB4_CACHE", str(folder))
    return folder


@pytest.fixture
def packages(tmp_path: Path) -> NodePackages:
    folder = tmp_path / "pinned"
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    (folder / "package-lock.json").write_text('{"lockfileVersion": 3}')
    return NodePackages("tiny", folder)


def _serve(monkeypatch: pytest.MonkeyPatch, code: int = 0, stderr: str = "") -> list[list[str]]:
    """Answer npm with one small package or with an error; return the list of calls."""
    calls: list[list[str]] = []

    def npm(arguments: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
        calls.append(arguments)
        place = folder / "node_modules" / "tiny" / "index.js"
        place.parent.mkdir(parents=True)
        place.write_bytes(_CONTENT)
        return subprocess.CompletedProcess(arguments, code, "", stderr)

    monkeypatch.setattr(node_packages, "npm", npm)
    return calls


def test_fetch_installs_once_and_runs_no_scripts(
    packages: NodePackages, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = _serve(monkeypatch)
    assert not status(packages).present
    folder = fetch(packages)
    assert (folder / "node_modules" / "tiny" / "index.js").read_bytes() == _CONTENT
    assert status(packages).present
    assert status(packages).path == folder
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert fetch(packages) == folder
    assert [call[:2] for call in calls] == [["ci", "--ignore-scripts"]]
    assert capsys.readouterr().err == ""


def test_another_lock_is_another_folder(
    packages: NodePackages, monkeypatch: pytest.MonkeyPatch
) -> None:
    _serve(monkeypatch)
    first = fetch(packages)
    (packages.folder / "package-lock.json").write_text("{}")
    assert not status(packages).present
    assert fetch(packages) != first
    assert first.is_dir()


@pytest.mark.parametrize("damage", [b"", b"changed", None])
def test_a_damaged_file_is_fetched_anew(
    packages: NodePackages, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
) -> None:
    calls = _serve(monkeypatch)
    file = fetch(packages) / "node_modules" / "tiny" / "index.js"
    if damage is None:
        file.unlink()
    else:
        file.write_bytes(damage)
    fetch(packages)
    assert file.read_bytes() == _CONTENT
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("stderr", "message"),
    [
        (
            "npm error code ENOTFOUND\nnpm error syscall getaddrinfo\nnpm error network failed",
            r"\(ENOTFOUND: network failed\)\. Check the network and the registry",
        ),
        ("npm error code EINTEGRITY\nnpm error sha512-a got sha512-b", "not what the lock pins"),
        ("npm error code ENOSPC\nnpm error no space left", "free 200 MB below .*WEB4_CACHE"),
        ("npm error code EUSAGE\nnpm error not in sync", "run npm install there"),
        ("", "npm said nothing"),
    ],
)
def test_what_npm_cannot_get_is_one_line_with_advice(
    packages: NodePackages, monkeypatch: pytest.MonkeyPatch, stderr: str, message: str
) -> None:
    _serve(monkeypatch, 1, stderr)
    with pytest.raises(AssetError, match=message) as caught:
        fetch(packages)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("tiny: ")
    folder = status(packages).path
    assert [path.suffix for path in folder.parent.iterdir()] in ([], [".lock"])


def test_npm_that_does_not_end_and_a_folder_that_cannot_be_made(
    packages: NodePackages, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def npm(arguments: list[str], _folder: Path) -> None:
        raise subprocess.TimeoutExpired(arguments, 900)

    monkeypatch.setattr(node_packages, "npm", npm)
    with pytest.raises(AssetError, match="more than 900 s"):
        fetch(packages)
    (cache / "node").rename(cache / "elsewhere")
    (cache / "node").touch()
    with pytest.raises(AssetError, match="Make the folder writable or point WEB4_CACHE elsewhere"):
        fetch(packages)


def test_two_processes_at_once_fetch_once(packages: NodePackages, tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import subprocess, sys, time
        from pathlib import Path
        from web4 import node_packages
        folder, calls = map(Path, sys.argv[1:])
        def npm(arguments, place):
            with calls.open("a") as log:
                log.write("call\\n")
            time.sleep(0.3)
            (place / "index.js").touch()
            return subprocess.CompletedProcess(arguments, 0, "", "")
        node_packages.npm = npm
        print(node_packages.fetch(node_packages.NodePackages("tiny", folder)))
    """)
    calls = tmp_path / "calls"
    command = [sys.executable, "-c", script, str(packages.folder), str(calls)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate(timeout=30)[0].strip() for process in running]
    assert answers == [str(status(packages).path)] * 2
    assert calls.read_text().splitlines() == ["call"]


def test_node_comes_from_the_wheel_before_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_packages, "_wheel", lambda: tmp_path)
    assert node_path().is_relative_to(tmp_path)


def test_the_environment_names_a_node_before_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v22.13.0\n")
    node.chmod(0o755)
    monkeypatch.setattr(node_packages, "_wheel", lambda: tmp_path / "wheel")
    monkeypatch.setenv("WEB4_NODE", str(node))
    assert node_path() == node
    node.write_text("#!/bin/sh\necho v18.0.0\n")
    with pytest.raises(AssetError, match=r"is 18\.0\.0; needed is Node\.js 20\.19"):
        node_path()
    monkeypatch.setenv("WEB4_NODE", str(tmp_path / "none"))
    with pytest.raises(AssetError, match=r"WEB4_NODE names .*none, which is no program"):
        node_path()


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v18.20.0", False),
        ("v20.18.9", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.12.0", False),
        ("v22.13.0", True),
        ("v23.5.0", False),
        ("v24.0.0", True),
        ("v26.1.0", True),
        ("nonsense", False),
    ],
)
def test_node_on_the_path_must_be_new_enough(
    monkeypatch: pytest.MonkeyPatch, version: str, *, enough: bool
) -> None:
    monkeypatch.setattr(node_packages, "_wheel", lambda: None)
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/node")
    answer = subprocess.CompletedProcess[str]([], 0, f"{version}\n", "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    if enough:
        assert node_path() == Path("/usr/bin/node")
    else:
        with pytest.raises(AssetError, match=r"needed is Node\.js 20\.19.*'\.\[style\]'"):
            node_path()


def test_no_node_and_no_npm_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_packages, "_wheel", lambda: None)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(AssetError, match=r"Node\.js is missing.*'\.\[style\]'"):
        node_path()
    monkeypatch.setattr(node_packages, "node_path", lambda: tmp_path)
    with pytest.raises(AssetError, match="npm is missing"):
        node_packages.npm(["ci"], tmp_path)


@pytest.mark.parametrize(("version", "fenced"), [((20, 19, 0), False), ((24, 1, 0), True)])
def test_a_script_may_read_only_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], *, fenced: bool
) -> None:
    monkeypatch.setattr(node_packages, "node_path", lambda: Path("/node"))
    monkeypatch.setattr(node_packages, "_version_of", lambda _node: version)
    script = tmp_path / "scripts" / "run.mjs"
    command = node_packages.node_command(script, [tmp_path / "data"], ["--quick"])
    assert command[0] == "/node"
    assert command[-2:] == ["--quick", str(script)]
    reads = [f"--allow-fs-read={tmp_path / name}" for name in ("scripts", "data")]
    assert command[1:-2] == (["--permission", *reads] if fenced else [])


def test_pins_are_complete() -> None:
    manifest = json.loads((STYLE_TOOLS.folder / "package.json").read_text())
    lock = json.loads((STYLE_TOOLS.folder / "package-lock.json").read_text())
    assert lock["packages"][""]["dependencies"] == manifest["dependencies"]
    pinned = [package for name, package in lock["packages"].items() if name]
    assert len(pinned) > len(manifest["dependencies"])
    for package in pinned:
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package  # whatever registry the user has
        assert not package.get("hasInstallScript")
