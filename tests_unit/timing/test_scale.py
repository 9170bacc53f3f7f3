"""A fraction multiplies every number of records, and cuts a frozen set down without touching it."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.dataset.frozen import load_eval
from web4.errors import ConfigError
from web4.pipeline import requests
from web4.profile import Profile, load_profile
from web4.timing.scale import fraction_of, scaled, scaled_data, version_at

_TRAININGS = ("dry_run", "mini", "full")


def _embedded() -> Profile:
    return load_profile("embedded")


@pytest.mark.parametrize("text", ["1", "0.005", "1e-3"])
def test_a_fraction_is_read(text: str) -> None:
    assert fraction_of(text) == float(text)


@pytest.mark.parametrize("text", ["", "0", "-1", "1.01", "nan", "inf", "half"])
def test_what_is_no_fraction_is_said(text: str) -> None:
    with pytest.raises(ConfigError, match="--web4-timing-scale"):
        fraction_of(text)


def test_the_whole_is_the_profile_itself() -> None:
    assert scaled(_embedded(), 1) == _embedded()


@settings(deadline=None)  # the machine may be busy
@given(st.floats(min_value=1e-4, max_value=0.999))
def test_numbers_of_records_shrink_together_and_nothing_else_does(fraction: float) -> None:
    whole, cut = _embedded(), scaled(_embedded(), fraction)
    for name in _TRAININGS:
        before, after = getattr(whole, name), getattr(cut, name)
        parts = len(before.mix.model_dump()) if before.mix else 1
        assert abs(after.records - fraction * before.records) <= parts
        assert after.records >= 1
        left = {"records", "mix", "validation_records"}
        assert after.model_dump(exclude=left) == before.model_dump(exclude=left)
        if after.mix:
            assert sum(after.mix.model_dump().values()) == after.records
            counts = cut.data.model_dump()
            assert all(share <= counts[name] for name, share in after.mix.model_dump().items())
    assert cut.eval.version == version_at(whole.eval.version, fraction) != whole.eval.version
    assert (cut.lora, cut.base, cut.seed) == (whole.lora, whole.base, whole.seed)


def test_an_evaluation_version_is_cut_down_beside_the_frozen_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = load_eval("v1.2")
    made = scaled_data(tmp_path, "v1.2", 0.01)
    monkeypatch.setenv("WEB4_DATA", str(made))
    cut = load_eval("v1.2-at-0.01")
    assert cut.digest != whole.digest
    for bucket in whole.buckets:
        few, all_ = cut.records(bucket), whole.records(bucket)
        assert [one for one in all_ if one in few] == few
        kinds = {(one.task_type, one.restricted) for one in all_}
        assert {(one.task_type, one.restricted) for one in few} == kinds
        assert len(few) <= len(all_) * 0.01 + len(kinds)
    told = json.loads((made / "eval" / "v1.2-at-0.01" / "manifest.json").read_text("utf-8"))
    assert told["drawn_from"] == {"version": "v1.2", "digest": whole.digest, "fraction": 0.01}
    assert [path.name for path in (made / "eval").iterdir()] == ["v1.2-at-0.01"]
    assert (made / "targets.toml").is_file()


def test_the_same_records_are_drawn_each_time(tmp_path: Path) -> None:
    folders = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        folders.append(scaled_data(tmp_path / name, "v1.2", 0.05) / "eval" / "v1.2-at-0.05")
    for path in folders[0].iterdir():
        assert path.read_bytes() == (folders[1] / path.name).read_bytes()


def test_a_cut_run_can_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = requests(_embedded())
    monkeypatch.setenv("WEB4_DATA", str(scaled_data(tmp_path, "v1.2", 0.01)))
    cut = requests(scaled(_embedded(), 0.01))
    assert cut.keys() == whole.keys()
    assert cut["base"].key == whole["base"].key
    changed = ("dataset", "full", "predict_adapter", "deploy")
    assert all(cut[step].key != whole[step].key for step in changed)
