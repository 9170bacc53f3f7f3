"""A target is asked of whom it concerns, measured, and compared by value or by interval."""

import math
from collections.abc import Callable
from typing import NoReturn

import pytest

from web4.assessment import assess, gate_names, interval_at, targets_asked
from web4.errors import DataError, StepFailedError, Web4Error
from web4.metrics.scorecard import Score
from web4.run import NotEvaluatedError, Run
from web4.stats import Interval, wilson
from web4.targets import Target

MakeRun = Callable[..., Run]


def _target(run: Run, metric: str) -> Target:
    return next(target for target in run.targets.target if target.metric == metric)


def test_a_run_is_asked_everything_that_is_asserted(make_run: MakeRun) -> None:
    run = make_run()
    asked = targets_asked(run)
    assert {candidate for target, candidate in asked if target.scope == "candidate"} == {
        "adapter",
        "quantized",
    }
    assert {candidate for target, candidate in asked if target.scope == "run"} == {"run"}
    assert "overall.throughput" not in {target.metric for target, _ in asked}


def test_a_model_from_outside_is_asked_what_a_candidate_is_asked(make_run: MakeRun) -> None:
    run = make_run("embedded:smollm2")
    asked = targets_asked(run)
    assert {candidate for target, candidate in asked if target.scope != "run"} == {"candidate"}
    of_the_run = {target.family for target, candidate in asked if candidate == "run"}
    assert of_the_run == {"iteration"}  # it has no steps, but may be compared
    assert len(gate_names(run)) == 9


def test_a_score_names_the_weights_that_answered(make_run: MakeRun) -> None:
    run = make_run(rates={"adapter": {"tool.selection": 0.8}})
    found = assess(run, _target(run, "tool.selection"), "adapter")
    assert found.status == "missed"
    assert found.digest == run.scorecard("adapter").digest
    assert found.name == "tool.selection-adapter"


def test_what_was_not_measured_says_why(make_run: MakeRun) -> None:
    run = make_run(rates={"adapter": {"tool.selection": None}})
    found = assess(run, _target(run, "tool.selection"), "adapter")
    assert (found.status, found.broken) == ("not_evaluated", False)
    assert "does not compute" in found.why


@pytest.mark.parametrize(
    ("error", "broken"),
    [
        (StepFailedError("merge: ended by SIGKILL"), True),
        (DataError("tool.jsonl: line 3"), False),
        (NotEvaluatedError("no such step"), False),
    ],
)
def test_only_a_step_breaks(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, *, error: Web4Error, broken: bool
) -> None:
    def fail(_run: Run, _metric: str) -> NoReturn:
        raise error

    run = make_run()
    monkeypatch.setattr("web4.run_metrics.measure", fail)
    found = assess(run, _target(run, "dataset.errors"), "run")
    assert (found.status, found.broken, found.why) == ("not_evaluated", broken, str(error))


@pytest.mark.parametrize(
    ("passed", "confidence", "status"),
    [
        (91, 0.0, "reached"),
        (91, 0.95, "undecided"),
        (89, 0.0, "missed"),
        (89, 0.95, "undecided"),
        (70, 0.95, "missed"),
        (97, 0.95, "reached"),
        (97, 0.999, "undecided"),
    ],
)
def test_the_interval_decides_where_a_confidence_is_asked_for(
    make_run: MakeRun,
    monkeypatch: pytest.MonkeyPatch,
    passed: int,
    confidence: float,
    status: str,
) -> None:
    bounds = wilson(passed, 100)
    score = Score("tool.selection", passed / 100, 100, passed, bounds.low, bounds.high)
    run = make_run()
    monkeypatch.setattr("web4.assessment.measure", lambda *_given: score)
    found = assess(run, _target(run, "tool.selection"), "adapter", confidence)
    assert found.status == status
    assert found.interval == wilson(passed, 100, confidence or 0.95)
    assert ("holds the target" in found.why) is (status == "undecided")


def test_wilsons_interval_is_computed_anew() -> None:
    bounds = wilson(40, 50)
    score = Score("x", 0.8, 50, 40, bounds.low, bounds.high)
    assert interval_at(score, 0.99) == wilson(40, 50, 0.99)
    assert interval_at(score, 0.95) == bounds


def test_another_interval_is_widened_and_stays_on_its_scale() -> None:
    wider = interval_at(Score("x", 0.9, 50, 20, 0.8, 0.98), 0.99)
    assert wider.low == pytest.approx(0.9 - 0.1 * 2.5758 / 1.96, abs=1e-4)
    assert wider.high == 1.0
    steps = interval_at(Score("x", 2.0, 50, 20, 1.0, math.inf, "steps"), 0.99)
    assert steps.low < 1.0
    assert steps.high == math.inf


def test_what_was_counted_has_no_width_at_any_confidence() -> None:
    assert interval_at(Score("x", 3, 9, 0, 3, 3, "errors"), 0.99) == Interval(3, 3)
