"""How much of a plan's arguments is right: per argument presence, type and equality."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from web4.catalog import Catalog, Equality
from web4.metrics.json_answer import quoted
from web4.metrics.plan_steps import (
    Branches,
    Step,
    Steps,
    counterparts,
    same_steps,
    without_counterpart,
)
from web4.simulator.references import is_meant

ArgumentFault = Literal[
    "missing_arg", "unknown_arg", "wrong_arg_type", "wrong_value", "other_steps"
]
ARGUMENT_FAULTS: tuple[ArgumentFault, ...] = get_args(ArgumentFault)

_LEADING_HERE = re.compile(r"\A(?:\./+)+")


@dataclass(frozen=True, slots=True)
class ArgumentScore:
    """The share of right arguments in [0, 1], and the first fault where it is below 1."""

    value: float
    fault: ArgumentFault | None = None
    detail: str = ""


def argument_score(
    answer: Steps, wanted: Steps, catalog: Catalog, branches: Branches
) -> ArgumentScore:
    """Return right arguments / max(wanted arguments, answered arguments).

    Steps are paired by tool and branch; all arguments of a step without counterpart are wrong. A
    branch counts as one argument, right where it is a list: the steps in it are compared as
    steps. Where no plan has arguments the score is 1 if the steps agree, else 0.
    """
    total = max(sum(len(step.args) for step in steps) for steps in (answer, wanted))
    if total == 0:
        if same_steps(answer, wanted):
            return ArgumentScore(1.0)
        return ArgumentScore(0.0, "other_steps", "the steps are others than those asked for")
    pairs = counterparts(answer, wanted)
    faults = [
        fault
        for given, asked in pairs
        for fault in _argument_faults(given, asked, catalog, branches)
    ]
    present = sum(len(asked.args.keys() & given.args.keys()) for given, asked in pairs)
    wrong = sum(fault in {"wrong_arg_type", "wrong_value"} for fault, _ in faults)
    value = (present - wrong) / total
    if present - wrong == total:
        return ArgumentScore(1.0)
    first = faults[0] if faults else _unpaired(answer, wanted, pairs)
    return ArgumentScore(value, *first)


def same_value(kind: Equality, given: Any, wanted: Any) -> bool:
    """Whether two values mean the same under the catalogue's kind of equality.

    ``exact`` and ``json`` compare deeply; ``path`` ignores what ``posixpath.normpath`` ignores,
    ``glob`` a leading ``./``, ``text`` how much whitespace stands between words. A reference is no
    path and no glob: with a ``./`` before it, it is another value.
    """
    if not isinstance(given, str) or not isinstance(wanted, str):
        return _deeply_equal(given, wanted)
    if kind in {"path", "glob"} and is_meant(given) != is_meant(wanted):
        return False
    if kind == "path":
        return _path(given) == _path(wanted)
    if kind == "glob":
        return _LEADING_HERE.sub("", given) == _LEADING_HERE.sub("", wanted)
    if kind == "text":
        return given.split() == wanted.split()
    return given == wanted


def _path(value: str) -> str:
    """Normalise a path; an empty one names nothing, not the folder one is in."""
    return posixpath.normpath(value) if value else value


def _deeply_equal(left: Any, right: Any) -> bool:
    """Compare as JSON does: 1 equals 1.0, but no boolean equals a number."""
    if _json_type(left) != _json_type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(
            _deeply_equal(item, right[key]) for key, item in left.items()
        )
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_deeply_equal, left, right))
    return bool(left == right)


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    return "object" if isinstance(value, dict) else "null"


def _argument_faults(
    given: Step, asked: Step, catalog: Catalog, branches: Branches
) -> Iterator[tuple[ArgumentFault, str]]:
    place = f"{given.place}.args"
    for name in asked.args:
        if name not in given.args:
            yield "missing_arg", f"{place}.{name} is missing"
    for name in given.args:
        if name not in asked.args:
            yield "unknown_arg", f"{place}: {quoted(name)} is not asked for"
    kinds = _kinds(catalog, asked.tool)
    for name, wanted in asked.args.items():
        if name not in given.args:
            continue
        value = given.args[name]
        here = f"{place}.{name} is {quoted(value)}, wanted {quoted(wanted)}"
        if _json_type(value) != _json_type(wanted):
            yield "wrong_arg_type", here
        elif name not in branches.get(asked.tool, ()) and not same_value(
            kinds.get(name, "exact"), value, wanted
        ):
            yield "wrong_value", here


def _kinds(catalog: Catalog, name: str) -> Mapping[str, Equality]:
    tool = catalog.tools.get(name)
    if tool is None:
        return {}
    return {argument: tool.equality(argument) for argument in tool.parameters.get("properties", {})}


def _unpaired(
    answer: Steps, wanted: Steps, pairs: tuple[tuple[Step, Step], ...]
) -> tuple[ArgumentFault, str]:
    missing = without_counterpart(wanted, [asked for _, asked in pairs])
    extra = without_counterpart(answer, [given for given, _ in pairs])
    step, what = (missing[0], "is missing") if missing else (extra[0], "is not asked for")
    return "other_steps", f"{step.place}: {quoted(step.tool)} {what}"
