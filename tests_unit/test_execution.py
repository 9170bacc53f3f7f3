"""A step runs in its own process; how it ended is told in one message."""

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from web4 import execution
from web4.errors import ArtifactError, DataError, StepFailedError
from web4.execution import StepContext, execute, run_in_subprocess
from web4.records import TRAIN_BUCKETS, read_records
from web4.steps import STEPS
from web4.store import Request, Store, open_artifact

_ROOT = Path(__file__).parents[1]
_COUNTS = dict.fromkeys(TRAIN_BUCKETS, 3)
_TIME = Path("/usr/bin/time")
_FAT = 250_000_000


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(_ROOT))
    monkeypatch.delenv(execution._PARENT, raising=False)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    for name in ("out", "scratch"):
        (tmp_path / name).mkdir()
    path = tmp_path / "spec.json"
    raw = {
        "step": "fake",
        "params": {"seed": 3},
        "inputs": {"base": "/store/base/1"},
        "files": {"a.txt": "/files/a.txt"},
        "out": str(tmp_path / "out"),
        "scratch": str(tmp_path / "scratch"),
    }
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


def _raising(error: Exception) -> Callable[[StepContext], None]:
    def run(_context: StepContext) -> None:
        raise error

    return run


def _failure(spec: Path) -> str:
    return (spec.parent / "failure.txt").read_text(encoding="utf-8")


def test_a_step_gets_what_its_spec_says(spec: Path, tmp_path: Path) -> None:
    got: list[StepContext] = []
    assert execute(spec, got.append) == 0
    assert got == [
        StepContext(
            "fake",
            {"seed": 3},
            {"base": Path("/store/base/1")},
            {"a.txt": Path("/files/a.txt")},
            tmp_path / "out",
            tmp_path / "scratch",
        )
    ]
    assert not (tmp_path / "failure.txt").exists()


def test_a_clear_error_is_kept_word_by_word(spec: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert execute(spec, _raising(DataError("bucket.jsonl:3: “broken”"))) == 1
    assert _failure(spec) == "bucket.jsonl:3: “broken”"
    assert capfd.readouterr().err == ""


def test_an_error_of_the_system_is_kept_in_one_line(spec: Path) -> None:
    assert execute(spec, _raising(OSError(28, "No space left on device"))) == 1
    assert _failure(spec) == "[Errno 28] No space left on device"


def test_a_crash_is_kept_with_its_traceback(spec: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert execute(spec, _raising(ZeroDivisionError("nothing to divide by"))) == 1
    assert _failure(spec).startswith("Traceback (most recent call last)")
    assert _failure(spec).rstrip().endswith("ZeroDivisionError: nothing to divide by")
    assert "nothing to divide by" in capfd.readouterr().err


def test_a_broken_spec_is_a_failure(spec: Path) -> None:
    spec.write_text("{}", encoding="utf-8")
    assert execute(spec, lambda _context: None) == 1
    assert "KeyError" in _failure(spec)


def test_the_reason_that_a_step_left_comes_first(tmp_path: Path) -> None:
    failure = tmp_path / "failure.txt"
    failure.write_text("the disk is full\n", encoding="utf-8")
    assert execution._why("mini", 1, failure) == "mini: the disk is full"


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (3, "mini: ended with exit code 3; its own messages stand above"),
        (-9, "mini: ended by SIGKILL (out of memory?); run again to go on"),
        (-11, "mini: ended by SIGSEGV; run again to go on"),
        (-40, "mini: ended by signal 40; run again to go on"),
    ],
)
def test_an_end_without_a_reason_is_told_by_its_status(
    tmp_path: Path, status: int, says: str
) -> None:
    assert execution._why("mini", status, tmp_path / "failure.txt") == says


def test_the_environment_names_python_and_packages() -> None:
    found = execution.environment()
    assert found["python"] == sys.version.split()[0]
    assert set(found["packages"]) == set(execution._PACKAGES)
    json.dumps(found, allow_nan=False)


