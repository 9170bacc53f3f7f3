"""A run is compared with a release on one evaluation version, or refused with the way to it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests_unit.compared import Bench, small_data
from web4.assessment import assess
from web4.baseline import baseline_of
from web4.errors import ConfigError
from web4.gate import Assessment
from web4.release.kept import rollback
from web4.run import Run
from web4.settings import Settings

_PLANTED = [f"tool-{number:04d}" for number in range(1, 26)]


@pytest.fixture(scope="module")
def _data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("web4.store._sync", lambda _: None)
        yield small_data(tmp_path_factory.mktemp("compared"))


@pytest.fixture
def bench(_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    data = tmp_path / "data"
    data.mkdir()
    for path in _data.iterdir():
        (data / path.name).symlink_to(path)
    monkeypatch.setenv("WEB4_DATA", str(data))
    return Bench(tmp_path)


def _assessed(run: Run) -> dict[str, Assessment]:
    targets = [one for one in run.targets.target if one.family == "iteration"]
    return {one.metric.partition(".")[2]: assess(run, one, "run") for one in targets}


def test_a_planted_regression_is_refused(bench: Bench, tmp_path: Path) -> None:
    bench.release("v1.0.0", bench.run(1e-3, broken=["tool-0050"]))
    bench.forget()  # the release's answers come from the release
    run = bench.run(2e-3, broken=_PLANTED)
    found = _assessed(run)
    assert {name: one.status for name, one in found.items()} == {
        "regressions": "missed",
        "tool_drop": "missed",
        "style_drop": "reached",
        "guardrail_drop": "reached",
        "canaries": "missed",
    }
    worse = found["regressions"].score
    assert worse is not None
    assert any(
        one.reason.startswith("tool.selection: 25 worse and 1 better") for one in worse.reasons
    )
    broken = found["canaries"].score
    assert broken is not None
    assert broken.n == 20
    assert {one.examples[0] for one in broken.reasons} <= set(_PLANTED)
    assert [flip.record_id for flip in run.regression.lost] == _PLANTED
    assert [flip.record_id for flip in run.regression.gained] == ["tool-0050"]
    text = run.regression.write(tmp_path / "out").read_text("utf-8")
    assert "v1.0.0: {" in text
    assert "adapter: \\x1b[31mwrong" in text
    told = json.loads((tmp_path / "out" / "regression.json").read_text("utf-8"))
    assert {flip["after"] for flip in told["lost"]} == {"\x1b[31mwrong"}


def test_the_same_answers_are_no_regression(bench: Bench) -> None:
    bench.release("v1.0.0", bench.run(1e-3, broken=["tool-0001", "style-0002"]))
    run = bench.run(2e-3, broken=["tool-0001", "style-0002"])
    assert {one.status for one in _assessed(run).values()} == {"reached"}
    assert run.regression.lost == run.regression.gained == ()


def test_another_evaluation_version_is_refused_until_the_release_was_asked_it(
    bench: Bench,
) -> None:
    bench.release("v1.0.0", bench.run(1e-3))
    refused = _assessed(bench.run(2e-3, version="v0.2"))
    assert {one.status for one in refused.values()} == {"not_evaluated"}
    why = refused["regressions"].why
    assert "v1.0.0 was evaluated on v0.1, this run on v0.2" in why
    assert "python -m web4 evaluate --candidate release:v1.0.0 --profile embedded" in why
    bench.run(2e-3, version="v0.2", spec="release:v1.0.0").scorecard("adapter")
    assert {one.status for one in _assessed(bench.run(2e-3, version="v0.2")).values()} == {
        "reached"
    }


def test_the_last_accepted_release_is_chosen(bench: Bench) -> None:
    keys = {}
    for version, rate, green in (
        ("v1.0.0", 1e-3, True),
        ("v1.1.0", 2e-3, True),
        ("v1.2.0", 3e-3, False),
    ):
        run = bench.run(rate)
        keys[version] = bench.release(version, run, green=green).adapter_key
    base = run.requests["base"].key
    assert baseline_of("", base, "").version == "v1.1.0"  # a red one was not accepted
    assert baseline_of("", base, keys["v1.1.0"]).version == "v1.0.0"  # not itself
    assert baseline_of("v1.2.0", base, "").version == "v1.2.0"
    rollback("v1.0.0")
    assert baseline_of("", base, "").version == "v1.0.0"


def test_what_cannot_be_compared_is_told(bench: Bench) -> None:
    run = bench.run()
    why = {one.why for one in _assessed(run).values()}
    (told,) = why
    assert told.startswith("there is no release of this base to compare with: accept one")
    bench.release("v1.0.0", run, green=False)
    with pytest.raises(ConfigError, match="learned on another base"):
        baseline_of("v1.0.0", "0" * 64, "")
    with pytest.raises(ConfigError, match="release 'v3' is not kept"):
        baseline_of("v3", "", "")


def test_the_baseline_is_an_option_and_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB4_BASELINE", "v0.1.0")
    assert Settings.from_environment().open_run().baseline == "v0.1.0"
    assert Settings.from_environment(baseline="v0.2.0").baseline == "v0.2.0"
