"""Whether arguments are what a tool's schema asks for, fast enough for every step of every plan."""

from collections.abc import Callable, Mapping
from typing import Any

from web4.argument_schema import STEP
from web4.catalog import Catalog, Tool
from web4.schema_check import telling_validator

Check = Callable[[Any], bool]

_SIMPLE = {"type", "items", "description", "x-equality", "title", "default", "examples"}
_STEP_REFERENCE = {"$ref": STEP}


def _is_integer(value: Any) -> bool:
    """Tell as JSON Schema does, where 1.0 is an integer and true is none."""
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES: Mapping[str, Check] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


class ArgumentCheck:
    """One tool's arguments: which there are, which must be, and what each may be.

    ``branches`` names those that hold steps.
    """

    def __init__(self, tool: Tool) -> None:
        properties = tool.parameters.get("properties", {})
        self.branches = tuple(
            name for name, schema in properties.items() if schema.get("items") == _STEP_REFERENCE
        )
        self.checks: Mapping[str, Check] = {
            name: _check(
                {**schema, "items": True} if name in self.branches else schema, tool.definitions
            )
            for name, schema in properties.items()
        }
        self._required = frozenset(tool.parameters.get("required", ()))
        self._closed = tool.parameters.get("additionalProperties") is False

    def missing_or_unknown(self, args: Mapping[str, Any]) -> str:
        """Say which argument is missing or none of the tool's; empty where all is well."""
        missing = self._required - args.keys()
        if missing:
            return f"the argument {min(missing)!r} is missing"
        unknown = args.keys() - self.checks.keys() if self._closed else ()
        return f"{str(min(unknown, key=str))[:60]!r} is no argument" if unknown else ""

    def fits(self, name: str, value: Any) -> bool:
        """Whether a value, with its references resolved, may be this argument."""
        check = self.checks.get(name)
        return check is None or check(value)


def checks_of(catalog: Catalog) -> dict[str, ArgumentCheck]:
    """Return the check of each tool of a catalogue."""
    return {name: ArgumentCheck(tool) for name, tool in catalog.tools.items()}


def _check(schema: Any, definitions: Mapping[str, Any]) -> Check:
    if schema is True or schema == {}:
        return lambda _value: True
    kind = schema.get("type") if isinstance(schema, dict) else None
    if isinstance(kind, str) and kind in _TYPES and schema.keys() <= _SIMPLE:
        typed, items = _TYPES[kind], schema.get("items", True)
        if items is True:
            return typed
        item = _check(items, definitions)
        return lambda value: typed(value) and all(map(item, value))
    is_valid: Check = telling_validator({"allOf": [schema], "$defs": definitions}).is_valid
    return is_valid
