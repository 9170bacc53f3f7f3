"""The tool metrics: a gold answer keeps all, a planted corruption breaks the one it is made for."""

import math
import posixpath
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from web4.catalog import Catalog, load_catalog
from web4.errors import DataError
from web4.metrics.json_answer import JSON_FAULTS, read_json_answer
from web4.metrics.outcome import Outcome
from web4.metrics.plan_arguments import ARGUMENT_FAULTS, same_value
from web4.metrics.plan_schema import SCHEMA_FAULTS, PlanSchema
from web4.metrics.plan_steps import STEP_FAULTS
from web4.metrics.tool import tool_metrics
from web4.records import Completion, Record, compact_json

CATALOG = load_catalog(Path(__file__).parents[2] / "data" / "tools" / "web4.json")
METRICS = {metric.name.removeprefix("tool."): metric for metric in tool_metrics(CATALOG)}
Finish = Literal["stop", "length", "error"]
Step = dict[str, Any]

READ: Step = {"tool": "read_file", "args": {"path": "src/a.ts"}}
FIND: Step = {"tool": "file_glob_search", "args": {"pattern": "src/**/*.ts"}}
EDIT: Step = {
    "tool": "edit_existing_file",
    "args": {"path": "src/a.ts", "instructions": "rename  it"},
}
DIFF: Step = {"tool": "view_diff", "args": {}}
SEARCH: Step = {
    "tool": "search_in_files",
    "args": {"query": "TODO", "file_list": ["a.ts", "b.ts"], "regex": False},
}
EXISTS: Step = {"tool": "file_exists", "args": {"path": "a.ts"}}
CREATE: Step = {"tool": "create_new_file", "args": {"path": "a.ts", "content": "x"}}
BRANCH: Step = {
    "tool": "conditional",
    "args": {"if": "<RESULTS:file_exists> == false", "then": [CREATE], "else": [READ]},
}


def plan(*steps: Any, **extra: Any) -> str:
    kind = "tool_call" if len(steps) == 1 else "multi_tool_plan"
    return compact_json({"type": kind, "steps": list(steps), **extra})


def step(tool: str, **args: Any) -> Step:
    return {"tool": tool, "args": args}


def record(output: str, *acceptable: str) -> Record:
    return Record("r1", "tool_call", "Do it.", "", output, acceptable=acceptable)


def judged(
    metric: str, answer: str, gold: str, *acceptable: str, finish: Finish = "stop"
) -> Outcome:
    completion = Completion("r1", answer, finish, 10, 10)
    return METRICS[metric](record(gold, *acceptable), completion)


def failing(answer: str, gold: str, finish: Finish = "stop") -> dict[str, str]:
    outcomes = {name: judged(name, answer, gold, finish=finish) for name in METRICS}
    return {name: outcome.reason for name, outcome in outcomes.items() if not outcome.passed}


GOLD_PLANS = [
    plan(READ),
    plan(DIFF),
    plan(FIND, SEARCH, EDIT),
    plan(EXISTS, BRANCH),
    plan(FIND, step("read_file", path="<RESULTS:file_glob_search>[0]"), DIFF),
    plan(FIND, step("sort_files_by_size", files="<RESULTS:file_glob_search>")),
]


@pytest.mark.parametrize("gold", GOLD_PLANS)
def test_a_gold_answer_keeps_every_metric(gold: str) -> None:
    assert failing(gold, gold) == {}
    assert judged("arguments", gold, gold).value == 1.0
    assert judged("plan_minimality", gold, gold).value == 0.0
    assert failing(f" {gold}\n", gold) == {}  # whitespace around a document is no text


@pytest.mark.parametrize(
    ("answer", "gold", "metric", "reason"),
    [
        (plan(READ), plan(step("read_file", path="b.ts")), "arguments", "wrong_value"),
        (plan(DIFF, READ), plan(READ, DIFF), "selection", "wrong_order"),
        (plan(READ).replace("tool_call", "multi_tool_plan"), plan(READ), "schema_match", ""),
    ],
)
def test_a_corruption_breaks_its_metric(answer: str, gold: str, metric: str, reason: str) -> None:
    broken = failing(answer, gold)
    assert metric in broken
    assert not reason or broken[metric] == reason
    # Swapped steps also lose their arguments, and what ends otherwise is no longer what was asked.
    assert set(broken) <= {metric, "arguments", "end_to_end"}


