"""Which tools were answered for which, and how long plans are, read as tool selection reads."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.catalog import load_catalog
from web4.errors import DataError
from web4.metrics.plan_tally import LENGTHS, NONE, UNKNOWN, UNPARSED, PlanTally, tally
from web4.metrics.tool import tool_metrics
from web4.records import Completion, Record, compact_json

CATALOG = load_catalog(Path(__file__).parents[2] / "data" / "tools" / "web4.json")
TOOLS = ("read_file", "view_diff", "ls", "file_exists")
NO_STEPS = '{"type":"tool_call","steps":[]}'


def plan(*tools: str) -> str:
    steps = [{"tool": tool, "args": {}} for tool in tools]
    return compact_json({"type": "multi_tool_plan", "steps": steps})


def counted(answer: str, gold: str, *acceptable: str) -> PlanTally:
    record = Record("r", "tool_call", "Do it.", "", gold, acceptable=acceptable)
    return tally(CATALOG, [record], {"r": Completion("r", answer, "stop", 1, 1)})


@pytest.mark.parametrize(
    ("answer", "gold", "cells"),
    [
        (plan("ls"), plan("ls"), {("ls", "ls"): 1}),
        (plan("ls"), plan("read_file"), {("read_file", "ls"): 1}),
        (
            plan("ls", "view_diff", "read_file"),
            plan("ls", "file_exists", "read_file"),
            {("ls", "ls"): 1, ("file_exists", "view_diff"): 1, ("read_file", "read_file"): 1},
        ),
        (plan("ls", "ls"), plan("ls"), {("ls", "ls"): 1, (NONE, "ls"): 1}),
        (plan("ls"), plan("ls", "view_diff"), {("ls", "ls"): 1, ("view_diff", NONE): 1}),
        # One too many at the start is no confusion with the one that is missing at the end.
        (
            plan("view_diff", "ls"),
            plan("ls", "read_file"),
            {("ls", "ls"): 1, (NONE, "view_diff"): 1, ("read_file", NONE): 1},
        ),
        # Another order is no confusion of tools.
        (
            plan("ls", "view_diff"),
            plan("view_diff", "ls"),
            {("ls", "ls"): 1, ("view_diff", "view_diff"): 1},
        ),
        (plan("rm\x1b[2J"), plan("ls"), {("ls", UNKNOWN): 1}),
        ("no plan", plan("ls", "ls"), {("ls", UNPARSED): 2}),
        ('{"steps":3}', plan("ls"), {("ls", UNPARSED): 1}),
        (NO_STEPS, plan("ls"), {("ls", NONE): 1}),
        (NO_STEPS, NO_STEPS, {(NONE, NONE): 1}),
        (plan("ls"), NO_STEPS, {(NONE, "ls"): 1}),
        ("no plan", NO_STEPS, {(NONE, UNPARSED): 1}),
    ],
)
def test_which_tool_was_answered_for_which(
    answer: str, gold: str, cells: Mapping[tuple[str, str], int]
) -> None:
    assert counted(answer, gold).cells == cells


def test_the_closest_of_the_wanted_plans_counts() -> None:
    other = plan("view_diff", "ls")
    assert counted(other, plan("read_file"), other).mixed_up == []
    assert counted(plan("view_diff", "read_file"), plan("ls"), other).mixed_up == [
        (("ls", "read_file"), 1)
    ]


@pytest.mark.parametrize(
    ("answer", "length"),
    [
        (plan("ls", "ls"), "as_long"),
        (plan("view_diff", "view_diff"), "as_long"),
        (plan("ls", "ls", "ls"), "longer"),
        (plan("ls"), "shorter"),
        (NO_STEPS, "shorter"),
        (plan("file_exists"), "as_long"),  # as short as an acceptable plan may be
        ("no plan", "unparsed"),
    ],
)
def test_how_long_plans_are(answer: str, length: str) -> None:
    found = counted(answer, plan("ls", "ls"), plan("file_exists"))
    assert {name: count for name, count in found.lengths.items() if count} == {length: 1}
    assert [found.share(name) for name in LENGTHS] == [float(name == length) for name in LENGTHS]


def test_mistakes_are_told_by_count_then_by_name() -> None:
    cells = {("b", "c"): 2, ("a", "a"): 90, ("a", "c"): 2, ("c", NONE): 7}
    found = PlanTally(cells, {})
    assert [cell for cell, _ in found.mixed_up] == [("c", NONE), ("a", "c"), ("b", "c")]
    assert found.share("longer") == 0


def test_a_tally_survives_its_json() -> None:
    made = counted(plan("ls", "view_diff"), plan("read_file"))
    again = PlanTally.from_dict(json.loads(json.dumps(made.to_dict())))
    assert again.cells == made.cells
    assert again.lengths == {"as_long": 0, "longer": 1, "shorter": 0, "unparsed": 0}
    assert PlanTally.from_dict({}) == PlanTally()


def test_a_record_without_a_plan_is_a_data_fault() -> None:
    with pytest.raises(DataError, match="record r"):
        counted(plan("ls"), "no plan")


PLANS = st.lists(st.sampled_from(TOOLS), max_size=6).map(lambda tools: plan(*tools))


@settings(max_examples=150, deadline=None)
@given(
    PLANS.filter(lambda text: text != plan()),
    PLANS | st.text(st.characters(exclude_categories=()), max_size=20),
)
def test_every_step_is_counted_once_and_mistakes_agree_with_selection(
    gold: str, answer: str
) -> None:
    found = counted(answer, gold)
    wanted = [step["tool"] for step in json.loads(gold)["steps"]]
    selection = tool_metrics(CATALOG)[2]
    outcome = selection(
        Record("r", "tool_call", "", "", gold), Completion("r", answer, "stop", 1, 1)
    )
    for tool in TOOLS:
        assert wanted.count(tool) == sum(
            count for (asked, _), count in found.cells.items() if asked == tool
        )
    assert (not found.mixed_up) == (outcome.reason in {"", "wrong_order"})
    assert sum(found.lengths.values()) == 1
