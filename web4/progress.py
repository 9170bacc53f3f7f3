"""One look for everything that takes longer than two seconds.

A live line on a terminal, a plain one every ten seconds elsewhere, always on stderr.
"""

import sys
from typing import Any

from tqdm import tqdm


def progress(total: int, what: str, unit: str, *, done: int = 0) -> "tqdm[Any]":
    """Return a bar that counts ``total`` units of work, ``done`` of them done before."""
    live = sys.stderr.isatty()
    return tqdm(
        total=total,
        initial=done,
        desc=what,
        unit=unit,
        file=sys.stderr,
        dynamic_ncols=live,
        mininterval=0.2 if live else 10,
        maxinterval=0.5 if live else 20,
        ascii=not live,
    )
