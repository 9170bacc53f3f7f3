"""The files that a plan works on: an immutable mapping from path to text, bounded in size."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

MAX_FILES = 1000
MAX_PATH = 512  # characters
MAX_TOTAL = 1024 * 1024  # bytes of UTF-8, over all files


class RefusedError(Exception):
    """A tool cannot do what it was asked for; the message says why. It ends no run."""


def normalised(path: str) -> str:
    """Return the one spelling of a path below the root, ``.`` for the root itself.

    Raise ``RefusedError`` where it names nothing, is absolute, too long, or leads out of the root.
    """
    if not path or len(path) > MAX_PATH or "\0" in path:
        raise RefusedError(f"{path[:60]!r} is no path of 1 to {MAX_PATH} characters")
    if path.startswith("/"):
        raise RefusedError(f"{path[:60]!r} is absolute; paths start in the workspace")
    plain = posixpath.normpath(path)
    if plain == ".." or plain.startswith("../"):
        raise RefusedError(f"{path[:60]!r} leads out of the workspace")
    return plain


def size(text: str) -> int:
    """Return the bytes of a text; a lone surrogate counts as the three it would take."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Workspace(Mapping[str, str]):
    """Files by normalised path. Nothing changes it: ``with_file`` returns another one.

    Made by ``of``. Look-ups take normalised paths. Case matters, and a folder exists where a file
    lies below it. ``total`` is the bytes of all texts.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    total: int = 0

    @classmethod
    def of(cls, files: Mapping[str, str]) -> Self:
        """Take files as a record has them; raise ``RefusedError`` for what cannot be one."""
        taken: dict[str, str] = {}
        for path, text in files.items():
            plain = normalised(path) if isinstance(path, str) else "."
            if plain == "." or not isinstance(text, str):
                raise RefusedError(f"{str(path)[:60]!r} is no file with a text")
            if plain in taken:
                raise RefusedError(f"{plain[:60]!r} stands there twice")
            taken[plain] = text
        return cls(taken, sum(map(size, taken.values())))

    def __post_init__(self) -> None:
        if len(self.files) > MAX_FILES or self.total > MAX_TOTAL:
            raise RefusedError(f"more than {MAX_FILES} files or {MAX_TOTAL} bytes in the workspace")

    def __getitem__(self, path: str) -> str:
        return self.files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    def read(self, path: str) -> str:
        """Return a file's text; raise ``RefusedError`` where there is none."""
        text = self.files.get(normalised(path))
        if text is None:
            raise RefusedError(f"there is no file {path[:60]!r}")
        return text

    def is_folder(self, path: str) -> bool:
        """Whether a normalised path is the root or has files below it."""
        return path == "." or any(one.startswith(path + "/") for one in self.files)

    def with_file(self, path: str, text: str) -> Self:
        """Return the workspace with this text under ``path``; raise ``RefusedError`` if it cannot.

        It cannot where the path is a folder, a folder of the path is a file, or it grows too big.
        """
        plain = normalised(path)
        known = self.files.get(plain)
        if known is None:
            self._place_is_free(plain)
        total = self.total + size(text) - (0 if known is None else size(known))
        return type(self)({**self.files, plain: text}, total)

    def _place_is_free(self, path: str) -> None:
        if self.is_folder(path):
            raise RefusedError(f"{path[:60]!r} is a folder")
        folder = posixpath.dirname(path)
        while folder:
            if folder in self.files:
                raise RefusedError(f"{folder[:60]!r} is a file, no folder")
            folder = posixpath.dirname(folder)
