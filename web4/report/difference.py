"""How two texts differ, word for word."""

import re

from rapidfuzz.distance import Indel

SAME, LACKING, ADDED = range(3)
MAX_CHARACTERS = 20_000
MAX_WORDS = 4_000
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


def difference(wanted: str, given: str) -> list[int] | None:
    """Return pairs of a kind and a length, one after the other; nothing where texts are too long.

    ``SAME`` stands in both, ``LACKING`` only in ``wanted``, ``ADDED`` only in ``given``. Lengths
    are in UTF-16 units, as JavaScript counts.
    """
    if max(len(wanted), len(given)) > MAX_CHARACTERS:
        return None
    left, right = _WORDS.findall(wanted), _WORDS.findall(given)
    if max(len(left), len(right)) > MAX_WORDS:
        return None
    found: list[int] = []
    for edit in Indel.opcodes(left, right):
        lacking = _length(left[edit.src_start : edit.src_end])
        added = _length(right[edit.dest_start : edit.dest_end])
        if edit.tag == "equal":
            found += [SAME, lacking]
            continue
        found += [LACKING, lacking] if lacking else []
        found += [ADDED, added] if added else []
    return found


def _length(words: list[str]) -> int:
    return sum(len(word.encode("utf-16-le", "surrogatepass")) for word in words) // 2
