"""Judges canned calls by BFCL's ``ast_checker``: ``python bfcl_calls.py CALLS.json OUT.json``.

An answer is read as JSON, as BFCL's own decoders do, and its steps become BFCL's form of calls. The
category is ``multiple`` for one wanted call, ``parallel_multiple`` for several. The checker imports
BFCL's table of models, and with it the clients of 20 vendors and torch, to learn whether a model
writes ``_`` for ``.`` in names; no name here has a dot, so an empty table stands in its place.
"""

import json
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

_TABLE = ModuleType("bfcl_eval.constants.model_config")
_TABLE.MODEL_CONFIG_MAPPING = {}  # type: ignore[attr-defined] # that is what makes it one
sys.modules[_TABLE.__name__] = _TABLE

from bfcl_eval.constants.enums import (  # type: ignore[import-not-found] # noqa: E402 - after its table; in an own environment
    Language,
)
from bfcl_eval.eval_checker.ast_eval.ast_checker import (  # type: ignore[import-not-found] # noqa: E402 - as above
    ast_checker,
)

_TYPES = {"object": "dict", "number": "float"}  # BFCL's names of JSON Schema's types
_MODEL = "any"


def main() -> None:
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    functions = {one["function"]["name"]: _function(one["function"]) for one in told["catalog"]}
    wanted = {raw["id"]: _wanted(json.loads(raw["output"]), functions) for raw in told["records"]}
    verdicts: dict[str, str] = {}
    begun = time.perf_counter()
    for call in told["calls"]:
        verdicts[call["id"]] = _judge(call["text"], *wanted[call["record_id"]])
    seconds = time.perf_counter() - begun
    found = {"seconds": seconds, "verdicts": verdicts}
    Path(sys.argv[2]).write_text(json.dumps(found), encoding="utf-8")


def _judge(text: str, functions: list[Any], wanted: list[Any]) -> str:
    try:
        answer = [{step["tool"]: step["args"]} for step in json.loads(text)["steps"]]
    except (ValueError, TypeError, KeyError):
        return "undecodable"
    category = "multiple" if len(wanted) == 1 else "parallel_multiple"
    found = ast_checker(functions, answer, wanted, Language.PYTHON, category, _MODEL)
    return "" if found["valid"] else str(found.get("error_type", "wrong"))


def _wanted(plan: dict[str, Any], functions: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Return the functions that a record offers and, for each call, the values that it takes."""
    calls = [
        {step["tool"]: {name: [_taken(value)] for name, value in step["args"].items()}}
        for step in plan["steps"]
    ]
    return list(functions.values()), calls


def _taken(value: Any) -> Any:
    """Return a value as BFCL's answers have it: each key of an object lists what it takes."""
    if isinstance(value, list):
        return [_taken(one) if isinstance(one, dict) else one for one in value]
    if isinstance(value, dict):
        return {name: [one] for name, one in value.items()}
    return value


def _function(function: dict[str, Any]) -> dict[str, Any]:
    given = function.get("parameters", {})
    properties = {
        name: {**schema, "type": _type(schema), "items": {"type": _type(schema.get("items", {}))}}
        for name, schema in given.get("properties", {}).items()
    }
    return {
        "name": function["name"],
        "description": function.get("description", ""),
        "parameters": {
            "type": "dict",
            "properties": properties,
            "required": given.get("required", []),
        },
    }


def _type(schema: dict[str, Any]) -> str:
    """Return BFCL's name of a type; what is referred to is a step."""
    name: str = schema.get("type", "object" if "$ref" in schema else "any")
    return _TYPES.get(name, name)


if __name__ == "__main__":
    main()