def test_an_extra_step_without_arguments_breaks_selection_and_minimality_only() -> None:
    assert failing(plan(DIFF, READ), plan(READ)) == {
        "selection": "extra_step",
        "plan_minimality": "extra_step",
    }


def test_a_cut_answer_is_read_by_no_metric() -> None:
    assert failing(plan(READ), plan(READ), "length") == {
        "json_validity": "truncated",
        "schema_match": "unparsable",
        "selection": "unparsable",
        "arguments": "unparsable",
        "plan_minimality": "unparsable",
        "chaining": "unparsable",
        "end_to_end": "unparsable",
    }


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


JSON_TABLE = [
    ("", "empty"),
    (" \n\u00a0", "empty"),
    ("Here is the plan: {}", "prose"),
    ("\ufeff{}", "prose"),
    ('```json\n{"a":1}\n```', "code_fence"),
    ('Sure:\n```\n{"a":1}\n```', "code_fence"),
    ('{"a":[1,2', "truncated"),
    ('{"a":"b', "truncated"),
    ('{"a":"b\\', "truncated"),
    ('{"a":1} done', "trailing_text"),
    ('{"a":1}{"b":2}', "trailing_text"),
    ('{"a":1}\n```', "trailing_text"),
    ('{"a":1,"a":1}', "duplicate_key"),
    ('{"a":{"b":1,"b":2}}', "duplicate_key"),
    ('{"a":NaN}', "not_finite"),
    ('{"a":-Infinity}', "not_finite"),
    ("NaN", "not_finite"),
    ('{"a":1e999}', "not_finite"),
    ('{"a":' + "9" * 5000 + "}", "not_finite"),
    ('{"a":-' + "9" * 309 + "}", "not_finite"),
    ('{"a":1,"\\u0061":2}', "duplicate_key"),
    ('{"a":"' + "x" * 65_536 + '"}', "too_large"),
    ('{"a":"' + "\u20ac" * 30_000 + '"}', "too_large"),
    (nested(65), "too_deep"),
    ("{" + "[" * 30_000, "too_deep"),
    ("[1]", "invalid_json"),
    ('"text"', "invalid_json"),
    ("null", "invalid_json"),
    ("-3", "invalid_json"),
    ("{'a':1}", "invalid_json"),
    ('{"a":1,}', "invalid_json"),
    ('{"a":"line\nbreak"}', "invalid_json"),
]


@pytest.mark.parametrize(("text", "reason"), JSON_TABLE)
def test_each_json_fault(text: str, reason: str) -> None:
    outcome = judged("json_validity", text, plan(READ))
    assert (outcome.passed, outcome.value, outcome.reason) == (False, 0.0, reason)
    assert outcome.detail


def test_the_json_table_covers_the_closed_list() -> None:
    assert {reason for _, reason in JSON_TABLE} == set(JSON_FAULTS)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":"}]{["}',
        nested(64),
        '{"a":"\\ud800"}',
        '{"a":-1.5e3}',
        '{"a":-0}',
        '{"a":1' + "0" * 308 + "}",  # the largest doubles have 309 digits
        '{"a":-1' + "0" * 308 + "}",
    ],
)
def test_unusual_objects_are_valid(text: str) -> None:
    assert judged("json_validity", text, plan(READ)).passed


SCHEMA_TABLE = [
    ("no json", "unparsable", "prose"),
    ("{}", "no_plan", "steps"),
    ('{"type":"tool_call","steps":[]}', "no_plan", "steps"),
    ('{"type":"tool_call","steps":{}}', "no_plan", "steps"),
    (plan(READ, note="x"), "no_plan", "note"),
    (plan("read_file"), "no_plan", "steps[0]"),
    (plan({"tool": "view_diff"}), "no_plan", "steps[0]"),
    (compact_json({"steps": [READ]}), "wrong_plan_type", "tool_call"),
    (compact_json({"type": "multi_tool_plan", "steps": [READ]}), "wrong_plan_type", "type"),
    (compact_json({"type": "tool_call", "steps": [READ, DIFF]}), "wrong_plan_type", "2 steps"),
    (compact_json({"type": ["tool_call"], "steps": [READ]}), "wrong_plan_type", "type"),
    (plan(READ, step("delete_file", path="a")), "unknown_tool", "steps[1].tool"),
    (plan(step(3, path="a")), "unknown_tool", "steps[0].tool"),  # type: ignore[arg-type]  # a corruption
    (plan(READ, step("read_file")), "missing_arg", "steps[1].args.path"),
    (plan(step("view_diff", path="a")), "unknown_arg", "steps[0].args"),
    (plan(step("read_file", path=3)), "wrong_arg_type", "steps[0].args.path"),
    (plan({"tool": "view_diff", "args": []}), "wrong_arg_type", "steps[0].args"),
    (
        plan(step("search_in_files", query="q", file_list=["a", 1, 2])),
        "wrong_arg_type",
        "steps[0].args.file_list[1]: 1 is not of type 'string'",
    ),
    (plan(step("read_file", path="<RESULTS:ls>")), "wrong_arg_type", "is no reference to a result"),
    (
        plan(EXISTS, step("conditional", **{"if": "x", "then": [step("ls")], "else": []})),
        "missing_arg",
        "steps[1].args.then[0].args.dirPath",
    ),
    (
        plan(EXISTS, step("conditional", **{"if": "x", "then": "no", "else": []})),
        "wrong_arg_type",
        "steps[1].args.then",
    ),
]


