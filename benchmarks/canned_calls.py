"""Canned answers to the tool requests: right ones, and ones that are wrong in named ways."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from web4.records import Record, compact_json

Change = Callable[[dict[str, Any], int], dict[str, Any] | None]
"""Returns a changed plan, nothing where the change cannot be made; the number makes it distinct."""

ACCEPTED = "another accepted plan"


@dataclass(frozen=True, slots=True)
class Call:
    """An answer to a record, and the name of how it differs from gold."""

    id: str
    record_id: str
    kind: str
    text: str


def calls(records: Sequence[Record], count: int) -> Iterator[Call]:
    """Yield ``count`` distinct answers: on each record in turn the next change, then all again."""
    made, number = 0, 0
    while made < count:
        place, turn = number % len(records), number // len(records)
        record, kind = records[place], tuple(KINDS)[(place + turn) % len(KINDS)]
        number += 1
        text = _changed(record, kind, turn // len(KINDS))
        if text is not None:
            named = ACCEPTED if _accepted(record, text) else kind
            yield Call(f"{record.id}/{kind}/{turn}", record.id, named, text)
            made += 1


def _accepted(record: Record, text: str) -> bool:
    """Whether an answer has the steps of a plan that the record takes beside gold."""
    try:
        steps = json.loads(text)["steps"]
    except ValueError:
        return False
    return any(json.loads(other)["steps"] == steps for other in record.acceptable)


def _changed(record: Record, kind: str, number: int) -> str | None:
    plan = json.loads(record.output)
    if kind == "cut short":
        return record.output[: -2 - number]
    if kind == "in prose":
        return f"Sure{'!' * number} Here is the plan: {record.output}"
    changed = KINDS[kind](plan, number)
    if changed is None:
        return None
    # White space after it keeps later turns from repeating a text that was judged before.
    return compact_json(changed) + " " * number


def _gold(plan: dict[str, Any], _number: int) -> dict[str, Any]:
    return plan


def _value(plan: dict[str, Any], number: int) -> dict[str, Any] | None:
    return _each_text(plan, lambda text: f"{text}{'x' * (1 + number)}")


def _each_text(plan: dict[str, Any], change: Callable[[str], str | None]) -> dict[str, Any] | None:
    """Change the first text among the arguments that can be changed."""
    for place, step in enumerate(plan["steps"]):
        for name, value in step["args"].items():
            found = change(value) if isinstance(value, str) else None
            if found is not None:
                return _with_args(plan, place, {**step["args"], name: found})
    return None


def _with_args(plan: dict[str, Any], place: int, args: dict[str, Any]) -> dict[str, Any]:
    steps = list(plan["steps"])
    steps[place] = {**steps[place], "args": args}
    return {**plan, "steps": steps}


def _left_out(plan: dict[str, Any], _number: int) -> dict[str, Any] | None:
    for place, step in enumerate(plan["steps"]):
        if step["args"]:
            return _with_args(plan, place, dict(list(step["args"].items())[1:]))
    return None


def _invented(plan: dict[str, Any], number: int) -> dict[str, Any] | None:
    if not plan["steps"]:
        return None
    return _with_args(plan, 0, {**plan["steps"][0]["args"], f"extra{number}": "x"})


def _other_tool(plan: dict[str, Any], _number: int) -> dict[str, Any] | None:
    steps = plan["steps"]
    if not steps or steps[0]["tool"] == "view_diff":
        return None
    return {**plan, "steps": [{**steps[0], "tool": "view_diff"}, *steps[1:]]}


def _swapped(plan: dict[str, Any], _number: int) -> dict[str, Any] | None:
    steps = plan["steps"]
    differ = len(steps) > 1 and steps[0] != steps[1]
    return {**plan, "steps": [steps[1], steps[0], *steps[2:]]} if differ else None


def _one_more(plan: dict[str, Any], _number: int) -> dict[str, Any] | None:
    return {"type": "multi_tool_plan", "steps": [*plan["steps"], {"tool": "view_diff", "args": {}}]}


def _one_less(plan: dict[str, Any], _number: int) -> dict[str, Any] | None:
    steps = plan["steps"][:-1]
    if not steps:
        return None
    return {"type": "tool_call" if len(steps) == 1 else "multi_tool_plan", "steps": steps}


def _same_path(plan: dict[str, Any], _number: int) -> dict[str, Any] | None:
    for place, step in enumerate(plan["steps"]):
        path = step["args"].get("path")
        if isinstance(path, str) and not path.startswith(("<", "/", ".")):
            return _with_args(plan, place, {**step["args"], "path": f"./{path}"})
    return None


def _no_type(plan: dict[str, Any], _number: int) -> dict[str, Any]:
    return {"steps": plan["steps"]}


def _case(plan: dict[str, Any], _number: int) -> dict[str, Any] | None:
    return _each_text(plan, lambda text: text.swapcase() if text.swapcase() != text else None)


def _punctuation(plan: dict[str, Any], _number: int) -> dict[str, Any] | None:
    return _each_text(plan, lambda text: text.replace("-", "_") if "-" in text else None)


KINDS: dict[str, Change] = {
    "gold": _gold,
    "another value": _value,
    "argument left out": _left_out,
    "argument invented": _invented,
    "another tool": _other_tool,
    "steps swapped": _swapped,
    "a step more": _one_more,
    "a step less": _one_less,
    "same path, spelled ./": _same_path,
    "no type": _no_type,
    "other case": _case,
    "- for _": _punctuation,
    "cut short": _gold,
    "in prose": _gold,
}
