"""Options come from what is given, else the environment, else the defaults."""

import re
from pathlib import Path

import pytest

from web4.errors import ConfigError
from web4.profile import load_profile
from web4.settings import Settings
from web4.steps import STEPS

_VARIABLES = (
    *("PROFILE", "CANDIDATE", "STORE", "RUN", "REBUILD", "CONFIDENCE"),
    "ALLOW_LOWERED_TARGETS",
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in _VARIABLES:
        monkeypatch.delenv(f"WEB4_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_what_is_given_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB4_STORE", "kept")
    monkeypatch.setenv("WEB4_RUN", "nightly")
    monkeypatch.setenv("WEB4_CANDIDATE", "")
    settings = Settings.from_environment(store="mine", profile=None, run_name=None)
    assert settings == Settings("embedded", "", "mine", "nightly", "")


def test_defaults_stand_where_nothing_is_said() -> None:
    assert Settings.from_environment() == Settings("embedded", "", "outputs/.store", "", "")


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (Settings(), "embedded"),
        (Settings(profile="profiles/mine.toml"), "mine"),
        (Settings(profile="qwen2.5-coder-7b"), "qwen2.5-coder-7b"),
        (Settings(candidate="release"), "embedded-release"),
        (Settings(candidate="embedded:smollm2"), "embedded-embedded-smollm2"),
        (Settings(candidate="../models/a b.gguf"), "embedded-..-models-a-b.gguf"),
        (Settings(run_name="nightly 7", candidate="release"), "nightly-7"),
        (Settings(run_name="../.."), "run"),
        (Settings(run_name="夜"), "run"),
    ],
)
def test_a_runs_folder_lies_below_outputs(settings: Settings, name: str) -> None:
    assert settings.folder == Path("outputs") / name


def test_a_run_is_opened_without_writing_anything(tmp_path: Path) -> None:
    run = Settings().open_run()
    assert run.profile.name == "embedded"
    assert run.store.root == Path("outputs/.store")
    assert list(tmp_path.iterdir()) == []


def test_a_broken_profile_ends_the_opening() -> None:
    with pytest.raises(ConfigError, match="there is no such profile"):
        Settings(profile="nonesuch").open_run()


_MIX = "{ tool_core = 1, tool_neg = 1, style_core = 1, style_refactor = 1, guardrail = 6001 }"


@pytest.mark.parametrize(
    ("mini", "told"),
    [
        ("records = 50000", r"mini\.records exceeds"),
        (f"records = 6005\nmix = {_MIX}", r"mini\.mix\.guardrail exceeds the 6000 records"),
    ],
)
def test_a_broken_profile_of_ones_own_is_checked(tmp_path: Path, mini: str, told: str) -> None:
    text = (Path(__file__).parents[1] / "data" / "profiles" / "embedded.toml").read_text("utf-8")
    path = tmp_path / "mine.toml"
    section = f"[mini]\n{mini}\nlearning_rate = 1e-3\n\n"
    path.write_text(re.sub(r"\[mini\]\n.*?(?=\[full\])", section, text, flags=re.DOTALL), "utf-8")
    with pytest.raises(ConfigError, match=told):
        Settings(profile=str(path)).open_run()


@pytest.mark.parametrize(
    ("asked", "rebuilt"),
    [
        ("", set()),
        ("dataset", {"dataset"}),
        ("mini", {"mini", "predict", "score", "ladder"}),
        ("full", set(STEPS) - {"base", "dataset", "sanity", "dry_run", "mini"}),
        ("quantize", {"quantize", "divergence", "predict", "score", "ladder", "deploy"}),
        ("score", {"score", "ladder", "deploy"}),
        ("all", set(STEPS)),
    ],
)
def test_a_rebuild_names_its_step_and_what_follows_from_it(asked: str, rebuilt: set[str]) -> None:
    assert Settings(rebuild=asked)._rebuilt() == rebuilt


def test_a_rebuild_of_no_step_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"no step 'tests'\. Known: all, base, dataset"):
        Settings(rebuild="tests").open_run()


@pytest.mark.parametrize(("given", "confidence"), [("", 0.0), ("0.95", 0.95), ("0.999", 0.999)])
def test_a_confidence_is_read(given: str, confidence: float) -> None:
    assert Settings(confidence=given).confidence_of(load_profile("embedded")) == confidence


def test_a_profile_may_ask_for_a_confidence_and_an_option_for_another() -> None:
    profile = load_profile("embedded")
    evaluation = profile.eval.model_copy(update={"confidence": 0.9})
    strict = profile.model_copy(update={"eval": evaluation})
    assert Settings().confidence_of(strict) == 0.9
    assert Settings(confidence="0.99").confidence_of(strict) == 0.99


@pytest.mark.parametrize("given", ["95", "0.5", "1", "nan", "high", "-0.95"])
def test_what_is_no_confidence_is_refused(given: str) -> None:
    with pytest.raises(ConfigError, match="is no number between"):
        Settings(confidence=given).confidence_of(load_profile("embedded"))


@pytest.mark.parametrize(("given", "allowed"), [("", False), ("0", False), ("1", True)])
def test_lowered_targets_are_allowed_on_request(given: str, *, allowed: bool) -> None:
    assert Settings(allow_lowered_targets=given).allows_lowered_targets is allowed
