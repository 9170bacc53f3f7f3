"""A headless Chromium, where the machine has one."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests_unit.report.synthetic import evidence
from web4.report.evidence import Evidence

_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start a browser: the system's, else the one that playwright installed."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="no playwright: pip install 'web4[dev]'"
    )
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []  # root has no sandbox to start
    with playwright.sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=found, args=arguments)
        except playwright.Error as error:
            pytest.skip(
                "no Chromium: apt-get install chromium, or python -m playwright install chromium "
                f"({str(error).splitlines()[0]})"
            )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def run() -> Evidence:
    """Return a small red run."""
    return evidence(90)
