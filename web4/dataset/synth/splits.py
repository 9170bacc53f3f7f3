"""The two halves that every composed name belongs to one of."""

import zlib
from typing import Literal

Split = Literal["train", "eval"]


def in_split(text: str, split: Split) -> bool:
    """Tell whether a composed name belongs to this half."""
    return (zlib.crc32(text.encode()) % 2 == 0) == (split == "train")
