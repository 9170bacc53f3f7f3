"""A training is started through the launcher asked for; its processes know their place."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from web4 import execution, launcher
from web4.errors import ConfigError, DataError
from web4.execution import StepContext, execute
from web4.launcher import python_command
from web4.steps import STEPS

_ROOT = Path(__file__).parents[1]
_SECONDS = 30
_RANK = "import time; from web4.execution import die_with_parent; die_with_parent(); time.sleep(60)"
_LAUNCHER = """
import os, subprocess, sys
environment = {**os.environ, "WORLD_SIZE": "2", "RANK": "1"}
rank = subprocess.Popen([sys.executable, "-c", sys.argv[1]], env=environment)
print(rank.pid, flush=True)
rank.wait()
"""
_PARENT = """
import subprocess, sys
from web4.execution import child_environment
command = [sys.executable, "-c", *sys.argv[1:]]
subprocess.Popen(command, env=child_environment()).wait()
"""


@pytest.fixture(autouse=True)
def _no_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (launcher.LAUNCHER, "WORLD_SIZE", "RANK", "LOCAL_RANK", execution._PARENT):
        monkeypatch.delenv(name, raising=False)


def test_without_a_launcher_a_process_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert python_command(several=True) == [sys.executable]
    assert (launcher.launched(), launcher.process_count(), launcher.is_first()) == (False, 1, True)
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("RANK", "3")
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert (launcher.launched(), launcher.process_count(), launcher.is_first()) == (True, 4, False)
    assert (launcher.process_place(), launcher.process_place_here()) == (3, 1)


def test_a_launcher_stands_in_front_of_trainings_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "my launcher"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(launcher.LAUNCHER, "'my launcher' --processes 2")
    assert python_command(several=True) == [str(program), "--processes", "2"]
    assert python_command(several=False) == [sys.executable]
    assert set(STEPS) >= execution._TRAINING


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("no-such-launcher -n 2", "there is no program 'no-such-launcher' on the PATH"),
        ("torchrun 'x", "No closing quotation"),
    ],
)
def test_a_launcher_that_cannot_be_is_named(
    monkeypatch: pytest.MonkeyPatch, words: str, says: str
) -> None:
    monkeypatch.setenv(launcher.LAUNCHER, words)
    with pytest.raises(ConfigError, match=f"WEB4_LAUNCHER=.*: {says}"):
        python_command(several=True)


def _spec(folder: Path) -> Path:
    spec = folder / "spec.json"
    paths = f'"out": "{folder}", "scratch": "{folder}"'
    spec.write_text(f'{{"step": "x", "params": {{}}, "inputs": {{}}, "files": {{}}, {paths}}}')
    return spec


def test_the_first_that_fails_has_the_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(why: str) -> int:
        def run(_context: StepContext) -> None:
            raise DataError(why)

        return execute(spec, run)

    spec = _spec(tmp_path)
    failure = tmp_path / "failure.txt"
    assert fail("alone") == fail("alone, later") == 1
    assert failure.read_text(encoding="utf-8") == "alone, later"
    failure.unlink()
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert fail("the cause") == fail("the other one is gone") == 1
    assert failure.read_text(encoding="utf-8") == "the cause"


def test_the_first_process_alone_describes_where_it_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    for place, described in (("1", False), ("0", True)):
        monkeypatch.setenv("RANK", place)
        assert execute(_spec(tmp_path), lambda _context: None) == 0
        assert (tmp_path / "environment.json").exists() is described


@pytest.mark.skipif(os.name != "posix", reason="orphans are a matter of POSIX")
@pytest.mark.parametrize("victim", ["parent", "launcher", "neither"])
def test_a_process_ends_with_its_parent_and_its_launcher(victim: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, _LAUNCHER, _RANK],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    rank = psutil.Process(int(parent.stdout.readline()))
    between = rank.parent()
    assert between is not None
    try:
        time.sleep(2)  # until it watches
        if victim == "neither":
            time.sleep(2 * execution._PARENT_CHECK_SECONDS)
            assert rank.is_running()
            return
        os.kill(parent.pid if victim == "parent" else between.pid, signal.SIGKILL)
        psutil.wait_procs([rank], timeout=_SECONDS)
        assert not rank.is_running()
    finally:
        for process in (rank, between, psutil.Process(parent.pid)):
            if process.is_running():
                process.kill()
        parent.wait()
        parent.stdout.close()
