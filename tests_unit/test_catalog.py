"""The tool catalogue: the shipped one, its plan schema, and what is no catalogue."""

import json
from pathlib import Path
from typing import Any

import pytest

from web4.catalog import EQUALITIES, load_catalog
from web4.errors import ConfigError

SHIPPED = Path(__file__).parents[1] / "data" / "tools" / "web4.json"
CATALOG = load_catalog(SHIPPED)


def plan(*steps: Any) -> dict[str, Any]:
    return {"type": "tool_call" if len(steps) == 1 else "multi_tool_plan", "steps": list(steps)}


def step(tool: str, **args: Any) -> dict[str, Any]:
    return {"tool": tool, "args": args}


def accepts(value: Any) -> bool:
    return bool(CATALOG.validator.is_valid(value))


def test_the_shipped_catalogue_declares_an_equality_for_every_argument() -> None:
    assert len(CATALOG.tools) == 16
    for name, tool in CATALOG.tools.items():
        assert tool.name == name
        assert tool.description
        for argument, schema in tool.parameters["properties"].items():
            assert schema["x-equality"] == tool.equality(argument)
            assert tool.equality(argument) in EQUALITIES


def test_an_undeclared_equality_is_exact() -> None:
    assert CATALOG.tools["view_diff"].equality("anything") == "exact"


@pytest.mark.parametrize(
    "value",
    [
        plan(step("view_diff")),
        plan(step("read_file", path="a"), step("view_diff")),
        plan(step("search_in_files", query="q", file_list=["a"], regex=True)),
        plan(step("search_in_files", query="q", file_list="<RESULTS:file_glob_search>")),
        plan(step("read_file", path="<RESULTS:ls>[0]")),
        plan(
            step("file_exists", path="a"),
            step(
                "conditional",
                **{
                    "if": "<RESULTS:file_exists> == true",
                    "then": [step("read_file", path="a")],
                    "else": [],
                },
            ),
        ),
    ],
)
def test_the_schema_takes_plans(value: Any) -> None:
    assert accepts(value)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        plan(),
        {"type": "multi_tool_plan", "steps": [step("view_diff")]},
        {"type": "tool_call", "steps": [step("view_diff"), step("view_diff")]},
        {"type": "other", "steps": [step("view_diff")]},
        {**plan(step("view_diff")), "note": "x"},
        plan(step("delete_file", path="a")),
        plan(step("read_file")),
        plan(step("read_file", path="a", mode="r")),
        plan(step("read_file", path=1)),
        plan({"tool": "view_diff"}),
        plan({**step("view_diff"), "note": "x"}),
        plan(step("search_in_files", query="q", file_list="a.ts")),
        plan(step("search_in_files", query="q", file_list=["a"], regex="yes")),
        plan(step("conditional", **{"if": "x", "then": [step("rm")], "else": []})),
        plan(step("conditional", **{"if": "x", "then": "<RESULTS:ls>", "else": []})),
    ],
)
def test_the_schema_refuses_what_is_no_plan(value: Any) -> None:
    assert not accepts(value)


def function(name: Any = "ls", **parameters: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": parameters}
    return {"type": "function", "function": {"name": name, "parameters": schema}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("no json", "no tool catalogue"),
        ("{}", "non-empty JSON list"),
        ("[]", "non-empty JSON list"),
        ('["ls"]', "entry 0"),
        (json.dumps([{"function": {}}]), "entry 0"),
        (json.dumps([function(), function(3)]), "entry 1"),
        (json.dumps([function(path={"x-equality": "near"})]), "x-equality of 'path'"),
        (json.dumps([function(path={"type": "strin"})]), "entry 0: its parameters are no JSON"),
        (json.dumps([function(path=True)]), "schema of 'path' is no object"),
        (json.dumps([{"function": {"name": "ls", "parameters": []}}]), "entry 0: its parameters"),
        (json.dumps([function(), function()]), "two tools have one name"),
    ],
)
def test_what_is_no_catalogue_is_told(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "tools.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_catalog(path)


def test_a_missing_catalogue_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing\.json"):
        load_catalog(tmp_path / "missing.json")


def test_a_catalogue_may_leave_out_what_has_a_default(tmp_path: Path) -> None:
    path = tmp_path / "tools.json"
    path.write_text(json.dumps([{"function": {"name": "ls"}}]), encoding="utf-8")
    tool = load_catalog(path).tools["ls"]
    assert (tool.description, dict(tool.returns)) == ("", {})
    assert tool.parameters == {"type": "object", "properties": {}}
