"""The table tells of each target what was reached, without colour."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from web4.metrics.scorecard import Score, Scorecard
from web4.report.table import score_table, stage_table
from web4.run import Run
from web4.targets import load_targets

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
    assert _row(lines, "style.syntax")[1:3] == ["not", "evaluated"]


def test_what_is_only_tracked_is_neither_reached_nor_missed(lines: list[str]) -> None:
    assert _row(lines, "overall.throughput") == ["overall.throughput", "1", "tokens/s"]


def test_what_is_asked_of_the_run_stands_elsewhere(lines: list[str]) -> None:
    assert not any(line.strip().startswith(("dataset.", "packaging.")) for line in lines)


def test_each_candidate_has_its_own_part(lines: list[str], make_run: MakeRun) -> None:
    digest = make_run().scorecard("quantized").digest[:12]
    assert lines[0].startswith("adapter  sha256 ")
    assert f"quantized  sha256 {digest}  eval v1.2" in lines


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


def _told(make_run: MakeRun, judging: dict[str, Any], **changed: Any) -> list[str]:
    run = make_run()
    card = replace(run.scorecard("adapter"), judging=judging, **changed)
    return score_table([card], run.targets).split("\n")


def test_the_most_frequent_mistakes_in_tools_are_told(make_run: MakeRun) -> None:
    cells = [
        {"wanted": f"tool_{number}", "answered": "x\x1b" * 40, "steps": number}
        for number in range(1, 15)
    ]
    cells.append({"wanted": "right", "answered": "right", "steps": 300})
    lengths = {"as_long": 90, "longer": 6, "shorter": 3, "unparsed": 1}
    lines = _told(make_run, {"tool_plans": {"confusion": cells, "lengths": lengths}})
    assert "  plans against those wanted: 6.0% longer, 3.0% shorter, 1.0% unparsed" in lines
    start = lines.index("  tools mixed up (steps, wanted, answered):")
    told = lines[start + 1 :]
    assert [line.split()[:2] for line in told[:-1]] == [
        [str(number), f"tool_{number}"] for number in range(14, 4, -1)
    ]
    assert told[-1] == "    and 4 rarer mistakes"
    assert max(map(len, lines)) <= 80
    assert all(line.isprintable() for line in lines)
    assert not any("right" in line for line in told)


def test_nothing_is_told_of_plans_that_nobody_counted(lines: list[str]) -> None:
    assert not any("plans" in line or "mixed up" in line for line in lines)


def test_how_plans_without_steps_fare_is_told(make_run: MakeRun) -> None:
    run = make_run()
    card = run.scorecard("adapter")
    part = {"tool.selection": Score("tool.selection", 0.8, 10, 8, 0.5, 0.9)}
    card = replace(card, slices={**card.slices, "no tool": part})
    lines = score_table([card], run.targets).split("\n")
    assert "  no tool wanted: 8 of 10 answers use none" in lines


def test_what_a_metric_lacks_is_told_once(make_run: MakeRun) -> None:
    why = "the simulator has no function for 'x'; web4.simulator.tools says how one is added"
    lines = _told(
        make_run, {"not_evaluated": {"tool.chaining": why, "tool.end_to_end": why}}, scores={}
    )
    assert max(map(len, lines)) <= 80
    joined = " ".join(line.strip() for line in lines)
    assert joined.count(f"tool.chaining, tool.end_to_end: {why}") == 1


def test_the_table_tells_who_judged_the_guardrail_answers() -> None:
    judging = {
        "guardrail_detector": {"held_out": {"accuracy": 0.9424, "n": 139}},
        "manual_flags": {"applied": [{}, {}], "overruled": ["g1"], "stale": [{}]},
    }
    card = Scorecard("adapter", "ab" * 32, "v1.2", {}, {}, {}, judging)
    lines = score_table([card], load_targets()).splitlines()
    assert "  guardrail detector right on 94.2% of 139 labelled answers" in lines
    assert (
        "  judged by a person: 2 answers, 1 of them against the detector; stale flags: 1" in lines
    )


def test_an_interval_without_end_is_not_shown() -> None:
    made = Score("tool.plan_minimality", 0.5, 1, 0, -math.inf, math.inf, "steps")
    card = Scorecard("adapter", "ab" * 32, "v1.2", {made.metric: made}, {}, {})
    table = score_table([card], load_targets())
    assert "inf" not in table
    assert "0.5 steps" in table


def test_stages_stand_abreast_by_slice(make_run: MakeRun) -> None:
    run = make_run(rates={"adapter": {"tool.selection": 0.5, "style.syntax": None}})
    text = stage_table([run.scorecard(name) for name in ("adapter", "quantized")], run.targets)
    lines = text.split("\n")
    assert [line.split()[1:] for line in lines if line.startswith("skeletons")] == [
        [part, "adapter", "quantized"] for part in ("all", "seen", "unseen")
    ]
    assert _row(lines, "tool.selection") == ["tool.selection", "50.0%", "100.0%"]
    assert _row(lines, "style.syntax") == ["style.syntax", "-", "100.0%"]
    assert ["style", "score", "-", "100.0%"] in [line.split() for line in lines]
    four = stage_table([run.scorecard("adapter")] * 4, run.targets)
    assert max(len(line) for line in four.split("\n")) <= 80


def test_the_share_of_faultless_records_is_told_where_it_was_counted(make_run: MakeRun) -> None:
    run = make_run()
    card = run.scorecard("adapter")
    counted = {"all": {"style": [3, 4], "tool": [1, 4]}, "seen": {"style": [1, 2]}}
    told = replace(card, judging={**card.judging, "faultless": counted})
    lines = score_table([told], run.targets).split("\n")
    assert "    every metric passed by 75.0%" in lines
    abreast = [line.split() for line in stage_table([told, card], run.targets).split("\n")]
    assert ["style,", "every", "metric", "75.0%", "-"] in abreast
    assert ["style,", "every", "metric", "50.0%", "-"] in abreast
    totals = [line[3:] for line in abreast if line[:3] == ["all,", "every", "metric"]]
    assert totals == [["50.0%", "-"], ["50.0%", "-"], ["-", "-"]]
