"""A profile is read whole, or what is wrong with it is told in one line."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from web4.errors import ConfigError
from web4.profile import Training, TrainingOptions, load_profile

_PROFILES = Path(__file__).parents[1] / "data" / "profiles"
_EMBEDDED = (_PROFILES / "embedded.toml").read_text(encoding="utf-8")


def _refused(name: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_profile(name)
    message = str(caught.value)
    assert "\n" not in message
    return message


def _changed(folder: Path, old: str, new: str) -> str:
    assert old in _EMBEDDED
    path = folder / "mine.toml"
    path.write_text(_EMBEDDED.replace(old, new, 1), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("path", sorted(_PROFILES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_profile_loads_under_its_own_name(path: Path) -> None:
    assert load_profile(path.stem).name == path.stem


def test_the_embedded_profile_says_what_is_trained() -> None:
    profile = load_profile("embedded")
    assert profile.base == "embedded:smollm2"
    assert sum(profile.data.model_dump().values()) == 40_000
    assert (profile.dry_run.records, profile.dry_run.epochs) == (100, 5)
    assert profile.full.warmup_ratio == 0.03


@pytest.mark.parametrize("name", ["qwen2.5-coder-7b", "deepseek-coder-6.7b"])
@pytest.mark.parametrize("variant", ["", "-cuda"])
def test_the_large_profiles_have_the_teams_parameters(name: str, variant: str) -> None:
    profile = load_profile(f"{name}{variant}")
    assert (profile.lora.r, profile.lora.alpha, profile.lora.dropout) == (8, 16, 0.05)
    dry, mini, full = profile.dry_run, profile.mini, profile.full
    assert (dry.records, dry.batch_records, dry.max_tokens) == (100, 1, 512)
    assert 2000 <= mini.records <= 3000
    assert 8 <= mini.batch_records <= 12
    assert 25_000 <= full.records <= 40_000
    assert 12 <= full.batch_records <= 16
    assert (full.max_tokens, full.learning_rate, full.epochs) == (2048, 2e-4, 1)
    assert min(mini.evaluations, full.evaluations) >= 4
    assert mini.early_stop
    assert full.early_stop
    held = full.records + full.validation_records
    assert sum(profile.data.model_dump().values()) > held


def test_a_large_base_is_pinned() -> None:
    from web4.training.base_model import source_files

    for path in _PROFILES.glob("*coder*.toml"):
        assert source_files(load_profile(path.stem).base) == {}


def test_an_option_that_has_its_default_is_no_parameter() -> None:
    """A training keeps its key when an option is added that it does not use."""
    plain = Training(records=1, learning_rate=0.1)
    assert plain.params().keys() == {
        *("records", "mix", "starts_from", "epochs", "learning_rate", "batch_records"),
        *("warmup_ratio", "max_tokens", "checkpoint_updates"),
    }
    watched = plain.model_copy(update={"evaluations": 4, "device_batch": 2})
    assert watched.params() == {**plain.params(), "evaluations": 4, "device_batch": 2}
    found = TrainingOptions.among({**watched.params(), "seed": 3})
    assert found == TrainingOptions(evaluations=4, device_batch=2)


def test_a_mix_has_to_add_up(tmp_path: Path) -> None:
    name = _changed(tmp_path, "[mini.mix]\ntool_core = ", "[mini.mix]\ntool_core = 9")
    assert "'mix' does not add up to 'records'" in _refused(name)


def test_a_path_names_a_profile_of_ones_own(tmp_path: Path) -> None:
    path = _changed(tmp_path, 'name = "embedded"', 'name = "mine"')
    assert load_profile(path).name == "mine"


def test_a_profile_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_profile("embedded").seed = 3


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("alpha = 32", "alfa = 32", "lora.alfa"),
        ("seed = 20261124", 'seed = "many"', "seed"),
        ("r = 16", "r = 0", "lora.r"),
        ("dropout = 0.0", "dropout = 1.0", "lora.dropout"),
        ("learning_rate = 2e-3", "learning_rate = 15", "dry_run.learning_rate"),
        ("learning_rate = 2e-3", "learning_rate = nan", "dry_run.learning_rate"),
        ("tool_neg = 3000", "", "data.tool_neg"),
        ('quantization = "Q6_K"', 'quantization = "Q2"', "quantization"),
        ("[eval]", "[evaluate]", "evaluate"),
    ],
)
def test_a_wrong_key_is_named_with_its_file(tmp_path: Path, old: str, new: str, key: str) -> None:
    path = _changed(tmp_path, old, new)
    message = _refused(path)
    assert message.startswith(f"{path}: mend {key}: ")


def test_all_wrong_keys_are_named_at_once(tmp_path: Path) -> None:
    message = _refused(_changed(tmp_path, "r = 16\nalpha = 32", "r = -1\nalpha = -1"))
    assert "mend lora.r: " in message
    assert "lora.alpha: " in message


def test_what_is_no_toml_is_named_with_its_line(tmp_path: Path) -> None:
    path = _changed(tmp_path, "[lora]", "[lora")
    assert _refused(path).startswith(f"{path}: not valid TOML: ")


def test_what_is_no_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b'name = "\xff"\n')
    assert _refused(str(path)).startswith(f"{path}: not valid TOML: ")


def test_a_missing_profile_lists_the_known_ones() -> None:
    message = _refused("nonesuch")
    assert "nonesuch.toml: there is no such profile. Known: " in message
    assert "embedded" in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "gone.toml") in _refused(str(tmp_path / "gone.toml"))
