"""What a record wants is told by that record, however many are asked about and however often."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web4.catalog import catalog_path, load_catalog
from web4.errors import DataError
from web4.metrics import kept as keeping
from web4.metrics.plan_answers import PlanReader
from web4.records import Completion, Record, compact_json

CATALOG = load_catalog(catalog_path())


def _record(path: str) -> Record:
    plan = {"type": "tool_call", "steps": [{"tool": "read_file", "args": {"path": path}}]}
    return Record("tool-1", "tool_call", "Read it.", "", compact_json(plan))


def _path(reader: PlanReader, record: Record) -> str:
    found: str = reader.wanted(record).gold.args[0]["path"]
    return found


@given(st.lists(st.sampled_from("abcdefgh"), max_size=30))
def test_records_of_one_name_are_told_apart_and_few_are_kept(asked: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "_MOST", 3)
        reader = PlanReader(CATALOG)
        kept = {path: _record(path) for path in "abcdefgh"}
        for path in asked:
            assert _path(reader, kept[path]) == path
            assert _path(reader, _record(path)) == path


def test_an_answer_is_read_anew_for_another_record() -> None:
    reader, first = PlanReader(CATALOG), _record("a")
    answer = Completion("tool-1", first.output, "stop", 1, 1)
    assert reader.read(first, answer) is reader.read(first, answer)
    other = replace(first, output=_record("b").output)
    assert reader.read(other, answer)[2].gold.args == ({"path": "b"},)
    assert reader.read(first, answer)[2].gold.args == ({"path": "a"},)


def test_a_record_without_a_plan_is_no_measure_for_any_metric() -> None:
    record = replace(_record("a"), output="{}")
    with pytest.raises(DataError, match="tool-1"):
        PlanReader(CATALOG).read(record, Completion("tool-1", "{}", "stop", 1, 1))
