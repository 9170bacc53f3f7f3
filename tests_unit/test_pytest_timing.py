"""``pytest -m timing``: what runs when, what each benchmark tells, and what two runs compare."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import web4.timing.cold  # noqa: F401 - pytester forgets what a run imports
from tests_unit.compared import Bench, small_data
from tests_unit.gate_suite import ROOT, VARIABLES
from tests_unit.timing.timed import TimedSteps, released

pytest_plugins = ["pytester"]

_CONFTEST = 'pytest_plugins = ["web4.pytest_plugin", "web4.pytest_timing", "fixtures.timing"]\n'
_QUIET = ("-q", "-W", "ignore::pytest.PytestWarning", "--benchmark-columns=mean")


class TimingSuite:
    """Runs the suite's own timing tests with canned steps, beside one test of another kind."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = pytester.path
        self._pytester = pytester
        self._monkeypatch = monkeypatch
        for name in (*VARIABLES, "TIMING_SCALE"):
            monkeypatch.delenv(f"WEB4_{name}", raising=False)
        monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # benchmarks are off under xdist
        monkeypatch.setattr("web4.store._sync", lambda _: None)
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.setenv("COLUMNS", "160")
        self.data = small_data(pytester.path, ("v0.1",))
        monkeypatch.setenv("WEB4_DATA", str(self.data))
        self.steps(TimedSteps())
        shutil.copy(ROOT / "tests_eval" / "test_timing.py", pytester.path)
        pytester.makefile(".ini", pytest=(ROOT / "pytest.ini").read_text(encoding="utf-8"))
        pytester.makeconftest(_CONFTEST)
        pytester.makepyfile(test_other="def test_other():\n    assert True\n")

    def steps(self, steps: TimedSteps) -> None:
        self._monkeypatch.setattr("web4.pytest_terminal.run_in_subprocess", steps)

    def release(self) -> None:
        """Keep a release, for the pass of improvement to go on from."""
        released(Bench(self.path))

    def budgets(self, text: str) -> None:
        path = self.data / "profiles" / "embedded.toml"
        path.write_text(path.read_text("utf-8") + text, encoding="utf-8")

    def run(self, *options: str) -> pytest.RunResult:
        names = ("test_timing.py", "test_other.py")
        return self._pytester.runpytest_inprocess(*names, *_QUIET, *options)


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> TimingSuite:
    return TimingSuite(pytester, monkeypatch)


def _benchmarks(path: Path) -> dict[str, dict[str, Any]]:
    raw = json.loads(path.read_text("utf-8"))
    return {one["name"]: one for one in raw["benchmarks"]}


def test_timing_never_runs_because_nothing_was_said(suite: TimingSuite) -> None:
    for options, told in (((), True), (("-m", "not timing"), False)):
        result = suite.run(*options)
        result.assert_outcomes(passed=1, deselected=34)
        said = "web4: 34 timing tests left out, for they train: ask with -m timing"
        assert (said in result.outlines) is told


@pytest.mark.parametrize("options", [("-m", "timing"), ("--benchmark-only",)])
def test_timing_runs_where_it_is_asked_for(suite: TimingSuite, options: tuple[str, ...]) -> None:
    result = suite.run(*options, "--collect-only")
    assert "test_timing.py::test_step[iteration]" in result.outlines
    assert "test_timing.py::test_warm_run[run]" in result.outlines


def test_every_step_is_timed_once_and_told_in_full(suite: TimingSuite) -> None:
    suite.release()
    result = suite.run("-m", "timing", "--benchmark-json=timing.json")
    assert result.parseoutcomes()["skipped"] >= 1  # no budgets
    found = _benchmarks(suite.path / "timing.json")
    assert len(found) == 18
    for name, one in found.items():
        rounds = 3 if name.startswith("test_warm") else 1
        assert (one["stats"]["rounds"], one["stats"]["iterations"]) == (rounds, 1)
        told = one["extra_info"]
        assert told["time"].startswith("wall=0:")
        assert told["state"] == ("warm" if name.startswith("test_warm") else "cold")
        assert told["own_seconds"] >= told["wall_seconds"] - 0.05 or name.endswith("[iteration]")
    assert {one["group"][0] for one in found.values()} == {*"012345678", "w"}
    assert found["test_step[full]"]["group"] == "4 full"
    text = "\n".join(result.outlines)
    assert "timing: all records, 2 cores, no GPU" in text
    assert "run (warm)" in text
    assert "profile embedded sets no budgets" in text


