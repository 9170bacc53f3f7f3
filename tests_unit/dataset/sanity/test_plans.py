"""Plans: the fast judge agrees with the slow one; tools and paths are told over all records."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests_unit.dataset.sanity.conftest import PLAN, Check, changed, found
from web4.catalog import Catalog, catalog_path, load_catalog
from web4.dataset.sanity.findings import Findings
from web4.dataset.sanity.lines import Item, Source
from web4.dataset.sanity.plans import Plans
from web4.dataset.synth import generate
from web4.records import Record

_CATALOG = load_catalog(catalog_path())
_NAMES = sorted(_CATALOG.tools)
_LISTS: list[Any] = [[], ["a"], [1], [{}], [{"tool": "view_diff", "args": {}}], [{"tool": "x"}]]
_VALUES = st.sampled_from(
    ["src", "", "<RESULTS:ls>", "<RESULTS:ls>[0].path", "<RESULTS:ls", 3, 1.0, True, None, *_LISTS]
)
_ARGUMENTS = sorted(
    {name for tool in _CATALOG.tools.values() for name in tool.parameters["properties"]}
)
_STEP = st.fixed_dictionaries(
    {"tool": st.sampled_from([*_NAMES, "lst", 3])},
    optional={
        "args": st.dictionaries(st.sampled_from(_ARGUMENTS), _VALUES, max_size=3) | _VALUES,
        "more": st.just(1),
    },
)
_PLAN = st.fixed_dictionaries(
    {"type": st.sampled_from(["tool_call", "multi_tool_plan", "plan", 1])},
    optional={"steps": st.lists(_STEP, max_size=3) | _VALUES, "more": st.just(1)},
)


@given(_PLAN)
@settings(max_examples=120, deadline=None)
def test_both_validators_give_the_same_verdict(plan: dict[str, Any]) -> None:
    plans = Plans(Findings(), _CATALOG)
    assert plans._fits(plan) == _CATALOG.validator.is_valid(plan)


@pytest.mark.parametrize("bucket", ["tool_core", "tool_neg"])
def test_both_validators_accept_what_is_generated_and_refuse_what_is_damaged(bucket: str) -> None:
    plans = Plans(Findings(), _CATALOG)
    for number, record in enumerate(generate(bucket, 60, 3, "train")):
        plan = json.loads(record.output)
        damaged = json.loads(record.output)
        step = damaged["steps"][number % len(damaged["steps"])]
        names = list(step["args"])
        if names:
            step["args"].pop(names[0])
        else:
            step["args"]["more"] = 1
        for one, wanted in ((plan, True), (damaged, False)):
            assert plans._fits(one) == _CATALOG.validator.is_valid(one) == wanted


def test_a_hostile_plan_is_a_finding_and_no_crash(check: Check, tool: Record) -> None:
    step: dict[str, Any] = {"tool": "ls", "args": {"dirPath": "src"}}
    for _ in range(150):
        step = {"tool": "conditional", "args": {"if": "a == b", "then": [step], "else": []}}
    deep = json.dumps({"type": "tool_call", "steps": [step]})
    outputs = (deep, "[" * 100_000, '{"type":"tool_call","steps":' + "9" * 5000 + "}")
    report = check(*(changed(tool, instruction=f"Plan {len(o)}.", output=o) for o in outputs))
    assert [code for code, _ in found(report) if code[0] == "E"] == ["E302", "E301", "E301"]


def test_an_unknown_tool_is_named_with_the_nearest(check: Check, tool: Record) -> None:
    (finding,) = check(changed(tool, output=PLAN.replace('"ls"', '"view_dif"'))).findings
    assert finding.message == "tool 'view_dif' is not in the catalogue; the nearest is 'view_diff'"
    (finding,) = check(changed(tool, output=PLAN.replace('"ls"', '"qqqqqq"'))).findings
    assert finding.message == "tool 'qqqqqq' is not in the catalogue"


def test_a_misfit_names_the_place_inside_the_plan(check: Check, tool: Record) -> None:
    (finding,) = check(changed(tool, output=PLAN.replace('"src"', "3"))).findings
    assert "$.steps[0].args.dirPath" in finding.message


def _lists(tool: Record, count: int, *, path: str, asked: str) -> list[str]:
    return [
        changed(
            tool,
            instruction=f"Please list the files of {asked.format(i)} now.",
            output=PLAN.replace('"src"', json.dumps(path.format(i))),
        )
        for i in range(count)
    ]


def test_paths_that_no_request_names_are_told_with_their_lines(check: Check, tool: Record) -> None:
    asked = _lists(tool, 60, path="lib/part{}", asked="lib/part{}")
    unasked = _lists(tool, 10, path="other/thing{}", asked="item{}")
    report = check(*asked, *unasked)
    (finding,) = (one for one in report.findings if one.code == "W306")
    assert finding.place == "mine.jsonl:61"
    assert finding.message.startswith("10 of 70 plans (14%) name a path")
    assert finding.related == tuple(f"mine.jsonl:{line}" for line in range(62, 71))
    assert "W306" not in check(*asked).counts


def test_the_balance_of_tools_is_told(check: Check, tool: Record) -> None:
    report = check(*_lists(tool, 60, path="lib/part{}", asked="lib/part{}"))
    told = {one.code: one.message for one in report.findings}
    assert told["W305"] == "ls makes up 100% of 60 calls"
    assert "view_diff" in told["W304"]
    assert report.statistics.tool_shares == {"ls": 1.0}


def test_tools_inside_conditions_count(catalog: Catalog) -> None:
    plans = Plans(Findings(), catalog)
    inner = {"tool": "read_file", "args": {"path": "a"}}
    plan = {
        "type": "tool_call",
        "steps": [
            {"tool": "conditional", "args": {"if": "a == b", "then": [inner], "else": []}},
        ],
    }
    record = Record("t", "tool_call", "Read a.", "", json.dumps(plan))
    plans.check(Item(Source(Path("a"), "a"), 1, record))
    assert plans.calls == {"conditional": 1, "read_file": 1}
