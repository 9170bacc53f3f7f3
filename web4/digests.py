"""SHA-256 digests of files and of sets of files, as ``sha256sum`` would give them."""

import hashlib
from collections.abc import Mapping
from pathlib import Path


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def joint_digest(digests: Mapping[str, str]) -> str:
    """Return one digest for named files: the only one, or that of all lines in name order."""
    if len(digests) == 1:
        return next(iter(digests.values()))
    lines = "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def files_digest(files: Mapping[str, Path]) -> str:
    """Return one digest for the contents of named files, as ``joint_digest`` joins them."""
    return joint_digest({name: file_digest(path) for name, path in files.items()})
