"""One look for everything that takes longer than two seconds.

A live line on a terminal, a plain one every ten seconds elsewhere, always on stderr: the step, the
share done, the rate and the time left.
"""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from tqdm import tqdm

QUIET_SECONDS = 2.0
PLAIN_SECONDS = 10.0
_LIVE_SECONDS = 0.5


class _PlainLines(tqdm):  # type: ignore[type-arg] # its own stub is generic, the class is not
    """Ends each line: a log is no place for a line that is written over."""

    def display(self, msg: str | None = None, pos: int | None = None) -> None:  # noqa: ARG002 - tqdm's own
        self.fp.write(str(msg or self) + ("" if self.disable else "\n"))  # closing ends it itself
        self.fp.flush()

    def clear(self, nolock: bool = False) -> None:  # noqa: FBT001, FBT002 - tqdm's own
        """Leave what was written."""


def progress(total: int, what: str, unit: str, *, done: int = 0) -> "tqdm[Any]":
    """Return a bar that counts ``total`` units of work, ``done`` of them done before.

    What is over within two seconds shows none.
    """
    return _bar(total=total, initial=done, desc=what, unit=unit, delay=QUIET_SECONDS)


@contextlib.contextmanager
def ticking(what: str, expected: float | None = None) -> Iterator[None]:
    """Tell that ``what`` goes on, which counts nothing itself.

    ``expected`` is how many seconds it took before, where anybody knows: the share done and the
    time left are then those of a repetition.
    """
    ended = threading.Event()
    thread = threading.Thread(target=_tick, args=(what, expected, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _tick(what: str, expected: float | None, ended: threading.Event) -> None:
    if ended.wait(QUIET_SECONDS):
        return
    told = "{l_bar}{bar}| {elapsed}, <{remaining} left if it is as before"
    look = told if expected else "{desc}: {elapsed}"

    def done(elapsed: float) -> float:
        # More than all of it makes tqdm warn under its lock; where warnings are errors, for good.
        return min(elapsed, 0.99 * expected) if expected else elapsed

    with _bar(desc=what, initial=done(QUIET_SECONDS), total=expected, bar_format=look) as bar:
        begun = bar.start_t = bar.start_t - QUIET_SECONDS
        bar.initial = 0
        while not ended.wait(_LIVE_SECONDS if sys.stderr.isatty() else PLAIN_SECONDS):
            bar.n = done(time.time() - begun)
            bar.refresh()
        bar.n = expected or time.time() - begun


def _bar(**how: Any) -> "tqdm[Any]":
    """Return a bar for what standard error is."""
    live = sys.stderr.isatty()
    return (tqdm if live else _PlainLines)(
        **how,
        file=sys.stderr,
        dynamic_ncols=live,
        ncols=None if live else 78,
        mininterval=0.2 if live else PLAIN_SECONDS,
        maxinterval=_LIVE_SECONDS if live else PLAIN_SECONDS,
        miniters=None if live else 1,
        ascii=not live,
    )
