"""Controls of the seven tool metrics: gold passes, each has its corruption, nothing breaks them.

Three corruptions are punished by a second metric as well, and cannot but be: what does not parse
is a plan to no metric, a step too many is also another sequence of tools, and a plan with the
right steps and arguments always ends as it should.
"""

import json
import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from web4.catalog import catalog_path, load_catalog
from web4.metrics.outcome import Metric, Outcome
from web4.metrics.scorecard import judge
from web4.metrics.tool import tool_metrics
from web4.paths import data_dir
from web4.records import Completion, Record, compact_json, read_records

CATALOG = load_catalog(catalog_path())
METRICS = tool_metrics(CATALOG)
OTHERS = tool_metrics(CATALOG)  # the same, with other caches
NAMES = [metric.name.removeprefix("tool.") for metric in METRICS]
BUCKETS = sorted(data_dir().glob("eval/*/tool.jsonl"))
EVAL = list(read_records(BUCKETS[-1]))
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Step = dict[str, Any]


def step(tool: str, **args: Any) -> Step:
    return {"tool": tool, "args": args}


def branch(condition: str, then: list[Step], other: list[Step]) -> Step:
    return step("conditional", **{"if": condition, "then": then, "else": other})


def plan(*steps: Step) -> str:
    return compact_json(
        {"type": "tool_call" if len(steps) == 1 else "multi_tool_plan", "steps": list(steps)}
    )


def completion(record: Record, text: str) -> Completion:
    return Completion(record.id, text, "stop", 1, 1)


def reasons(record: Record, text: str) -> dict[str, str]:
    """Return the reason of each metric that the answer fails."""
    outcomes = {metric.name: metric(record, completion(record, text)) for metric in METRICS}
    return {
        name.removeprefix("tool."): one.reason for name, one in outcomes.items() if not one.passed
    }


# ── Gold, and one corruption for each ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("bucket", BUCKETS, ids=lambda path: path.parent.name)
def test_gold_scores_everything_over_the_whole_evaluation_set(bucket: Path) -> None:
    records = list(read_records(bucket))
    for text in (lambda one: one.output, lambda one: f"\n{one.output} "):
        answers = {one.id: completion(one, text(one)) for one in records}
        for name, outcomes in judge(METRICS, records, answers).items():
            best = 0.0 if name == "tool.plan_minimality" else 1.0
            assert len(outcomes) == len(records)
            assert {(one.value, one.passed) for one in outcomes} == {(best, True)}, name


GLOB = step("file_glob_search", pattern="src/*.ts")
SEARCH = step("search_in_files", query="two", file_list="<RESULTS:file_glob_search>", regex=False)
EXISTS = step("file_exists", path="src/a.ts")
FIRST = step("read_file", path="<RESULTS:search_in_files>[0].path")
NOTE = step("edit_existing_file", path="src/b.ts", instructions="<RESULTS:file_glob_search>[0]")
GOLD = plan(
    step("view_diff"),
    GLOB,
    SEARCH,
    EXISTS,
    branch("<RESULTS:file_exists> == true", [FIRST], [NOTE]),
)
RECORD = Record(
    "r", "tool_call", "Do it.", "", GOLD, workspace={"src/a.ts": "one\n", "src/b.ts": "two\n"}
)
UNPARSED = dict.fromkeys(NAMES[1:], "unparsable")

CONTROLS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "json_validity": (f"{GOLD} Done.", {"json_validity": "trailing_text", **UNPARSED}),
    "schema_match": (
        GOLD.replace("multi_tool_plan", "tool_call"),
        {"schema_match": "wrong_plan_type"},
    ),
    "selection": (
        GOLD.replace("view_diff", "read_currently_open_file"),
        {"selection": "wrong_tool"},
    ),
    "arguments": (GOLD.replace(',"regex":false', ""), {"arguments": "missing_arg"}),
    "plan_minimality": (
        GOLD.replace('"steps":[', '"steps":[{"tool":"view_diff","args":{}},'),
        {"selection": "extra_step", "plan_minimality": "extra_step"},
    ),
    # In the branch that does not run; whitespace is no difference of the text, but no reference.
    "chaining": (
        GOLD.replace('"<RESULTS:file_glob_search>[0]', '" <RESULTS:file_glob_search>[0]'),
        {"chaining": "missing_reference"},
    ),
    "end_to_end": (
        GOLD.replace("== true", "!= true"),
        {"arguments": "wrong_value", "end_to_end": "other_files"},
    ),
}