@pytest.mark.parametrize(("text", "reason", "place"), SCHEMA_TABLE)
def test_each_schema_fault_names_its_place(text: str, reason: str, place: str) -> None:
    outcome = judged("schema_match", text, plan(READ))
    assert (outcome.passed, outcome.reason) == (False, reason)
    assert place in outcome.detail


def test_the_schema_table_covers_the_closed_list() -> None:
    assert {reason for _, reason, _ in SCHEMA_TABLE} == {*SCHEMA_FAULTS, "unparsable"}


TURNED = step("conditional", **{"if": "x", "then": [READ], "else": [CREATE]})
SELECTION_TABLE = [
    ("no json", plan(READ), "unparsable"),
    ('{"type":"tool_call"}', plan(READ), "unparsable"),
    (plan(DIFF), plan(READ), "wrong_tool"),
    (plan(READ), plan(READ, DIFF), "missing_step"),
    ('{"type":"tool_call","steps":[]}', plan(READ), "missing_step"),
    (plan(READ, READ), plan(READ), "extra_step"),
    (plan(DIFF, READ), plan(READ, DIFF), "wrong_order"),
    (plan(EXISTS, TURNED), plan(EXISTS, BRANCH), "wrong_order"),
]


@pytest.mark.parametrize(("text", "gold", "reason"), SELECTION_TABLE)
def test_each_selection_fault(text: str, gold: str, reason: str) -> None:
    outcome = judged("selection", text, gold)
    assert (outcome.passed, outcome.value, outcome.reason) == (False, 0.0, reason)
    assert outcome.detail


def test_the_selection_table_covers_the_closed_list() -> None:
    assert {reason for _, _, reason in SELECTION_TABLE} == {*STEP_FAULTS, "unparsable"}


def test_acceptable_plans_count_like_gold() -> None:
    answer, gold = plan(EXISTS, TURNED), plan(EXISTS, BRANCH)
    for name in ("selection", "arguments", "plan_minimality"):
        assert judged(name, answer, gold, answer).passed
    longer = plan(EXISTS, BRANCH, DIFF)
    assert judged("plan_minimality", longer, gold).value == 1.0
    assert judged("plan_minimality", longer, gold, longer).value == 0.0


@pytest.mark.parametrize(
    ("text", "gold", "reason", "value"),
    [
        ("no json", plan(READ), "unparsable", 0.0),
        (plan(step("edit_existing_file", path="src/a.ts")), plan(EDIT), "missing_arg", 0.5),
        (plan(step("read_file", path="src/a.ts", mode="r")), plan(READ), "unknown_arg", 0.5),
        (plan(step("read_file", path=["src/a.ts"])), plan(READ), "wrong_arg_type", 0.0),
        (plan(step("read_file", path="src/b.ts")), plan(READ), "wrong_value", 0.0),
        (plan(READ), plan(READ, EDIT), "other_steps", 1 / 3),
        (plan(READ, EDIT), plan(READ), "other_steps", 1 / 3),
        (plan(DIFF), plan(step("read_currently_open_file")), "other_steps", 0.0),
        (plan(EXISTS, TURNED), plan(EXISTS, BRANCH), "wrong_value", 3 / 7),
    ],
)
def test_each_argument_fault(text: str, gold: str, reason: str, value: float) -> None:
    outcome = judged("arguments", text, gold)
    assert (outcome.passed, outcome.reason) == (False, reason)
    assert outcome.value == pytest.approx(value)
    assert reason in {*ARGUMENT_FAULTS, "unparsable"}
    assert outcome.detail


