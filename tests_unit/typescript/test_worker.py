"""What becomes of processes that hang, die or have served enough; played by a script."""

import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from web4.errors import StepFailedError
from web4.typescript.toolchain import Report, Toolchain
from web4.typescript.worker import Worker

_SCRIPT = """
import json, os, sys, time
print(json.dumps({"ready": True}), flush=True)
for served, line in enumerate(sys.stdin):
    source = json.loads(line)["source"].strip()
    if source == "hang" or (source == "hang when old" and served):
        time.sleep(60)
    if source == "wait":
        time.sleep(0.6)
    while source == "spin":
        pass
    if source == "die" or (source == "die when old" and served):
        os._exit(1)
    if source == "say half":
        print('{"prob', end="", flush=True)
        os._exit(0)
    problem = {"tool": "tsc", "rule": source, "line": 1, "column": 1, "message": ""}
    print(json.dumps({"problems": [problem] if source == "bad" else []}), flush=True)
"""


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    script = tmp_path / "worker.py"
    script.write_text(_SCRIPT)
    return [sys.executable, str(script)]


@pytest.fixture
def tools(command: list[str]) -> Iterator[Toolchain]:
    with Toolchain(workers=1, seconds=0.3, recycled_after=3) as opened:
        opened._command = command
        yield opened


@pytest.mark.parametrize(
    ("source", "failure"),
    [("die", "crash"), ("say half", "crash"), ("hang", "timeout"), ("spin", "timeout")],
)
def test_a_snippet_that_ends_its_process_fails_alone(
    tools: Toolchain, source: str, failure: str
) -> None:
    first, ended, last = tools.check(["good", source, "bad"])
    assert first.ok
    assert (ended.problems, ended.failure) == ((), failure)
    assert [problem.rule for problem in last.problems] == ["bad"]
    assert last.failure == ""


@pytest.mark.parametrize("source", ["die when old", "hang when old"])
def test_an_old_process_is_not_held_against_a_snippet(tools: Toolchain, source: str) -> None:
    assert tools.check(["good", source]) == [Report(()), Report(())]


def test_what_a_process_waits_is_not_held_against_a_snippet(tools: Toolchain) -> None:
    assert tools.check(["wait"]) == [Report(())]


def test_a_process_that_was_killed_is_replaced(tools: Toolchain) -> None:
    tools.check(["good"])
    (process,) = tools.pids
    psutil.Process(process).kill()
    assert tools.check(["good"]) == [Report(())]
    assert tools.pids != [process]


def test_a_process_is_replaced_after_its_share(tools: Toolchain) -> None:
    seen = []
    for _ in range(7):
        tools.check(["good"])
        seen += tools.pids
    assert [seen.count(process) for process in dict.fromkeys(seen)] == [3, 3, 1]
    assert [process for process in set(seen) if psutil.pid_exists(process)] == tools.pids


def test_equal_snippets_are_judged_once(tools: Toolchain) -> None:
    assert len(tools.check(["bad"] * 5)) == 5
    assert tools._workers[0] is not None
    assert tools._workers[0].served == 1


def test_the_end_leaves_no_process_and_a_closed_chain_opens_again(tools: Toolchain) -> None:
    tools.check(["good"])
    (process,) = tools.pids
    tools.close()
    tools.close()
    assert tools.pids == []
    assert not psutil.pid_exists(process)
    assert tools.check(["good"]) == [Report(())]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ([sys.executable, "-c", "raise SystemExit('no module eslint')"], "no module eslint"),
        ([sys.executable, "-c", ""], "it said nothing"),
        (["/nowhere/node"], "/nowhere/node does not start"),
    ],
)
def test_a_process_that_does_not_start_says_why(
    tools: Toolchain, command: list[str], message: str
) -> None:
    tools._command = command
    with pytest.raises(StepFailedError, match=message):
        tools.check(["good"])
    assert tools.pids == []


def test_a_worker_may_be_closed_twice(command: list[str], tmp_path: Path) -> None:
    worker = Worker(command, tmp_path, {}, 5)
    assert worker.ask({"source": "\ud800"}) == {"problems": []}
    worker.close()
    worker.close()
    assert not psutil.pid_exists(worker.pid)
