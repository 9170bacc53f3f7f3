"""Where data that is not code lies: the checkout's ``data/``, or its copy in an installed wheel."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_dir() -> Path:
    """Return the data folder: ``$WEB4_DATA``, else the checkout's, else the wheel's."""
    configured = os.environ.get("WEB4_DATA")
    if configured:
        return Path(configured).resolve()
    checkout = _PACKAGE.parent / "data"
    return checkout if checkout.is_dir() else _PACKAGE / "_data"


def digest_folder() -> Path:
    """Return where the digests of public benchmarks lie, of which no record may be one."""
    return data_dir() / "benchmark_digests"
