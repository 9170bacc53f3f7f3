"""Only what is certified and no worse than the release before is accepted, or it is marked red."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests_unit.compared import Bench, small_data
from web4.acceptance import accept
from web4.certification import certify_run
from web4.errors import ConfigError
from web4.gate import Verdict
from web4.release.kept import all_releases, latest_release
from web4.run import Run
from web4.scorecard_file import described
from web4.view import write_view

_BROKEN = [f"tool-{number:04d}" for number in range(1, 26)]


@pytest.fixture(scope="module")
def _data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("web4.store._sync", lambda _: None)
        yield small_data(tmp_path_factory.mktemp("accepted"))


@pytest.fixture
def bench(_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    (tmp_path / "data").mkdir()
    for path in _data.iterdir():
        (tmp_path / "data" / path.name).symlink_to(path)
    monkeypatch.setenv("WEB4_DATA", str(tmp_path / "data"))
    return Bench(tmp_path)


def _gated(run: Run, folder: Path, verdict: Verdict) -> Path:
    """Let a run be gated with a verdict; certify it where that is green."""
    for name in ("merge", "gguf", "dataset"):
        run.artifact(name)
    for candidate in run.candidates:
        run.scorecard(candidate)
    record: dict[str, Any] = described(run, verdict, [], 0.0)
    write_view(run, folder, record)
    (folder / "shipgate.xml").write_text("<testsuites/>", encoding="utf-8")
    if verdict.passed:
        certify_run(run, folder, folder / "shipgate.xml", None)
    return folder


def test_a_green_run_is_accepted_with_its_evidence(bench: Bench, tmp_path: Path) -> None:
    run = bench.run()
    folder = _gated(run, tmp_path / "out", Verdict(22, 0, 0))
    made, gone = accept(run, folder, "v1.0.0")
    assert (made.green, gone) == (True, [])
    assert latest_release() == made
    kept = {path.name for path in made.path.iterdir()}
    assert {"scorecard.json", "certificate.json", "shipgate.xml", "bom.cdx.json"} <= kept
    assert {"README.md", "store", "release.json"} <= kept
    assert "license: apache-2.0" in (made.path / "README.md").read_text(encoding="utf-8")


def test_a_red_run_is_refused_or_marked(bench: Bench, tmp_path: Path) -> None:
    run = bench.run()
    folder = _gated(run, tmp_path / "out", Verdict(22, 1, 0))
    with pytest.raises(ConfigError, match="Only what has passed is certified"):
        accept(run, folder, "v1.0.0")
    assert all_releases() == []
    assert not accept(run, folder, "v1.0.0", red=True)[0].green


def test_a_certificate_that_no_longer_holds_is_refused(bench: Bench, tmp_path: Path) -> None:
    run = bench.run()
    folder = _gated(run, tmp_path / "out", Verdict(22, 0, 0))
    (folder / "shipgate.xml").write_text("<testsuites />", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"is not what certificate\.json certifies"):
        accept(run, folder, "v1.0.0")


def test_a_green_run_that_is_worse_is_refused_with_its_reasons(
    bench: Bench, tmp_path: Path
) -> None:
    first = bench.run(1e-3)
    accept(first, _gated(first, tmp_path / "first", Verdict(22, 0, 0)), "v1.0.0")
    worse = bench.run(2e-3, broken=_BROKEN)
    folder = _gated(worse, tmp_path / "worse", Verdict(22, 0, 0))
    with pytest.raises(ConfigError) as caught:
        accept(worse, folder, "v1.1.0")
    told = str(caught.value)
    assert "iteration.regressions is 5, wanted <= 0 metrics (tool.json_validity: 25 worse" in told
    assert "iteration.tool_drop is " in told
    assert "iteration.canaries is " in told
    assert latest_release().version == "v1.0.0"
    as_good = bench.run(3e-3)
    accept(as_good, _gated(as_good, tmp_path / "good", Verdict(22, 0, 0)), "v1.1.0")
    assert latest_release().version == "v1.1.0"


def test_another_run_than_the_gated_one_is_refused(bench: Bench, tmp_path: Path) -> None:
    folder = _gated(bench.run(1e-3), tmp_path / "out", Verdict(22, 0, 0))
    record = json.loads((folder / "scorecard.json").read_text("utf-8"))
    assert record["run"]["dataset_sha256"]
    with pytest.raises(ConfigError, match="another adapter was gated"):
        accept(bench.run(2e-3), folder, "v1.0.0")
