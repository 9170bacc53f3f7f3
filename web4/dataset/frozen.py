"""Frozen evaluation sets: ``data/eval/<version>/`` with a manifest of digests."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from web4 import typescript
from web4.digests import file_digest, files_digest
from web4.errors import DataError
from web4.paths import data_dir
from web4.records import Record, read_records

MANIFEST = "manifest.json"
_RULES = Path(typescript.__file__).parent
_VERSION = re.compile(r"v(\d+)\.(\d+)")


@dataclass(frozen=True)
class EvalSet:
    """One version: its folder and its bucket files, whose digests have been checked."""

    version: str
    buckets: Mapping[str, Path]
    made_for: Mapping[str, str] = field(default_factory=dict)

    def outdated(self, catalog: Path) -> list[str]:
        """Name what has changed since: ``tool catalogue``, ``style rules``; nothing is best."""
        now = made_for_now(catalog)
        return [name for name, digest in now.items() if self.made_for.get(name) != digest]

    @property
    def digest(self) -> str:
        """One SHA-256 for all bucket files, as ``sha256sum`` lines in name order make it."""
        return files_digest({path.name: path for path in self.buckets.values()})

    @property
    def next_version(self) -> str:
        """The version under which a refreshed set is to be frozen: ``v1.2`` after ``v1.1``."""
        match = _VERSION.fullmatch(self.version)
        return f"v{match[1]}.{int(match[2]) + 1}" if match else f"{self.version}.1"

    def records(self, bucket: str) -> list[Record]:
        return list(read_records(self.buckets[bucket]))


def load_eval(version: str) -> EvalSet:
    """Open a frozen version; raise ``DataError`` where a file is not what was frozen."""
    folder = data_dir() / "eval" / version
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        digests: dict[str, str] = manifest["files"]
        made_for: dict[str, str] = manifest.get("made_for", {})
    except (OSError, ValueError, KeyError, TypeError) as error:
        known = ", ".join(
            sorted(path.parent.name for path in folder.parent.glob("*/manifest.json"))
        )
        raise DataError(
            f"{folder}: no frozen evaluation set ({error}). Known versions: {known or 'none'}"
        ) from error
    for name, digest in digests.items():
        path = folder / name
        if not path.is_file() or file_digest(path) != digest:
            raise DataError(
                f"{path}: is not the file that was frozen as {version}. "
                "Restore it from version control, or freeze a new version."
            )
    return EvalSet(version, {Path(name).stem: folder / name for name in digests}, made_for)


def made_for_now(catalog: Path) -> dict[str, str]:
    """Return the digests of what decides whether a gold answer is right."""
    style = data_dir() / "style"
    found = (path for path in style.rglob("*") if path.is_file())
    rules = {path.relative_to(style).as_posix(): path for path in found}
    rules |= {name: _RULES / name for name in ("rules.py", "names.py")}
    return {"tool catalogue": file_digest(catalog), "style rules": files_digest(rules)}
