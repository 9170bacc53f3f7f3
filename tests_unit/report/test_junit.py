"""The JUnit file is one that release pipelines read, whatever the model answered."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests_unit.gate_suite import ROOT, GateSuite
from web4.assets import Asset, fetch
from web4.gate import Assessment
from web4.metrics.scorecard import Score
from web4.report.junit import case_properties, fit, suite_properties
from web4.stats import Interval
from web4.targets import Target

pytest_plugins = ["pytester"]

_TARGET = Target(
    metric="tool.selection",
    compare=">=",
    value=0.9,
    gate="ship",
    remedy="Add records.",
    says="the right tools",
)
_PYTEST = Asset(
    name="pytest-junit-schema",
    requirement="pytest==9.2.0",
    kind="sdist",
    sha256="97c4f3b1f3c7414aa36465e09b8220f1d03627993bd51b1282e193753c80557b",
    root="pytest-9.2.0/testing/example_scripts",
    members=("junit-10.xsd",),
    content_sha256="a1a816f58d1bf95ebabf371994df0b9246dee66ea9572fbec4f9296f1b2c0ff6",
    backend="setuptools.build_meta",
)
"""The Jenkins xunit plugin's schema as pytest publishes it with its own tests (MIT licence)."""

_HOSTILE = "]]>\x1b]0;owned\x07<failure/>&amp;\ud800\0\r\n\u202e"
_LIMIT = 30_000_000  # GitLab takes no larger file


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> GateSuite:
    return GateSuite(pytester, monkeypatch)


def _schema(path: Path) -> Any:
    return etree.XMLSchema(etree.parse(path))


def _properties(element: Any) -> dict[str, str]:
    return {one.get("name"): one.get("value") for one in element.iterfind("properties/property")}


