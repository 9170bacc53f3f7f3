"""Plans from steps with slots, and the other plans that answer a request as well."""

import itertools
import re
from collections.abc import Mapping
from typing import Any

from web4.records import Plan, PlanStep

Step = tuple[str, Mapping[str, Any]]

_SLOT = re.compile(r"\{(\w+)\}")


def filled(value: Any, slots: Mapping[str, str]) -> Any:
    """Put the values in the place of the slots, at any depth."""
    if isinstance(value, str):
        return _SLOT.sub(lambda match: slots[match[1]], value)
    if isinstance(value, dict):
        return {key: filled(item, slots) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, slots) for item in value]
    return value


def plan_of(steps: list[dict[str, Any]]) -> Plan:
    """Make the plan of steps that are spelled out as objects."""
    return Plan(tuple(PlanStep(step["tool"], step["args"]) for step in steps))


def mirrored(steps: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the plan with its condition and branches turned round, where it has any."""
    for number, step in enumerate(steps):
        if step["tool"] == "conditional":
            args = step["args"]
            condition = _negated(args["if"])
            turned = {"if": condition, "then": args["else"], "else": args["then"]}
            swapped = {"tool": "conditional", "args": turned}
            return (plan_of([*steps[:number], swapped, *steps[number + 1 :]]).to_json(),)
    return ()


def reordered(steps: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the plans that run the same steps in every other order."""
    others = list(itertools.permutations(steps))[1:]
    return tuple(plan_of(list(order)).to_json() for order in others)


def _negated(condition: str) -> str:
    left, _, value = condition.rpartition(" ")
    return f"{left} {'true' if value == 'false' else 'false'}"
