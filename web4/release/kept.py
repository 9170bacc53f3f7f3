"""Committed releases: artifacts that a fresh clone takes instead of training again."""

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from web4.errors import ConfigError
from web4.paths import data_dir
from web4.store import SHOWN_KEY, Artifact

_VERSION = re.compile(r"v\d+\.\d+\.\d+")
_FILE = "release.json"


@dataclass(frozen=True)
class Release:
    """A kept model, whose ``store`` has the layout of the artifact store.

    ``green`` tells whether the ship gate has passed for it. ``probe_gflops`` is how fast the
    machine that trained it multiplied matrices, so that another can tell how long it would take.
    """

    version: str
    profile: str
    adapter_key: str
    green: bool
    probe_gflops: float

    @property
    def path(self) -> Path:
        return data_dir() / "releases" / self.version

    @property
    def store(self) -> Path:
        return self.path / "store"

    @property
    def adapter(self) -> Path:
        """The artifact of the full training, with its adapter in ``lora/``."""
        return self.store / "full" / self.adapter_key[:SHOWN_KEY]


def all_releases() -> list[Release]:
    """Return the committed releases, the oldest first."""
    found = [_read(path) for path in (data_dir() / "releases").glob(f"*/{_FILE}")]
    return sorted(found, key=lambda release: _numbers(release.version))


def latest_release() -> Release:
    """Return the newest release; raise ``ConfigError`` where there is none."""
    releases = all_releases()
    if not releases:
        raise ConfigError(f"{data_dir() / 'releases'}: there is no release to be gated")
    return releases[-1]


def find_release(version: str) -> Release:
    """Return a release by its version; raise ``ConfigError`` where there is no such one."""
    releases = all_releases()
    for release in releases:
        if release.version == version:
            return release
    known = ", ".join(release.version for release in releases) or "none"
    raise ConfigError(f"release {version!r} is not kept. Known: {known}.")


def keep(release: Release, artifacts: Sequence[Artifact], scorecard: Path) -> None:
    """Write a release: its artifacts, its scorecard and what it is, the last of them last."""
    if not _VERSION.fullmatch(release.version):
        raise ConfigError(f"{release.version!r}: a release's version reads like v1.2.3")
    if release.path.exists():
        raise ConfigError(f"{release.path}: exists already. Choose a new version.")
    partial = release.path.with_name(f".{release.version}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    for artifact in artifacts:
        place = Path(artifact.manifest.step, artifact.path.name)
        shutil.copytree(artifact.path, partial / "store" / place)
    shutil.copyfile(scorecard, partial / "scorecard.json")
    text = json.dumps(asdict(release), indent=2) + "\n"
    (partial / _FILE).write_text(text, encoding="utf-8")
    partial.rename(release.path)


def _read(path: Path) -> Release:
    try:
        return Release(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"{path}: no release can be read from it ({error})") from error


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
