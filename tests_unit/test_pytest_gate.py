"""Every way of fooling the gate that is known, tried on a gate that would pass, and refused."""

import json
import shutil
from pathlib import Path

import pytest

from tests_unit.gate_suite import FAMILIES, ROOT, Gated, GateSuite
from web4.digests import file_digest
from web4.gate import EXIT_INCOMPLETE

pytest_plugins = ["pytester"]

_ALL_RED = "SHIP GATE: FAILED (0 of 22 targets missed, 22 not evaluated)"


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> GateSuite:
    return GateSuite(pytester, monkeypatch)


def _incomplete(gated: Gated) -> None:
    assert gated.verdict.startswith("SHIP GATE: INCOMPLETE (")
    assert gated.code == EXIT_INCOMPLETE


def _red(gated: Gated, told: str) -> None:
    assert gated.verdict.startswith("SHIP GATE: FAILED (")
    assert told in gated.text
    assert "Traceback" not in gated.text
    assert gated.code == 1


# ── Tests that do not run ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "before",
    ["pytest.skip('later')", "pytest.xfail('known')", "raise SystemError('crash')"],
    ids=["skipped", "xfailed", "crashed"],
)
def test_tests_that_do_not_report_make_the_gate_red(suite: GateSuite, before: str) -> None:
    suite.write(before=before)
    gated = suite.run()
    assert (gated.verdict, gated.code) == (_ALL_RED, 1)


@pytest.mark.parametrize(
    "options",
    [
        ("-k", "guardrail"),
        ("-k", "test_target"),
        ("-x",),
        ("--maxfail=3",),
        ("--deselect", "test_gate.py::test_target[tool.selection-adapter]"),
        ("--co",),
        ("--setup-only",),
        ("--setup-plan",),
        ("--lf",),
        ("--sw",),
        ("-m", "shipgate and tool"),
        ("-m", "tool"),
        ("-mtool",),
        ("-m", "not shipgate"),
    ],
    ids=" ".join,
)
def test_an_option_that_leaves_tests_out_leaves_the_gate_incomplete(
    suite: GateSuite, options: tuple[str, ...]
) -> None:
    _incomplete(suite.run(*options))


def test_the_environment_cannot_leave_tests_out_either(suite: GateSuite) -> None:
    suite.tell(PYTEST_ADDOPTS="-k guardrail")
    _incomplete(suite.run())


def test_stopping_at_the_first_failure_is_red(suite: GateSuite) -> None:
    suite.tell(CANNED='{"tool.selection": 0.5}')
    gated = suite.run("-x")
    assert gated.verdict.startswith("SHIP GATE: FAILED (1 of 22 targets missed")
    assert gated.code == 1


@pytest.mark.parametrize(
    "plugin", ["web4-ship-gate", "web4.pytest_plugin", "skipping", "terminal", "junitxml"]
)
def test_what_the_gate_needs_cannot_be_switched_off(suite: GateSuite, plugin: str) -> None:
    gated = suite.run("-p", f"no:{plugin}")
    assert gated.code not in (0, pytest.ExitCode.TESTS_FAILED)
    assert "SHIP GATE: PASSED" not in gated.text


@pytest.mark.parametrize("plugin", ["cacheprovider", "unraisableexception"])
def test_other_plugins_are_not_the_gates_business(suite: GateSuite, plugin: str) -> None:
    gated = suite.run("-p", f"no:{plugin}")
    assert (gated.verdict, gated.code) == ("SHIP GATE: PASSED", 0)


_MARKS = """
import pytest

@pytest.hookimpl({order}=True)
def pytest_collection_modifyitems(items):
    for item in items:
        {act}
"""


@pytest.mark.parametrize(
    "act",
    [
        "item.add_marker(pytest.mark.skip(reason='later'))",
        "item.add_marker(pytest.mark.xfail(reason='known', strict=False))",
        "item.add_marker(pytest.mark.xfail(run=False))",
    ],
    ids=["skip", "xfail", "xfail without a run"],
)
def test_marks_added_by_a_conftest_make_the_gate_red(suite: GateSuite, act: str) -> None:
    suite.hook(_MARKS.format(order="tryfirst", act=act))
    gated = suite.run()
    assert (gated.verdict, gated.code) == (_ALL_RED, 1)


