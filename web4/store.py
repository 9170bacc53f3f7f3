"""The artifact store: content-addressed folders, built once, published whole, verified on opening.

An artifact's key is the SHA-256 of what it is made from: step name and version, parameters, keys
of the input artifacts and digests of the input files. A folder ``<store>/<step>/<key>`` exists
only when it is complete; everything else happens under ``<store>/.work``.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError

from web4.digests import file_digest, joint_digest
from web4.errors import ArtifactError, StepFailedError, faults_of

MANIFEST = "manifest.json"
WEIGHTS = (".gguf", ".safetensors")
SHOWN_KEY = 16  # 64 bits name a folder; the manifest holds the whole key


@dataclass(frozen=True)
class Request:
    """What an artifact is to be made from. ``resumable`` steps go on in their scratch folder."""

    step: str
    version: int
    params: Mapping[str, Any]
    inputs: Mapping[str, "Request"] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    resumable: bool = False
    pinned_key: str = ""

    @cached_property
    def file_digests(self) -> dict[str, str]:
        return {name: file_digest(path) for name, path in sorted(self.files.items())}

    @cached_property
    def key(self) -> str:
        """The artifact's key; ``pinned_key`` names an artifact that is kept as it is."""
        return self.pinned_key or _digest(
            {
                "step": self.step,
                "version": self.version,
                "params": self.params,
                "inputs": {name: request.key for name, request in self.inputs.items()},
                "files": self.file_digests,
            }
        )

    @property
    def folder(self) -> Path:
        return Path(self.step) / self.key[:SHOWN_KEY]


@dataclass(frozen=True)
class Usage:
    """What building cost, as ``time -f "wall=%E cpu=%P mem=%MKB"`` gives it."""

    wall_seconds: float
    cpu_percent: float
    peak_kb: int


@dataclass(frozen=True)
class FileEntry:
    """What a file of an artifact has to be."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What an artifact is, what it was made from, what its files are and what it cost.

    ``input_contents`` holds the content digest of each input artifact, as it was then: two
    builds under one key may differ in content, as two trainings do.
    """

    step: str
    version: int
    key: str
    params: Mapping[str, Any]
    inputs: Mapping[str, str]
    input_files: Mapping[str, str]
    files: Mapping[str, FileEntry]
    usage: Usage
    environment: Mapping[str, Any]
    input_contents: Mapping[str, str] = field(default_factory=dict)

    @property
    def content_digest(self) -> str:
        """One SHA-256 of the weights, or where there are none of all files.

        What stands beside weights may tell of versions and speed, and is left out.
        """
        digests = {name: entry.sha256 for name, entry in self.files.items()}
        weights = {name: found for name, found in digests.items() if name.endswith(WEIGHTS)}
        return joint_digest(weights or digests)

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, sort_keys=True) + "\n"

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """Read a manifest; raise ``ArtifactError`` where the file is none."""
        try:
            return _form().validate_json(path.read_bytes())
        except OSError as error:
            raise ArtifactError(f"{path}: no manifest ({error.strerror})") from error
        except ValidationError as error:
            raise ArtifactError(f"{path}: is no manifest ({faults_of(error)})") from error


@cache
def _form() -> TypeAdapter[Manifest]:
    """Return what checks a manifest; to make it takes longer than to read one."""
    return TypeAdapter(Manifest)


@dataclass(frozen=True)
class Artifact:
    """A finished, verified folder of the store."""

    path: Path
    manifest: Manifest

    @property
    def key(self) -> str:
        return self.manifest.key

    def read_json(self, name: str) -> Any:
        return json.loads((self.path / name).read_text(encoding="utf-8"))


Runner = Callable[[Request, Mapping[str, Artifact], Path, Path], tuple[Usage, Mapping[str, Any]]]
"""Runs a step: (request, inputs, out folder, scratch folder) to its usage and environment."""


