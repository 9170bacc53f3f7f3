"""Chaining and end to end: gold plans pass, a corruption fails the metric that it is made for."""

import copy
import itertools
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from web4.catalog import load_catalog
from web4.dataset.synth import tool_core
from web4.errors import DataError
from web4.metrics.outcome import Outcome
from web4.metrics.plan_run import CHAINING_FAULTS, END_FAULTS
from web4.metrics.tool import tool_metrics
from web4.records import Completion, Record, compact_json, read_records

DATA = Path(__file__).parents[2] / "data"
CATALOG = load_catalog(DATA / "tools" / "web4.json")
METRICS = {metric.name: metric for metric in tool_metrics(CATALOG)}
CHAINING, END = METRICS["tool.chaining"], METRICS["tool.end_to_end"]
EVAL = list(read_records(DATA / "eval" / "v1.2" / "tool.jsonl"))
OLD = list(read_records(DATA / "eval" / "v1.0" / "tool.jsonl"))

Plan = dict[str, Any]
Step = dict[str, Any]
Corrupt = Callable[[Plan], Plan | None]


def step(tool: str, **args: Any) -> Step:
    return {"tool": tool, "args": args}


def plan(*steps: Any) -> str:
    kind = "tool_call" if len(steps) == 1 else "multi_tool_plan"
    return compact_json({"type": kind, "steps": list(steps)})


def judged(record: Record, text: str) -> tuple[Outcome, Outcome]:
    completion = Completion(record.id, text, "stop", 1, 1)
    return CHAINING(record, completion), END(record, completion)


def test_every_gold_and_acceptable_plan_passes() -> None:
    rng = random.Random(5)  # noqa: S311 - reproducible on purpose
    drawn = [
        tool_core.make(rng, ("train", "eval")[number % 2], unseen=number % 4 == 3)
        for number in range(1000)
    ]
    for record in (*EVAL, *OLD, *drawn, *(replace(one, workspace=None) for one in drawn[:300])):
        for text in (record.output, *record.acceptable):
            for outcome in judged(record, text):
                assert outcome.passed, (record, outcome)
                assert outcome.value == 1


# ── Corruptions of the evaluation set's own plans ─────────────────────────────────────────────


def rewritten(pattern: str, text: str) -> Corrupt:
    def corrupt(found: Plan) -> Plan | None:
        written = compact_json(found)
        other = re.sub(pattern, text, written)
        return None if other == written else json.loads(other)

    return corrupt


def changed(name: str, change: Callable[[str], str]) -> Corrupt:
    """Change an argument of the steps that always run."""

    def corrupt(found: Plan) -> Plan | None:
        hits = [one for one in found["steps"] if isinstance(one["args"].get(name), str)]
        hits = [one for one in hits if not one["args"][name].startswith("<")]
        for one in hits:
            one["args"][name] = change(one["args"][name])
        return found if hits else None

    return corrupt


def without(*tools: str) -> Corrupt:
    def corrupt(found: Plan) -> Plan | None:
        kept = [one for one in found["steps"] if one["tool"] not in tools]
        if not kept or len(kept) == len(found["steps"]):
            return None
        return {"steps": kept}

    return corrupt


def swapped(found: Plan) -> Plan | None:
    hits = [one["args"] for one in found["steps"] if "find" in one["args"]]
    for args in hits:
        args["find"], args["replace"] = args["replace"], args["find"]
    return found if hits else None


def more(text: str) -> str:
    return text + "x"


CHAINING_CORRUPTIONS: dict[str, tuple[Corrupt, str]] = {
    "beyond": (rewritten(r">\[0\]", ">[9]"), "out_of_range"),
    "no index": (rewritten(r">\[0\]", ">"), "wrong_type"),
    "no field": (rewritten(r"\]\.path", "]"), "wrong_type"),
    "other field": (rewritten(r"\]\.path", "].file"), "no_such_field"),
    "no such step": (rewritten("<RESULTS:", "<RESULTS:my_"), "dangling_reference"),
    "misspelt": (rewritten("<RESULTS:", "<RESULTS: "), "malformed_reference"),
    "guessed": (rewritten('"<RESULTS:[^"]*"', '"src/a.ts"'), "missing_reference"),
    "no glob": (without("file_glob_search"), "dangling_reference"),
    "no check": (without("file_exists"), "dangling_reference"),
}
END_CORRUPTIONS: dict[str, Corrupt] = {
    "swap": swapped,
    "other command": changed("command", more),
    "other glob": changed("pattern", lambda text: f"no/{text}"),
    "other content": changed("content", more),
    "other edit": changed("instructions", more),
    "other replacement": changed("replace", more),
    "other search": changed("find", lambda text: text[1:]),
    "other rule": changed("rule", more),
    "no command": without("run_terminal_command"),
    "no edit": without("edit_existing_file", "single_find_and_replace"),
    "no file": without("create_new_file"),
}


