"""The gate as its users meet it: real pytest runs over canned scores."""

import json
import re

import pytest

from tests_unit.gate_suite import GateSuite
from web4.gate import EXIT_BROKEN, EXIT_INCOMPLETE

pytest_plugins = ["pytester"]


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> GateSuite:
    return GateSuite(pytester, monkeypatch)


def test_all_targets_reached_is_a_passed_gate(suite: GateSuite) -> None:
    gated = suite.run()
    assert (gated.verdict, gated.code) == ("SHIP GATE: PASSED", 0)
    assert gated.asked == 22


def test_a_missed_target_makes_the_gate_red(suite: GateSuite) -> None:
    suite.tell(CANNED='{"style.naming": 0.85}')
    gated = suite.run()
    assert gated.verdict == "SHIP GATE: FAILED (2 of 22 targets missed, 0 not evaluated)"
    assert gated.code == 1
    gated.result.stdout.fnmatch_lines(
        [
            "style.naming of adapter: 85.0% (85/100, 95% CI 76.7% to 90.7%), wanted >= 95.0%",
            "  asks: identifiers follow the naming rules",
            "  distance: 10.0 points, 10 more of 100",
            "  15 x wrong: r1",
            "  remedy: Add naming-specific records to style_core.",
        ]
    )


def test_what_cannot_be_evaluated_makes_the_gate_red(suite: GateSuite) -> None:
    suite.tell(CANNED='{"packaging.parity": null}')
    gated = suite.run()
    assert gated.verdict == "SHIP GATE: FAILED (0 of 22 targets missed, 1 not evaluated)"
    assert "packaging.parity was not evaluated: web4 does not compute" in gated.text
    assert gated.code == 1


def test_a_broken_step_has_an_exit_code_of_its_own(suite: GateSuite) -> None:
    suite.tell(CANNED_BROKEN="quantize")
    gated = suite.run()
    assert gated.verdict == "SHIP GATE: FAILED (0 of 22 targets missed, 10 not evaluated)"
    assert "quantize: ended by SIGKILL" in gated.text
    assert "Traceback" not in gated.text
    assert gated.code == EXIT_BROKEN


def test_two_workers_give_the_same_verdict_and_file(suite: GateSuite) -> None:
    suite.tell(CANNED='{"tool.selection": 0.8, "deployment.served": null}')
    alone, together = suite.run("--web4-run", "a"), suite.run("--web4-run", "b", "-n", "2")
    assert alone.verdict == together.verdict
    assert alone.verdict == "SHIP GATE: FAILED (2 of 22 targets missed, 1 not evaluated)"
    assert alone.code == together.code == 1
    told = []
    for gated, name in ((alone, "a"), (together, "b")):
        root = gated.xml(f"outputs/{name}/shipgate.xml")
        cases = {
            case.get("name"): [
                [p.attrib for p in case.iterfind("properties/*")],
                [(child.tag, child.text) for child in case if child.tag != "properties"],
            ]
            for case in root.iter("testcase")
        }
        told.append((cases, [p.attrib for p in root.iterfind("testsuite/properties/*")]))
    assert told[0] == told[1]


def test_without_a_path_the_junit_file_lies_with_the_run(suite: GateSuite) -> None:
    suite.run("--web4-run", "friday")
    assert (suite.path / "outputs/friday/shipgate.xml").is_file()
    record = json.loads((suite.path / "outputs/friday/scorecard.json").read_text("utf-8"))
    assert record["verdict"] == "SHIP GATE: PASSED"