def test_every_metric_has_a_control() -> None:
    assert list(CONTROLS) == NAMES
    assert reasons(RECORD, GOLD) == {}


@pytest.mark.parametrize("name", CONTROLS)
def test_its_corruption_is_punished_by_the_metric_and_no_other(name: str) -> None:
    text, punished = CONTROLS[name]
    assert text != GOLD
    assert name in punished
    assert reasons(RECORD, text) == punished


def another_type(found: dict[str, Any]) -> None:
    found["type"] = {"tool_call": "multi_tool_plan"}.get(found["type"], "tool_call")


def another_tool(found: dict[str, Any]) -> None:
    found["steps"][-1]["tool"] = "no_such_tool"


def another_value(found: dict[str, Any]) -> None:
    found["steps"][0]["args"]["unasked"] = 1


def a_step_more(found: dict[str, Any]) -> None:
    found["steps"].insert(0, step("view_diff"))


@pytest.mark.parametrize(
    ("corrupt", "punishing", "spared"),
    [
        (another_type, {"schema_match"}, set(NAMES) - {"schema_match"}),
        (
            another_tool,
            {"schema_match", "selection", "end_to_end"},
            {"json_validity", "plan_minimality"},
        ),
        (
            another_value,
            {"schema_match", "arguments"},
            {"json_validity", "selection", "plan_minimality"},
        ),
        (a_step_more, {"selection", "plan_minimality"}, {"json_validity", "chaining"}),
    ],
)
def test_the_evaluation_sets_own_plans_lose_what_they_should(
    corrupt: Callable[[dict[str, Any]], None], punishing: set[str], spared: set[str]
) -> None:
    for record in EVAL:
        found = json.loads(record.output)
        corrupt(found)
        failed = reasons(record, compact_json(found)).keys()
        assert punishing <= failed, record
        assert not failed & spared, record


# ── Records that want no tool ─────────────────────────────────────────────────────────────────

NO_STEPS = '{"type":"tool_call","steps":[]}'
ABSTAIN = replace(RECORD, output=NO_STEPS)


@pytest.mark.parametrize("text", [NO_STEPS, NO_STEPS.replace("tool_call", "multi_tool_plan")])
def test_a_plan_without_steps_is_right_where_no_tool_is_wanted(text: str) -> None:
    assert reasons(ABSTAIN, text) == {}
    assert reasons(replace(RECORD, output=text), NO_STEPS) == {}


@pytest.mark.parametrize(
    "text", ["", "No tool is needed for that.", "[]", "{}", '{"steps":3}', NO_STEPS[:-1]]
)
def test_what_does_not_parse_is_never_a_right_abstention(text: str) -> None:
    failed = reasons(ABSTAIN, text)
    assert failed.keys() >= set(NAMES) - {"json_validity"}
    assert {failed[name] for name in NAMES[2:]} == {"unparsable"}


@pytest.mark.parametrize(
    ("text", "punished"),
    [
        (plan(EXISTS), {"selection", "arguments", "plan_minimality", "end_to_end"}),
        (plan(step("view_diff")), {"selection", "arguments", "plan_minimality", "end_to_end"}),
        (NO_STEPS.replace("tool_call", "none"), {"schema_match"}),
        (NO_STEPS.replace("}", ',"note":"x"}'), {"schema_match"}),
    ],
)
def test_a_tool_is_wrong_where_none_is_wanted(text: str, punished: set[str]) -> None:
    assert reasons(ABSTAIN, text).keys() == punished


def test_using_no_tool_is_no_answer_where_one_is_wanted() -> None:
    assert reasons(RECORD, NO_STEPS).keys() == set(NAMES) - {"json_validity"}


# ── Every kind of reference ───────────────────────────────────────────────────────────────────

