"""Evaluations within a run are spread evenly, written down, and the best of them is found."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from web4.training.evaluations import (
    Evaluated,
    MiniScores,
    best,
    planned_updates,
    read_evaluations,
    write_evaluations,
)


def _at(update: int, weighted: float) -> Evaluated:
    scores = MiniScores({"tool": weighted, "style": 0.1 + 0.2}, weighted, 3, 60)
    return Evaluated.of(update, scores)


@given(st.integers(1, 2000), st.integers(1, 10))
def test_the_last_update_is_always_evaluated(updates: int, evaluations: int) -> None:
    planned = sorted(planned_updates(updates, evaluations))
    assert planned[-1] == updates
    assert planned[0] >= 1
    assert len(planned) == min(updates, evaluations)


def test_four_evaluations_are_a_quarter_apart() -> None:
    assert sorted(planned_updates(125, 4)) == [32, 63, 94, 125]


def test_the_best_is_the_last_of_the_highest_and_was_learned() -> None:
    assert best([]) is None
    assert best([_at(0, 1.0)]) is None
    found = best([_at(0, 1.0), _at(5, 0.5), _at(10, 0.7), _at(15, 0.7), _at(20, 0.6)])
    assert found is not None
    assert found.update == 15


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "evaluations.csv"
    assert read_evaluations(path) == []
    write_evaluations(path, [])
    assert read_evaluations(path) == []
    rows = [_at(0, 1 / 3), _at(32, 0.7)]
    write_evaluations(path, rows)
    assert read_evaluations(path) == rows
    header = path.read_text(encoding="utf-8").splitlines()[0]
    assert header == "update,weighted,json_errors,tool_answers,style,tool"
