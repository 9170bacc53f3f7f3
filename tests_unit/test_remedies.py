"""Each remedy names a target, and its records can be made: of its kind, and no others."""

from pathlib import Path

import pytest

from web4.errors import ConfigError
from web4.pipeline import requests
from web4.profile import Added, load_profile
from web4.records import TRAIN_BUCKETS, Record, read_records
from web4.remedies import Remedy, drawn, load_remedies, write_added
from web4.targets import load_targets


def test_each_metric_that_records_can_mend_has_one_remedy() -> None:
    asked = {
        one.metric
        for one in load_targets().target
        if one.scope == "candidate" and one.family in {"tool", "style", "guardrail"}
    }
    named = [one.metric for one in load_remedies().remedy]
    assert set(named) == asked
    assert len(named) == len(asked)


def test_a_remedy_is_as_large_as_the_miss() -> None:
    remedies = load_remedies()
    asked = {one.metric: one for one in load_targets().target}

    def wanted(metric: str, value: float) -> int:
        remedy = remedies.of(asked[metric], value)
        assert remedy
        return remedy.records

    assert wanted("guardrail.refusal_accuracy", 0.88) == 600  # 10 points below, 60 for each
    assert wanted("guardrail.false_acceptance", 0.11) == 600  # and 10 points above
    assert wanted("tool.json_validity", 0.989) == remedies.training.at_least
    assert wanted("tool.selection", 0.1) == remedies.training.at_most
    assert wanted("style.forbidden", 3.0) == remedies.training.at_least  # findings are no points
    assert remedies.of(asked["overall.weighted"], 0.1) is None


@pytest.mark.parametrize("remedy", load_remedies().remedy, ids=lambda one: str(one.metric))
def test_a_remedys_records_can_be_made(remedy: Remedy) -> None:
    few = remedy.added.model_copy(update={"records": 3})
    found = list(drawn(few, 7, set()))
    assert len(found) == 3
    for record in found:
        assert few.fits(record)
        assert not remedy.grades or record.difficulty in remedy.grades
        assert remedy.restricted is None or record.restricted is remedy.restricted
        assert not remedy.template or record.template
        assert not remedy.negative or record.negative_example is not None
    assert [one.id for one in drawn(few, 7, set())] == [one.id for one in found]


def test_what_is_not_of_the_kind_does_not_fit() -> None:
    record = Record("r1", "guardrail", "Explain a vault.", "", "Sure.", difficulty=2)
    kinds = {"grades": (3,), "restricted": True, "template": True, "negative": True}
    assert Added(bucket="guardrail", records=1, restricted=False, grades=(2,)).fits(record)
    for name, value in kinds.items():
        wanted = Added.model_validate({"bucket": "guardrail", "records": 1, name: value})
        assert not wanted.fits(record)


def test_added_records_stand_behind_the_others(tmp_path: Path) -> None:
    for bucket in TRAIN_BUCKETS:
        (tmp_path / f"{bucket}.jsonl").write_text("", encoding="utf-8")
    added = [{"bucket": "guardrail", "records": 2}, {"bucket": "guardrail", "records": 1}]
    write_added(tmp_path, added, seed=3)
    ids = [one.id for one in read_records(tmp_path / "guardrail.jsonl")]
    assert ids == ["guardrail-00000-added1", "guardrail-00001-added1", "guardrail-00000-added2"]
    assert (tmp_path / "tool_core.jsonl").read_text("utf-8") == ""


def test_no_added_record_asks_what_is_asked_already() -> None:
    wanted = Added(bucket="tool_core", records=40, grades=(1,))
    asked: set[tuple[str, str]] = set()
    first = {(one.instruction, one.input) for one in drawn(wanted, 5, asked)}
    assert asked == first
    assert len(first) == 40
    again = {(one.instruction, one.input) for one in drawn(wanted, 5, asked)}  # the same draws
    assert not again & first


def test_only_added_records_change_what_the_dataset_is_made_from() -> None:
    profile = load_profile("embedded")
    added = Added(bucket="tool_neg", records=5, negative=True)
    plain, more = (
        requests(one)["dataset"]
        for one in (profile, profile.model_copy(update={"added": (added,)}))
    )
    assert set(plain.params) == {"seed", "counts", "generator"}  # as before there were remedies
    assert more.params["added"] == [{"bucket": "tool_neg", "records": 5, "negative": True}]
    assert more.key != plain.key


def test_a_kind_that_is_too_rare_is_told() -> None:
    with pytest.raises(ConfigError, match="0 of 2 records of the kind"):
        list(drawn(Added(bucket="guardrail", records=2, grades=(9,)), 1, set()))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[training", "not valid TOML"),
        ("[training]\nrate = 2\n", "mend "),
        (None, "cannot be read"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str | None, told: str) -> None:
    path = tmp_path / "remedies.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=told) as caught:
        load_remedies(path)
    assert str(path) in str(caught.value)
