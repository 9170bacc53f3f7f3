"""Any team's tool list drops in, and a plan's references are judged by what tools return."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from web4.argument_schema import hoisted
from web4.catalog import Catalog, catalog_path, load_catalog
from web4.errors import ConfigError
from web4.metrics.plan_schema import Broken, PlanSchema
from web4.simulator.arguments import ArgumentCheck

_HOUSE = load_catalog(catalog_path())
_POINT = {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}
_NODE = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}
_ANY = {"type": "string"}


def _written(folder: Path, *functions: dict[str, Any]) -> Path:
    path = folder / "tools.json"
    entries = [{"type": "function", "function": function} for function in functions]
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


def _fault(catalog: Catalog, *steps: tuple[str, dict[str, Any]]) -> Broken | None:
    """Return what breaks a plan; the fast check has to decide as the whole schema does."""
    plan = {
        "type": "tool_call" if len(steps) == 1 else "multi_tool_plan",
        "steps": [{"tool": tool, "args": args} for tool, args in steps],
    }
    broken = PlanSchema(catalog).first_fault(plan)
    assert (broken is None) is catalog.validator.is_valid(plan)
    return broken


def _places(catalog: Catalog, *steps: tuple[str, dict[str, Any]]) -> str:
    broken = _fault(catalog, *steps)
    return f"{broken.fault} {broken.place}" if broken else ""


# ── References ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tool", "name", "reference", "fits"),
    [
        ("read_file", "path", "<RESULTS:file_glob_search>[0]", True),
        ("read_file", "path", "<RESULTS:file_glob_search>", False),  # a list
        ("read_file", "path", "<RESULTS:search_in_files>[0].path", True),
        ("read_file", "path", "<RESULTS:search_in_files>[0].matches", False),  # a number
        ("read_file", "path", "<RESULTS:search_in_files>[0]", False),  # an object
        ("read_file", "path", "<RESULTS:search_in_files>[0].file", False),  # no such field
        ("read_file", "path", "<RESULTS:file_exists>", False),  # a boolean
        ("read_file", "path", "<RESULTS:create_new_file>", False),  # nothing
        ("read_file", "path", "<RESULTS:conditional>[0].path", True),  # may be anything
        ("read_file", "path", "<RESULTS:no_such_tool>", False),
        ("read_file", "path", "<RESULTS:ls>[0]\n", False),
        ("read_file", "path", "<RESULTS:ls>[\u0663]", False),
        ("read_file", "path", "notes on <RESULTS:ls>", True),  # a text, no reference
        ("sort_files_by_size", "files", "<RESULTS:ls>", True),
        ("sort_files_by_size", "files", "<RESULTS:search_in_files>", False),  # of objects
        ("sort_files_by_size", "files", ["<RESULTS:ls>[1]", "a.ts"], True),
        ("sort_files_by_match_count", "files", "<RESULTS:search_in_files>", True),
        ("sort_files_by_match_count", "files", "<RESULTS:ls>", False),
    ],
)
def test_a_reference_is_taken_where_its_type_fits(
    tool: str, name: str, reference: Any, *, fits: bool
) -> None:
    broken = _fault(_HOUSE, (tool, {name: reference}))
    assert (broken is None) is fits
    if broken:
        assert (broken.fault, broken.place) == ("wrong_arg_type", f"steps[0].args.{name}")
        assert "is no reference to a result of the type that is wanted" in broken.message


def test_the_place_of_a_reference_in_a_list_is_named() -> None:
    told = _places(_HOUSE, ("sort_files_by_size", {"files": ["a.ts", "<RESULTS:ls>"]}))
    assert told == "wrong_arg_type steps[0].args.files[1]"


def test_a_condition_is_no_reference_and_branches_are_checked() -> None:
    step = {"tool": "read_file", "args": {"path": "<RESULTS:ls>"}}
    args = {"if": "<RESULTS:file_exists> == false", "then": [step], "else": []}
    told = _places(_HOUSE, ("conditional", args))
    assert told == "wrong_arg_type steps[0].args.then[0].args.path"
    assert _fault(_HOUSE, ("conditional", {**args, "then": []})) is None


def test_a_wrong_value_says_what_the_argument_wants() -> None:
    broken = _fault(_HOUSE, ("search_in_files", {"query": 3, "file_list": ["a"]}))
    assert str(broken) == "steps[0].args.query: 3 is not of type 'string'"


def test_a_tool_that_does_not_say_what_it_returns_may_return_anything(tmp_path: Path) -> None:
    typed = {"name": "s3-upload2", "parameters": {"type": "object", "properties": {
        "mode": {"type": "string", "enum": ["a", "b"]},
        "count": {"type": "integer"},
        "places": {"type": "array", "items": _POINT},
        "note": {"type": ["string", "null"]},
    }}}  # fmt: skip
    catalog = load_catalog(_written(tmp_path, typed, {"name": "open", "parameters": {}}))
    for name in ("mode", "count", "places", "note"):
        for reference in ("<RESULTS:s3-upload2>[3].field-2.deeper", "<RESULTS:open>"):
            assert _fault(catalog, ("s3-upload2", {name: reference})) is None
        told = _places(catalog, ("s3-upload2", {name: "<RESULTS:other>"}))
        assert told == f"wrong_arg_type steps[0].args.{name}"
    assert _fault(catalog, ("s3-upload2", {"places": [{"x": "<RESULTS:open>"}]})) is None
    assert _fault(catalog, ("s3-upload2", {"mode": "c"})) is not None


# ── A team's own definitions ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", ["$defs", "definitions"])
def test_a_tools_own_definitions_are_kept_apart(tmp_path: Path, word: str) -> None:
    def tool(name: str, point: dict[str, Any]) -> dict[str, Any]:
        one = {"$ref": f"#/{word}/Point"}
        fields = {"at": one, "all": {"type": "array", "items": one}}
        return {
            "name": name,
            "parameters": {"type": "object", "properties": fields, word: {"Point": point}},
        }

    catalog = load_catalog(_written(tmp_path, tool("plot", _POINT), tool("say", _ANY)))
    assert _fault(catalog, ("plot", {"at": {"x": 1}, "all": [{"x": 2}]})) is None
    assert _fault(catalog, ("say", {"at": "here", "all": ["there"]})) is None
    assert _places(catalog, ("plot", {"at": {"x": 1}}), ("say", {"at": {"x": 1}})).endswith(
        "steps[1].args.at"
    )
    check = ArgumentCheck(catalog.tools["plot"])
    assert check.fits("at", {"x": 1.5})
    assert not check.fits("all", [{"x": "1"}])


def test_a_definition_may_refer_to_itself(tmp_path: Path) -> None:
    parameters = {
        "type": "object",
        "properties": {"list": {"$ref": "#/$defs/Node"}},
        "$defs": {"Node": _NODE},
    }
    catalog = load_catalog(_written(tmp_path, {"name": "walk", "parameters": parameters}))
    assert _fault(catalog, ("walk", {"list": {"next": {"next": {}}}})) is None
    assert _fault(catalog, ("walk", {"list": {"next": {"next": 3}}})) is not None


def test_a_property_may_be_called_as_a_keyword() -> None:
    parameters, _ = hoisted("t", {"properties": {"$ref": _ANY, "$id": _ANY}, "required": ["$id"]})
    assert parameters == {"properties": {"$ref": _ANY, "$id": _ANY}, "required": ["$id"]}


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"$ref": "#"}, "'#' names no definition"),
        ({"$ref": "#/nowhere"}, "names no definition"),
        ({"$ref": 3}, "names no definition"),
        ({"$ref": "https://example.com/schema.json"}, "names no definition"),
        ({"$ref": "file:///etc/passwd"}, "names no definition"),
        ({"anyOf": [{"$ref": "file:///etc/passwd"}]}, "names no definition"),
        ({"$id": "https://example.com/schema.json"}, r"\$id is not supported"),
        ({"$dynamicRef": "https://example.com/s"}, r"\$dynamicRef is not supported"),
        ({"type": "string", "pattern": "("}, "no JSON Schema"),
        ({"type": "string", "pattern": "a(?!b)"}, "no JSON Schema"),
        ({"type": "object", "patternProperties": {}}, "patternProperties is not supported"),
    ],
)
def test_what_would_have_to_be_fetched_is_refused(
    tmp_path: Path, schema: dict[str, Any], told: str
) -> None:
    parameters = {"type": "object", "properties": {"it": schema}}
    with pytest.raises(ConfigError, match=told):
        load_catalog(_written(tmp_path, {"name": "t", "parameters": parameters}))


def test_no_answer_can_make_an_expression_backtrack(tmp_path: Path) -> None:
    slow = {"type": "string", "pattern": "^(a+)+$"}
    parameters = {
        "type": "object",
        "properties": {"one": slow, "all": {"type": "array", "items": slow}},
    }
    catalog = load_catalog(_written(tmp_path, {"name": "t", "parameters": parameters}))
    text = "a" * 30_000 + "!"
    begun = time.process_time()
    for args in ({"one": text}, {"all": ["a" * 40 + "!"] * 1000}, {"one": "\ud800"}):
        assert _fault(catalog, ("t", args)) is not None
        check = ArgumentCheck(catalog.tools["t"])
        assert not any(check.fits(name, value) for name, value in args.items())
    assert _fault(catalog, ("t", {"one": "aaa", "all": ["a"]})) is None
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("name", ["", "a b", "a>b", "x" * 65, "a\n"])
def test_a_name_that_no_reference_could_say_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="1 to 64 letters"):
        load_catalog(_written(tmp_path, {"name": name, "parameters": {}}))


@pytest.mark.parametrize("returns", [5, {"type": "strin"}, {"$ref": "#/$defs/Point"}])
def test_results_have_a_schema_of_their_own(tmp_path: Path, returns: Any) -> None:
    function = {"name": "t", "parameters": {}, "x-returns": returns}
    with pytest.raises(ConfigError, match="its x-returns is no JSON Schema"):
        load_catalog(_written(tmp_path, function))


def test_a_catalogue_nested_without_end_is_told(tmp_path: Path) -> None:
    path = tmp_path / "tools.json"
    path.write_text("[" * 200_000, encoding="utf-8")
    with pytest.raises(ConfigError, match="no tool catalogue can be read"):
        load_catalog(path)