def test_a_model_from_outside_is_not_asked_for_its_training(suite: GateSuite) -> None:
    gated = suite.run("--web4-candidate", "embedded:smollm2")
    assert (gated.verdict, gated.code) == ("SHIP GATE: PASSED", 0)
    assert gated.asked == 9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--web4-profile", "nonesuch"), "nonesuch.toml: there is no such profile"),
        (("--web4-rebuild=bake",), "no step 'bake'"),
        (("--web4-candidate", "nowhere.gguf"), "nowhere.gguf: no candidate"),
        (("--web4-confidence", "95"), "'95' is no number between 0.5 and 1"),
    ],
)
def test_wrong_options_end_in_one_line(
    suite: GateSuite, options: tuple[str, ...], message: str
) -> None:
    gated = suite.run(*options)
    assert gated.code == pytest.ExitCode.USAGE_ERROR
    assert message in gated.text
    assert not re.search("Traceback", gated.text)


@pytest.mark.parametrize("marked", ["guardrail or tool", "evaluation and not shipgate"])
def test_without_the_marker_there_is_no_verdict(suite: GateSuite, marked: str) -> None:
    suite.run(marked=marked).result.stdout.no_fnmatch_line("SHIP GATE*")


def test_more_than_the_gate_can_be_run_with_it(suite: GateSuite) -> None:
    suite.tell(CANNED='{"tool.arguments": 0.5}')
    gated = suite.run(marked="shipgate or evaluation")
    assert gated.verdict == "SHIP GATE: PASSED"
    assert gated.code == 1  # a target that the ship gate does not ask for was missed


def test_options_are_described(suite: GateSuite) -> None:
    help_text = suite.run("--help").result.stdout.str().replace("\n", " ")
    for option in ("profile", "candidate", "data", "store", "run", "rebuild", "confidence"):
        assert f"--web4-{option}" in help_text
        assert f"$WEB4_{option.upper()}" in help_text
    assert "--web4-allow-lowered-targets" in help_text


def test_the_interval_has_to_clear_the_target_where_that_is_asked(suite: GateSuite) -> None:
    suite.tell(CANNED='{"tool.selection": 0.91, "style.naming": 0.8}')
    assert suite.run().verdict.startswith("SHIP GATE: FAILED (2 of 22")
    gated = suite.run("--web4-confidence", "0.95", "--web4-run", "sure")
    assert gated.verdict == (
        "SHIP GATE: FAILED (2 of 22 targets missed, 0 not evaluated, 2 undecided)"
    )
    assert gated.code == 1
    assert "undecided: the 0.95 interval 83.8% to 95.2% holds the target" in gated.text
    record = json.loads((suite.path / "outputs/sure/scorecard.json").read_text("utf-8"))
    assert record["gate"]["confidence"] == 0.95


def test_the_environment_asks_for_a_confidence_too(suite: GateSuite) -> None:
    suite.tell(WEB4_CONFIDENCE="0.9")
    suite.run()
    record = json.loads((suite.path / "outputs/embedded/scorecard.json").read_text("utf-8"))
    assert record["gate"]["confidence"] == 0.9


def test_incomplete_has_an_exit_code_of_its_own(suite: GateSuite) -> None:
    gated = suite.run("-k", "guardrail", apart=True)
    assert gated.verdict == "SHIP GATE: INCOMPLETE (18 of 22 targets not asked, -k given)"
    assert gated.code == EXIT_INCOMPLETE == 6


_LOADED = """
import sys
def pytest_unconfigure(config):
    print("hypothesis loaded:", "hypothesis" in sys.modules)
"""
_PROPERTY = """
from hypothesis import given, strategies as st
@given(st.integers())
def test_small(number):
    assert number < 1000
"""


@pytest.mark.parametrize(
    ("test", "loaded"), [("def test_it(): pass", False), (_PROPERTY, True)], ids=["none", "some"]
)
def test_hypothesis_is_loaded_where_a_test_asks_for_it(
    pytester: pytest.Pytester,
    test: str,
    loaded: bool,  # noqa: FBT001 - a table
) -> None:
    pytester.makeconftest(_LOADED)
    pytester.makepyfile(test)
    result = pytester.runpytest_subprocess("-s", "-p", "web4.pytest_plugin")
    result.stdout.fnmatch_lines([f"*hypothesis loaded: {loaded}*"])
    assert ("number=1000" in result.stdout.str()) is loaded
