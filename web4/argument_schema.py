"""The schemas of tools' arguments: their own definitions, and references where their type fits.

A reference stands for a value that is known only when the plan runs. What its tool returns is
declared in the catalogue (``x-returns``), so a plan can be judged before: an argument takes a
reference where a value may be both what the tool returns and what the argument wants.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

STEP: Final = "#/$defs/step"
"""What the items of an argument that holds steps refer to."""
NAME: Final = r"[A-Za-z0-9_-]+"
"""Names of tools and of fields."""
REFERENCE_START: Final = "<RESULTS:"

_MEANT = {"type": "string", "pattern": f"^{REFERENCE_START}"}
_INDEX = r"\[[0-9]+\]"
_KINDS = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
_NAMED = frozenset({"properties", "dependentSchemas", "$defs", "definitions"})
_VALUES = frozenset({"enum", "const", "default", "examples", "required", "type"})
_REFUSED = (
    *("$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef"),
    "patternProperties",  # jsonschema matches them with Python's expressions
)
_OWN = re.compile(r"#/(?:\$defs|definitions)/([^/~%]+)")
_MOST_FIELDS = 3  # below each other


def hoisted(tool: str, parameters: Schema) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a tool's parameters and its own definitions, named so that no two tools' meet.

    Raise ``ValueError`` where they refer to anything else: nothing is ever fetched.
    """
    own = {**parameters.get("definitions", {}), **parameters.get("$defs", {})}
    renamed = {name: f"{tool}.{name}" for name in own}
    plain = {name: one for name, one in parameters.items() if name not in ("$defs", "definitions")}
    definitions = {renamed[name]: _rewritten(one, renamed) for name, one in own.items()}
    return _rewritten(plain, renamed), definitions


def _rewritten(schema: Any, renamed: Mapping[str, str]) -> Any:
    if isinstance(schema, list):
        return [_rewritten(one, renamed) for one in schema]
    if not isinstance(schema, dict):
        return schema
    refused = next((word for word in _REFUSED if word in schema), "")
    if refused:
        raise ValueError(f"{refused} is not supported")
    found: dict[str, Any] = {}
    for word, value in schema.items():
        if word == "$ref":
            found[word] = _renamed(value, renamed)
        elif word in _NAMED and isinstance(value, dict):
            found[word] = {name: _rewritten(one, renamed) for name, one in value.items()}
        else:
            found[word] = value if word in _VALUES else _rewritten(value, renamed)
    return found


def _renamed(target: Any, renamed: Mapping[str, str]) -> str:
    if target == STEP:
        return STEP
    named = _OWN.fullmatch(target) if isinstance(target, str) else None
    if named is None or named[1] not in renamed:
        raise ValueError(f"$ref {str(target)[:80]!r} names no definition of its own $defs")
    return f"#/$defs/{renamed[named[1]]}"


def holds_steps(parameters: Schema) -> bool:
    """Whether a tool has branches, so that its texts may be conditions."""
    return any(
        isinstance(one, dict) and one.get("items") == {"$ref": STEP}
        for one in parameters.get("properties", {}).values()
    )


def with_references(parameters: Schema, returns: Mapping[str, Schema]) -> dict[str, Any]:
    """Return a tool's parameters, with references to the tools of ``returns`` where they fit.

    A text that starts as a reference is one, or wrong; but for those beside branches, which are
    conditions.
    """
    conditions = holds_steps(parameters)
    properties = {
        name: schema
        if schema.get("items") == {"$ref": STEP} or (conditions and schema.get("type") == "string")
        else _taking(schema, returns)
        for name, schema in parameters.get("properties", {}).items()
    }
    return {**parameters, "properties": properties}


def _taking(schema: Any, returns: Mapping[str, Schema]) -> Any:
    """Let a schema, and those of the items and fields in it, take fitting references."""
    inner = schema
    if isinstance(schema, dict):
        inner = dict(schema)
        if isinstance(schema.get("items"), dict):
            inner["items"] = _taking(schema["items"], returns)
        if isinstance(schema.get("properties"), dict):
            found = schema["properties"].items()
            inner["properties"] = {name: _taking(one, returns) for name, one in found}
    forms = [form for tool, result in returns.items() for form in _forms(tool, result, schema)]
    taken = {"pattern": f"^(?:{'|'.join(forms)})$"} if forms else False
    return {"if": _MEANT, "then": taken, "else": inner}


def _forms(tool: str, returns: Any, wanted: Any) -> Iterator[str]:
    """Yield the expressions of the references to a tool whose value may be what is wanted."""
    whole = re.escape(f"{REFERENCE_START}{tool}>")
    yield from _fields(whole, returns, wanted, 0)
    if "array" in _kinds(returns):
        yield from _fields(whole + _INDEX, _items(returns), wanted, 0)


def _fields(written: str, value: Any, wanted: Any, depth: int) -> Iterator[str]:
    if _may_meet(value, wanted):
        yield written
    if "object" not in _kinds(value) or depth == _MOST_FIELDS:
        return
    named = value.get("properties") if isinstance(value, dict) else None
    if not named:
        yield rf"{written}(?:\.{NAME})+"
        return
    for name, inner in named.items():
        yield from _fields(rf"{written}\.{re.escape(name)}", inner, wanted, depth + 1)


def _may_meet(left: Any, right: Any) -> bool:
    """Whether some value may fit both schemas, as far as types tell."""
    shared = _kinds(left) & _kinds(right)
    if shared != {"array"}:
        return bool(shared)
    return _may_meet(_items(left), _items(right))


def _items(schema: Any) -> Any:
    return schema.get("items", True) if isinstance(schema, dict) else True


def _kinds(schema: Any) -> frozenset[str]:
    """Return the types that a schema may take; all where it does not say."""
    kind = schema.get("type") if isinstance(schema, dict) else None
    if kind is None:
        return _KINDS
    named = {kind} if isinstance(kind, str) else set(kind)
    return frozenset(named | {"integer"} if "number" in named else named)
