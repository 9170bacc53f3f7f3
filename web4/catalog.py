"""The tool catalogue, in OpenAI's function format, and the plan's JSON Schema made from it.

Two extensions of the format: ``x-equality`` says for each argument when two values mean the same
(``exact``, ``path``, ``glob``, ``json``, ``text``), ``x-returns`` is the schema of the result: what
it does not say may be anything.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from web4.argument_schema import STEP, hoisted, with_references
from web4.errors import ConfigError
from web4.paths import data_dir
from web4.schema_check import quick_validator, telling_validator

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

Equality = Literal["exact", "path", "glob", "json", "text"]
EQUALITIES: tuple[Equality, ...] = get_args(Equality)

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # as OpenAI has it


@dataclass(frozen=True)
class Tool:
    """One tool: its name and the JSON Schema of its arguments and of its result.

    ``definitions`` are what these schemas refer to as ``#/$defs/<tool>.<name>``.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    returns: Mapping[str, Any]
    definitions: Mapping[str, Any] = field(default_factory=dict)

    def equality(self, argument: str) -> Equality:
        """When two values of this argument mean the same; ``exact`` where nothing is declared."""
        return self.equalities.get(argument, "exact")

    @cached_property
    def equalities(self) -> dict[str, Equality]:
        """The arguments for which one is declared."""
        declared = self.parameters.get("properties", {})
        return {
            name: cast("Equality", one["x-equality"])
            for name, one in declared.items()
            if "x-equality" in one
        }


@dataclass(frozen=True)
class Catalog:
    """All tools that a plan may use."""

    tools: Mapping[str, Tool]

    @cached_property
    def plan_schema(self) -> dict[str, Any]:
        """The JSON Schema (2020-12) of a plan: known tools, their arguments, the right type."""
        steps = {"type": "array", "items": {"$ref": STEP}}
        own = {name: one for tool in self.tools.values() for name, one in tool.definitions.items()}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["type", "steps"],
            "additionalProperties": False,
            "properties": {"type": {"enum": ["tool_call", "multi_tool_plan"]}, "steps": steps},
            "if": {"properties": {"type": {"const": "tool_call"}}},
            "then": {"properties": {"steps": {"minItems": 1, "maxItems": 1}}},
            "else": {"properties": {"steps": {"minItems": 2}}},
            "$defs": {"step": self._step_schema(), **own},
        }

    def _step_schema(self) -> dict[str, Any]:
        returns = {tool.name: tool.returns for tool in self.tools.values()}
        arguments = [
            {
                "if": {"properties": {"tool": {"const": tool.name}}},
                "then": {"properties": {"args": with_references(tool.parameters, returns)}},
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
    def validator(self) -> "Draft202012Validator":
        """What decides of a plan; an expression in it takes linear time."""
        quick_validator(self.plan_schema)
        return telling_validator(self.plan_schema)


def catalog_path() -> Path:
    """Return the file of the house's own tools."""
    return data_dir() / "tools" / "web4.json"


def load_catalog(path: Path) -> Catalog:
    """Read a tool list in OpenAI's function format; raise ``ConfigError`` where it is none."""
    try:
        return _parsed(path, path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: no tool catalogue can be read from it ({error})") from error


@lru_cache(maxsize=8)
def _parsed(path: Path, text: str) -> Catalog:
    """Check every schema once for each text: an evaluation reads its catalogue several times."""
    entries = json.loads(text)
    if not isinstance(entries, list) or not entries:
        raise ConfigError(f"{path}: a catalogue is a non-empty JSON list of functions")
    tools = [_read_tool(path, position, entry) for position, entry in enumerate(entries)]
    catalog = Catalog({tool.name: tool for tool in tools})
    if len(catalog.tools) < len(tools):
        raise ConfigError(f"{path}: two tools have one name; keep one of them")
    return catalog


def _require_schema(place: str, schema: Any, definitions: Mapping[str, Any]) -> None:
    """Raise ``ConfigError`` where a schema is none of draft 2020-12."""
    whole = {**schema, "$defs": {"step": {}, **definitions}}
    try:
        quick_validator(whole)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{place} no JSON Schema ({str(error)[:200]})") from error


def _read_tool(path: Path, position: int, entry: Any) -> Tool:
    place = f"{path}: entry {position}"
    function = entry.get("function") if isinstance(entry, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise ConfigError(f"{place}: expected an object with a 'function' that has a 'name'")
    name = function["name"]
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{place}: the name {name[:80]!r} is not 1 to 64 letters, digits, _ and -"
        )
    given = function.get("parameters", {"type": "object", "properties": {}})
    returns = function.get("x-returns", {})
    try:
        parameters, definitions = hoisted(name, given)
    except (AttributeError, RecursionError, TypeError, ValueError) as error:
        raise ConfigError(f"{place}: its parameters are no JSON Schema ({error})") from error
    _require_schema(f"{place}: its parameters are", parameters, definitions)
    if not isinstance(returns, dict) or "$ref" in json.dumps(returns):
        raise ConfigError(f"{place}: its x-returns is no JSON Schema without $ref")
    _require_schema(f"{place}: its x-returns is", returns, {})
    for argument, schema in parameters.get("properties", {}).items():
        if not isinstance(schema, dict):
            raise ConfigError(f"{place}: the schema of {argument!r} is no object")
        if schema.get("x-equality", "exact") not in EQUALITIES:
            known = ", ".join(EQUALITIES)
            raise ConfigError(f"{place}: x-equality of {argument!r} is none of {known}")
    return Tool(name, function.get("description") or "", parameters, returns, definitions)
