"""Committed releases: artifacts that a fresh clone takes instead of training again."""

import json
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from web4.errors import ConfigError
from web4.learned import LEARNED
from web4.paths import data_dir
from web4.profile import load_profile
from web4.release.record import SCORECARD
from web4.store import SHOWN_KEY, Artifact

_VERSION = re.compile(r"v\d+\.\d+\.\d+")
_FILE = "release.json"
KEPT = 5
"""How many releases are kept for a rollback."""


@dataclass(frozen=True)
class Release:
    """A kept model, whose ``store`` has the layout of the artifact store.

    ``green`` tells whether the ship gate has passed for it. ``probe_gflops`` is how fast the
    machine that trained it multiplied matrices, so that another can tell how long it would take.
    ``withdrawn`` says when and why it was rolled back; empty for what is in use.
    """

    version: str
    profile: str
    adapter_key: str
    green: bool
    probe_gflops: float
    withdrawn: str = ""

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

    @property
    def learned(self) -> Path | None:
        """The list of the records behind its adapter: beside it where it is older than the list."""
        places = (self.adapter / LEARNED, self.path / LEARNED)
        return next((path for path in places if path.is_file()), None)


def all_releases() -> list[Release]:
    """Return the committed releases, the oldest first."""
    found = [_read(path) for path in (data_dir() / "releases").glob(f"*/{_FILE}")]
    return sorted(found, key=lambda release: _numbers(release.version))


def latest_release() -> Release:
    """Return the newest that was not withdrawn; raise ``ConfigError`` where there is none."""
    releases = [release for release in all_releases() if not release.withdrawn]
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


def keep(
    release: Release, artifacts: Sequence[Artifact], scorecard: Path, evidence: Sequence[Path] = ()
) -> None:
    """Write a release: artifacts, scorecard, further evidence, and last of all what it is.

    Raise ``ConfigError`` where the version is none or is there already.
    """
    if not _VERSION.fullmatch(release.version):
        raise ConfigError(f"{release.version!r}: a release's version reads like v1.2.3")
    if release.path.exists():
        raise ConfigError(f"{release.path}: exists already. Choose a new version.")
    partial = release.path.with_name(f".{release.version}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    for artifact in artifacts:
        place = Path(artifact.manifest.step, artifact.path.name)
        shutil.copytree(artifact.path, partial / "store" / place)
    shutil.copyfile(scorecard, partial / SCORECARD)
    for path in evidence:
        shutil.copyfile(path, partial / path.name)
    (partial / _FILE).write_text(_described(release), encoding="utf-8")
    partial.rename(release.path)


def rollback(version: str = "", why: str = "") -> Release:
    """Withdraw what is newer than a version, else the newest release; return the one in use now.

    A withdrawn release stays: it can be named, learned on from, and rolled back to.
    """
    releases = all_releases()
    live = [release for release in releases if not release.withdrawn]
    if not version and len(live) < 2:  # noqa: PLR2004 - one to withdraw, one to go back to
        raise ConfigError("there is no earlier release to go back to; name one of release list")
    wanted = find_release(version) if version else live[-2]
    now = time.strftime("%Y-%m-%d", time.gmtime())
    for release in releases:
        if release == wanted and release.withdrawn:
            _write(replace(release, withdrawn=""))
        elif _numbers(release.version) > _numbers(wanted.version) and not release.withdrawn:
            _write(replace(release, withdrawn=f"{now}: {why or 'rolled back'}"))
    return find_release(wanted.version)


def prune(kept: int = KEPT) -> list[Release]:
    """Remove all but the newest releases, and return what was removed.

    What a profile goes on from is never removed: its training could not be repeated.
    """
    old = [one for one in all_releases()[:-kept] if one.version not in _started_from()]
    for release in old:
        shutil.rmtree(release.path)
    return old


def _started_from() -> set[str]:
    """Return the releases that any profile in the data folder goes on from."""
    found = set()
    for path in (data_dir() / "profiles").glob("*.toml"):
        profile = load_profile(str(path))
        found |= {one.starts_from for one in (profile.dry_run, profile.mini, profile.full)}
    return found


def _write(release: Release) -> None:
    """Replace what a release says of itself, in one step."""
    written = release.path / f".{_FILE}.partial"
    written.write_text(_described(release), encoding="utf-8")
    written.replace(release.path / _FILE)


def _described(release: Release) -> str:
    told = asdict(release)
    if not release.withdrawn:
        del told["withdrawn"]
    return json.dumps(told, indent=2) + "\n"


def _read(path: Path) -> Release:
    try:
        return Release(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"{path}: no release can be read from it ({error})") from error


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
