"""web4 as a harness: canned answers kept, judged by seven metrics, held against the targets.

Copied as ``test_items.py`` beside ``records.jsonl`` and ``answers.jsonl``; run with web4's plugin.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from web4.catalog import catalog_path, load_catalog
from web4.evaluation import SCORES, predict, score_predictions
from web4.metrics.scorecard import Scorecard
from web4.metrics.tool import tool_metrics
from web4.records import Completion, Record, read_completions, read_records
from web4.targets import Target, load_targets

_HERE = Path(__file__).parent
_JUDGED = {metric.name for metric in tool_metrics(load_catalog(catalog_path()))}
_TARGETS = [one for one in load_targets().of("tool") if one.metric in _JUDGED]


class _Canned:
    """A candidate whose answers are known."""

    def __init__(self, answers: Path) -> None:
        self._answers = {one.record_id: one for one in read_completions(answers)}

    def answer(
        self,
        records: Sequence[Record],
        *,
        max_new_tokens: int,  # noqa: ARG002 - the answers are there
        on_done: Callable[[Completion], None],
    ) -> None:
        for record in records:
            on_done(self._answers[record.id])

    def close(self) -> None:
        self._answers = {}


@pytest.fixture(scope="session")
def card(tmp_path_factory: pytest.TempPathFactory) -> Scorecard:
    """Ask, keep, judge and score."""
    answered, scratch, scored = (tmp_path_factory.mktemp(name) for name in ("a", "b", "c"))
    records = _HERE / "records.jsonl"
    predict(
        _Canned(_HERE / "answers.jsonl"),
        list(read_records(records)),
        answered,
        scratch,
        max_new_tokens=1,
        what="canned",
    )
    score_predictions(answered, {"tool": records}, catalog_path(), scored)
    shutil.copy(scored / SCORES, _HERE / SCORES)
    raw = json.loads((scored / SCORES).read_text(encoding="utf-8"))
    return Scorecard.read("canned", "", "", raw, load_targets())


@pytest.mark.parametrize("asked", _TARGETS, ids=[one.metric for one in _TARGETS])
def test_reached(asked: Target, card: Scorecard) -> None:
    assert asked.reached_by(card.scores[asked.metric].value)  # noqa: S101 - a test