def corrupted(corrupt: Corrupt) -> list[tuple[Record, str]]:
    found = []
    for record in EVAL:
        made = corrupt(copy.deepcopy(json.loads(record.output)))
        if made is not None:
            found.append((record, plan(*made["steps"])))
    assert len(found) >= 5
    return found


@pytest.mark.parametrize("name", CHAINING_CORRUPTIONS)
def test_a_broken_chain_is_found(name: str) -> None:
    corrupt, reason = CHAINING_CORRUPTIONS[name]
    for record, text in corrupted(corrupt):
        chaining, end = judged(record, text)
        assert not chaining.passed
        assert chaining.reason == reason, (text, chaining)
        assert 0 <= chaining.value < 1
        assert chaining.detail
        assert not end.passed


@pytest.mark.parametrize("name", END_CORRUPTIONS)
def test_another_end_is_found(name: str) -> None:
    for record, text in corrupted(END_CORRUPTIONS[name]):
        chaining, end = judged(record, text)
        assert not end.passed, (text, record.workspace)
        assert end.detail
        if "<RESULTS:" not in text and "<RESULTS:" not in record.output:
            assert chaining.passed  # a wrong value breaks no chain


def test_another_index_that_exists_breaks_the_end_only() -> None:
    corrupt = rewritten(r">\[0\]", ">[1]")
    found = [judged(*one) for one in corrupted(corrupt)]
    assert all(chaining.passed for chaining, _ in found)
    assert Counter(end.passed for _, end in found)[False] > 30


def test_another_route_to_the_same_end_passes() -> None:
    for record in EVAL:
        found = json.loads(record.output)["steps"]
        longer = [step("file_exists", path="no/such.ts"), step("ls", dirPath="."), *found]
        if any(one["tool"] in {"file_exists", "ls"} for one in found):
            continue
        chaining, end = judged(record, plan(*longer))
        assert end.passed
        assert chaining.passed


# ── Hand-written plans ────────────────────────────────────────────────────────────────────────

FILES = {"a.ts": "one\ntwo\n", "b.ts": "two\ntwo\nx\n"}
READ = step("read_file", path="a.ts")
GLOB = step("file_glob_search", pattern="*.ts")
SORT = step("sort_files_by_size", files="<RESULTS:file_glob_search>")
FIRST = step("read_file", path="<RESULTS:sort_files_by_size>[0]")
MAKE = step("run_terminal_command", command="make")
EDIT = step("edit_existing_file", path="a.ts", instructions="do it")
RECORD = Record("r1", "tool_call", "Do it.", "", plan(GLOB, SORT, FIRST), workspace=FILES)
CHANGE = replace(RECORD, output=plan(EDIT, MAKE, READ))


@pytest.mark.parametrize(
    ("text", "reason", "value"),
    [
        ("no plan", "unparsable", 0),
        ('{"type":"tool_call","steps":[]}', "unparsable", 0),
        (plan(READ), "missing_reference", 0),
        (plan(GLOB, SORT), "missing_reference", 0.5),
        (plan(GLOB, SORT, step("read_file", path="<RESULTS:sort_files_by_size>[2]")),
         "out_of_range", 0.5),
        (plan(SORT, GLOB, FIRST), "forward_reference", 0),
        (plan(GLOB, GLOB, SORT, FIRST), "", 1),
        (plan(GLOB, SORT, step("read_file", path="<RESULTS:sort_files_by_size>")),
         "wrong_type", 0.5),
        (plan(GLOB, SORT, step("read_file", path="no"),
              step("ls", dirPath="<RESULTS:read_file>")), "no_result", 0.5),
        (plan(*[READ] * 63, GLOB, SORT, FIRST), "not_reached", 0),
    ],
)  # fmt: skip
def test_chaining_is_the_share_that_resolves(text: str, reason: str, value: float) -> None:
    outcome = judged(RECORD, text)[0]
    assert (outcome.reason, outcome.passed) == (reason, not reason)
    assert outcome.value == pytest.approx(value)