@pytest.fixture
def file(suite: GateSuite, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run a gate with a missed target, an unmeasured one and a hostile answer; return its file."""
    monkeypatch.setattr(
        "web4.run.Run.record_texts", lambda _self, _name: ({"r1": _HOSTILE}, {"r1": _HOSTILE})
    )
    suite.tell(CANNED='{"tool.selection": 0.8, "packaging.parity": null}')
    suite.run()
    return suite.path / "outputs/embedded/shipgate.xml"


def test_a_gates_file_keeps_its_readers_rules(file: Path) -> None:
    schema = _schema(ROOT / "data" / "schemas" / "junit.xsd")
    tree: Any = etree.parse(file)
    assert schema.validate(tree), schema.error_log
    assert file.stat().st_size < _LIMIT
    suite: Any = tree.getroot()[0]
    counted = {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}
    cases = suite.findall("testcase")
    assert counted == {"tests": len(cases), "failures": 3, "errors": 0, "skipped": 0}
    text = "".join(one.text for one in suite.iter("failure"))
    assert "]]>\\x1b]0;owned" in text
    assert "\\ud800" in text


def test_a_suite_tells_what_was_gated_and_the_verdict(file: Path) -> None:
    said = _properties(etree.parse(file).getroot()[0])
    record = json.loads((file.parent / "scorecard.json").read_text("utf-8"))
    assert said["verdict"] == record["verdict"]
    assert said["verdict"].startswith("SHIP GATE: FAILED (2 of 22")
    assert (said["gate"], said["targets_missed"], said["targets_not_evaluated"]) == (
        *("FAILED", "2"),
        "1",
    )
    assert said["base"] == "embedded:smollm2"
    assert said["eval_version"] == "v1.2"
    for name in ("adapter", "dataset", "eval_sha256"):
        assert len(said[name]) == 64
    digests = {f"model_sha256.{card['candidate']}": card["digest"] for card in record["cards"]}
    assert digests
    assert digests.items() <= said.items()
    assert said["web4"]


def test_a_case_tells_value_count_interval_target_and_candidate(file: Path) -> None:
    tree: Any = etree.parse(file)
    cases = {case.get("name"): case for case in tree.iter("testcase")}
    case = cases["test_target[tool.selection-adapter]"]
    said = _properties(case)
    assert (said["value"], said["n"], said["k"]) == ("0.8", "100", "80")
    assert (said["target"], said["gate"], said["candidate"]) == (">= 90.0%", "ship", "adapter")
    assert float(said["interval_low"]) < 0.8 < float(said["interval_high"])
    assert said["interval_confidence"] == "0.95"
    assert len(said["candidate_sha256"]) == 64
    assert (
        case.find("failure").get("message").startswith("Failed: tool.selection of adapter: 80.0%")
    )
    unmeasured = _properties(cases["test_target[packaging.parity-run]"])
    assert "value" not in unmeasured
    assert unmeasured["web4.status"] == "not_evaluated"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('name="test_target[style.lint-adapter]"', 'name="test_target[style.naming-adapter]"'),
        ('classname="test_gate"', ""),
        ("<failure message=", "<failed message="),
        ("<testcase ", '<testcase file="test_gate.py" '),
        ('errors="0"', 'errors="none"'),
    ],
    ids=["a name twice", "no classname", "an unknown element", "a file", "no number"],
)
def test_a_file_that_breaks_a_readers_rule_is_refused(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    broken = text.replace(before, after)
    if "failed" in after:
        broken = broken.replace("</failure>", "</failed>")
    schema = _schema(ROOT / "data" / "schemas" / "junit.xsd")
    assert not schema.validate(etree.fromstring(broken.encode()))


@pytest.mark.slow
def test_a_gates_file_fits_the_published_schema_but_for_a_testcases_properties(file: Path) -> None:
    schema = _schema(fetch(_PYTEST) / "junit-10.xsd")
    tree: Any = etree.parse(file)
    assert not schema.validate(tree)
    assert all("'properties'" in error.message for error in schema.error_log)
    for case in tree.iter("testcase"):
        case.remove(case.find("properties"))
    assert schema.validate(tree), schema.error_log


# ── The projections ───────────────────────────────────────────────────────────────────────────


def _written_and_read(value: str) -> object:
    element = etree.Element("property")
    element.set("value", value)
    return etree.fromstring(etree.tostring(element)).get("value")


@given(st.text())
def test_any_text_fits_an_attribute_and_comes_back(text: str) -> None:
    assert _written_and_read(fit(text)) == fit(text)


def test_a_long_text_is_cut() -> None:
    assert fit("a" * 501) == "a" * 500 + "..."


def test_what_was_not_measured_has_no_figures() -> None:
    unmeasured = Assessment(_TARGET, "run", "not_evaluated", why="no such step")
    assert dict(case_properties(unmeasured)) == {
        "metric": "tool.selection",
        "candidate": "run",
        "target": ">= 90.0%",
        "target_value": "0.9",
        "target_compare": ">=",
        "unit": "rate",
        "gate": "ship",
    }


def test_the_interval_is_the_one_that_decided() -> None:
    score = Score("tool.selection", 0.95, 100, 95, 0.88, 0.98)
    found = Assessment(
        _TARGET, "adapter", "undecided", score, Interval(0.85, 0.99), 0.99, "ab" * 32
    )
    said = dict(case_properties(found))
    assert (said["interval_low"], said["interval_high"]) == ("0.85", "0.99")
    assert said["interval_confidence"] == "0.99"


def test_objections_and_lowered_targets_are_told_in_the_suite() -> None:
    gate = dict.fromkeys(("asked", "missed", "not_evaluated", "undecided", "unasked"), 0)
    run = dict.fromkeys(("profile", "base", "candidate", "adapter", "dataset"), "x")
    record = {
        "verdict": "SHIP GATE: FAILED",
        "web4": "1",
        "gate": {**gate, "state": "FAILED", "objections": ["\x1bstale"], "lowered": ["a", "b"]},
        "run": {**run, "eval_version": "v1", "eval_sha256": "ab"},
        "cards": [],
    }
    said = list(suite_properties(record))
    assert ("objection", "\\x1bstale") in said
    assert [value for name, value in said if name == "lowered"] == ["a", "b"]
