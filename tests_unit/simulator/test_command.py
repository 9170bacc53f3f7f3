"""``python -m web4 simulate``: a plan's run as a person reads it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from web4.cli import main
from web4.records import Record, write_jsonl

PLAN = '{"type":"tool_call","steps":[{"tool":"read_file","args":{"path":"a.ts"}}]}'
OTHER = PLAN.replace("a.ts", "b\\u001b[31m")
RECORD = Record("r1", "tool_call", "Read \x1b[2J it.", "", PLAN, workspace={"a.ts": "one\n"})


def simulate(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["simulate", *map(str, arguments)])


@pytest.fixture
def records(tmp_path: Path) -> Path:
    broken = Record("r2", "tool_call", "Read it.", "", PLAN, workspace={})
    write_jsonl(tmp_path / "records.jsonl", [RECORD, broken, Record("r3", "tool_call", "", "", "")])
    return tmp_path / "records.jsonl"


def test_the_gold_plan_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_text(json.dumps(json.loads(RECORD.to_json()), indent=2), encoding="utf-8")
    shown = simulate(path)
    assert shown.exit_code == 0
    assert 'steps[0]  read_file {"path": "a.ts"}' in shown.stdout
    assert "\x1b" not in shown.stdout
    told = json.loads(simulate(path, "--json").stdout)
    assert (told["passed"], told["result"], told["judged"]) == (True, "one\n", {})


def test_a_given_plan_is_judged(tmp_path: Path, records: Path) -> None:
    for text, code in ((PLAN, 0), (OTHER, 1)):
        (tmp_path / "plan.json").write_text(text, encoding="utf-8")
        shown = simulate(records, "--id", "r1", "--plan", tmp_path / "plan.json")
        assert shown.exit_code == code
        assert f"tool.end_to_end  {1 - code:.2f} {'FAILED' if code else 'passed'}" in shown.stdout
        assert "\x1b" not in shown.stdout


def test_a_gold_plan_that_fails_is_shown(records: Path) -> None:
    shown = simulate(records, "--id", "r2")
    assert shown.exit_code == 1
    assert "REFUSED  there is no file 'a.ts'" in shown.stdout


def test_a_record_of_a_bucket_is_found() -> None:
    assert simulate("tool", "--id", "tool-0001").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("tool",), "holds 400 records. Choose one with --id."),
        (("tool", "--id", "x"), "holds no record 'x'"),
        (("no-such",), "neither a file nor a bucket"),
        (("records.jsonl",), "holds 3 records"),
        (("records.jsonl", "--id", "r3"), "record r3: its output"),
        (("records.jsonl", "--id", "r1", "--plan", "records.jsonl"), "the plan is no JSON object"),
        (("records.jsonl", "--id", "r2", "--plan", "plan.json"), "record r2: a plan it wants"),
        (("plan.json",), "missing field 'id'"),
        (("empty.json",), "holds no record"),
    ],
)
def test_what_cannot_be_simulated_is_told(
    records: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(records.parent)
    Path("plan.json").write_text(PLAN, encoding="utf-8")
    Path("empty.json").write_text("", encoding="utf-8")
    result = simulate(*arguments)
    assert result.exit_code == 1
    assert told in result.stderr
    assert result.stdout == ""
