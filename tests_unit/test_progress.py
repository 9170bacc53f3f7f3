"""Progress is a live line on a terminal and plain lines elsewhere, and short work shows none."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from web4 import progress as module
from web4.execution import _took_before
from web4.progress import progress, ticking
from web4.store import Manifest, Request, Usage

pytest_plugins = ["pytester"]

_ROOT = Path(__file__).resolve().parents[1]
_COUNTS = """
import time, web4.progress as p
p.QUIET_SECONDS, p.PLAIN_SECONDS = 0.1, 0.1
with p.progress(4, "predict adapter", "answer") as bar:
    for _ in range(4):
        time.sleep(0.2)
        bar.update()
with p.ticking("merge", 0.5):
    time.sleep(0.6)
"""


Read = Callable[[], str]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Read:
    """Read standard error, which is no terminal here; there is little patience."""
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(module, "PLAIN_SECONDS", 0.05)
    return lambda: capsys.readouterr().err


def test_a_log_gets_whole_lines_with_step_share_rate_and_time_left(log: Read) -> None:
    with progress(10, "predict adapter", "answer") as bar:
        for _ in range(10):
            time.sleep(0.03)
            bar.update()
    text = log()
    assert "\r" not in text
    assert text.endswith("\n")
    lines = text.splitlines()
    assert 3 < len(lines) < 10
    for line in lines:
        assert line.startswith("predict adapter: ")
        assert len(line) <= 80
        for part in ("%|", "/10 [", "<", "answer/s]"):
            assert part in line
    assert "100%" in lines[-1]


def test_what_is_soon_over_shows_nothing(log: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUIET_SECONDS", 30)
    with progress(10, "predict", "answer") as bar:
        bar.update(10)
    with ticking("merge", 1.0):
        pass
    assert log() == ""


def test_work_that_goes_on_counts_what_was_done_before(log: Read) -> None:
    with progress(10, "predict", "answer", done=6) as bar:
        time.sleep(0.1)
        bar.update()
    assert " 7/10 [" in log()


@pytest.mark.parametrize(
    ("expected", "told"), [(0.4, "left if it is as before"), (None, "gguf: 00:0")]
)
def test_a_step_that_counts_nothing_tells_its_time(
    log: Read, expected: float | None, told: str
) -> None:
    with ticking("gguf", expected):
        time.sleep(0.6)
    lines = log().splitlines()
    assert len(lines) > 2
    assert all(told in line for line in lines)
    assert not expected or "100%" in lines[-1]


def test_a_step_that_took_no_time_before_ends_where_warnings_are_errors() -> None:
    code = (
        "import time, warnings, web4.progress as p\n"
        "warnings.simplefilter('error')\n"
        "p.QUIET_SECONDS = 0.2\n"
        "with p.ticking('score', 0.1):\n    time.sleep(0.5)\n"
        "with p._bar(total=1, desc='next'):\n    pass\n"  # wants the lock of all bars
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_a_terminal_gets_one_line_that_is_written_over() -> None:
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    ended = subprocess.Popen(
        [sys.executable, "-c", _COUNTS],
        stderr=child,
        stdin=child,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
    )
    os.close(child)
    said = b""
    while True:
        try:
            part = os.read(parent, 4096)
        except OSError:  # how Linux says that the other side is closed
            break
        if not part:
            break
        said += part
    assert ended.wait(60) == 0
    text = said.decode()
    assert text.count("\r") > text.count("\n") == 2  # each bar ends its one line
    assert "predict adapter:  50%|" in text


def test_a_step_is_expected_to_take_as_long_as_it_took(tmp_path: Path) -> None:
    asked = Request("merge", 1, {})
    out = tmp_path / ".work" / "merge-ab" / "out"
    assert _took_before(asked, out) is None
    made = tmp_path / "merge" / "ab" / "manifest.json"
    made.parent.mkdir(parents=True)
    usage = Usage(12.5, 99.0, 1024)
    manifest = Manifest("merge", 1, "ab" * 32, {}, {}, {}, {}, usage, {})
    made.write_text(manifest.to_json(), encoding="utf-8")
    assert _took_before(asked, out) == 12.5
    made.write_text("{", encoding="utf-8")
    assert _took_before(asked, out) is None


_TEST = f"""
import subprocess, sys
from web4.pytest_terminal import _shown, teller

def test_step(pytestconfig):
    teller(pytestconfig)("full: never built here")
    script = {_COUNTS!r}
    _shown(pytestconfig, lambda: subprocess.run([sys.executable, "-c", script], check=True))
"""


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["captured", "under xdist"])
def test_progress_reaches_the_log_although_pytest_captures(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(_ROOT))
    pytester.makepyfile(_TEST)
    ended = pytester.runpytest_subprocess("-p", "no:web4", *options)
    assert ended.ret == 0
    said = ended.stderr.lines
    assert any("web4: full: never built here" in line for line in said)
    assert any("predict adapter:  50%|" in line and "answer/s]" in line for line in said)
    assert any("merge:" in line for line in said)