ENDS = [
    (RECORD, "no plan", "unparsable"),
    (RECORD, plan(step("read_file", path="no")), "failed_step"),
    (RECORD, plan(step("read_file", path="a.ts", mode="r")), "failed_step"),
    (RECORD, plan(SORT), "unresolved_reference"),
    (RECORD, plan(*[READ] * 65), "too_many_steps"),
    (RECORD, plan(EDIT), "other_files"),
    (RECORD, plan(GLOB, SORT, FIRST, MAKE), "other_commands"),
    (RECORD, plan(READ), "other_result"),
    (RECORD, plan(step("read_file", path="./b.ts")), ""),
    (CHANGE, plan(MAKE, EDIT, READ), "other_commands"),
    (CHANGE, plan(EDIT, MAKE, step("ls", dirPath="."), READ), ""),
    (CHANGE, plan(READ, EDIT, MAKE, READ), ""),
]


@pytest.mark.parametrize(("record", "text", "reason"), ENDS)
def test_how_plans_end(record: Record, text: str, reason: str) -> None:
    outcome = judged(record, text)[1]
    assert (outcome.reason, outcome.passed, outcome.value) == (reason, not reason, not reason)


def test_the_tables_cover_the_closed_lists() -> None:
    assert {reason for _, _, reason in ENDS if reason} == {*END_FAULTS, "unparsable"}
    told = {reason for _, reason in CHAINING_CORRUPTIONS.values()}
    told |= {"forward_reference", "no_result", "not_reached"}
    assert told == set(CHAINING_FAULTS)


def test_an_acceptable_end_counts() -> None:
    other = plan(step("read_file", path="b.ts"), READ)
    assert judged(RECORD, other)[1].reason == "other_result"
    chosen = replace(RECORD, acceptable=(other,))
    assert [one.passed for one in judged(chosen, other)] == [True, True]  # it has no references


def test_the_same_answer_is_judged_by_its_record_and_its_files() -> None:
    text = plan(step("file_exists", path="a.ts"), READ)
    record = replace(RECORD, output=plan(READ))
    assert judged(record, text)[1].passed
    assert judged(replace(record, output=plan(step("read_file", path="b.ts"))), text)[1].reason
    with pytest.raises(DataError, match=r"record r1.*no file 'a\.ts'"):
        judged(replace(record, workspace={}), text)
    assert judged(replace(record, workspace={"a.ts": "other"}), text)[1].passed


@pytest.mark.parametrize("workspace", [{"/etc/passwd": ""}, {"a": 1}, ["a"], {"./a": "", "a": ""}])
def test_a_workspace_that_is_none_is_a_data_fault(workspace: Any) -> None:
    with pytest.raises(DataError, match="record r1: its workspace"):
        judged(replace(RECORD, workspace=workspace), plan(READ))


def test_the_order_of_records_does_not_matter() -> None:
    rng = random.Random(1)  # noqa: S311 - reproducible on purpose
    pairs = [(one, other.output) for one, other in itertools.pairwise(EVAL[:61])]
    pairs += [(one, one.output) for one in EVAL[:60]]
    first = {(one.id, text): judged(one, text) for one, text in pairs}
    rng.shuffle(pairs)
    metrics = {metric.name: metric for metric in tool_metrics(CATALOG)}
    for one, text in pairs:
        completion = Completion(one.id, text, "stop", 1, 1)
        again = [metrics[name](one, completion) for name in ("tool.chaining", "tool.end_to_end")]
        assert again == list(first[one.id, text])


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
STEPS = st.sampled_from([READ, GLOB, SORT, FIRST, MAKE, EDIT]) | st.fixed_dictionaries(
    {"tool": st.sampled_from([*CATALOG.tools]) | ANY_TEXT},
    optional={"args": st.dictionaries(st.sampled_from(["path", "files", "if", "then"]), ANY_TEXT)},
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, max_size=5).map(lambda steps: plan(*steps)) | ANY_TEXT)
def test_values_are_shares(text: str) -> None:
    chaining, end = judged(RECORD, text)
    assert 0 <= chaining.value <= 1
    assert end.value in {0, 1}
    assert judged(RECORD, text + " ")[1] == end
    for outcome in (chaining, end):
        assert outcome.passed == (outcome.value == 1)
