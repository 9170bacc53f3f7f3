"""A cold run takes nothing from anywhere; a warm one makes nothing."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from tests_unit.compared import Bench, small_data
from tests_unit.timing.timed import SECONDS, TimedSteps, released
from web4.dataset.frozen import load_eval
from web4.errors import ConfigError, StepFailedError, Web4Error
from web4.profile import Profile
from web4.records import EVAL_BUCKETS
from web4.timing.cold import GROUP_OF, ITERATION, WARM, ColdRun, rows, separate_cache
from web4.timing.scale import scaled_data

Open = Callable[..., ColdRun]


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setattr("web4.store._sync", lambda _: None)
    monkeypatch.setenv("WEB4_DATA", str(small_data(tmp_path, ("v0.1",))))
    return released(Bench(tmp_path))


@pytest.fixture
def open_cold(tmp_path: Path, profile: Profile) -> Open:
    def opened(steps: TimedSteps, fraction: float = 1.0) -> ColdRun:
        folder = tmp_path / "timing"
        folder.mkdir(exist_ok=True)
        return ColdRun(profile, fraction, folder, steps, lambda _line: None)

    return opened


def _measure(cold: ColdRun, names: list[str]) -> None:
    for name in names:
        cold.prepare(name)
        cold.keep(name, cold.make(name), 9.0)


def test_every_step_of_the_checklist_has_a_row(profile: Profile) -> None:
    groups = {GROUP_OF[name] for name in rows(profile)}
    assert {int(group[0]) for group in groups} == set(range(9))
    assert {"merge", "gguf", "quantize", "predict_adapter", "score_adapter"} <= set(rows(profile))
    assert "importance" not in rows(profile)
    weighed = profile.model_copy(update={"importance_records": 8})
    assert "importance" in rows(weighed)


def test_all_is_made_cold_and_then_nothing_again(open_cold: Open, profile: Profile) -> None:
    steps = TimedSteps()
    cold = open_cold(steps)
    _measure(cold, rows(profile))
    assert list(cold.timings) == rows(profile)
    assert {"full", "dry_run", "merge"} <= set(steps.ran)  # though the release holds this adapter
    assert {one.state for one in cold.timings.values()} == {"cold"}
    told = cold.timings["full"].to_dict()
    full = profile.full
    learned = full.epochs * full.records
    updates = full.epochs * math.ceil(full.records / full.batch_records)
    assert told["updates_per_s"] == round(updates / SECONDS, 3)
    assert told["records_per_s"] == round(learned / SECONDS, 3)
    assert told["tokens_per_s"] == round(500 / SECONDS, 3)
    assert (told["machine"], told["scale"]) == ("2 cores, no GPU", 1.0)
    assert told["eval_version"] == "v0.1"
    assert told["bytes_written"] > 0
    assert len(told["dataset_digest"]) == len(told["model_digest"]) == 64
    steps.ran.clear()
    assert cold.again() == len(rows(profile)) - 1
    assert steps.ran == []
    warm = cold.keep_warm(0.5, 0.25, 16)
    assert (warm.step, warm.state, warm.usage.cpu_percent) == (WARM, "warm", 50.0)
    assert warm.usage.peak_kb > 10_000


def test_an_iteration_is_what_its_own_steps_cost(open_cold: Open, profile: Profile) -> None:
    cold = open_cold(TimedSteps())
    cold.prepare(ITERATION)
    made = cold.make(ITERATION)
    assert [one.manifest.step for one in made] == ["dataset", "sanity", "full", "predict", "score"]
    assert made[2].manifest.key != cold.run.requests["full"].key
    timing = cold.keep(ITERATION, made, 9.0)
    walls = [one.manifest.usage.wall_seconds for one in made]
    assert timing.usage.wall_seconds == pytest.approx(sum(walls), abs=0.01)
    assert timing.work.records == made[2].manifest.params["records"] > 1250
    assert rows(profile)[-1] == ITERATION


def test_a_fraction_is_made_of_fewer_records(
    open_cold: Open, profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cut").mkdir()
    data = scaled_data(tmp_path / "cut", profile.eval.version, 0.25)
    monkeypatch.setenv("WEB4_DATA", str(data))
    cold = open_cold(TimedSteps(), 0.25)
    _measure(cold, ["dataset", "mini", "predict_adapter", "score_adapter", "deploy", ITERATION])
    made = sum(profile.data.model_dump().values())
    assert cold.timings["dataset"].work.records == made // 4
    assert cold.timings["mini"].work.records == profile.mini.records // 4 * profile.mini.epochs
    asked = load_eval("v0.1-at-0.25")
    wanted = sum(len(asked.records(bucket)) for bucket in EVAL_BUCKETS)
    assert cold.timings["score_adapter"].work.records == wanted
    assert 45 <= wanted <= 45 + 2 * len(EVAL_BUCKETS)
    assert cold.timings["mini"].facts.eval_version == "v0.1-at-0.25"
    assert cold.timings["mini"].facts.scale == 0.25


def test_what_is_there_already_is_not_timed(open_cold: Open) -> None:
    cold = open_cold(TimedSteps())
    cold.prepare("predict_adapter")  # makes the adapter
    with pytest.raises(ConfigError, match="full was made before it could be timed"):
        cold.prepare("full")


def test_a_warm_run_wants_everything_made(open_cold: Open) -> None:
    cold = open_cold(TimedSteps())
    _measure(cold, ["base", "dataset"])
    with pytest.raises(ConfigError, match="not everything was made: sanity, dry_run"):
        cold.again()


def test_a_warm_run_that_has_to_make_something_is_none(open_cold: Open, profile: Profile) -> None:
    cold = open_cold(TimedSteps())
    _measure(cold, [name for name in rows(profile) if name != ITERATION])
    made = cold.run.store.root / cold.request("merge").folder
    (made / "model" / "model.safetensors").write_text("damaged", encoding="utf-8")
    with pytest.raises(StepFailedError, match="merge: made again although nothing has changed"):
        cold.again()


def test_a_step_that_breaks_is_no_timing(open_cold: Open) -> None:
    cold = open_cold(TimedSteps(broken="base"))
    cold.prepare("base")
    with pytest.raises(Web4Error, match="SIGKILL"):
        cold.make("base")
    assert not cold.timings


def test_a_cold_run_knows_no_verdicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    (own / "assets").mkdir(parents=True)
    for name in ("verdicts.sqlite3", "verdicts.sqlite3-wal"):
        (own / name).write_text("", encoding="utf-8")
    monkeypatch.setenv("WEB4_CACHE", str(own))
    made = separate_cache(tmp_path)
    assert [path.name for path in made.iterdir()] == ["assets"]
    assert (made / "assets").resolve() == own / "assets"
