"""Environments of the contenders from outside: each one's own, under the user's cache.

``peers.txt`` pins every distribution of every peer, in a section each. Nothing of it enters the
project's environment. A peer that needs torch borrows it, and what lies beside it, from there
through a ``.pth`` file: the environments then differ in the peer alone, and 1 GB is not kept twice.
"""

import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import filelock

from benchmarks.side_by_side import PeerError
from web4.assets import cache_dir

PINS: Final = Path(__file__).with_name("peers.txt")
SCRIPTS: Final = Path(__file__).with_name("contenders")
_SECTION = re.compile(r"# \[([a-z-]+)\]")
_DONE = "installed.txt"
_BORROWING = frozenset({"lm-eval"})
_SECONDS = 1800
_SAID = 400
_QUIET = {
    "DEEPEVAL_TELEMETRY_OPT_OUT": "YES",
    "DEEPEVAL_DISABLE_DOTENV": "1",
    "ERROR_REPORTING": "NO",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
    "PROMPTFOO_DISABLE_UPDATE": "1",
    "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
    "OTEL_SDK_DISABLED": "true",
}


def pins(text: str) -> dict[str, tuple[str, ...]]:
    """Return what each section of the pins' text requires; raise ``ValueError`` at a loose pin."""
    found: dict[str, list[str]] = {}
    section = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if head := _SECTION.match(line):
            section = head[1]
            found[section] = []
        elif line and not line.startswith("#"):
            if not section or "==" not in line:
                raise ValueError(f"{PINS.name}:{number}: {line!r} is no exact pin in a section")
            found[section].append(line)
    return {name: tuple(lines) for name, lines in found.items()}


def python(peer: str) -> Path:
    """Return the interpreter of a peer's environment, made where it is missing.

    Raises ``PeerError`` with the reason where pip cannot install it.
    """
    wanted = pins(PINS.read_text(encoding="utf-8"))[peer]
    borrowed = _site_packages() if peer in _BORROWING else ""
    digest = hashlib.sha256("\n".join([sys.version, borrowed, *wanted]).encode()).hexdigest()[:12]
    folder = cache_dir() / "benchmarks" / f"{peer}-{digest}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{folder}.lock"):
        if not (folder / _DONE).is_file():
            _make(peer, folder, wanted, borrowed)
    return _interpreter(folder)


def _site_packages() -> str:
    return sysconfig.get_path("purelib")


def _interpreter(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _make(peer: str, folder: Path, wanted: tuple[str, ...], borrowed: str) -> None:
    print(f"benchmarks: installing {peer} ({len(wanted)} pins) below {folder}", file=sys.stderr)
    _run(peer, [sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)])
    if borrowed:
        site = sysconfig.get_path("purelib", "venv", {"base": str(folder)})
        (Path(site) / "borrowed.pth").write_text(borrowed + "\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        listed = Path(scratch) / "requirements.txt"
        listed.write_text("\n".join(wanted) + "\n", encoding="utf-8")
        into = ["--python", str(_interpreter(folder)), "--disable-pip-version-check"]
        pip = [sys.executable, "-m", "pip", *into, "install", "--quiet", "--no-deps"]
        _run(peer, [*pip, "--requirement", str(listed)])
    (folder / _DONE).write_text("\n".join(wanted) + "\n", encoding="utf-8")


def _run(peer: str, command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PeerError(f"{peer} was not installed within {_SECONDS} s") from error
    if done.returncode:
        told = " ".join(done.stderr.split())
        raise PeerError(f"{peer} cannot be installed: …{told[-_SAID:]}")


def version(peer: str) -> str:
    """Return the pinned version of the distribution that a section is named after."""
    wanted = pins(PINS.read_text(encoding="utf-8"))[peer]
    found = {line.partition("==")[0].replace("_", "-"): line.partition("==")[2] for line in wanted}
    return found[peer]


def environment(home: Path, **more: str) -> Mapping[str, str]:
    """Return a peer's environment: nothing is sent anywhere, and what it keeps lies in home."""
    kept = {name: value for name, value in os.environ.items() if not _is_ours(name)}
    homes = {name: str(home) for name in ("HOME", "XDG_CACHE_HOME", "PROMPTFOO_CONFIG_DIR")}
    return {**kept, **_QUIET, **homes, **more}


def _is_ours(name: str) -> bool:
    return name.startswith(("WEB4_", "PYTEST_", "PYTHON"))
