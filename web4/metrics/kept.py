"""What is made of records once, for all answers to them."""

from typing import Generic, TypeVar

from web4.records import Record

_MOST = 1024

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """Things made of records, found by the record's identity, which is kept beside them."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Record, Made]] = {}

    def get(self, record: Record) -> Made | None:
        """Return what was made of this very record, ``None`` where nothing is kept."""
        found = self._kept.get(id(record))
        return found[1] if found else None

    def put(self, record: Record, made: Made) -> Made:
        """Keep what was made of a record, and return it; all before it go where they are many."""
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[id(record)] = (record, made)
        return made