def test_a_fraction_stands_in_names_figures_and_on_the_terminal(suite: TimingSuite) -> None:
    chosen = ("-k", "test_step and (dataset or sanity)")
    options = ("-m", "timing", "--web4-timing-scale", "0.1", "--benchmark-json=timing.json")
    result = suite.run(*options, *chosen)
    result.assert_outcomes(passed=2, deselected=33)
    found = _benchmarks(suite.path / "timing.json")
    assert set(found) == {"test_step[dataset-at-0.1]", "test_step[sanity-at-0.1]"}
    told = found["test_step[dataset-at-0.1]"]["extra_info"]
    assert (told["scale"], told["eval_version"]) == (0.1, "v0.1-at-0.1")
    assert "timing: 0.1 of all records, 2 cores, no GPU" in "\n".join(result.outlines)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--web4-timing-scale", "2"), "--web4-timing-scale: '2' is no number"),
        (("-n", "2"), "timing: workers would slow each other down"),
    ],
)
def test_what_cannot_be_timed_is_wrong_usage(
    suite: TimingSuite, options: tuple[str, ...], says: str
) -> None:
    result = suite.run("-m", "timing", *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert says in "\n".join([*result.outlines, *result.errlines])


def _rescale(path: Path, factor: float) -> None:
    """Let a kept run have taken so many times as long."""
    raw = json.loads(path.read_text("utf-8"))
    for one in raw["benchmarks"]:
        for name in ("min", "max", "mean", "median"):
            one["stats"][name] *= factor
    path.write_text(json.dumps(raw), encoding="utf-8")


def test_a_kept_folder_goes_on_with_what_it_does_not_hold(suite: TimingSuite) -> None:
    options = ("-m", "timing", "--web4-timing-folder", "kept", "-k")
    assert suite.run(*options, "test_step and dataset").ret == 0
    made = [path.name for path in (suite.path / "kept" / "store").iterdir()]
    assert {"base", "dataset"} <= set(made)
    assert suite.run(*options, "test_step and sanity").ret == 0
    again = suite.run(*options, "test_step and dataset")
    again.assert_outcomes(failed=1, deselected=34)
    assert "dataset was made before it could be timed, in" in "\n".join(again.outlines)


def test_two_runs_are_compared_and_a_slower_one_fails(suite: TimingSuite) -> None:
    chosen = ("-m", "timing", "-k", "test_step and dataset")
    assert suite.run(*chosen, "--benchmark-autosave").ret == 0
    (kept,) = (suite.path / ".benchmarks").rglob("*.json")
    compare = (*chosen, "--benchmark-compare", "--benchmark-compare-fail=mean:50%")
    for factor, slower in ((1000.0, False), (1e-9, True)):
        _rescale(kept, factor)
        result = suite.run(*compare)
        text = "\n".join([*result.outlines, *result.errlines])
        assert bool(result.ret) is slower
        assert "Comparing against benchmarks from" in text
        assert ("Performance has regressed" in text) is slower


def test_budgets_bind_on_their_machine_and_are_told_elsewhere(suite: TimingSuite) -> None:
    suite.budgets(
        '\n[[budgets]]\nmachine = "2 cores, no GPU"\n'
        "steps.dataset = { seconds = 600, megabytes = 1 }\n"
        '\n[[budgets]]\nmachine = "8 cores, mps"\nsteps.dataset = { seconds = 1 }\n'
    )
    result = suite.run("-m", "timing", "-k", "(test_step or test_budget) and dataset", "-rs")
    result.assert_outcomes(passed=2, failed=1, skipped=1, deselected=33)
    text = "\n".join(result.outlines)
    assert "dataset: megabytes at most 1 (2 cores, no GPU); it was" in text
    assert (
        "not comparable: dataset: seconds at most 1 (8 cores, mps); "
        "this machine is 2 cores, no GPU" in text
    )
    assert "budget kept: dataset: seconds at most 600 (2 cores, no GPU)" in text


def test_a_budget_of_an_unknown_step_is_wrong_usage(suite: TimingSuite) -> None:
    suite.budgets('\n[[budgets]]\nmachine = "2 cores, no GPU"\nsteps.fool = { seconds = 1 }\n')
    result = suite.run("-m", "timing")
    assert "no such step is timed" in "\n".join([*result.outlines, *result.errlines])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_a_manifest_that_lies_fails_its_benchmark(suite: TimingSuite) -> None:
    suite.steps(TimedSteps(lied=100.0))
    result = suite.run("-m", "timing", "-k", "test_step and dataset")
    result.assert_outcomes(failed=1, deselected=34)
    assert "the manifest is wrong: it is to have taken 100." in "\n".join(result.outlines)
