"""The tool chain's metrics: gold passes, each kind of fault fails the metric that it belongs to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web4.metrics.outcome import Outcome
from web4.metrics.style_tools import answers_in_code, tool_chain_metrics
from web4.records import Completion, Record
from web4.typescript.toolchain import Failure, Problem, Report, Tool

_RECORD = Record("style-0001", "style_sft", "Write it.", "", "export const LIMIT = 1;")
_FINE = Report(())


def _completion(text: str = "code", finish: str = "stop") -> Completion:
    return Completion(_RECORD.id, text, finish, 1, 1)  # type: ignore[arg-type]


def _judged(report: Report, finish: str = "stop") -> dict[str, Outcome]:
    metrics = tool_chain_metrics({"code": report})
    return {metric.name: metric(_RECORD, _completion(finish=finish)) for metric in metrics}


def _problem(tool: Tool, rule: str = "rule") -> Problem:
    return Problem(tool, rule, 3, 7, "is wrong")


def test_what_no_tool_objects_to_passes_both() -> None:
    assert [outcome.value for outcome in _judged(_FINE).values()] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("tool", "metric", "reason"),
    [
        ("eslint", "style.lint", "lint"),
        ("prettier", "style.lint", "format"),
        ("tsc", "style.type_check", "types"),
    ],
)
def test_a_problem_fails_the_metric_of_its_tool_only(tool: Tool, metric: str, reason: str) -> None:
    outcomes = _judged(Report((_problem(tool),)))
    failed = [name for name, outcome in outcomes.items() if not outcome.passed]
    assert failed == [metric]
    assert outcomes[metric].reason == reason
    assert outcomes[metric].detail == "3:7 rule: is wrong"


@pytest.mark.parametrize(
    "failure", ["empty", "too_large", "not_unicode", "too_deep", "timeout", "crash"]
)
def test_what_a_tool_could_not_finish_passes_nothing(failure: Failure) -> None:
    assert {outcome.reason for outcome in _judged(Report((), failure)).values()} == {failure}


def test_a_cut_answer_passes_nothing() -> None:
    assert {one.reason for one in _judged(_FINE, "length").values()} == {"truncated"}


def test_only_code_is_judged_and_each_text_once() -> None:
    tool = Record("tool-0001", "tool_call", "Do it.", "", "{}")
    twin = Record("style-0002", "style_refactor", "Mend it.", "", "x")
    answers = {one.id: _completion() for one in (_RECORD, twin, tool)}
    assert answers_in_code([_RECORD, tool, twin], answers) == ("code",)
    assert not any(metric.applies(tool) for metric in tool_chain_metrics({}))


@given(
    st.lists(st.sampled_from(["eslint", "prettier", "tsc"])),
    st.lists(st.sampled_from(["eslint", "prettier", "tsc"])),
)
def test_another_problem_never_raises_a_score(found: list[Tool], more: list[Tool]) -> None:
    before = _judged(Report(tuple(map(_problem, found))))
    after = _judged(Report(tuple(map(_problem, [*found, *more]))))
    assert all(after[name].value <= before[name].value for name in before)
