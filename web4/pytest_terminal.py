"""Lines and progress that reach the terminal although pytest captures output."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from web4.execution import run_in_subprocess
from web4.store import Artifact, Request, Runner, Usage


def teller(config: pytest.Config) -> Callable[[str], None]:
    """Return what writes a line to the terminal although output is being captured."""

    def say(line: str) -> None:
        _shown(config, lambda: sys.stderr.write(f"web4: {line}\n"))

    return say


def uncaptured(config: pytest.Config) -> Runner:
    """Return a runner whose step shows its progress on the terminal."""

    def runner(
        request: Request, inputs: Mapping[str, Artifact], out: Path, scratch: Path
    ) -> tuple[Usage, Mapping[str, Any]]:
        result: tuple[Usage, Mapping[str, Any]] = _shown(
            config, lambda: run_in_subprocess(request, inputs, out, scratch)
        )
        return result

    return runner


def _shown(config: pytest.Config, act: Callable[[], Any]) -> Any:
    capture: Any = config.pluginmanager.get_plugin("capturemanager")
    if capture is None:
        return act()
    with capture.global_and_fixture_disabled():
        return act()
