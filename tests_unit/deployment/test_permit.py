"""What is not certified is not deployed, or its tag says so."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests_unit.certified import green_folder
from web4.cli import main
from web4.commands import deploy
from web4.deployment.permit import licence, permitted, tag
from web4.digests import file_digest
from web4.errors import ConfigError
from web4.release.certificate import CERTIFICATE, certify
from web4.release.record import SCORECARD
from web4.run import Run

_DIGEST = "a" * 64
_GGUF = "model.Q4_K_M.gguf"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write what a green gate leaves, its certificate too."""
    made = green_folder(tmp_path / "run")
    certify(made, made / _GGUF)
    return made


def test_what_is_certified_is_permitted(folder: Path) -> None:
    assert permitted(folder / SCORECARD, file_digest(folder / _GGUF), force=False)


def _change(folder: Path, **gate: Any) -> None:
    path = folder / SCORECARD
    record = json.loads(path.read_text("utf-8"))
    record["gate"] |= gate
    record["verdict"] = f"SHIP GATE: {record['gate']['state']}"
    path.write_text(json.dumps(record), encoding="utf-8")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("no run", "was not gated"),
        ("no certificate", r"certificate\.json: cannot be read"),
        ("red", "SHIP GATE: FAILED. Only what has passed"),
        ("lowered targets", "Only what has passed"),
        ("another model", "another model was gated than aaaaaaaaaaaa"),
        ("another record", r"is not what certificate\.json certifies"),
        ("no record", r"cannot be read as [^.]*\. Gate it again\. With --force"),
    ],
)
def test_what_is_not_certified_is_refused_unless_forced(
    folder: Path, fault: str, told: str
) -> None:
    digest = _DIGEST if fault == "another model" else file_digest(folder / _GGUF)
    if fault == "no run":
        (folder / SCORECARD).unlink()
    elif fault == "no certificate":
        (folder / CERTIFICATE).unlink()
    elif fault == "red":
        _change(folder, state="FAILED")
    elif fault == "lowered targets":
        _change(folder, lowered=["tool.selection asks less"])
    elif fault == "another record":
        _change(folder, missed=1)
    elif fault == "no record":
        (folder / SCORECARD).write_text("[]", encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        permitted(folder / SCORECARD, digest, force=False)
    assert not permitted(folder / SCORECARD, digest, force=True)


@pytest.fixture
def opened(make_run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Let the commands open a run that nobody has gated, far from any Ollama server."""
    run: Run = make_run()
    for name in ("PROFILE", "CANDIDATE", "STORE", "RUN", "REBUILD"):
        monkeypatch.delenv(f"WEB4_{name}", raising=False)
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(deploy, "open_run", lambda **_: run)
    return run


@pytest.mark.parametrize("command", ["ollama", "docker"])
def test_the_commands_refuse_what_was_not_gated(opened: Run, command: str) -> None:
    result = CliRunner().invoke(main, ["deploy", command])
    assert result.exit_code != 0
    assert "the run was not gated" in result.stderr
    assert "With --force the tag says ungated" in result.stderr
    assert not Path("outputs", "deploy").exists()
    assert opened.spec == ""


def test_what_is_forced_says_so_in_its_tag_and_all_up_to_the_push_is_built(opened: Run) -> None:
    (gguf,) = opened.artifact("quantize").path.glob("*.gguf")
    result = CliRunner().invoke(main, ["deploy", "ollama", "--force"])
    assert result.exit_code == 0, result.output
    (made,) = Path("outputs", "deploy", "ollama").iterdir()
    assert made.name == f"embedded-{file_digest(gguf)[:12]}-ungated"
    assert result.stdout == (
        f"{made / 'Modelfile'}: written; no Ollama server answers at OLLAMA_HOST\n"
    )
    assert f"FROM {gguf.resolve()}" in (made / "Modelfile").read_text("utf-8")


def test_a_tag_says_version_digest_and_that_nothing_was_gated() -> None:
    assert tag("v0.3.0", _DIGEST, gated=True) == "v0.3.0-aaaaaaaaaaaa"
    assert tag("my run/1", _DIGEST, gated=False) == "my-run-1-aaaaaaaaaaaa-ungated"


def test_a_licence_is_there_or_told(tmp_path: Path) -> None:
    assert "Apache License" in licence(None)
    with pytest.raises(ConfigError, match="cannot be read"):
        licence(tmp_path / "none")