class Store:
    """Gives artifacts for requests: from itself, from a seed, or by running the step.

    ``seeds`` are read-only folders of the same layout; ``say`` gets one line for each event.
    """

    def __init__(
        self,
        root: Path,
        run: Runner,
        *,
        seeds: Sequence[Path] = (),
        rebuild: frozenset[str] = frozenset(),
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.root = root
        self._run = run
        self._seeds = seeds
        self._rebuild = rebuild
        self._say = say
        self._opened: dict[str, Artifact] = {}

    def where(self, request: Request) -> str:
        """Tell where the artifact would come from: ``store``, ``seed`` or ``build``."""
        if self._rebuilt(request):
            return "build"
        if (self.root / request.folder / MANIFEST).is_file():
            return "store"
        return "seed" if self._seed(request) else "build"

    def manifest(self, request: Request) -> Manifest | None:
        """Return what the store says of an artifact; nothing where it does not hold it."""
        path = self.root / request.folder / MANIFEST
        return Manifest.read(path) if path.is_file() else None

    def get(self, request: Request) -> Artifact:
        """Return the artifact, making it and what it needs first; wait if another makes it."""
        if request.key not in self._opened:
            self._opened[request.key] = self._locked(request)
        return self._opened[request.key]

    def _locked(self, request: Request) -> Artifact:
        final = self.root / request.folder
        try:
            with FileLock(self._lock(f"{request.step}-{request.key[:SHOWN_KEY]}")):
                found = None if self._rebuilt(request) else self._open_or_discard(final)
                return found or self._restore(request) or self._build(request)
        except OSError as error:
            raise _storage_error(request, error) from error

    def explain_miss(self, request: Request) -> str:
        """Say in one line what differs from the nearest artifact that is there."""
        nearest = min(self._relatives(request), key=lambda diff: len(diff[1]), default=None)
        if nearest is None:
            return f"{request.step}: never built here"
        path, differences = nearest
        return f"{request.step}: {'; '.join(differences) or 'rebuild asked for'} (since {path})"

    def _relatives(self, request: Request) -> Iterator[tuple[str, list[str]]]:
        for root in (self.root, *self._seeds):
            for path in sorted((root / request.step).glob(f"*/{MANIFEST}")):
                try:
                    manifest = Manifest.read(path)
                except ArtifactError:
                    continue  # a damaged relative explains nothing; opening it would discard it
                yield path.parent.name, _differences(manifest, request)

    def _open_or_discard(self, path: Path) -> Artifact | None:
        if not path.exists():
            return None
        try:
            return open_artifact(path)
        except ArtifactError as error:
            self._say(f"damaged, discarded and made again: {error}")
            shutil.rmtree(path)
            return None

    def _rebuilt(self, request: Request) -> bool:
        """Whether it is to be made anew: asked for, and not done by this store yet."""
        return request.step in self._rebuild and request.key not in self._opened

    def _seed(self, request: Request) -> Path | None:
        if self._rebuilt(request):
            return None
        found = (root / request.folder for root in self._seeds)
        return next((path for path in found if (path / MANIFEST).is_file()), None)

    def _restore(self, request: Request) -> Artifact | None:
        seed = self._seed(request)
        if seed is None:
            return None
        open_artifact(seed)
        work = self._fresh_work(request)
        shutil.copytree(seed, work / "out")
        self._say(f"{request.step}: restored from {seed}")
        return self._publish(request, work / "out")

    def _build(self, request: Request) -> Artifact:
        if request.pinned_key:
            raise ArtifactError(
                f"{request.step}: the artifact {request.key[:SHOWN_KEY]} is pinned, but neither "
                "in the store nor in a release. Fetch the release's files again."
            )
        inputs = {name: self.get(needed) for name, needed in request.inputs.items()}
        self._say(self.explain_miss(request))
        work = self._work(request) if request.resumable else self._fresh_work(request)
        shutil.rmtree(work / "out", ignore_errors=True)
        (work / "out").mkdir(parents=True)
        (work / "scratch").mkdir(exist_ok=True)
        with FileLock(self._lock("machine")):  # two steps at once would slow each other down
            usage, environment = self._run(request, inputs, work / "out", work / "scratch")
        contents = {name: artifact.manifest.content_digest for name, artifact in inputs.items()}
        manifest = _manifest(request, work / "out", usage, environment, contents)
        _write_durably(work / "out" / MANIFEST, manifest.to_json())
        self._say(f"{request.step}: built in {usage.wall_seconds:.1f} s")
        return self._publish(request, work / "out")

    def _publish(self, request: Request, out: Path) -> Artifact:
        final = self.root / request.folder
        final.parent.mkdir(parents=True, exist_ok=True)
        for path in sorted(out.rglob("*")):
            if path.is_file():
                _sync(path)
        _sync(out)
        if final.exists():  # only ever a rebuild: whoever holds the old folder keeps its inode
            shutil.rmtree(final)
        out.rename(final)
        _sync(final.parent)
        shutil.rmtree(self._work(request), ignore_errors=True)
        return Artifact(final, Manifest.read(final / MANIFEST))

    def _lock(self, name: str) -> Path:
        folder = self.root / ".locks"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.lock"

    def _work(self, request: Request) -> Path:
        return self.root / ".work" / f"{request.step}-{request.key[:SHOWN_KEY]}"

    def _fresh_work(self, request: Request) -> Path:
        work = self._work(request)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        return work


def open_artifact(path: Path) -> Artifact:
    """Open a finished folder; raise ``ArtifactError`` naming a file that is missing or changed."""
    manifest = Manifest.read(path / MANIFEST)
    for name, expected in manifest.files.items():
        file = path / name
        if not file.is_file():
            raise ArtifactError(f"{file}: missing from the artifact")
        if file.stat().st_size != expected.bytes or file_digest(file) != expected.sha256:
            raise ArtifactError(f"{file}: is not what the manifest says (digest differs)")
    return Artifact(path, manifest)


def _manifest(
    request: Request,
    out: Path,
    usage: Usage,
    environment: Mapping[str, Any],
    contents: Mapping[str, str],
) -> Manifest:
    files = {
        path.relative_to(out).as_posix(): FileEntry(file_digest(path), path.stat().st_size)
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }
    if not files:
        raise StepFailedError(f"{request.step}: the step ended without writing a file")
    inputs = {name: needed.key for name, needed in request.inputs.items()}
    return Manifest(
        request.step,
        request.version,
        request.key,
        request.params,
        inputs,
        request.file_digests,
        files,
        usage,
        environment,
        contents,
    )


def _differences(manifest: Manifest, request: Request) -> list[str]:
    before = {"version": manifest.version, **_flat(manifest.params)}
    after = {"version": request.version, **_flat(request.params)}
    changed = [
        f"{name} {before.get(name)!r} -> {after.get(name)!r}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
    inputs = {name: needed.key for name, needed in request.inputs.items()}
    changed += [f"input {name} changed" for name in _unequal(manifest.inputs, inputs)]
    files = _unequal(manifest.input_files, request.file_digests)
    return changed + [f"file {name} changed" for name in files]


def _flat(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with those inside a table named ``table.name``."""
    flat: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": found for inner, found in _flat(value).items()}
        else:
            flat[name] = value
    return flat


def _unequal(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [name for name in sorted({**one, **other}) if one.get(name) != other.get(name)]


def _digest(value: object) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_durably(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())


def _storage_error(request: Request, error: OSError) -> ArtifactError:
    remedy = (
        "The disk is full: free some space, or point --web4-store to another disk."
        if error.errno in (errno.ENOSPC, errno.EDQUOT)
        else "Check that the store can be written."
    )
    return ArtifactError(f"{request.step}: could not be published ({error}). {remedy}")