def test_a_real_step_is_run_published_and_measured(tmp_path: Path) -> None:
    said: list[str] = []
    store = Store(tmp_path / "store", run_in_subprocess, say=said.append)
    request = Request("dataset", STEPS["dataset"].version, {"counts": _COUNTS, "seed": 3})
    artifact = store.get(request)
    assert sorted(artifact.manifest.files) == sorted(f"{name}.jsonl" for name in TRAIN_BUCKETS)
    for bucket in TRAIN_BUCKETS:
        assert len(list(read_records(artifact.path / f"{bucket}.jsonl"))) == 3
    usage = artifact.manifest.usage
    assert 0.02 < usage.wall_seconds < 120
    assert 0 < usage.cpu_percent < 100 * 2 * (os.cpu_count() or 1)
    assert 5_000 < usage.peak_kb < 2_000_000
    assert artifact.manifest.environment["cpus"] == os.cpu_count()
    assert said[-1] == f"dataset: built in {usage.wall_seconds:.1f} s"
    assert open_artifact(artifact.path) == artifact


@pytest.mark.skipif(not _TIME.is_file(), reason="needs the package time")
def test_a_step_costs_what_time_says_however_large_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, shell = tmp_path / "time.txt", tmp_path / "timed"
    shell.write_text(
        "#!/bin/sh\n"
        f"unset {execution._PARENT}\n"  # it is the step's grandparent
        f'exec {_TIME} -f "wall=%e cpu=%P mem=%MKB user=%U sys=%S" -o "{said}" '
        f'"{sys.executable}" "$@"\n',
        encoding="utf-8",
    )
    shell.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(shell))
    fat = bytes(range(256)) * (_FAT // 256)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > len(fat)
    store = Store(tmp_path / "store", run_in_subprocess)
    request = Request("dataset", STEPS["dataset"].version, {"counts": _COUNTS, "seed": 3})
    usage = store.get(request).manifest.usage
    found = re.fullmatch(
        r"wall=([\d.]+) cpu=(\d+)% mem=(\d+)KB user=([\d.]+) sys=([\d.]+)",
        said.read_text(encoding="utf-8").strip(),
    )
    assert found
    wall, peak, computed = float(found[1]), int(found[3]), float(found[4]) + float(found[5])
    assert usage.wall_seconds == pytest.approx(wall, rel=0.05, abs=0.3)
    told = usage.wall_seconds * usage.cpu_percent / 100
    assert told == pytest.approx(computed, rel=0.05, abs=0.1)
    assert usage.peak_kb == pytest.approx(peak, rel=0.05)
    assert usage.peak_kb * 1024 < len(fat)


def test_a_step_with_a_large_child_has_the_peak_of_the_child() -> None:
    script = (
        "import subprocess, sys\nfrom web4.execution import _own_peak_kb\n"
        "own = _own_peak_kb()\n"
        "child = 'x = bytes(range(256)) * 800_000'\n"
        "subprocess.run([sys.executable, '-S', '-c', child], check=True)\n"
        "print(own, _own_peak_kb())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    before, after = map(int, done.stdout.split())
    assert before < 190_000 < after < 400_000


def test_a_real_step_that_fails_says_why_in_one_line(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", run_in_subprocess)
    with pytest.raises(StepFailedError) as caught:
        store.get(Request("base", 1, {"base": "nonsense"}))
    assert str(caught.value).startswith("base: base 'nonsense': not 'embedded:smollm2'")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "store" / "base").exists()


def test_a_step_that_is_killed_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed = tmp_path / "killed"
    killed.write_text("#!/bin/sh\nkill -KILL $$\n", encoding="utf-8")
    killed.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(killed))
    store = Store(tmp_path / "store", run_in_subprocess)
    with pytest.raises(StepFailedError, match=r"dataset: ended by SIGKILL \(out of memory\?\)"):
        store.get(Request("dataset", 1, {}))


def test_a_step_that_cannot_be_started_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    store = Store(tmp_path / "store", run_in_subprocess)
    with pytest.raises(ArtifactError, match="No such file or directory"):
        store.get(Request("dataset", 1, {}))


def test_an_orphaned_step_ends_itself(tmp_path: Path) -> None:
    """The lock of the store went with the parent, so the step must not write on."""
    script = (
        "import sys, time; from pathlib import Path; from web4.execution import execute;"
        "execute(Path(sys.argv[1]), lambda context: time.sleep(60))"
    )
    spec = tmp_path / "spec.json"
    raw = {"step": "fake", "params": {}, "inputs": {}, "files": {}, "out": "o", "scratch": "s"}
    spec.write_text(json.dumps(raw), encoding="utf-8")
    environment = {**os.environ, execution._PARENT: "1000000000"}
    command = [sys.executable, "-c", script, str(spec)]
    ended = subprocess.run(command, env=environment, timeout=30, check=False)
    assert ended.returncode == 1
