"""What stays of each record when its text is gone: digests and sketches, in columns."""

import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from web4.dataset.sanity.findings import Place
from web4.dataset.sanity.lines import Item, Source
from web4.dataset.sanity.sketch import (
    digest,
    folded,
    near_pairs,
    shingle_set,
    signatures,
    word_set,
)
from web4.records import REFUSAL_TAG

if TYPE_CHECKING:
    from web4.dataset.sanity.sketch import Hashes

_SAMPLE = 1 << 20


@dataclass
class Compression:
    """How well zlib packs the first 1 MiB of a bucket: many alike records pack well."""

    taken: int = 0
    packed: int = 0
    _packer: Any = field(default_factory=zlib.compressobj)

    def add(self, text: str) -> None:
        if self.taken < _SAMPLE:
            raw = text.encode("utf-8", "replace")[: _SAMPLE - self.taken]
            self.taken += len(raw)
            self.packed += len(self._packer.compress(raw))

    def ratio(self) -> float:
        """Return bytes before / bytes after."""
        packed = self.packed + len(self._packer.copy().flush())
        return self.taken / packed if self.taken else 0.0


@dataclass
class Columns:
    """The records of all files, by row: about 0.5 KB each, whatever their texts were.

    ``request`` and ``output`` are digests of folded texts (case and white space do not count).
    """

    sources: list[Source] = field(default_factory=list)
    file: "array[int]" = field(default_factory=lambda: array("L"))
    line: "array[int]" = field(default_factory=lambda: array("L"))
    bucket: list[str] = field(default_factory=list)
    request: "array[int]" = field(default_factory=lambda: array("Q"))
    instruction: "array[int]" = field(default_factory=lambda: array("Q"))
    output: "array[int]" = field(default_factory=lambda: array("Q"))
    refusal: bytearray = field(default_factory=bytearray)
    shingles: list["Hashes"] = field(default_factory=list)
    words: list["Hashes"] = field(default_factory=list)
    compression: dict[str, Compression] = field(default_factory=lambda: defaultdict(Compression))
    _numbers: dict[Source, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.line)

    def add(self, item: Item) -> str:
        """Keep what is needed of a record; return the name of its bucket."""
        record = item.record
        number = self._numbers.setdefault(item.source, len(self.sources))
        if number == len(self.sources):
            self.sources.append(item.source)
        bucket = _bucket(item)
        self.file.append(number)
        self.line.append(item.line)
        self.bucket.append(bucket)
        instruction = folded(record.instruction)
        self.request.append(digest(instruction, folded(record.input)))
        self.instruction.append(digest(instruction))
        self.output.append(digest(folded(record.output)))
        self.refusal.append(record.output.startswith(REFUSAL_TAG))
        text = f"{record.instruction}\n{record.input}\n{record.output}\n"
        self.shingles.append(shingle_set(text))
        self.words.append(word_set(f"{record.instruction}\n{record.input}"))
        self.compression[bucket].add(text)
        return bucket

    @cached_property
    def signatures(self) -> "Hashes":
        """MinHash values of all rows; asked for when all have been added."""
        return signatures(self.shingles)

    def near_pairs(self, rows: list[int], leading: int = 0) -> Iterator[tuple[int, int]]:
        """Yield positions in ``rows`` whose records are nearly alike, as ``sketch.near_pairs``."""
        if not rows:
            return iter(())
        return near_pairs([self.shingles[row] for row in rows], self.signatures[rows], leading)

    def place(self, row: int) -> Place:
        return self.sources[self.file[row]].at(self.line[row])

    def is_eval(self, row: int) -> bool:
        return self.sources[self.file[row]].role == "eval"

    def rows(self, wanted: Callable[[int], bool]) -> Iterator[int]:
        return filter(wanted, range(len(self)))

    def by_bucket(self) -> dict[str, list[int]]:
        """Return the rows of each bucket, in reading order."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for row, bucket in enumerate(self.bucket):
            found[bucket].append(row)
        return found

    def in_content_order(self, rows: list[int]) -> list[int]:
        """Return rows in an order that does not depend on where they stood in their files."""
        return sorted(rows, key=lambda row: (self.request[row], self.output[row], row))

    def names(self) -> dict[str, str]:
        """Return each bucket's name for people: its file, and its kind where a file has several."""
        kinds = Counter(name.rpartition("#")[0] for name in set(self.bucket))
        return {
            name: name.rpartition("#")[0] if kinds[name.rpartition("#")[0]] == 1 else name
            for name in dict.fromkeys(self.bucket)
        }


def _bucket(item: Item) -> str:
    return f"{item.source.shown}#{item.record.task_type}"


def kind_of(bucket: str) -> str:
    """Return the task type of a bucket's records."""
    return bucket.rpartition("#")[2]
