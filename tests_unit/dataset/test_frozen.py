"""A frozen evaluation set is what it was, and training never sees a question of it."""

import json
from collections import Counter
from pathlib import Path

import pytest

from web4.catalog import catalog_path
from web4.dataset import synth
from web4.dataset.freezing import EVAL_SEED
from web4.dataset.frozen import load_eval
from web4.digests import file_digest, joint_digest
from web4.errors import DataError
from web4.paths import data_dir
from web4.profile import load_profile
from web4.records import read_records, write_jsonl

# Of the embedded profile's five files. Where it changes on purpose, synth.VERSION has to rise.
_TRAINING_SET = "16cdfadaab8a9bb6019533a78b55f54a1f4bab4e4b77436db52ddbcb64a1e5da"
_BUCKETS = ("tool", "style", "guardrail", "mini")


def _told(version: str) -> str:
    with pytest.raises(DataError) as caught:
        load_eval(version)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_shipped_set_has_the_sizes_that_were_promised() -> None:
    frozen = load_eval("v1.2")
    assert set(frozen.buckets) == set(_BUCKETS)
    sizes = {bucket: len(frozen.records(bucket)) for bucket in _BUCKETS}
    assert sizes["tool"] >= 400
    assert sizes["style"] >= 300
    assert sizes["guardrail"] >= 600
    assert 100 <= sizes["mini"] <= 200


def test_the_mini_set_asks_something_of_every_family() -> None:
    kinds = [record.task_type for record in load_eval("v1.2").records("mini")]
    assert set(kinds) == {"tool_call", "style_sft", "style_refactor", "guardrail"}


def test_ids_are_unique_over_all_buckets() -> None:
    ids = [record.id for bucket in _BUCKETS for record in load_eval("v1.2").records(bucket)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("bucket", _BUCKETS)
def test_a_tenth_of_each_bucket_is_unseen(bucket: str) -> None:
    records = load_eval("v1.2").records(bucket)
    assert 10 * sum(record.slice == "unseen" for record in records) == len(records)


def test_both_kinds_of_guardrail_request_are_asked() -> None:
    restricted = [record.restricted for record in load_eval("v1.2").records("guardrail")]
    assert sum(restricted) == len(restricted) - sum(restricted) == 300


@pytest.mark.parametrize("bucket", _BUCKETS)
def test_grades_are_spread_evenly(bucket: str) -> None:
    grades = Counter(record.difficulty for record in load_eval("v1.2").records(bucket))
    assert sorted(grades) == [1, 2, 3, 4, 5]
    assert len(set(grades.values())) == 1


def test_training_has_no_request_and_no_unseen_skeleton_of_the_evaluation(tmp_path: Path) -> None:
    profile = load_profile("embedded")
    synth.write_train(tmp_path, profile.data.model_dump(), profile.seed)
    written = {path.name: file_digest(path) for path in tmp_path.iterdir()}
    assert joint_digest(written) == _TRAINING_SET
    trained = [record for path in tmp_path.glob("*.jsonl") for record in read_records(path)]
    assert len(trained) == 40_000
    requests = {(record.instruction, record.input) for record in trained}
    skeletons = {(record.task_type, record.skeleton) for record in trained}
    frozen = load_eval("v1.2")
    asked = [record for bucket in _BUCKETS for record in frozen.records(bucket)]
    assert [one.id for one in asked if (one.instruction, one.input) in requests] == []
    unseen = {(one.task_type, one.skeleton) for one in asked if one.slice == "unseen"}
    assert len(unseen) > 100
    assert unseen & skeletons == set()


@pytest.mark.parametrize("bucket", _BUCKETS)
def test_the_generator_still_gives_the_frozen_bytes(tmp_path: Path, bucket: str) -> None:
    manifest = json.loads(
        (data_dir() / "eval" / "v1.2" / "manifest.json").read_text(encoding="utf-8")
    )
    again = tmp_path / f"{bucket}.jsonl"
    write_jsonl(again, synth.eval_records(bucket, EVAL_SEED))
    assert again.read_bytes() == load_eval("v1.2").buckets[bucket].read_bytes()
    assert file_digest(again) == manifest["files"][again.name]
    assert (manifest["generator"], manifest["seed"]) == (synth.EVAL_VERSION, EVAL_SEED)


def test_the_shipped_set_was_made_for_the_catalogue_and_the_rules_of_today() -> None:
    frozen = load_eval("v1.2")
    assert frozen.outdated(catalog_path()) == []
    assert frozen.next_version == "v1.3"


@pytest.mark.parametrize(
    ("changed", "told"),
    [("tools/web4.json", "tool catalogue"), ("style/prettier.json", "style rules")],
)
def test_a_changed_rule_makes_the_set_outdated(data: Path, changed: str, told: str) -> None:
    with (data / changed).open("a", encoding="utf-8") as handle:
        handle.write("\n")
    assert load_eval("v1.2").outdated(catalog_path()) == [told]


def test_a_set_that_does_not_say_what_it_was_made_for_is_outdated() -> None:
    assert load_eval("v1.0").outdated(catalog_path()) == ["tool catalogue", "style rules"]


# ── What may go wrong ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("bucket", _BUCKETS)
def test_a_changed_byte_is_told_with_its_file(data: Path, bucket: str) -> None:
    path = data / "eval" / "v1.2" / f"{bucket}.jsonl"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert _told("v1.2").startswith(f"{path}: is not the file that was frozen as v1.2")


def test_a_missing_file_is_told(data: Path) -> None:
    path = data / "eval" / "v1.2" / "style.jsonl"
    path.unlink()
    assert _told("v1.2").startswith(f"{path}: ")


def test_an_unknown_version_lists_the_known_ones() -> None:
    assert _told("v2.0").endswith("Known versions: v1.0, v1.1, v1.2")


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b"3", b"\xff"])
def test_a_broken_manifest_is_told(data: Path, content: bytes) -> None:
    (data / "eval" / "v1.2" / "manifest.json").write_bytes(content)
    assert _told("v1.2").startswith(f"{data / 'eval' / 'v1.2'}: no frozen evaluation set")
