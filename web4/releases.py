"""Committed releases: artifacts that a fresh clone takes instead of training again."""

import json
from dataclasses import dataclass
from pathlib import Path

from web4.errors import ConfigError
from web4.paths import data_dir
from web4.store import Manifest


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
    path: Path

    @property
    def store(self) -> Path:
        return self.path / "store"

    def manifest(self) -> Manifest:
        """Return what the release's adapter was made from, and what that cost."""
        (path,) = self.store.glob(f"full/{self.adapter_key[:16]}/manifest.json")
        return Manifest.read(path)


def all_releases() -> list[Release]:
    """Return the committed releases, the oldest first."""
    found = [_read(path) for path in (data_dir() / "releases").glob("*/release.json")]
    return sorted(found, key=lambda release: _numbers(release.version))


def latest_release() -> Release:
    """Return the newest release; raise ``ConfigError`` where there is none."""
    releases = all_releases()
    if not releases:
        raise ConfigError(f"{data_dir() / 'releases'}: there is no release to be gated")
    return releases[-1]


def _read(path: Path) -> Release:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Release(**raw, path=path.parent)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"{path}: no release can be read from it ({error})") from error


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.lstrip("v").split(".") if part.isdigit())
