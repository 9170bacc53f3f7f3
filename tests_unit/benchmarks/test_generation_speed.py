"""Every engine gets the same prompts, and its texts are compared with web4's."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from benchmarks.engines import Answer, Answers, of_candidate
from benchmarks.generation_speed import COMPLETE, _kept, _told, _wanted, agreement, chosen
from benchmarks.released import made_from, weights
from benchmarks.side_by_side import OURS, PeerError, Row, Sample, Table
from web4.records import Completion, Record
from web4.release.kept import all_releases


class _Echo:
    """Answers with the record's own output, in reverse order."""

    def answer(
        self,
        records: Sequence[Record],
        *,
        max_new_tokens: int,
        on_done: Callable[[Completion], None],
    ) -> None:
        for record in reversed(records):
            on_done(Completion(record.id, record.output, "stop", 1, max_new_tokens))

    def close(self) -> None:
        """Hold nothing."""


def test_prompts_come_from_every_bucket_in_turn() -> None:
    records = chosen(7)
    assert len({record.id for record in records}) == 7
    assert [record.id for record in chosen(7)] == [record.id for record in records]
    kinds = [record.task_type for record in records[:3]]
    assert len(set(kinds)) == 3


def test_a_candidate_s_answers_are_told_by_record() -> None:
    records = chosen(3)
    found = of_candidate(_Echo(), records, 9)()
    assert found == {record.id: Answer(record.output, 9) for record in records}


def test_texts_agree_but_for_white_space_at_their_end() -> None:
    ours = {"a": Answer("x", 1), "b": Answer("y", 1), "c": Answer("z", 1)}
    theirs = {"a": Answer("x\n", 2), "b": Answer(" y", 1), "c": Answer("z", 9)}
    assert agreement(ours, theirs) == 2


def test_rates_of_two_types_have_a_target() -> None:
    rows = (Row(COMPLETE, (Sample(10.0),)), Row(OURS, (Sample(5.0),)))
    tables = [Table(f"llama.cpp, {kind}", "answer", 3, rows) for kind in ("f16", "Q8_0", "Q4_K_M")]
    found = list(_wanted([*tables, Table("transformers, float32", "answer", 3, rows)]))
    assert [one.what.rpartition(" ")[2] for one in found] == ["f16", "Q8_0"]
    assert [(one.reached, one.holds) for one in found] == [(2.0, False)] * 2


def test_a_row_tells_rate_agreement_and_what_changed_between_rounds() -> None:
    said: dict[str, list[Answers]] = {}
    same, other = {"a": Answer("x", 30)}, {"a": Answer("y", 30)}
    _kept(OURS, lambda: same, said)()
    turns = iter([other, same])
    contender = _kept(COMPLETE, lambda: next(turns), said)
    samples = (contender(), contender())
    told = _told(Row(COMPLETE, samples, "one at a time"), said, 1)
    assert "0 of 1 texts as web4's" in told.note
    assert "texts differ between rounds" in told.note
    assert told.note.startswith("one at a time; ")
    assert "as web4's" not in _told(Row(OURS, samples), said, 1).note
    assert _told(Row("x", (), absent="why"), said, 1).absent == "why"


def _artifact(store: Path, step: str, key: str, parent: str) -> Path:
    folder = store / step / key
    folder.mkdir(parents=True)
    manifest = {"key": key, "inputs": {"from": parent}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_weights_are_those_made_from_the_release_and_nothing_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB4_STORE", str(tmp_path))
    newest = all_releases()[-1]
    with pytest.raises(PeerError, match="holds no merged model"):
        weights(newest.version)
    _artifact(tmp_path, "merge", "m0", "another")
    assert made_from(tmp_path, "merge", newest.adapter_key) is None
    merged = _artifact(tmp_path, "merge", "m1", newest.adapter_key)
    gguf = _artifact(tmp_path, "gguf", "g1", "m1") / "model.f16.gguf"
    gguf.write_bytes(b"GGUF")
    found = weights(newest.version)
    assert (found.name, found.folder, found.gguf) == (newest.version, merged / "model", gguf)
    assert found.as_type("f16") == gguf
