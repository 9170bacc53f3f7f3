"""A pass answers what a release misses, and is accepted only where it made nothing worse."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests_unit.compared import Bench, small_data
from web4.cli import main
from web4.errors import ConfigError
from web4.iteration import Pass, Plan, go, opened, plan
from web4.profile import load_profile
from web4.release.kept import Release
from web4.remedies import load_remedies
from web4.targets import load_targets

_TOOLS = [f"tool-{number:04d}" for number in range(1, 26)]
_STYLES = [f"style-{number:04d}" for number in range(1, 26)]


@pytest.fixture(scope="module")
def _data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("web4.store._sync", lambda _: None)
        yield small_data(tmp_path_factory.mktemp("iterated"), ("v0.1",))


@pytest.fixture
def bench(_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    (tmp_path / "data").mkdir()
    for path in _data.iterdir():
        (tmp_path / "data" / path.name).symlink_to(path)
    monkeypatch.setenv("WEB4_DATA", str(tmp_path / "data"))
    return Bench(tmp_path)


def _planned(bench: Bench, broken: Collection[str] = _TOOLS) -> tuple[Release, Plan]:
    release = bench.release("v1.0.0", bench.run(broken=broken))
    profile = bench.profile(1e-3, "v0.1")
    return release, plan(release, profile, load_targets(), load_remedies())


def _passed(bench: Bench, broken: Collection[str]) -> Pass:
    release, planned = _planned(bench)
    folder = bench.folder / "pass"
    profile = load_profile(str(planned.write(folder)))
    return go(planned, opened(bench.open(profile, broken=broken), release), folder)


def test_the_remedies_of_what_is_missed_are_planned(bench: Bench, tmp_path: Path) -> None:
    _, planned = _planned(bench)
    missed = {one.metric for one in planned.misses}
    tools = {"tool.json_validity", "tool.schema_match", "tool.selection", "tool.arguments"}
    assert missed == {*tools, "overall.weighted", "overall.stability"}
    assert {one.bucket for one in planned.profile.added} == {"tool_core", "tool_neg"}
    profile = load_profile(str(planned.write(tmp_path / "plan")))
    assert profile == planned.profile
    full = profile.full
    assert (full.starts_from, full.epochs, full.learning_rate) == ("v1.0.0", 1, 5e-4)
    assert full.mix
    assert full.records == sum(full.mix.model_dump().values())
    assert full.records == sum(one.records for one in profile.added) + 5 * 250
    assert profile.data == bench.profile(1e-3, "v0.1").data
    assert profile.seed != bench.profile(1e-3, "v0.1").seed
    told = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))
    assert told["release"] == "v1.0.0"
    assert "1584 of tool_neg: confuser prompts" in planned.to_text()


def test_a_release_that_misses_nothing_needs_no_pass(bench: Bench) -> None:
    with pytest.raises(ConfigError, match="misses no target that records could mend"):
        _planned(bench, broken=())


def test_a_pass_that_mends_and_breaks_nothing_is_accepted(bench: Bench) -> None:
    done = _passed(bench, broken=())
    assert done.accepted
    told = json.loads((bench.folder / "pass" / "iteration.json").read_text("utf-8"))
    assert told["accepted"] is True
    (selection,) = (one for one in told["misses"] if one["metric"] == "tool.selection")
    assert selection["before"] < selection["after"] == 1.0
    assert {"sanity", "full", "score_adapter", "this pass"} <= told["seconds"].keys()
    text = done.to_text(load_targets())
    assert "tool.selection               58.3% -> 100.0%, better, reached" in text
    assert text.endswith("accepted: nothing is worse\n")


def test_a_pass_that_breaks_something_is_refused_with_its_reasons(bench: Bench) -> None:
    done = _passed(bench, broken=_STYLES)
    assert not done.accepted
    text = done.to_text(load_targets())
    assert "refused: iteration.regressions is 3, wanted <= 0 metrics (style." in text
    assert "refused: iteration.style_drop is " in text
    assert "tool.selection               58.3% -> 100.0%, better" in text
    assert (bench.folder / "pass" / "regression.txt").is_file()


def test_records_that_leak_are_not_learned(bench: Bench) -> None:
    release, planned = _planned(bench)
    profile = load_profile(str(planned.write(bench.folder / "pass")))
    bench.steps._report = {"errors": 3, "records": 9, "counts": {"E501": 3}}
    bench.steps.ran.clear()
    with pytest.raises(ConfigError, match=r"do not pass the sanity check \(3 x E501\)"):
        go(planned, opened(bench.open(profile), release), bench.folder / "pass")
    assert "full" not in bench.steps.ran
    assert "sanity" in bench.steps.ran


def test_the_plan_of_a_kept_release_is_written_by_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["iterate", "--plan", "--release", "v0.3.0"])
    assert result.exit_code == 0
    assert result.stdout.startswith("v0.3.0 misses ")
    (profile,) = (tmp_path / "outputs" / "iterations").glob("*/*.toml")
    assert load_profile(str(profile)).full.starts_from == "v0.3.0"