@pytest.mark.parametrize(
    ("kind", "left", "right", "same"),
    [
        ("exact", "a b", "a b", True),
        ("exact", "a b", "a  b", False),
        ("path", "./src//x/../a.ts", "src/a.ts", True),
        ("path", "src/", "src", True),
        ("path", "", ".", False),
        ("path", "/a", "a", False),
        ("path", "./<RESULTS:ls>[0]", "<RESULTS:ls>[0]", False),
        ("glob", "./<RESULTS:ls>[0]", "<RESULTS:ls>[0]", False),
        ("glob", "./src/*.ts", "src/*.ts", True),
        ("glob", "src/./*.ts", "src/*.ts", False),
        ("text", " say \n it", "say it", True),
        ("text", "sayit", "say it", False),
        ("json", {"a": [1, None]}, {"a": [1.0, None]}, True),
        ("json", [1], [True], False),
        ("json", 0, False, False),
        ("json", ["a", "b"], ["b", "a"], False),
        ("exact", None, "null", False),
    ],
)
def test_equality_kinds(kind: Any, left: Any, right: Any, same: bool) -> None:  # noqa: FBT001 - a table
    assert same_value(kind, left, right) is same
    assert same_value(kind, right, left) is same


@given(st.text("a./", min_size=1, max_size=12), st.text("a./", min_size=1, max_size=12))
def test_paths_are_equal_where_normalising_makes_them_so(left: str, right: str) -> None:
    same = posixpath.normpath(left) == posixpath.normpath(right)
    assert same_value("path", left, right) is same
    assert same_value("path", left, posixpath.normpath(left))


@pytest.mark.parametrize(
    ("text", "gold", "value"),
    [
        (plan(READ, READ, DIFF), plan(READ), 2.0),
        (plan(READ), plan(READ, DIFF), 0.0),
        (plan(EXISTS, BRANCH), plan(EXISTS), 3.0),  # steps in branches are steps
        ("no json", plan(READ, DIFF), 3.0),
        ('{"type":"tool_call","steps":[]}', plan(READ), 2.0),
    ],
)
def test_minimality_counts_extra_steps(text: str, gold: str, value: float) -> None:
    assert judged("plan_minimality", text, gold).value == value


@pytest.mark.parametrize(
    ("steps", "gold", "named"),
    [
        ([DIFF, READ], [READ], "steps[0]: 'view_diff' is one of 1 too many"),
        ([READ, DIFF, DIFF], [READ], "steps[1]: 'view_diff' is one of 2 too many"),
        # Of two calls of one tool it is the one whose arguments nobody asked for.
        ([step("read_file", path="b"), READ], [READ], "steps[0]: 'read_file'"),
        ([READ, step("read_file", path="b")], [READ], "steps[1]: 'read_file'"),
        ([READ, EDIT, READ], [READ, EDIT], "steps[2]: 'read_file'"),  # a repeat
        ([EXISTS, BRANCH], [EXISTS], "steps[1]: 'conditional' is one of 3 too many"),
    ],
)
def test_minimality_names_the_redundant_step(
    steps: list[Step], gold: list[Step], named: str
) -> None:
    outcome = judged("plan_minimality", plan(*steps), plan(*gold))
    assert outcome.reason == "extra_step"
    assert outcome.detail.startswith(named)


@pytest.mark.parametrize("gold", GOLD_PLANS)
def test_no_plan_is_worse_than_the_bound_allows(gold: str) -> None:
    assert judged("plan_minimality", "I cannot.", gold).value > 1


@pytest.mark.parametrize("output", ["no plan", '{"type":"tool_call","steps":{}}'])
def test_a_record_without_a_gold_plan_is_a_data_fault(output: str) -> None:
    with pytest.raises(DataError, match="record r1"):
        judged("selection", plan(READ), output)
    with pytest.raises(DataError, match="record r1"):
        judged("arguments", plan(READ), plan(READ), output)


def test_a_record_cannot_want_a_tool_and_none() -> None:
    with pytest.raises(DataError, match="all of them have no steps"):
        judged("selection", plan(READ), plan(READ), '{"type":"tool_call","steps":[]}')


