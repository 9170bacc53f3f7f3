"""Training records that are in an evaluation set, word for word or nearly, or in a benchmark."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from web4.dataset.sanity.columns import Columns
from web4.dataset.sanity.findings import Findings
from web4.dataset.sanity.lines import Item
from web4.dataset.sanity.sketch import folded, similarity
from web4.errors import DataError

_SHA256_DIGITS = 64
_MIN_WORDS = 4
"""Shorter prompts ("Hello there") prove nothing."""


def check_leaks(columns: Columns, findings: Findings) -> None:
    """Report training records that ask what an evaluation asks, or nearly are one of its rows."""
    evals = list(columns.rows(columns.is_eval))
    if not evals:
        return
    asked: dict[int, int] = {}
    for row in evals:
        asked.setdefault(columns.request[row], row)
    clean = []
    for row in columns.rows(lambda row: not columns.is_eval(row)):
        leaked = asked.get(columns.request[row])
        if leaked is None:
            clean.append(row)
            continue
        place = columns.place(leaked)
        findings.add("E501", columns.place(row), f"asks what {place} asks", [place])
    for row, near in _nearest(columns, evals, clean).items():
        place = columns.place(near)
        share = similarity(columns.shingles[row], columns.shingles[near])
        message = f"is nearly {place} (similarity {share:.2f})"
        findings.add("E502", columns.place(row), message, [place])


def _nearest(columns: Columns, evals: Sequence[int], train: Sequence[int]) -> dict[int, int]:
    """Return, for each training row that is nearly an evaluation row, the first such row."""
    rows = [*evals, *train]
    found: dict[int, int] = {}
    for low, high in columns.near_pairs(rows, len(evals)):
        row, near = rows[high], rows[low]
        found[row] = min(near, found.get(row, near))
    return dict(sorted(found.items()))


@dataclass
class Benchmarks:
    """Digests of public benchmarks' prompts: ``*.txt`` with a SHA-256 a line and ``#`` headers."""

    findings: Findings
    folder: Path | None
    leaks: list[str] = field(default_factory=list)

    @cached_property
    def digests(self) -> dict[str, str]:
        """Each digest with the benchmark it comes from."""
        found: dict[str, str] = {}
        for path in sorted(self.folder.glob("*.txt")) if self.folder else ():
            name = path.stem
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if line.startswith("# name:"):
                    name = line.partition(":")[2].strip()
                elif line.strip() and not line.startswith("#"):
                    if len(line) != _SHA256_DIGITS:
                        raise DataError(f"{path}:{number}: no SHA-256. Make the list again.")
                    found.setdefault(line, name)
        return found

    def check(self, item: Item) -> None:
        """Report a record whose instruction, input, or both together are a benchmark's prompt."""
        if not self.digests or item.source.role == "eval":
            return
        record = item.record
        texts = [record.instruction]
        if record.input:
            texts += [record.input, f"{record.instruction}\n{record.input}"]
        for text in texts:
            name = self.digests.get(prompt_digest(text))
            if name:
                self.findings.add("E503", item.place, f"holds a prompt of {name}")
                return


def prompt_digest(text: str) -> str:
    """Return the SHA-256 of a prompt's folded text; empty where it has fewer than four words."""
    plain = folded(text)
    if plain.count(" ") < _MIN_WORDS - 1:
        return ""
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
