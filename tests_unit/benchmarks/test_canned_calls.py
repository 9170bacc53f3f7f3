"""Canned calls: distinct, of every kind, and only the right kinds pass."""

from collections import defaultdict

import pytest

from benchmarks.canned_calls import ACCEPTED, KINDS, Call, calls
from web4.catalog import catalog_path, load_catalog
from web4.metrics.tool import tool_metrics
from web4.paths import data_dir
from web4.records import Completion, Record, read_records

_RIGHT = {"gold", "same path, spelled ./", "no type", ACCEPTED}
"""What has the right calls with the right arguments."""


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return list(read_records(data_dir() / "eval" / "v1.2" / "tool.jsonl"))[::8]


@pytest.fixture(scope="module")
def made(records: list[Record]) -> list[Call]:
    return list(calls(records, 40 * len(records)))


def test_every_kind_is_made_and_no_answer_twice(made: list[Call]) -> None:
    assert {call.kind for call in made} >= KINDS.keys()
    assert len({call.id for call in made}) == len(made)
    assert len({(call.record_id, call.kind, call.text) for call in made}) == len(made)


def test_the_same_calls_each_time(records: list[Record], made: list[Call]) -> None:
    assert list(calls(records, len(made))) == made


def test_only_right_kinds_pass(records: list[Record], made: list[Call]) -> None:
    by_id = {record.id: record for record in records}
    every = tool_metrics(load_catalog(catalog_path()))
    judging = [one for one in every if one.name in {"tool.selection", "tool.arguments"}]
    passed: dict[str, set[bool]] = defaultdict(set)
    for call in made:
        answer = Completion(call.record_id, call.text, "stop", 1, 1)
        outcomes = [metric(by_id[call.record_id], answer).passed for metric in judging]
        passed[call.kind].add(all(outcomes))
    assert {kind for kind, found in passed.items() if found == {True}} == _RIGHT & passed.keys()
    assert {kind for kind, found in passed.items() if found == {False}} == passed.keys() - _RIGHT
