"""The tool catalogue, in OpenAI's function format, and the plan's JSON Schema made from it.

Two extensions of the format: ``x-equality`` says for each argument when two values mean the same
(``exact``, ``path``, ``glob``, ``json``, ``text``), ``x-returns`` is the schema of the result.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast, get_args

import jsonschema
import jsonschema_rs

from web4.errors import ConfigError
from web4.paths import data_dir

Equality = Literal["exact", "path", "glob", "json", "text"]
EQUALITIES: tuple[Equality, ...] = get_args(Equality)

_REFERENCE = {"type": "string", "pattern": r"^<RESULTS:[A-Za-z_]+>(\[\d+\])?(\.[A-Za-z_]+)*$"}


@dataclass(frozen=True)
class Tool:
    """One tool: its name and the JSON Schema of its arguments and of its result."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    returns: Mapping[str, Any]

    def equality(self, argument: str) -> Equality:
        """When two values of this argument mean the same; ``exact`` where nothing is declared."""
        declared = self.parameters.get("properties", {}).get(argument, {})
        return cast("Equality", declared.get("x-equality", "exact"))


@dataclass(frozen=True)
class Catalog:
    """All tools that a plan may use."""

    tools: Mapping[str, Tool]

    @cached_property
    def plan_schema(self) -> dict[str, Any]:
        """The JSON Schema (2020-12) of a plan: known tools, their arguments, the right type."""
        steps = {"type": "array", "items": {"$ref": "#/$defs/step"}}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["type", "steps"],
            "additionalProperties": False,
            "properties": {"type": {"enum": ["tool_call", "multi_tool_plan"]}, "steps": steps},
            "if": {"properties": {"type": {"const": "tool_call"}}},
            "then": {"properties": {"steps": {"minItems": 1, "maxItems": 1}}},
            "else": {"properties": {"steps": {"minItems": 2}}},
            "$defs": {"step": self._step_schema()},
        }

    def _step_schema(self) -> dict[str, Any]:
        arguments = [
            {
                "if": {"properties": {"tool": {"const": tool.name}}},
                "then": {"properties": {"args": _with_references(tool.parameters)}},
            }
            for tool in self.tools.values()
        ]
        return {
            "type": "object",
            "required": ["tool", "args"],
            "additionalProperties": False,
            "properties": {"tool": {"enum": sorted(self.tools)}, "args": {"type": "object"}},
            "allOf": arguments,
        }

    @cached_property
    def validator(self) -> jsonschema.Draft202012Validator:
        jsonschema.Draft202012Validator.check_schema(self.plan_schema)
        return jsonschema.Draft202012Validator(self.plan_schema)


def _with_references(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Allow a reference wherever an argument that is no string could take an earlier result."""
    properties = {
        name: schema
        if schema.get("type") == "string" or "$ref" in schema.get("items", {})
        else {"anyOf": [schema, _REFERENCE]}
        for name, schema in parameters.get("properties", {}).items()
    }
    return {**parameters, "properties": properties}


def catalog_path() -> Path:
    """Return the file of the house's own tools."""
    return data_dir() / "tools" / "web4.json"


def load_catalog(path: Path) -> Catalog:
    """Read a tool list in OpenAI's function format; raise ``ConfigError`` where it is none."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: no tool catalogue can be read from it ({error})") from error
    if not isinstance(entries, list) or not entries:
        raise ConfigError(f"{path}: a catalogue is a non-empty JSON list of functions")
    tools = [_read_tool(path, position, entry) for position, entry in enumerate(entries)]
    catalog = Catalog({tool.name: tool for tool in tools})
    if len(catalog.tools) < len(tools):
        raise ConfigError(f"{path}: two tools have one name; keep one of them")
    return catalog


def _require_schema(place: str, parameters: Any) -> None:
    """Raise ``ConfigError`` where the arguments' schema is none of draft 2020-12."""
    definitions: dict[str, Any] = {
        "$defs": {"step": {}}
    }  # what an argument that holds steps refers to
    try:
        jsonschema_rs.Draft202012Validator({**parameters, **definitions})
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{place}: its parameters are no JSON Schema ({error})"[:300]) from error


def _read_tool(path: Path, position: int, entry: Any) -> Tool:
    place = f"{path}: entry {position}"
    function = entry.get("function") if isinstance(entry, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise ConfigError(f"{place}: expected an object with a 'function' that has a 'name'")
    parameters = function.get("parameters", {"type": "object", "properties": {}})
    _require_schema(place, parameters)
    for name, schema in parameters.get("properties", {}).items():
        if not isinstance(schema, dict):
            raise ConfigError(f"{place}: the schema of {name!r} is no object")
        if schema.get("x-equality", "exact") not in EQUALITIES:
            known = ", ".join(EQUALITIES)
            raise ConfigError(f"{place}: x-equality of {name!r} is none of {known}")
    return Tool(
        function["name"], function.get("description", ""), parameters, function.get("x-returns", {})
    )
