"""What the tools said of a text before: a verdict is kept under the digest of all that made it.

SQLite holds the file together: a write is whole or not there, and processes wait for each other.
A file that is damaged, or that cannot be written, costs time and never changes a verdict.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Final, TypeVar

from web4.assets import cache_dir
from web4.typescript.toolchain import Problem, Report

Found = TypeVar("Found")

MAX_VERDICTS: Final = 100_000
MAX_BYTES: Final = 64 * 1024 * 1024
_MAX_VERDICT = 64 * 1024  # a longer one is made anew each time
_KEPT = frozenset({"", "too_deep"})  # a timeout or a crash may be the machine's fault
_WAIT = 30.0  # seconds for another process to finish its write
_TABLE = (
    "CREATE TABLE IF NOT EXISTS verdict "
    "(digest BLOB PRIMARY KEY, report TEXT NOT NULL, made REAL NOT NULL) WITHOUT ROWID"
)


class Verdicts:
    """The verdicts that were made by tools and rules with the digest ``judged_by``."""

    def __init__(
        self,
        judged_by: str,
        path: Path | None = None,
        *,
        max_verdicts: int = MAX_VERDICTS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        """Keep them in a file, that of the user's cache where none is named."""
        self._judged_by = judged_by
        self._path = path or cache_dir() / "verdicts.sqlite3"
        self._max_verdicts = max_verdicts
        self._max_bytes = max_bytes

    def of(self, sources: Iterable[str], tools: Sequence[str]) -> dict[str, Report]:
        """Return the verdicts that are known, by source."""
        if not self._path.is_file():
            return {}

        def look(file: sqlite3.Connection) -> dict[str, Report]:
            found: dict[str, Report] = {}
            for source in sources:
                asked = "SELECT report FROM verdict WHERE digest = ?"
                row = file.execute(asked, (self._digest(source, tools),)).fetchone()
                report = None if row is None else _read(row[0])
                if report is not None:
                    found[source] = report
            return found

        return self._use(look) or {}

    def keep(self, reports: Mapping[str, Report], tools: Sequence[str]) -> None:
        """Add verdicts; the oldest make room."""
        now = time.time()
        rows = []
        for source, report in reports.items():
            told = json.dumps(asdict(report))
            if report.failure in _KEPT and len(told) <= _MAX_VERDICT:
                rows.append((self._digest(source, tools), told, now))

        def add(file: sqlite3.Connection) -> None:
            file.executemany("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?)", rows)
            self._make_room(file)

        if rows:
            self._use(add)

    def _make_room(self, file: sqlite3.Connection) -> None:
        """Drop the oldest until a tenth is free, where there are too many or too long ones."""
        count, size = file.execute("SELECT count(*), total(length(report)) FROM verdict").fetchone()
        share = max(count / self._max_verdicts, size / self._max_bytes)
        if share > 1:
            dropped = count - int(count * 0.9 / share)
            oldest = "SELECT digest FROM verdict ORDER BY made, digest LIMIT ?"
            file.execute(f"DELETE FROM verdict WHERE digest IN ({oldest})", (dropped,))  # noqa: S608 - fixed text

    def _use(self, work: Callable[[sqlite3.Connection], Found]) -> Found | None:
        """Do something in one transaction; nothing where the file cannot be used."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_WAIT)) as file, file:
                file.execute(_TABLE)
                return work(file)
        except (OSError, sqlite3.OperationalError):
            return None  # full, locked for long, or not to be written
        except sqlite3.DatabaseError:
            self._path.unlink(missing_ok=True)  # no database: the next use makes a new one
            return None

    def _digest(self, source: str, tools: Sequence[str]) -> bytes:
        head = f"{self._judged_by}\n{' '.join(tools)}\n"
        return hashlib.sha256((head + source).encode("utf-8", "surrogatepass")).digest()


def _read(told: str) -> Report | None:
    """Return a stored report; nothing where it is none."""
    try:
        raw = json.loads(told)
        problems = tuple(Problem(**problem) for problem in raw["problems"])
        return Report(problems, raw["failure"])
    except (ValueError, KeyError, TypeError):
        return None
