"""The gate as its users meet it: real pytest runs over canned scores."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[1]

CONFTEST = """
import os
import web4.pytest_plugin as plugin
from web4.errors import StepFailedError
from web4.metrics.scorecard import Score
from web4.run import NotEvaluatedError

pytest_plugins = ["web4.pytest_plugin"]

def measure(run, target, candidate):
    mode = os.environ.get("CANNED_" + target.metric.replace(".", "_").upper(), "reached")
    if mode == "unknown":
        raise NotEvaluatedError("web4 does not compute this metric yet")
    if mode == "broken":
        raise StepFailedError("merge: ended by SIGKILL")
    value = target.value if mode == "reached" else target.value + (
        -0.1 if target.compare == ">=" else 0.5)
    return Score(target.metric, value, 200, 180, value - 0.01, value + 0.01, target.unit)

plugin.measure = measure
plugin._explanation = lambda run, target, candidate, score: f"{target.metric} \\x1b]0; missed"
plugin.outlook = lambda run: []
"""

SUITE = """
import pytest

FAMILIES = {families}

def test_target(target, candidate, assert_target):
    {before}
    assert_target(target, candidate)
"""

ALL = ("dataset", "tool", "style", "guardrail", "overall", "packaging", "deployment")


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("WEB4_DATA", str(ROOT / "data"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    for name in ("WEB4_PROFILE", "WEB4_CANDIDATE", "WEB4_STORE", "WEB4_RUN", "WEB4_REBUILD"):
        monkeypatch.delenv(name, raising=False)
    pytester.makefile(".ini", pytest=(ROOT / "pytest.ini").read_text(encoding="utf-8"))
    pytester.makeconftest(CONFTEST)
    _write(pytester)
    return pytester


def _write(pytester: pytest.Pytester, families: tuple[str, ...] = ALL, before: str = "") -> None:
    pytester.makepyfile(test_gate=SUITE.format(families=families, before=before or "pass"))


def _gate(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(
        "test_gate.py", "-m", "shipgate", "-p", "no:cacheprovider", *options
    )


def _verdict(result: pytest.RunResult) -> str:
    (line,) = (line for line in result.outlines if line.startswith("SHIP GATE"))
    assert line == [line for line in result.outlines if line][-1]
    return line


def _asked(result: pytest.RunResult) -> int:
    return sum(result.parseoutcomes().get(kind, 0) for kind in ("passed", "failed"))


def test_all_targets_reached_is_a_passed_gate(suite: pytest.Pytester) -> None:
    result = _gate(suite)
    assert (_verdict(result), result.ret) == ("SHIP GATE: PASSED", 0)
    assert _asked(result) == 22


def test_a_missed_target_makes_the_gate_red(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANNED_STYLE_NAMING", "missed")
    result = _gate(suite)
    assert _verdict(result) == "SHIP GATE: FAILED (2 of 22 targets missed, 0 not evaluated)"
    assert result.ret == 1


def test_what_cannot_be_evaluated_makes_the_gate_red(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANNED_PACKAGING_PARITY", "unknown")
    result = _gate(suite)
    assert _verdict(result) == "SHIP GATE: FAILED (0 of 22 targets missed, 1 not evaluated)"
    result.stdout.fnmatch_lines(["*packaging.parity was not evaluated: web4 does not compute*"])
    assert result.ret == 1


def test_a_broken_step_has_an_exit_code_of_its_own(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANNED_PACKAGING_QUANTIZATION_DROP", "broken")
    result = _gate(suite)
    assert _verdict(result) == "SHIP GATE: FAILED (0 of 22 targets missed, 1 not evaluated)"
    result.stdout.fnmatch_lines(["*merge: ended by SIGKILL*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR


@pytest.mark.parametrize(
    "before",
    ["pytest.skip('later')", "pytest.xfail('known')", "raise SystemError('crash')"],
    ids=["skipped", "xfailed", "crashed"],
)
def test_tests_that_do_not_report_make_the_gate_red(suite: pytest.Pytester, before: str) -> None:
    _write(suite, before=before)
    result = _gate(suite)
    assert _verdict(result) == "SHIP GATE: FAILED (0 of 22 targets missed, 22 not evaluated)"
    assert result.ret == 1


def test_deselected_tests_make_the_gate_red(suite: pytest.Pytester) -> None:
    result = _gate(suite, "-k", "guardrail")
    assert _verdict(result) == "SHIP GATE: FAILED (0 of 22 targets missed, 18 not evaluated)"
    assert result.ret == 1


def test_uncollected_tests_make_the_gate_red(suite: pytest.Pytester) -> None:
    _write(suite, families=("tool", "style"))
    result = _gate(suite)
    assert _verdict(result) == "SHIP GATE: FAILED (0 of 22 targets missed, 10 not evaluated)"
    assert result.ret == 1


def test_a_test_that_swallows_its_failure_is_not_believed(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANNED_TOOL_SELECTION", "missed")
    suite.makepyfile(
        test_gate=SUITE.format(families=ALL, before="pass").replace(
            "    assert_target(target, candidate)\n",
            "    try:\n        assert_target(target, candidate)\n"
            "    except BaseException:\n        pass\n",
        )
    )
    result = _gate(suite)
    assert _verdict(result) == "SHIP GATE: FAILED (0 of 22 targets missed, 2 not evaluated)"
    assert result.ret == 1


def test_two_workers_give_the_same_verdict(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANNED_TOOL_SELECTION", "missed")
    monkeypatch.setenv("CANNED_DEPLOYMENT_SERVED", "unknown")
    alone, together = _gate(suite), _gate(suite, "-n", "2")
    assert _verdict(alone) == _verdict(together)
    assert alone.ret == together.ret == 1


def test_junit_carries_the_figures_and_stays_valid_xml(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANNED_TOOL_SELECTION", "missed")
    _gate(suite, "--junitxml=gate.xml")
    root = ET.parse(suite.path / "gate.xml").getroot()  # noqa: S314 - written by the test itself
    suites = {p.get("name"): p.get("value") for p in root.iterfind(".//testsuite/properties/*")}
    assert str(suites["verdict"]).startswith("SHIP GATE: FAILED (2 of 22")
    assert suites["base"] == "embedded:smollm2"
    cases = {case.get("name"): case for case in root.iter("testcase")}
    case = cases["test_target[tool.selection-adapter]"]
    figures = {p.get("name"): p.get("value") for p in case.iterfind("properties/*")}
    assert figures["value"] == "0.8"
    assert (figures["n"], figures["target"], figures["gate"]) == ("200", ">= 90.0%", "ship")
    assert {"candidate", "interval_low", "interval_high", "web4.status"} <= set(figures)
    assert case.find("failure") is not None


def test_without_a_path_the_junit_file_lies_with_the_run(suite: pytest.Pytester) -> None:
    _gate(suite, "--web4-run", "friday")
    assert (suite.path / "outputs/friday/shipgate.xml").is_file()
    assert "SHIP GATE: PASSED" in (suite.path / "outputs/friday/scorecard.json").read_text()


def test_a_model_from_outside_is_not_asked_for_its_training(suite: pytest.Pytester) -> None:
    result = _gate(suite, "--web4-candidate", "embedded:smollm2")
    assert (_verdict(result), result.ret) == ("SHIP GATE: PASSED", 0)
    assert _asked(result) == 9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--web4-profile", "nonesuch"), "nonesuch.toml: there is no such profile"),
        (("--web4-rebuild=bake",), "no step 'bake'"),
        (("--web4-candidate", "nowhere.gguf"), "nowhere.gguf: no candidate"),
    ],
)
def test_wrong_options_end_in_one_line(
    suite: pytest.Pytester, options: tuple[str, ...], message: str
) -> None:
    result = _gate(suite, *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    output = "\n".join(result.errlines + result.outlines)
    assert message in output
    assert not re.search("Traceback", output)


def test_without_the_marker_there_is_no_verdict(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess("test_gate.py", "-m", "guardrail or tool", "-q")
    result.stdout.no_fnmatch_line("SHIP GATE*")


def test_options_are_described(suite: pytest.Pytester) -> None:
    help_text = suite.runpytest_subprocess("--help").stdout.str()
    for option in ("profile", "candidate", "data", "store", "run", "rebuild"):
        assert f"--web4-{option}" in help_text
        assert f"$WEB4_{option.upper()}" in help_text.replace("\n", " ")
