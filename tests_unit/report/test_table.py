"""The table tells of each target what was reached, without colour."""

from collections.abc import Callable

import pytest

from web4.metrics.scorecard import Score
from web4.report.table import score_table
from web4.run import Run

MakeRun = Callable[..., Run]


@pytest.fixture
def lines(make_run: MakeRun) -> list[str]:
    run = make_run(rates={"adapter": {"tool.selection": 0.5, "style.syntax": None}})
    return score_table([run.scorecard(name) for name in run.candidates], run.targets).split("\n")


def _row(lines: list[str], metric: str) -> list[str]:
    return next(line.split() for line in lines if line.split()[0] == metric)


def test_a_reached_target_is_ok(lines: list[str]) -> None:
    assert _row(lines, "tool.json_validity") == [
        "tool.json_validity",
        "100.0%",
        ">=",
        "99.0%",
        "ok",
    ]


def test_a_missed_target_is_marked(lines: list[str]) -> None:
    assert _row(lines, "tool.selection") == ["tool.selection", "50.0%", ">=", "90.0%", "MISSED"]


def test_what_was_not_evaluated_is_said(lines: list[str]) -> None:
    for metric in ("style.template", "style.syntax"):
        assert _row(lines, metric)[1:3] == ["not", "evaluated"]


def test_what_is_only_tracked_is_neither_reached_nor_missed(lines: list[str]) -> None:
    assert _row(lines, "overall.throughput") == ["overall.throughput", "1", "tokens/s"]


def test_what_is_asked_of_the_run_stands_elsewhere(lines: list[str]) -> None:
    assert not any(line.strip().startswith(("dataset.", "packaging.")) for line in lines)


def test_each_candidate_has_its_own_part(lines: list[str], make_run: MakeRun) -> None:
    digest = make_run().scorecard("quantized").digest[:12]
    assert lines[0].startswith("adapter  sha256 ")
    assert f"quantized  sha256 {digest}  eval v1.1" in lines


def test_families_are_told_by_slice(lines: list[str]) -> None:
    first = next(number for number, line in enumerate(lines) if " score " in line)
    assert lines[first] == "  tool score 87.5%, skeletons seen 87.5%, unseen 87.5%"
    assert lines[first + 1] == "    by grade of difficulty: 87.5%"
    assert [line.split()[0] for line in lines[first + 1 :] if " score " in line] == [
        *("guardrail",),  # no style: a part of it was not measured
        *("tool", "style", "guardrail"),
    ]


def test_an_interval_is_told(make_run: MakeRun) -> None:
    run = make_run()
    card = run.scorecard("adapter")
    scores = {"tool.selection": Score("tool.selection", 0.925, 400, 370, 0.895, 0.947)}
    object.__setattr__(card, "scores", scores)
    row = _row(score_table([card], run.targets).split("\n"), "tool.selection")
    assert row[1:] == ["92.5%", "[89.5%,", "94.7%]", ">=", "90.0%", "ok"]


def test_lines_fit_into_80_columns(lines: list[str]) -> None:
    assert max(len(line) for line in lines) <= 80