def test_metrics_apply_to_tool_records_only() -> None:
    style = Record("s", "style_sft", "Do it.", "", "const A = 1;")
    for metric in METRICS.values():
        assert metric.bucket == "tool"
        assert metric.applies(record(plan(READ)))
        assert not metric.applies(style)


JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)
ARGUMENT_NAMES = st.sampled_from(["path", "files", "query", "file_list", "regex", "then", "x"])
ARGUMENTS = st.dictionaries(
    ARGUMENT_NAMES, JSON_VALUES | st.just("<RESULTS:ls>") | st.just(["a"]), max_size=3
)
LEAF_STEPS = st.fixed_dictionaries(
    {"tool": st.sampled_from([*CATALOG.tools, "rm"]), "args": ARGUMENTS | JSON_VALUES}
) | st.sampled_from([READ, FIND, EDIT, DIFF, SEARCH, EXISTS, BRANCH])
BRANCHES = st.lists(LEAF_STEPS | JSON_VALUES, max_size=2)
STEPS = LEAF_STEPS | BRANCHES.map(
    lambda inner: step("conditional", **{"if": "x", "then": inner, "else": []})
)
PLANS = st.fixed_dictionaries(
    {"type": st.sampled_from(["tool_call", "multi_tool_plan", None])},
    optional={"steps": st.lists(STEPS, max_size=3) | JSON_VALUES},
)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(PLANS)
def test_the_fast_check_decides_as_the_schema_does(value: dict[str, Any]) -> None:
    assert (PlanSchema(CATALOG).first_fault(value) is None) == CATALOG.validator.is_valid(value)


def test_the_fast_check_decides_as_the_schema_does_on_the_tables() -> None:
    schema = PlanSchema(CATALOG)
    for text in [*GOLD_PLANS, *(text for text, _, _ in SCHEMA_TABLE)]:
        value = read_json_answer(text, complete=True).value
        if value is not None:
            assert (schema.first_fault(value) is None) == CATALOG.validator.is_valid(value)


def all_in_range(answer: str, finish: Finish = "stop") -> None:
    for name in METRICS:
        outcome = judged(name, answer, plan(READ, EDIT), finish=finish)
        assert math.isfinite(outcome.value)
        assert outcome.value >= 0
        assert name == "plan_minimality" or outcome.value <= 1
        outcome.detail.encode()


@QUICK
@given(ANY_TEXT | JSON_VALUES.map(compact_json), st.sampled_from(["stop", "length", "error"]))
def test_any_text_is_judged(answer: str, finish: Finish) -> None:
    all_in_range(answer, finish)


@QUICK
@given(PLANS, ANY_TEXT)
def test_any_plan_is_judged(value: dict[str, Any], tail: str) -> None:
    all_in_range(compact_json(value))
    all_in_range(compact_json(value) + tail)


@pytest.mark.parametrize(
    "answer",
    [
        "x" * 1_000_000,
        '{"a":' * 200_000,
        '{"steps":[' * 6_000,
        '{"type":"tool_call","steps":[' + "9" * 60_000 + "]}",
        plan(step("read_file", path="\ud800")),
        plan(step("\udfff", **{"\ud800": "\ud800"})),
        '{"a":"' + '\\"' * 30_000 + '"}',
    ],
)
def test_hostile_answers_are_judged(answer: str) -> None:
    all_in_range(answer)


def rate(judge: Callable[[], object], count: int = 300) -> float:
    """Return the best rate of three, by the processor time that is spent."""
    spent = []
    for _ in range(3):
        start = time.process_time()
        for _ in range(count):
            judge()
        spent.append(time.process_time() - start)
    return count / min(spent)


def test_the_schema_is_checked_fast() -> None:
    schema = PlanSchema(CATALOG)
    value = read_json_answer(plan(EXISTS, BRANCH), complete=True).value
    assert value is not None
    assert rate(lambda: schema.first_fault(value)) > 2_000


def test_any_catalogue_can_be_used() -> None:
    empty: Catalog = Catalog({})
    metrics = tool_metrics(Catalog({"read_file": CATALOG.tools["read_file"]}))
    metrics += tool_metrics(empty)[:5]
    completion = Completion("r1", plan(READ), "stop", 1, 1)
    passed = [metric(record(plan(READ)), completion).passed for metric in metrics]
    assert passed == [True] * 8 + [False] + [True] * 3
    for metric in tool_metrics(empty)[5:]:  # gold itself cannot be run with it
        with pytest.raises(DataError, match="no tool 'read_file'"):
            metric(record(plan(READ)), completion)
