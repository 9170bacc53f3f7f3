"""Checking a plan against the catalogue's JSON Schema, fast, and naming what breaks it.

It decides as ``Catalog.validator`` does (the tests hold the two against each other), but walks
the plan itself and validates only the arguments of the tool that is called: the whole schema
tries the arguments of every tool on every step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, get_args

from web4.argument_schema import REFERENCE_START, STEP
from web4.catalog import Catalog
from web4.metrics.json_answer import quoted
from web4.records import PlanType
from web4.schema_check import quick_validator, telling_validator

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

SchemaFault = Literal[
    "no_plan",
    "wrong_plan_type",
    "unknown_tool",
    "missing_arg",
    "unknown_arg",
    "wrong_arg_type",
]
SCHEMA_FAULTS: tuple[SchemaFault, ...] = get_args(SchemaFault)

_STEP_REFERENCE = {"$ref": STEP}
_PLAN_TYPES = get_args(PlanType)
_MOST_ERRORS = 16  # that are looked at for the one to be told: a long list may have thousands


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a plan breaks the schema: ``place`` is like ``steps[1].args.path``."""

    fault: SchemaFault
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def branches_of(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return for each tool the arguments that hold steps (a conditional's two branches)."""
    return {
        tool.name: tuple(
            name
            for name, schema in tool.parameters.get("properties", {}).items()
            if schema.get("items") == _STEP_REFERENCE
        )
        for tool in catalog.tools.values()
    }


class PlanSchema:
    """The plan's schema of one catalogue, made ready once."""

    def __init__(self, catalog: Catalog) -> None:
        self._branches = branches_of(catalog)
        definitions = catalog.plan_schema["$defs"]
        parts = definitions["step"]["allOf"]  # one for each tool, in the catalogue's order
        self._arguments = {
            name: _Arguments(part["then"]["properties"]["args"], definitions)
            for name, part in zip(catalog.tools, parts, strict=True)
        }

    def first_fault(self, plan: Mapping[str, Any], *, may_be_empty: bool = False) -> Broken | None:
        """Return what breaks the schema first in the plan's order; ``None`` where nothing does.

        A plan that ``may_be_empty`` may have no steps, and then either type.
        """
        strange = sorted(set(plan) - {"type", "steps"})
        if strange:
            return Broken("no_plan", "plan", f"unknown key {quoted(strange[0])}")
        steps = plan.get("steps")
        if may_be_empty and steps == []:
            return _empty_fault(plan.get("type"))
        if not isinstance(steps, list) or not steps:
            return Broken("no_plan", "steps", "a plan needs a list of one step or more")
        wanted = "tool_call" if len(steps) == 1 else "multi_tool_plan"
        if plan.get("type") != wanted:
            given = quoted(plan.get("type"))
            return Broken("wrong_plan_type", "type", f"{given}, but {len(steps)} steps: {wanted}")
        return self._steps_fault(steps, "steps")

    def _steps_fault(self, steps: list[Any], place: str) -> Broken | None:
        for position, step in enumerate(steps):
            broken = self._step_fault(step, f"{place}[{position}]")
            if broken:
                return broken
        return None

    def _step_fault(self, step: Any, place: str) -> Broken | None:
        """Recursion ends: an answer is at most 64 levels deep when it comes here."""
        if not isinstance(step, dict) or set(step) != {"tool", "args"}:
            return Broken("no_plan", place, "a step is an object of tool and args only")
        tool, args = step["tool"], step["args"]
        if not isinstance(tool, str) or tool not in self._arguments:
            return Broken("unknown_tool", f"{place}.tool", f"{quoted(tool)} is no known tool")
        if not isinstance(args, dict):
            return Broken("wrong_arg_type", f"{place}.args", "args is no object")
        error = self._arguments[tool].first_error(args)
        if error:
            return _argument_fault(error, f"{place}.args")
        for name in self._branches[tool]:
            broken = self._steps_fault(args.get(name, []), f"{place}.args.{name}")
            if broken:
                return broken
        return None


def _empty_fault(kind: Any) -> Broken | None:
    if kind in _PLAN_TYPES:
        return None
    return Broken("wrong_plan_type", "type", f"{quoted(kind)} is none of {', '.join(_PLAN_TYPES)}")


class _Arguments:
    """The schema of one tool's arguments; the steps in branches are left to the walk.

    ``jsonschema-rs`` passes what is right in microseconds; of all else ``jsonschema`` decides, and
    says where the fault is.
    """

    def __init__(self, arguments: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        properties = {
            name: {**schema, "items": True} if schema.get("items") == _STEP_REFERENCE else schema
            for name, schema in arguments.get("properties", {}).items()
        }
        self._schema = {**arguments, "properties": properties, "$defs": definitions}
        self._quick = quick_validator(self._schema)

    @cached_property
    def _telling(self) -> "Draft202012Validator":
        return telling_validator(self._schema)

    def first_error(self, args: Mapping[str, Any]) -> "ValidationError | None":
        try:
            if self._quick.is_valid(args):
                return None
        except (ValueError, RecursionError):  # half a character, or a number that it cannot hold
            pass  # jsonschema can
        from jsonschema.exceptions import best_match

        found = islice(self._telling.iter_errors(args), _MOST_ERRORS)
        first = min(found, key=lambda one: len(one.absolute_path), default=None)
        error: ValidationError | None = best_match(iter(() if first is None else (first,)))
        return error


def _argument_fault(error: "ValidationError", place: str) -> Broken:
    at = place + "".join(
        f"[{key}]" if isinstance(key, int) else f".{key}" for key in error.absolute_path
    )
    given: Mapping[str, Any] = error.instance if isinstance(error.instance, dict) else {}
    rule: Mapping[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "required":
        absent = next((name for name in rule["required"] if name not in given), "")
        return Broken("missing_arg", f"{at}.{absent}", "is required")
    if error.validator == "additionalProperties":
        strange = sorted(given.keys() - rule.get("properties", {}).keys())
        return Broken("unknown_arg", at, f"{quoted(strange[0])} is no argument")
    if isinstance(error.instance, str) and error.instance.startswith(REFERENCE_START):
        said = f"{quoted(error.instance)} is no reference to a result of the type that is wanted"
        return Broken("wrong_arg_type", at, said)
    return Broken("wrong_arg_type", at, error.message[:120])
