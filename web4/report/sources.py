"""Where what a report shows lies: ``sources.json`` beside a run's ``scorecard.json``."""

import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from web4.errors import ArtifactError, DataError
from web4.paths import data_dir
from web4.release.record import SCORECARD, read_record
from web4.store import MANIFEST, Manifest

SOURCES = "sources.json"
OUTPUTS = Path("outputs")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_SHORT = 12
_RELEASE = re.compile(r"v\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Sources:
    """The finished artifacts of a run, by the name of what was asked for (``predict_adapter``).

    ``finished`` is when the gate ended, in UTC; ``seconds`` is how long it took, nothing where
    nobody took the time.
    """

    folders: Mapping[str, Path] = field(default_factory=dict)
    finished: str = ""
    seconds: float | None = None

    def manifests(self) -> dict[str, Manifest]:
        """Return what the artifacts say of themselves, without those that are gone."""
        found = {}
        for name, folder in self.folders.items():
            if (folder / MANIFEST).is_file():
                found[name] = Manifest.read(folder / MANIFEST)
        return found


def write_sources(folder: Path, artifacts: Mapping[str, Path], seconds: float | None) -> None:
    """Write down where a run's artifacts lie, relative to its folder, and that it ended now."""
    told = {
        "finished": time.strftime(_TIME, time.gmtime()),
        "seconds": None if seconds is None else round(seconds, 1),
        "artifacts": {name: os.path.relpath(path, folder) for name, path in artifacts.items()},
    }
    (folder / SOURCES).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def read_sources(folder: Path) -> Sources:
    """Return a run's sources; those of a release are its own ``store``.

    Raise ``DataError`` where the file is there and cannot be read.
    """
    path = folder / SOURCES
    if not path.is_file():
        return _kept_sources(folder)
    raw = read_object(path)
    try:
        folders = {name: folder / place for name, place in raw["artifacts"].items()}
        return Sources(folders, str(raw["finished"]), raw["seconds"])
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: tells no sources ({error!r}). Gate the run again.") from error


def _kept_sources(folder: Path) -> Sources:
    """Return what a release keeps; it tells no names, so they are made of what was asked.

    It keeps the answers of every quantization that was tried: those of the candidate are by the
    weights that its card names.
    """
    weights = {one["digest"]: one["candidate"] for one in read_record(folder / SCORECARD)["cards"]}
    found: dict[str, Path] = {}
    finished = ""
    for path in sorted((folder / "store").glob(f"*/*/{MANIFEST}")):
        try:
            manifest = Manifest.read(path)
        except ArtifactError:
            continue  # what cannot be read cannot be shown
        found[_asked(manifest, weights)] = path.parent
        finished = max(finished, str(manifest.environment.get("finished", "")))
    return Sources(found, finished)


def _asked(manifest: Manifest, weights: Mapping[str, str]) -> str:
    """Return the name of what was asked; ``weights`` holds candidates by the digest of theirs."""
    if manifest.step != "predict":
        return manifest.step
    if set(manifest.input_files) == {"eval/mini"}:
        return "predict_mini"
    kind = str(manifest.params.get("candidate"))
    if kind != "gguf":
        return f"predict_{kind}"
    digest = manifest.input_contents.get("gguf", "")
    return f"predict_{weights.get(digest) or f'gguf_{(digest or manifest.key)[:_SHORT]}'}"


def run_folder(named: str) -> Path:
    """Return the folder of a run: a path, a name below ``outputs/``, or the version of a release.

    Raise ``DataError`` where it holds no record of a gated run.
    """
    releases = data_dir() / "releases"
    places = [Path(named), OUTPUTS / named]
    places += [releases / named] if _RELEASE.fullmatch(named) else []
    for place in places:
        if (place / SCORECARD).is_file():
            return place
    gated = sorted(path.parent.name for path in OUTPUTS.glob(f"*/{SCORECARD}"))
    kept = sorted(path.parent.name for path in releases.glob(f"*/{SCORECARD}"))
    known = ", ".join([*gated, *kept]) or "none; pytest -m shipgate makes one"
    raise DataError(f"{named}: no gated run, for it has no {SCORECARD}. Known: {known}.")


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object of a file; raise ``DataError`` where it holds none."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: cannot be read as JSON ({error}).") from error
    if not isinstance(raw, dict):
        raise DataError(f"{path}: holds no JSON object.")
    return raw


def modified(path: Path) -> str:
    """Return when a file was written last, in UTC."""
    return time.strftime(_TIME, time.gmtime(path.stat().st_mtime))
