"""Which files are checked, and which of them are evaluation sets."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from web4.dataset.sanity.lines import Role, Source
from web4.errors import DataError

_EVAL_NAME = re.compile(
    r"(?:^|[^a-z0-9])(?:evals?|evaluation|tests?|hold-?_?out|held-?_?out|validation|benchmark)"
    r"(?:[^a-z0-9]|$)"
)
_EVAL_TYPE = re.compile(rb'"task_type"\s*:\s*"eval"')
_FIRST = 1 << 16


def sources_of(paths: Sequence[Path], role: Role | None = None) -> list[Source]:
    """Return the files that paths name, each once.

    Where no role is given, a file's name and first line decide it.
    Raise ``DataError`` where a path is missing or a folder has no ``*.jsonl``.
    """
    found: dict[Path, Source] = {}
    for path in paths:
        if not path.exists():
            raise DataError(f"{path}: there is no such file or folder. Check the path.")
        files = list(_files(path)) if path.is_dir() else [path]
        if not files:
            raise DataError(f"{path}: the folder holds no *.jsonl. Name the folder that does.")
        for file in files:
            inside = file.relative_to(path) if path.is_dir() else Path(file.name)
            is_eval = _names_eval(inside) or _says_eval(file)
            chosen: Role = role or ("eval" if is_eval else "train")
            found.setdefault(file.resolve(), Source(file, file.as_posix(), chosen))
    return list(found.values())


def require_paths(paths: Sequence[Path]) -> None:
    """Raise ``DataError`` for the first path that is missing or holds nothing to check."""
    sources_of(paths)


def eval_sources(paths: Sequence[Path]) -> list[Source]:
    """Return evaluation files by paths, under names relative to the working folder."""
    here = Path.cwd()
    return [
        Source(one.path, os.path.relpath(one.path, here), "eval")
        if one.path.is_absolute() and one.path.is_relative_to(here)
        else one
        for one in sources_of(paths, "eval")
    ]


def folder_sources(folder: Path) -> list[Source]:
    """Return the training files directly in a folder, under their bare names."""
    return [Source(path, path.name) for path in sorted(folder.glob("*.jsonl"))]


def _files(folder: Path) -> Iterator[Path]:
    return iter(sorted(path for path in folder.rglob("*.jsonl") if path.is_file()))


def _says_eval(file: Path) -> bool:
    """Whether a file's first record says that it is one of an evaluation."""
    if not file.is_file():
        return False  # a pipe can be read but once
    try:
        with file.open("rb") as handle:
            return _EVAL_TYPE.search(handle.readline(_FIRST)) is not None
    except OSError:
        return False  # the reader says what is wrong with it


def _names_eval(inside: Path) -> bool:
    return any(_EVAL_NAME.search(part.lower()) for part in inside.parts)