FILES = {"a.ts": "one\n", "b.ts": "two\ntwo\n"}
ALL = step("file_glob_search", pattern="*.ts")
FIND = step("search_in_files", query="o", file_list="<RESULTS:file_glob_search>")
THERE = step("file_exists", path="a.ts")
READ = step("read_file", path="a.ts")

KINDS: Mapping[str, list[Step]] = {
    "a whole result": [ALL, step("sort_files_by_size", files="<RESULTS:file_glob_search>")],
    "an item": [ALL, step("read_file", path="<RESULTS:file_glob_search>[1]")],
    "a field of an item": [ALL, FIND, step("read_file", path="<RESULTS:search_in_files>[1].path")],
    "a text": [READ, step("create_new_file", path="c.ts", content="<RESULTS:read_file>")],
    "in a list": [ALL, step("sort_files_by_size", files=["a.ts", "<RESULTS:file_glob_search>[1]"])],
    "in an object": [
        ALL,
        step(
            "sort_files_by_match_count",
            files=[{"path": "<RESULTS:file_glob_search>[0]", "matches": 2}],
        ),
    ],
    "in a condition": [THERE, branch("<RESULTS:file_exists> == true", [READ], [])],
    "a field in a condition": [
        *(ALL, FIND),
        branch("<RESULTS:search_in_files>[0].matches >= 1", [READ], [ALL]),
    ],
    "from a branch outwards": [
        *(ALL, THERE),
        branch(
            "<RESULTS:file_exists> == true",
            [step("read_file", path="<RESULTS:file_glob_search>[0]")],
            [step("read_file", path="<RESULTS:file_glob_search>[1]")],
        ),
    ],
    "within a branch": [
        THERE,
        branch(
            "<RESULTS:file_exists> == false",
            [READ],
            [ALL, step("sort_files_by_size", files="<RESULTS:file_glob_search>")],
        ),
    ],
    "into a branch that ran": [
        THERE,
        branch("<RESULTS:file_exists> == true", [ALL], []),
        step("read_file", path="<RESULTS:file_glob_search>[1]"),
    ],
    "what a branch gave": [
        THERE,
        branch("<RESULTS:file_exists> == true", [ALL, FIND], []),
        step("read_file", path="<RESULTS:conditional>[1].path"),
    ],
    "the latest of two": [
        *(READ, step("read_file", path="b.ts")),
        step("create_new_file", path="c.ts", content="<RESULTS:read_file>"),
    ],
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_reference_resolves_or_breaks_the_chain(kind: str) -> None:
    gold = plan(*KINDS[kind])
    record = replace(RECORD, output=gold, workspace=FILES)
    assert reasons(record, gold) == {}
    broken = reasons(record, gold.replace("<RESULTS:", "<RESULTS:no_"))
    assert broken["chaining"] == "dangling_reference"
    assert broken["end_to_end"] == "unresolved_reference"
    guessed = reasons(record, gold.replace("<RESULTS:", "RESULTS:"))
    assert guessed["chaining"] == "missing_reference"
    assert guessed["end_to_end"] in {"failed_step", "other_files", "other_result"}


# ── Properties ────────────────────────────────────────────────────────────────────────────────

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
ANSWERS = (
    ANY_TEXT
    | st.sampled_from([one.output for one in EVAL])
    | st.sampled_from([text for text, _ in CONTROLS.values()])
)


def values(records: Sequence[Record], texts: Sequence[str]) -> dict[str, float]:
    """Return each metric's mean, turned so that more is better."""
    answers = {one.id: completion(one, text) for one, text in zip(records, texts, strict=True)}
    return {
        name: math.fsum(one.value for one in outcomes)
        * (-1 if name == "tool.plan_minimality" else 1)
        for name, outcomes in judge(METRICS, records, answers).items()
    }


@QUICK
@given(
    st.lists(st.sampled_from(EVAL), min_size=1, max_size=6, unique_by=lambda one: one.id),
    st.lists(st.none() | ANSWERS, min_size=6, max_size=6),
    st.lists(st.none() | ANSWERS, min_size=6, max_size=6),
)
def test_a_corruption_never_raises_a_score(
    records: list[Record], first: list[str | None], second: list[str | None]
) -> None:
    gold = [one.output for one in records]
    some = [new or old for new, old in zip(first, gold, strict=False)]
    more = [
        old if old != right else new or old
        for old, right, new in zip(some, gold, second, strict=False)
    ]
    scores = [values(records, texts) for texts in (gold, some, more)]
    for name in scores[0]:
        assert scores[0][name] >= scores[1][name] >= scores[2][name], name


@QUICK
@given(st.lists(ANSWERS, min_size=5, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(texts: list[str], rng: random.Random) -> None:
    records = EVAL[7:12]
    answers = {one.id: completion(one, text) for one, text in zip(records, texts, strict=True)}

    def judged(
        metrics: Sequence[Metric], ordered: Sequence[Record]
    ) -> dict[str, dict[str, Outcome]]:
        found = judge(metrics, ordered, answers)
        return {name: {one.record_id: one for one in outcomes} for name, outcomes in found.items()}

    shuffled = list(records)
    rng.shuffle(shuffled)
    assert judged(OTHERS, shuffled) == judged(METRICS, records)


def within_a_second(text: str) -> None:
    for metric in METRICS:
        begun = time.process_time()
        outcome = metric(RECORD, completion(RECORD, text))
        assert time.process_time() - begun < 1, metric.name
        assert math.isfinite(outcome.value)
        assert outcome.value >= 0
        assert metric.unit == "steps" or outcome.value <= 1
        assert outcome.detail.isascii()


def nested(opened: str, closed: str, levels: int) -> str:
    return opened * levels + closed * levels


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


def conditionals(levels: int) -> Step:
    inner = READ
    for _ in range(levels):
        inner = branch("<RESULTS:file_exists> == true", [inner], [])
    return inner


HOSTILE: Mapping[str, str] = {
    "1 MB of prose": "x" * 2**20,
    "1 MB of a string": compact_json({"type": "tool_call", "steps": ["x" * 2**20]}),
    "1 MB of objects": nested('{"a":', "}", 2**18),
    "1 MB of lists": '{"a":' + nested("[", "]", 2**19) + "}",
    "1 MB of digits": '{"a":' + "9" * 2**20 + "}",
    "1 MB of surrogates": "\ud800" * 2**20,
    "1 MB of steps": plan(*[step("view_diff")] * 32_768),
    "64 KB of steps": plan(*[step("view_diff")] * 2_000),
    "64 KB of other steps": plan(*[step(f"t{number}") for number in range(2_000)]),
    "64 KB of conditions": plan(THERE, *[conditionals(1)] * 400),
    "64 KB of wrong items": plan(step("sort_files_by_size", files=[1] * 32_000)),
    "64 KB of wrong objects": plan(step("sort_files_by_match_count", files=[1] * 32_000)),
    "conditions in conditions": plan(THERE, conditionals(14)),
    "lists in an argument": plan(step("sort_files_by_size", files=deep(50))),
    "a number of 308 digits": plan(step("read_file", path=10**307)),
    "a number beyond a double": '{"type":"tool_call","steps":[1e400]}',
    "a small number": plan(step("read_file", path=-1e-320)),
    "half characters": plan(step("\udfff", **{"\ud800": "\ud800"})),
    "half a character as a path": plan(step("read_file", path="\ud800")),
    "zero bytes": plan(step("read_file", path="\0" * 1_000)),
    "an expression": plan(ALL, step("search_in_files", query="(a*)*b" * 40, file_list=["src/a.ts"],
                                    regex=True)),
    "a glob": plan(step("file_glob_search", pattern="{a,b}" * 50)),
    "references": plan(*[step("read_file", path="<RESULTS:read_file>[9]")] * 900),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_answers_take_less_than_a_second(kind: str) -> None:
    within_a_second(HOSTILE[kind])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    ANY_TEXT | st.sampled_from(['{"steps":[', '{"tool":"ls","args":{}},', "[[", '"\\']), ANY_TEXT
)
def test_any_text_of_a_megabyte_takes_less_than_a_second(text: str, tail: str) -> None:
    for length in (2**16 - 100, 2**20):
        within_a_second(text * (length // max(1, len(text))) + tail)
