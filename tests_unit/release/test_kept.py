"""Releases are found in order of their versions, and a broken one is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests_unit.gate_suite import ROOT
from web4.digests import file_digest
from web4.errors import ConfigError
from web4.learned import LEARNED
from web4.release.kept import (
    Release,
    all_releases,
    find_release,
    keep,
    latest_release,
    prune,
    rollback,
)
from web4.store import Artifact, FileEntry, Manifest, Usage, open_artifact

_KEY = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WEB4_DATA", str(tmp_path))
    return tmp_path


def _release(data: Path, version: str, **changed: Any) -> Path:
    folder = data / "releases" / version
    folder.mkdir(parents=True)
    described = {
        "version": version,
        "profile": "embedded",
        "adapter_key": _KEY,
        "green": True,
        "probe_gflops": 80.0,
        **changed,
    }
    text = json.dumps({name: value for name, value in described.items() if value is not None})
    (folder / "release.json").write_text(text, encoding="utf-8")
    return folder


def test_there_may_be_no_release() -> None:
    assert all_releases() == []
    with pytest.raises(ConfigError, match="there is no release to be gated"):
        latest_release()


def test_releases_are_ordered_by_the_numbers_of_their_versions(data: Path) -> None:
    for version in ("v0.10.0", "v0.9.0", "v0.9.1", "v1.0.0"):
        _release(data, version)
    assert [one.version for one in all_releases()] == ["v0.9.0", "v0.9.1", "v0.10.0", "v1.0.0"]
    assert latest_release().version == "v1.0.0"


def test_a_release_tells_its_adapter_and_its_store(data: Path) -> None:
    folder = _release(data, "v0.1.0", green=False)
    release = latest_release()
    assert (release.adapter_key, release.green, release.probe_gflops) == (_KEY, False, 80.0)
    assert release.store == folder / "store"
    assert release.adapter == folder / "store" / "full" / _KEY[:16]
    assert release.learned is None


def test_the_list_of_records_lies_in_the_artifact_or_beside_an_older_one(data: Path) -> None:
    beside = _release(data, "v0.1.0") / LEARNED
    beside.touch()
    assert latest_release().learned == beside
    within = latest_release().adapter / LEARNED
    within.parent.mkdir(parents=True)
    within.touch()
    assert latest_release().learned == within


def test_a_release_is_found_by_its_version(data: Path) -> None:
    for version in ("v0.1.0", "v0.2.0"):
        _release(data, version)
    assert find_release("v0.1.0").version == "v0.1.0"
    with pytest.raises(ConfigError, match=r"'v3' is not kept. Known: v0.1.0, v0.2.0."):
        find_release("v3")


def test_a_release_without_its_record_is_passed_over(data: Path) -> None:
    (data / "releases" / "v0.1.0").mkdir(parents=True)
    assert all_releases() == []


@pytest.mark.parametrize("changed", [{"adapter_key": None}, {"colour": "blue"}])
def test_a_record_with_a_wrong_key_is_named(data: Path, changed: dict[str, Any]) -> None:
    _release(data, "v0.1.0", **changed)
    with pytest.raises(ConfigError, match=r"v0\.1\.0.release\.json: no release") as caught:
        all_releases()
    assert next(iter(changed)) in str(caught.value)


@pytest.mark.parametrize("content", [b"{", b"[]", b"3", b"\xff"])
def test_a_record_that_is_none_is_named(data: Path, content: bytes) -> None:
    (_release(data, "v0.1.0") / "release.json").write_bytes(content)
    with pytest.raises(ConfigError, match=r"release\.json: no release can be read"):
        all_releases()


def _artifact(folder: Path, step: str) -> Artifact:
    path = folder / step / _KEY[:16]
    (path / "lora").mkdir(parents=True)
    (path / "lora" / "weights").write_bytes(step.encode())
    entry = FileEntry(file_digest(path / "lora" / "weights"), len(step))
    files = {"lora/weights": entry}
    manifest = Manifest(step, 1, _KEY, {}, {}, {}, files, Usage(1.0, 99.0, 1), {})
    (path / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    return Artifact(path, manifest)


def _keep(folder: Path, release: Release) -> None:
    scorecard = folder / "scorecard.json"
    scorecard.write_text("{}", encoding="utf-8")
    keep(release, [_artifact(folder / "made", step) for step in ("mini", "full")], scorecard)


def test_a_kept_release_is_found_and_its_store_is_whole(
    data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    release = Release("v1.2.3", "embedded", _KEY, green=True, probe_gflops=80.0)
    left = data / "releases" / ".v1.2.3.partial"
    left.mkdir(parents=True)
    (left / "of an earlier try").touch()
    _keep(tmp_path_factory.mktemp("elsewhere"), release)
    assert latest_release() == release
    for step in ("mini", "full"):
        assert open_artifact(release.store / step / _KEY[:16]).manifest.step == step
    assert sorted(path.name for path in release.path.iterdir()) == [
        "release.json",
        "scorecard.json",
        "store",
    ]
    assert list(release.path.parent.iterdir()) == [release.path]


def test_a_release_is_never_overwritten(data: Path, tmp_path: Path) -> None:
    before = _release(data, "v1.2.3") / "release.json"
    content = before.read_bytes()
    with pytest.raises(ConfigError, match="exists already"):
        _keep(tmp_path, Release("v1.2.3", "other", _KEY, green=False, probe_gflops=1.0))
    assert before.read_bytes() == content


@pytest.mark.parametrize("version", ["1.2.3", "v1.2", "v1.2.3-rc1", "../v1.2.3", ""])
def test_a_version_that_is_none_is_refused(data: Path, tmp_path: Path, version: str) -> None:
    with pytest.raises(ConfigError, match=r"a release's version reads like v1\.2\.3"):
        _keep(tmp_path, Release(version, "embedded", _KEY, green=True, probe_gflops=80.0))
    assert not (data / "releases").exists()


# ── Which is in use, and how many are kept ────────────────────────────────────────────────────


def _versions() -> list[str]:
    return [one.version for one in all_releases()]


def test_a_rollback_puts_the_release_before_in_use(data: Path) -> None:
    for version in ("v0.1.0", "v0.2.0", "v0.3.0"):
        _release(data, version)
    untouched = (data / "releases" / "v0.1.0" / "release.json").read_bytes()
    assert rollback(why="refuses too much").version == "v0.2.0"
    assert latest_release().version == "v0.2.0"
    assert find_release("v0.3.0").withdrawn.endswith(": refuses too much")
    assert _versions() == ["v0.1.0", "v0.2.0", "v0.3.0"]  # nothing is lost
    assert rollback().version == "v0.1.0"
    assert (data / "releases" / "v0.1.0" / "release.json").read_bytes() == untouched
    with pytest.raises(ConfigError, match="there is no earlier release"):
        rollback()


def test_a_rollback_to_a_version_may_go_forward_again(data: Path) -> None:
    for version in ("v0.1.0", "v0.2.0", "v0.3.0"):
        _release(data, version)
    rollback("v0.1.0")
    assert latest_release().version == "v0.1.0"
    assert rollback("v0.3.0") == latest_release()
    assert latest_release().withdrawn == ""
    with pytest.raises(ConfigError, match="'v9' is not kept"):
        rollback("v9")


def test_the_last_five_are_kept_and_what_a_profile_goes_on_from(data: Path) -> None:
    for minor in range(1, 9):
        _release(data, f"v0.{minor}.0")
    text = (ROOT / "data" / "profiles" / "embedded.toml").read_text("utf-8")
    told = text.replace("[full]\n", '[full]\nstarts_from = "v0.2.0"\n')
    (data / "profiles").mkdir()
    (data / "profiles" / "mine.toml").write_text(told, encoding="utf-8")
    assert [one.version for one in prune()] == ["v0.1.0", "v0.3.0"]
    assert _versions() == ["v0.2.0", *(f"v0.{minor}.0" for minor in range(4, 9))]
    assert prune() == []


def test_what_was_committed_before_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB4_DATA", str(ROOT / "data"))
    assert {"v0.3.0", "v0.4.0", "v0.5.0"} <= set(_versions())
    for release in all_releases():
        assert open_artifact(release.adapter).manifest.key == release.adapter_key
