"""Data as a block of a page: deflated JSON in base64, which no text inside it can break out of."""

import base64
import json
import zlib
from typing import Any

_LEVEL = 7


def pack(value: Any) -> str:
    """Return a JSON value for ``DecompressionStream('deflate')``: letters, digits, ``+/=`` only."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)  # ASCII: surrogates survive
    return base64.b64encode(zlib.compress(text.encode("ascii"), _LEVEL)).decode("ascii")


def unpack(block: str) -> Any:
    """Return what ``pack`` packed."""
    return json.loads(zlib.decompress(base64.b64decode(block, validate=True)))


class Table:
    """Values that each stand once; ``place`` gives the number by which they are referred to."""

    def __init__(self) -> None:
        self._places: dict[Any, int] = {}

    def place(self, value: Any) -> int:
        return self._places.setdefault(value, len(self._places))

    @property
    def values(self) -> list[Any]:
        return list(self._places)