def test_a_conftest_that_takes_the_marker_away_leaves_the_gate_incomplete(suite: GateSuite) -> None:
    act = "item.own_markers[:] = [m for m in item.own_markers if m.name != 'shipgate']"
    suite.hook(_MARKS.format(order="tryfirst", act=act))
    _incomplete(suite.run())


def test_a_conftest_that_drops_tests_leaves_the_gate_incomplete(suite: GateSuite) -> None:
    suite.hook("\ndef pytest_collection_modifyitems(items):\n    del items[1:]\n")
    _incomplete(suite.run())


def test_no_hook_can_turn_the_exit_code_green(suite: GateSuite) -> None:
    suite.tell(CANNED='{"tool.selection": 0.5}')
    suite.hook(
        "\nimport pytest\n\n@pytest.hookimpl(trylast=True)\n"
        "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n"
    )
    gated = suite.run()
    assert gated.verdict.startswith("SHIP GATE: FAILED (2 of 22 targets missed")
    assert gated.code == 1


@pytest.mark.parametrize("option", ["--fixtures", "--markers", "--cache-show", "--help"])
def test_an_option_that_runs_nothing_has_not_passed_anything(suite: GateSuite, option: str) -> None:
    _incomplete(suite.run(option))


def test_a_worker_that_crashes_makes_the_gate_red(suite: GateSuite) -> None:
    crash = "if target.metric == 'tool.selection': __import__('os')._exit(1)"
    suite.write(families=("tool",), before=crash)
    gated = suite.run("-n", "1")
    assert gated.verdict == "SHIP GATE: FAILED (0 of 22 targets missed, 18 not evaluated)"
    assert gated.code == 1


def test_no_code_of_a_conftest_can_answer_for_the_tests(suite: GateSuite) -> None:
    suite.tell(CANNED='{"tool.selection": 0.5}')
    suite.hook(_MARKS.format(order="trylast", act="item.runtest = lambda: None"))
    gated = suite.run()
    assert (gated.verdict, gated.code) == (_ALL_RED, 1)


def test_uncollected_tests_leave_the_gate_incomplete(suite: GateSuite) -> None:
    suite.write(families=("tool", "style"))
    gated = suite.run()
    assert gated.verdict == "SHIP GATE: INCOMPLETE (10 of 22 targets not asked)"
    assert gated.code == EXIT_INCOMPLETE


def test_a_file_that_cannot_be_collected_makes_the_gate_red(suite: GateSuite) -> None:
    (suite.path / "test_broken.py").write_text("import nonesuch\n", encoding="utf-8")
    gated = suite.run("test_broken.py", "--continue-on-collection-errors")
    assert gated.verdict.startswith("SHIP GATE: FAILED (")
    assert "test_broken.py: could not be collected" in gated.text
    assert gated.code == 1


# ── Tests that lie ────────────────────────────────────────────────────────────────────────────

_SWALLOWING = """
def test_target(target, candidate, assert_target):
    try:
        assert_target(target, candidate)
    except BaseException:
        pass
"""
_FORGING = """
def test_target(target, candidate, request):
    request.node.user_properties.append(("web4.status", "reached"))
"""
_TWICE = """
class TestAgain:
    def test_target(self, target, candidate, request):
        request.node.user_properties.append(("web4.status", "reached"))
"""
_BENDING = """
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.outcome = "passed"
    return report
"""


def test_a_test_that_swallows_its_failure_is_not_believed(suite: GateSuite) -> None:
    suite.tell(CANNED='{"tool.selection": 0.5}')
    suite.write(after=_SWALLOWING)
    gated = suite.run()
    assert gated.verdict == "SHIP GATE: FAILED (0 of 22 targets missed, 2 not evaluated)"
    assert gated.code == 1


