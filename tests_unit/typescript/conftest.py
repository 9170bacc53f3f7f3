"""One set of tool processes for all tests: most of the time would go into their start."""

from collections.abc import Iterator

import pytest

from web4.typescript.toolchain import Toolchain


@pytest.fixture(scope="session")
def tools() -> Iterator[Toolchain]:
    """Open the real tools; the npm packages are fetched once into web4's cache."""
    with Toolchain(workers=1) as opened:
        yield opened
