"""Which records an adapter has learned from, and how many, in all trainings behind it."""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from web4 import chat
from web4.errors import DataError
from web4.records import Record

LEARNED = "learned.txt"
_DIGITS = 12
"""Two of 40,000 records share so many digits once in 350,000 sets."""
_IDENTITY = re.compile(rf"[0-9a-f]{{{_DIGITS}}}")


def identity(record: Record) -> str:
    """Return what tells a record from all others by what is learned from it: prompt and answer."""
    text = chat.render_prompt(record) + chat.render_answer(record)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def read_learned(path: Path) -> frozenset[str]:
    """Return the identities that a training wrote down; raise ``DataError`` where one is none."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not _IDENTITY.fullmatch(line):
            raise DataError(
                f"{path}:{number}: {line[:40]!r} is no record's identity, {_DIGITS} hexadecimal "
                "digits. Fetch the file again."
            )
    return frozenset(lines)


def write_learned(path: Path, identities: Iterable[str]) -> None:
    """Write identities in their order, one a line."""
    path.write_text("".join(f"{one}\n" for one in sorted(identities)), encoding="utf-8")


def records_behind(training: Path) -> int:
    """Return how many records a training and those before it learned from, repetitions counted."""
    facts = json.loads((training / "training.json").read_text(encoding="utf-8"))
    return int(facts["records"]) + int(facts.get("records_before", 0))