def test_a_test_that_never_asked_is_checked_against_the_store(suite: GateSuite) -> None:
    suite.tell(CANNED='{"tool.selection": 0.5}')
    suite.write(after=_FORGING)
    _red(suite.run(), "tool.selection-adapter: reported as reached, and is missed")


def test_a_second_test_of_the_same_name_does_not_mend_the_first(suite: GateSuite) -> None:
    suite.tell(CANNED='{"tool.selection": 0.5}')
    suite.write(after=_TWICE)
    gated = suite.run()
    assert gated.verdict.startswith("SHIP GATE: FAILED (2 of 22 targets missed")
    assert gated.code == 1


def test_a_report_that_was_bent_is_not_believed(suite: GateSuite) -> None:
    suite.tell(CANNED='{"tool.selection": 0.5}')
    suite.hook(_BENDING)
    gated = suite.run()
    assert gated.verdict == "SHIP GATE: FAILED (0 of 22 targets missed, 2 not evaluated)"
    assert gated.code == 1


# ── Targets and data ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def data(suite: GateSuite, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the suite read a copy of the data folder, to be tampered with."""
    copy = suite.path / "data"
    shutil.copytree(ROOT / "data", copy, ignore=shutil.ignore_patterns("store"))
    release = ROOT / "data" / "releases"
    for path in release.glob("*/store"):
        (copy / path.relative_to(ROOT / "data")).symlink_to(path)
    monkeypatch.setenv("WEB4_DATA", str(copy))
    return copy


def _lower(data: Path) -> None:
    path = data / "targets.toml"
    text = path.read_text(encoding="utf-8")
    before, after = text.split('metric = "tool.selection"')
    after = after.replace("value = 0.90", "value = 0.50", 1)
    path.write_text(f'{before}metric = "tool.selection"{after}', encoding="utf-8")


def test_a_family_without_its_weakest_metric_makes_the_gate_red(
    suite: GateSuite, data: Path
) -> None:
    path = data / "targets.toml"
    before, after = path.read_text(encoding="utf-8").split('metric = "tool.arguments"')
    after = after.replace("weight = 1.0", "weight = 0.0", 1)
    path.write_text(f'{before}metric = "tool.arguments"{after}', encoding="utf-8")
    _red(suite.run(), "the tool score averages 1 x tool.json_validity")


def test_lowered_targets_make_the_gate_red(suite: GateSuite, data: Path) -> None:
    _lower(data)
    gated = suite.run()
    _red(gated, "tool.selection asks >= 50.0%, the specification >= 90.0%")
    assert gated.verdict.endswith("(0 of 22 targets missed, 0 not evaluated, 1 objection)")


@pytest.mark.parametrize("how", ["option", "environment"])
def test_lowered_targets_can_be_allowed_and_are_told(
    suite: GateSuite, data: Path, how: str
) -> None:
    _lower(data)
    if how == "environment":
        suite.tell(WEB4_ALLOW_LOWERED_TARGETS="1")
    gated = suite.run(*(["--web4-allow-lowered-targets"] if how == "option" else []))
    assert gated.verdict == "SHIP GATE: LOWERED, PASSED (1 target below the specification)"
    assert gated.code == 0
    record = json.loads((suite.path / "outputs/embedded/scorecard.json").read_text("utf-8"))
    assert record["gate"]["lowered"] == ["tool.selection asks >= 50.0%, the specification >= 90.0%"]


