"""The mini set is judged within a training by what the targets weigh, as in an evaluation."""

from dataclasses import replace

import pytest

from web4.catalog import catalog_path
from web4.dataset.frozen import load_eval
from web4.mini_set import MiniSet, composition
from web4.records import Completion, Record
from web4.targets import load_targets

_RECORDS = load_eval("v1.1").records("mini")
_WEIGHTS = composition(load_targets())


def _gold(records: list[Record]) -> dict[str, Completion]:
    return {one.id: Completion(one.id, one.output, "stop", 10, 10) for one in records}


@pytest.fixture(scope="module")
def asked() -> MiniSet:
    return MiniSet(_RECORDS, catalog_path(), _WEIGHTS, 64)


def test_gold_answers_score_everything(asked: MiniSet) -> None:
    scores = asked.scored(_gold(_RECORDS))
    assert scores.families == {"tool": 1.0, "style": 1.0, "guardrail": 1.0}
    assert (scores.weighted, scores.json_errors, scores.tool_answers) == (1.0, 0, 60)


def test_broken_json_is_counted_and_lowers_the_weighted_score(asked: MiniSet) -> None:
    answers = _gold(_RECORDS)
    broken = [one for one in _RECORDS if one.task_type == "tool_call"][:6]
    for one in broken:
        answers[one.id] = replace(answers[one.id], text=one.output[:-1])
    scores = asked.scored(answers)
    assert scores.json_errors == 6
    assert scores.families["tool"] == pytest.approx(0.9)
    assert scores.families["style"] == 1
    assert scores.weighted == pytest.approx(1 - 0.45 * 0.1)


def test_ten_tool_and_ten_style_answers_are_kept_to_read(asked: MiniSet) -> None:
    answers = _gold(_RECORDS)
    first = next(one for one in _RECORDS if one.task_type == "tool_call")
    answers[first.id] = replace(answers[first.id], text="\x1b[2J\x07 gone " + "x" * 9000)
    text = asked.scored(answers).answers
    assert text.count("== mini-") == 20
    assert text.count("(tool_call)") == 10
    assert "\x1b" not in text
    assert "\\x1b[2J\\x07 gone" in text
    assert max(len(line) for line in text.splitlines()) < 5000


def test_the_composition_is_what_the_targets_weigh() -> None:
    assert _WEIGHTS["families"] == {"tool": 0.45, "style": 0.45, "guardrail": 0.10}
    assert "tool.json_validity" in _WEIGHTS["parts"]["tool"]
    assert set(_WEIGHTS["parts"]) == set(_WEIGHTS["families"])
