"""A new version of the evaluation set stands there whole, once, and with the right gold."""

import json
from pathlib import Path

import pytest

from web4.catalog import catalog_path
from web4.dataset import synth
from web4.dataset.freezing import freeze
from web4.dataset.frozen import load_eval
from web4.errors import ConfigError, DataError

_BUCKETS = ("tool", "style", "guardrail", "mini")


def test_a_version_is_frozen_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _few_records(monkeypatch)
    folder = freeze("v1.3", catalog_path())
    assert folder == data / "eval" / "v1.3"
    assert {bucket: len(load_eval("v1.3").records(bucket)) for bucket in _BUCKETS} == dict.fromkeys(
        _BUCKETS, 20
    )
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ConfigError, match="is frozen already"):
        freeze("v1.3", catalog_path())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def _few_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synth, "EVAL_SIZES", {bucket: {"tool_core": 20} for bucket in _BUCKETS})


def test_a_changed_schema_is_followed_by_a_new_version(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = data / "tools" / "web4.json"
    tools = json.loads(catalogue.read_text("utf-8"))
    more = {"type": "integer", "description": "Lines at most."}
    tools[0]["function"]["parameters"]["properties"]["limit"] = more
    catalogue.write_text(json.dumps(tools), encoding="utf-8")
    assert load_eval("v1.2").outdated(catalog_path()) == ["tool catalogue"]
    _few_records(monkeypatch)
    freeze(load_eval("v1.2").next_version, catalog_path())
    assert load_eval("v1.3").outdated(catalog_path()) == []
    assert load_eval("v1.2").outdated(catalog_path()) == ["tool catalogue"]


def test_gold_that_does_not_fit_the_new_schema_is_not_frozen(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = data / "tools" / "web4.json"
    catalogue.write_text(catalogue.read_text("utf-8").replace('"ls"', '"list_dir"'), "utf-8")
    _few_records(monkeypatch)
    with pytest.raises(DataError, match=r"v1\.3 is not frozen: \d+ of its records .*unknown-tool"):
        freeze("v1.3", catalog_path())
    assert sorted(path.name for path in (data / "eval").iterdir()) == ["v1.0", "v1.1", "v1.2"]


def test_the_shipped_version_cannot_be_frozen_again(data: Path) -> None:
    manifest = (data / "eval" / "v1.2" / "manifest.json").read_bytes()
    with pytest.raises(ConfigError, match=r"v1\.2: this version is frozen already"):
        freeze("v1.2", catalog_path())
    assert (data / "eval" / "v1.2" / "manifest.json").read_bytes() == manifest