def test_an_evaluation_file_that_was_changed_makes_the_gate_red(
    suite: GateSuite, data: Path
) -> None:
    path = data / "eval" / "v1.2" / "tool.jsonl"
    path.write_text(path.read_text("utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    gated = suite.run()
    assert gated.verdict.endswith("20 not evaluated, 1 objection)")
    _red(gated, "tool.jsonl: is not the file that was frozen as v1.2")


def test_an_evaluation_set_frozen_anew_under_an_old_name_makes_the_gate_red(
    suite: GateSuite, data: Path
) -> None:
    folder = data / "eval" / "v1.2"
    path = folder / "tool.jsonl"
    path.write_text(path.read_text("utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["files"]["tool.jsonl"] = file_digest(path)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    gated = suite.run()
    _red(gated, "evaluation set v1.2 has the digest")
    assert gated.verdict.endswith("(0 of 22 targets missed, 0 not evaluated, 1 objection)")


# ── Models and cache ──────────────────────────────────────────────────────────────────────────


def _manifests(suite: GateSuite, step: str) -> list[Path]:
    return sorted((suite.path / "outputs/.store" / step).glob("*/manifest.json"))


def test_results_of_another_model_make_the_gate_red(suite: GateSuite) -> None:
    assert suite.run().code == 0
    adapter, quantized = (path.parent for path in _manifests(suite, "score"))
    shutil.rmtree(quantized)
    shutil.copytree(adapter, quantized)
    _red(suite.run(), "holds the results of another run")


def test_answers_of_another_model_make_the_gate_red(suite: GateSuite) -> None:
    assert suite.run().code == 0
    for path in _manifests(suite, "predict"):
        manifest = json.loads(path.read_text("utf-8"))
        manifest["input_contents"] = dict.fromkeys(manifest["input_contents"], "ab" * 32)
        path.write_text(json.dumps(manifest), encoding="utf-8")
    _red(suite.run(), "is stale, adapter was abababababab and is")


@pytest.mark.parametrize("quietly", [False, True], ids=["edited", "edited with their manifest"])
def test_edited_answers_are_found(suite: GateSuite, *, quietly: bool) -> None:
    suite.tell(CANNED='{"tool.selection": 0.5}')
    assert suite.run().code == 1
    for path in _manifests(suite, "predict"):
        answers = path.parent / "predictions.jsonl"
        answers.write_text(answers.read_text("utf-8").replace("hello", "gold"), encoding="utf-8")
        if quietly:
            manifest = json.loads(path.read_text("utf-8"))
            size = answers.stat().st_size
            manifest["files"][answers.name] = {"sha256": file_digest(answers), "bytes": size}
            path.write_text(json.dumps(manifest), encoding="utf-8")
    gated = suite.run()
    assert gated.verdict.startswith("SHIP GATE: FAILED (2 of 22 targets missed")
    assert ("is stale, predict was" in gated.text) is quietly
    assert ("digest differs" in gated.text) is not quietly


def test_edited_scores_are_judged_again(suite: GateSuite) -> None:
    suite.tell(CANNED='{"tool.selection": 0.5}')
    assert suite.run().code == 1
    for path in _manifests(suite, "score"):
        scores = path.parent / "scores.json"
        text = scores.read_text("utf-8").replace('"value": 0.5', '"value": 1.0')
        scores.write_text(text, encoding="utf-8")
    gated = suite.run()
    assert gated.verdict == "SHIP GATE: FAILED (2 of 22 targets missed, 0 not evaluated)"
    assert "digest differs" in gated.text


def test_answers_that_name_no_model_make_the_gate_red(suite: GateSuite) -> None:
    assert suite.run().code == 0
    for path in _manifests(suite, "predict"):
        manifest = json.loads(path.read_text("utf-8"))
        del manifest["input_contents"]
        path.write_text(json.dumps(manifest), encoding="utf-8")
    _red(suite.run(), "does not say which weights answered")


def test_a_stale_cache_makes_the_gate_red_until_it_is_made_again(suite: GateSuite) -> None:
    assert suite.run().code == 0
    (path,) = _manifests(suite, "quantize")
    model = path.parent / "model.Q4_K_M.gguf"
    model.write_text("another training's weights", encoding="utf-8")
    manifest = json.loads(path.read_text("utf-8"))
    manifest["files"][model.name] = {"sha256": file_digest(model), "bytes": model.stat().st_size}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    _red(suite.run(), "--web4-rebuild=predict")
    gated = suite.run("--web4-rebuild=predict")
    assert (gated.verdict, gated.code) == ("SHIP GATE: PASSED", 0)


def test_every_family_of_the_gate_is_in_the_suite_here() -> None:
    from web4.targets import load_targets

    ship = {target.family for target in load_targets().target if target.gate == "ship"}
    assert ship == set(FAMILIES)
