"""Several processes for one step: the launcher that starts them, and which of them this one is.

torchrun, ``accelerate launch`` and their like tell each process its place in ``RANK``,
``LOCAL_RANK`` and ``WORLD_SIZE``.
"""

import os
import shlex
import shutil
import sys
from pathlib import Path

from web4.errors import ConfigError

LAUNCHER = "WEB4_LAUNCHER"
_PLACE, _COUNT, _PLACE_HERE = "RANK", "WORLD_SIZE", "LOCAL_RANK"


def launched() -> bool:
    """Whether a launcher started this process."""
    return _COUNT in os.environ


def process_count() -> int:
    """Return how many processes do this step together."""
    return int(os.environ.get(_COUNT, "1"))


def process_place() -> int:
    """Return this process's place among them, from 0."""
    return int(os.environ.get(_PLACE, "0"))


def process_place_here() -> int:
    """Return this process's place among those on this machine: the number of its device."""
    return int(os.environ.get(_PLACE_HERE, "0"))


def is_first() -> bool:
    """Whether this process is the one that writes what all of them made."""
    return process_place() == 0


def python_command(*, several: bool) -> list[str]:
    """Return what ``-m MODULE`` is put behind: Python, or ``$WEB4_LAUNCHER`` for several processes.

    Raise ``ConfigError`` where there is no such launcher.
    """
    wanted = os.environ.get(LAUNCHER, "") if several else ""
    try:
        words = shlex.split(wanted)
    except ValueError as error:
        raise ConfigError(f"{LAUNCHER}={wanted!r}: {error}. Close the quotation.") from error
    if not words:
        return [sys.executable]
    beside = str(Path(sys.executable).parent)
    found = shutil.which(words[0]) or shutil.which(words[0], path=beside)
    if found is None:
        raise ConfigError(
            f"{LAUNCHER}={wanted!r}: there is no program {words[0]!r} on the PATH, nor beside "
            f"{sys.executable}. Name one, as in 'torchrun --nproc-per-node 2', or unset {LAUNCHER}."
        )
    return [found, *words[1:]]
