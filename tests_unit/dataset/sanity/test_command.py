"""``python -m web4 data check``: its forms, its exit codes, its one-line errors."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from tests_unit.dataset.sanity.conftest import FakeTokenizer, Write, changed
from web4.cli import main
from web4.commands import data as command
from web4.dataset.frozen import EvalSet
from web4.dataset.sanity import code_list
from web4.records import Record


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch, write: Write, tool: Record) -> Path:
    """Stand in for the profile's evaluation set and its tokenizer."""
    for name in ("PROFILE", "CANDIDATE", "STORE", "RUN", "REBUILD"):
        monkeypatch.delenv(f"WEB4_{name}", raising=False)
    path = write("frozen/tool", tool)
    monkeypatch.setattr("web4.commands.data._frozen_evals", lambda _profile: [path])
    monkeypatch.setattr(
        "web4.commands.data._base_tokenizer", lambda _profile, _store: FakeTokenizer()
    )
    return path


def _run(*args: str) -> Result:
    return CliRunner().invoke(main, ["data", "check", *args])


def test_codes_are_listed_without_a_path() -> None:
    result = _run("--codes")
    assert (result.exit_code, result.stdout) == (0, code_list())


def test_a_clean_file_exits_with_0(write: Write, style: Record) -> None:
    result = _run(str(write("mine", style)), "--no-tokens")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 record and 1 evaluation row in 2 files: 0 errors" in result.stdout


@pytest.mark.parametrize(
    ("fields", "options", "code"),
    [
        ({"output": ""}, (), 1),
        ({"task_type": "style_core"}, (), 0),
        ({"task_type": "style_core"}, ("--fail-on", "warning"), 1),
        ({"colour": "blue"}, ("--fail-on", "warning"), 0),
    ],
)
def test_it_exits_by_its_findings(
    write: Write, style: Record, fields: dict[str, str], options: tuple[str, ...], code: int
) -> None:
    path = write("mine", changed(style, **fields))
    assert _run(str(path), "--no-tokens", "--no-eval", *options).exit_code == code


def test_json_and_github(write: Write, style: Record) -> None:
    path = str(write("mine", changed(style, output="")))
    described = json.loads(_run(path, "--no-tokens", "--no-eval", "--format", "json").stdout)
    assert described["counts"] == {"E202": 1}
    commands = _run(path, "--no-tokens", "--no-eval", "--format", "github").stdout.splitlines()
    assert commands[1].startswith("::error file=mine.jsonl,line=1,title=E202 empty-output::")


def test_tokens_are_counted_with_the_profiles_tokenizer(write: Write, style: Record) -> None:
    result = _run(str(write("mine", style)), "--max-tokens", "3")
    assert result.exit_code == 1
    assert "tokens, the limit is 3" in result.stdout


def test_tokenizer_and_evaluation_set_are_those_of_the_profile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.undo()
    evals = EvalSet("v0", {"tool": tmp_path / "tool.jsonl"})
    monkeypatch.setattr("web4.dataset.frozen.load_eval", lambda _version: evals)
    assert command._frozen_evals(None) == [tmp_path / "tool.jsonl"]
    artifact = SimpleNamespace(path=tmp_path / "base")
    run = SimpleNamespace(artifact={"base": artifact}.__getitem__)
    monkeypatch.setattr(command, "open_run", lambda _profile, _store: run)
    monkeypatch.setattr("web4.training.base_model.model_dir", lambda path: path / "model")
    monkeypatch.setattr("web4.training.base_model.load_tokenizer", str)
    assert command._base_tokenizer(None, None) == str(tmp_path / "base" / "model")


def test_another_evaluation_set_may_be_named(write: Write, style: Record) -> None:
    paths = write("mine", style), write("asked/rows", style)
    result = _run(str(paths[0]), "--no-tokens", "--no-eval", "--eval", "asked")
    assert "mine.jsonl:1: asks what asked/rows.jsonl:1 asks" in result.stdout


def test_the_profiles_evaluation_set_may_be_checked_itself(frozen: Path) -> None:
    result = _run(str(frozen), "--no-tokens")
    assert "0 records and 1 evaluation row in 1 file" in result.stdout


@pytest.mark.parametrize("args", [("none.jsonl",), ("bare",), ("mine.jsonl", "--eval", "none")])
def test_what_cannot_be_checked_ends_in_one_line(
    write: Write, style: Record, args: tuple[str, ...]
) -> None:
    write("mine", style)
    Path("bare").mkdir()
    result = _run(*args, "--no-tokens")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


def test_nothing_to_check_is_a_usage_error() -> None:
    assert _run().exit_code == 2
