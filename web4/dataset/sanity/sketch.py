"""Fingerprints of texts: digests for what is the same, shingle sets for what is nearly the same.

Texts are not kept. A record leaves 64-bit digests, the 32-bit hashes of its word 3-shingles and
those of its instruction's words; of long texts the smallest hashes are kept, which is a bottom-k
sketch (Broder 1997): the Jaccard similarity of two such sketches estimates that of the texts.
"""

import re
import unicodedata
import zlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint32]

NEAR = 0.9
"""Jaccard similarity from which two records count as nearly alike."""

_KEPT = 512
# 12 bands of 10 rows find a pair of similarity 0.9 with 1 - (1 - 0.9^10)^12 = 99.4 % and one of
# 0.5 with 1 % (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4.2).
_BANDS, _ROWS = 12, 10
_COMPARED = 24
# 120 values estimate a similarity of 0.9 with a standard error of 0.027: this is 3.6 of them below.
_LIKELY = 0.8
_WORD = re.compile(r"\w+")
_SHINGLE = 3


def folded(text: str) -> str:
    """Return a text without what people type differently: case, white space, composition."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split()).casefold()


def digest(*parts: str) -> int:
    """Return 64 bits of a BLAKE2 hash; parts cannot run into each other."""
    made = blake2b(digest_size=8)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        made.update(len(raw).to_bytes(8, "little"))
        made.update(raw)
    return int.from_bytes(made.digest(), "little")


@lru_cache(maxsize=1 << 16)
def _word_hash(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def _hashed(text: str) -> "Hashes":
    import numpy as np

    words = _WORD.findall(text.casefold())
    return np.fromiter(map(_word_hash, words), np.uint32, len(words))


def _sketched(hashes: "Hashes") -> "Hashes":
    import numpy as np

    return np.unique(hashes)[:_KEPT]


def word_set(text: str) -> "Hashes":
    """Return the sorted hashes of a text's words, each once."""
    return _sketched(_hashed(text))


def shingle_set(text: str) -> "Hashes":
    """Return the sorted hashes of a text's word 3-shingles; fewer than three words are one."""
    import numpy as np

    words = _hashed(text)
    if len(words) < _SHINGLE:
        words = np.pad(words, (0, _SHINGLE - len(words)))
    # Odd multipliers keep the order of the words; uint32 arrays wrap around silently.
    first = words[:-2] * np.uint32(0x9E3779B1)
    second = words[1:-1] * np.uint32(0x85EBCA77)
    return _sketched(first ^ second ^ (words[2:] * np.uint32(0xC2B2AE3D)))


def similarity(left: "Hashes", right: "Hashes") -> float:
    """Return the Jaccard similarity of two sets: exact below 512 members, else estimated."""
    import numpy as np

    if not len(left) or not len(right):
        return float(len(left) == len(right))
    union = np.union1d(left, right)
    shared = np.intersect1d(left, right, assume_unique=True)
    if max(len(left), len(right)) >= _KEPT:
        union = union[:_KEPT]
        shared = shared[shared <= union[-1]]
    return len(shared) / len(union)


def near_pairs(
    sets: Sequence["Hashes"], signed: "Hashes", leading: int = 0
) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions, the lower first, whose sets are alike by ``NEAR`` or more.

    ``signed`` has the sets' MinHash values, as ``signatures`` gives them.

    Candidates come from MinHash bands; each is compared with at most 24 unlike ones of its band,
    so that the work grows with the number of sets and not with its square: every member of a
    cluster is joined to it, not every pair is named. The first ``leading`` sets are compared with
    the others only; without them the pairs join the others among each other.
    """
    seen: set[tuple[int, int]] = set()
    for members in _banded(signed):
        leaders = [one for one in members if one < leading][:_COMPARED]
        for one in members[bisect_left(members, leading) :]:
            near = [
                other for other in _likely(signed, leaders, one) if _near(sets, seen, other, one)
            ]
            for other in near if leading else near[:1]:
                if (other, one) not in seen:
                    seen.add((other, one))
                    yield other, one
            if not near and not leading and len(leaders) < _COMPARED:
                leaders.append(one)


def _likely(signed: "Hashes", leaders: list[int], one: int) -> list[int]:
    """Return the leaders that share enough MinHash values to be worth a comparison."""
    if not leaders:
        return leaders
    shares = (signed[leaders] == signed[one]).mean(axis=1)
    return [leader for leader, share in zip(leaders, shares, strict=True) if share >= _LIKELY]


def _near(sets: Sequence["Hashes"], seen: set[tuple[int, int]], other: int, one: int) -> bool:
    return (other, one) in seen or similarity(sets[other], sets[one]) >= NEAR


def _banded(signed: "Hashes") -> Iterator[list[int]]:
    """Yield the positions, in rising order, that have the same MinHash values in a band."""
    import numpy as np

    mixers = np.random.default_rng(0).integers(1, 1 << 62, _ROWS, dtype=np.uint64) * 2 + 1
    for start in range(0, _BANDS * _ROWS, _ROWS):
        keys = (signed[:, start : start + _ROWS] * mixers).sum(axis=1, dtype=np.uint64)
        order = np.argsort(keys, kind="stable")
        ends = np.flatnonzero(np.diff(keys[order])) + 1
        starts = np.concatenate(([0], ends))
        sizes = np.diff(np.concatenate((starts, [len(keys)])))
        for first, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True):
            yield order[first : first + size].tolist()


def signatures(sets: Sequence["Hashes"]) -> "Hashes":
    """Return the MinHash values of each set, a row a set; its members are hashed already."""
    import numpy as np
    from datasketch import MinHash

    made = MinHash.generator(
        (one.tolist() for one in sets),
        num_perm=_BANDS * _ROWS,
        hashfunc=int,
        scheme="affine32",
        gpu_mode="disable",
    )
    rows = np.empty((len(sets), _BANDS * _ROWS), np.uint32)
    for position, one in enumerate(made):
        rows[position] = one.hashvalues
    return rows


def clusters(pairs: Iterator[tuple[int, int]]) -> list[list[int]]:
    """Return the sets of positions that pairs join, each and all in rising order."""
    parent: dict[int, int] = {}

    def root(one: int) -> int:
        while (above := parent.setdefault(one, one)) != one:
            parent[one] = one = parent[above]
        return one

    for left, right in pairs:
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    joined: defaultdict[int, list[int]] = defaultdict(list)
    for one in sorted(parent):
        joined[root(one)].append(one)
    return list(joined.values())


def unlike(sets: Sequence["Hashes"], limit: int, apart: float = 0.5) -> int:
    """Return how many of the sets are mutually unlike (below ``apart``), counted up to limit."""
    leaders: list[Hashes] = []
    for one in sets:
        if all(similarity(one, leader) < apart for leader in leaders):
            leaders.append(one)
            if len(leaders) >= limit:
                break
    return len(leaders)
