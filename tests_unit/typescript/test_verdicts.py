"""Kept verdicts: the same as made ones, bounded, whole under two processes, never a risk."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from web4.typescript.toolchain import TOOLS, Problem, Report, Toolchain
from web4.typescript.verdicts import Verdicts

_BAD = Report((Problem("tsc", "TS1", 1, 2, "is wrong \ud800"),))
_FINE = Report(())
_WRITER = """
import sys
from pathlib import Path
from web4.typescript.toolchain import Report
from web4.typescript.verdicts import Verdicts
kept = Verdicts("digest", Path(sys.argv[1]))
for at in range(40):
    kept.keep({f"{sys.argv[2]}{at}": Report(())}, ["tsc"])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "verdicts.sqlite3"


def test_what_was_kept_comes_back(path: Path) -> None:
    sources = {"a": _FINE, "b": _BAD, "c\ud800": Report((), "too_deep")}
    assert Verdicts("d", path).of(sources, TOOLS) == {}
    Verdicts("d", path).keep(sources, TOOLS)
    assert Verdicts("d", path).of([*sources, "other"], TOOLS) == sources


@pytest.mark.parametrize("failure", ["timeout", "crash"])
def test_what_the_machine_may_have_caused_is_not_kept(path: Path, failure: str) -> None:
    Verdicts("d", path).keep({"a": Report((), failure)}, TOOLS)  # type: ignore[arg-type]
    assert Verdicts("d", path).of(["a"], TOOLS) == {}


def test_a_verdict_is_that_of_its_text_its_rules_and_its_tools(path: Path) -> None:
    Verdicts("d", path).keep({"a": _FINE}, TOOLS)
    assert Verdicts("other rules", path).of(["a"], TOOLS) == {}
    assert Verdicts("d", path).of(["a"], ["tsc"]) == {}
    assert Verdicts("d", path).of(["a\n"], TOOLS) == {}


def test_the_oldest_make_room(path: Path) -> None:
    kept = Verdicts("d", path, max_verdicts=10)
    for at in range(25):
        kept.keep({str(at): _FINE}, TOOLS)
    left = kept.of(map(str, range(25)), TOOLS)
    assert 8 <= len(left) <= 10
    assert list(left)[-1] == "24"
    assert list(left) == [str(at) for at in range(25 - len(left), 25)]


def test_long_verdicts_make_room_too(path: Path) -> None:
    kept = Verdicts("d", path, max_bytes=4000)
    for at in range(25):
        kept.keep({str(at): _BAD}, TOOLS)
    left = kept.of(map(str, range(25)), TOOLS)
    assert 0 < len(left) < 40
    assert "24" in left
    huge = Report((Problem("tsc", "TS1", 1, 1, "x" * 70_000),))
    kept.keep({"huge": huge}, TOOLS)
    assert "huge" not in kept.of(["huge"], TOOLS)


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + b"x" * 2000])
def test_a_damaged_file_is_made_anew(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    kept = Verdicts("d", path)
    assert kept.of(["a"], TOOLS) == {}
    kept.keep({"a": _FINE}, TOOLS)
    kept.keep({"a": _FINE}, TOOLS)
    assert kept.of(["a"], TOOLS) == {"a": _FINE}


@pytest.mark.parametrize("told", ["", "[]", "{}", '{"problems": [{"no": 1}], "failure": ""}'])
def test_a_damaged_verdict_is_none(path: Path, told: str) -> None:
    kept = Verdicts("d", path)
    kept.keep({"a": _FINE}, TOOLS)
    with sqlite3.connect(path) as file:
        file.execute("UPDATE verdict SET report = ?", (told,))
    file.close()
    assert kept.of(["a"], TOOLS) == {}


def test_a_place_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = Verdicts("d", tmp_path / "file" / "verdicts.sqlite3")
    kept.keep({"a": _FINE}, TOOLS)
    assert kept.of(["a"], TOOLS) == {}


def test_two_processes_lose_nothing(path: Path) -> None:
    command = [sys.executable, "-c", _WRITER, str(path)]
    started = [subprocess.Popen([*command, name]) for name in "ab"]
    assert [process.wait(60) for process in started] == [0, 0]
    wanted = [f"{name}{at}" for name in "ab" for at in range(40)]
    assert len(Verdicts("digest", path).of(wanted, ["tsc"])) == 80


def test_a_known_text_starts_no_tool_and_gets_the_same_report(tools: Toolchain, path: Path) -> None:
    sources = ["export const a = 1;\n", "export var b = 1;\n", "", "export const c = '\ud800';\n"]
    made = tools.check(sources)
    with Toolchain(workers=1, verdicts=Verdicts("d", path)) as first:
        assert first.check(sources) == made
    with Toolchain(workers=1, verdicts=Verdicts("d", path)) as second:
        assert second.check(sources) == made
        assert second.pids == []
