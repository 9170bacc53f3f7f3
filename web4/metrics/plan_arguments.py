"""How much of a plan's arguments is right: per argument presence, type and equality."""

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, get_args

from web4.catalog import Catalog, Equality
from web4.metrics.json_answer import quoted
from web4.metrics.plan_schema import branches_of
from web4.metrics.plan_steps import Pairing, Steps, WantedSteps, counterparts
from web4.simulator.references import is_meant

ArgumentFault = Literal[
    "missing_arg", "unknown_arg", "wrong_arg_type", "wrong_value", "other_steps"
]
ARGUMENT_FAULTS: tuple[ArgumentFault, ...] = get_args(ArgumentFault)

_LEADING_HERE = re.compile(r"\A(?:\./+)+")

ArgumentScore = tuple[float, ArgumentFault | None, str]
"""The share of right arguments in [0, 1]; the first fault, and its place, where it is below 1."""
_RIGHT: Final[ArgumentScore] = (1.0, None, "")

_Fault = tuple[ArgumentFault, str, Any]
"""A wrong argument: what is wrong, its name, and its wanted value where another was given."""
_ABSENT: Final = object()
_Pair = Callable[[Steps, Steps], Pairing]
Equalities = Mapping[str, Mapping[str, Equality | None]]
"""For each tool when values of an argument are the same; ``None`` for a branch: any list is."""
_EXACT: Final[Mapping[str, Equality | None]] = {}  # a tool that the catalogue lacks


def equalities_of(catalog: Catalog) -> Equalities:
    """Return what a catalogue says of arguments that are not compared exactly."""
    branches = branches_of(catalog)
    return {
        tool.name: tool.equalities | dict.fromkeys(branches[tool.name])
        for tool in catalog.tools.values()
    }


def argument_score(
    answer: Steps,
    references: Sequence[WantedSteps],
    equalities: Equalities,
    paired: _Pair = counterparts,
) -> ArgumentScore:
    """Return the best share of right arguments / max(wanted arguments, answered arguments).

    Steps are paired by tool and branch; all arguments of a step without counterpart are wrong. A
    branch counts as one argument, right where it is a list: the steps in it are compared as
    steps. Where no plan has arguments the score is 1 if the steps agree, else 0. Of references
    that score alike the first one tells the fault.
    """
    best: _Comparison | None = None
    for wanted in references:
        if wanted.textual and answer.args == wanted.args and answer.keys == wanted.keys:
            return _RIGHT
        found = _compared(answer, wanted, equalities, paired)
        if found[0] == 1.0:
            return _RIGHT
        if best is None or found[0] > best[0]:
            best = found
    if best is None:
        raise ValueError("there is no plan to compare with")
    share, at, fault, wanted = best
    if fault is not None:
        return share, fault[0], _told(answer, at, fault)
    if not any(answer.args) and not any(wanted.args):
        return 0.0, "other_steps", "the steps are others than those asked for"
    return share, "other_steps", _unpaired(answer, wanted, paired(answer, wanted))


_Comparison = tuple[float, int, _Fault | None, WantedSteps]
"""The share of right arguments; the first step with a wrong one, what is wrong, the reference."""


def _compared(
    answer: Steps, wanted: WantedSteps, equalities: Equalities, paired: _Pair
) -> _Comparison:
    right = where = 0
    fault: _Fault | None = None
    exactly = wanted.textual
    given, asked = answer.args, wanted.args
    alike = answer.keys == wanted.keys
    if alike:
        mine: Sequence[int] = range(len(given))
        theirs = mine
    else:
        pairs = paired(answer, wanted)
        mine, theirs = pairs.given, pairs.asked
    for at, counterpart in zip(mine, theirs):  # noqa: B905 - of one length, as they are made
        args, expected = given[at], asked[counterpart]
        if exactly and args == expected:
            right += len(args)
            continue
        kinds = equalities.get(wanted.keys[counterpart][-1], _EXACT)
        as_asked, first = _compared_step(args, expected, kinds)
        right += as_asked
        if fault is None:
            where, fault = at, first
    total = max(sum(map(len, given)), wanted.arguments)
    return (right / total if total else float(alike)), where, fault, wanted


def _compared_step(
    args: Mapping[str, Any], expected: Mapping[str, Any], kinds: Mapping[str, Equality | None]
) -> tuple[int, _Fault | None]:
    """Return how many arguments are right, and a fault: a missing one, an unknown, a wrong one."""
    right = known = 0
    missing: _Fault | None = None
    wrong: _Fault | None = None
    for name, value in expected.items():
        found = args.get(name, _ABSENT)
        if found is _ABSENT:
            missing = missing or ("missing_arg", name, None)
            continue
        known += 1
        if type(found) is str and found == value:
            right += 1
            continue
        fault = _value_fault(found, value, kinds.get(name, "exact"))
        if fault is None:
            right += 1
        elif wrong is None:
            wrong = (fault, name, value)
    if missing is None and known < len(args):
        return right, ("unknown_arg", next(name for name in args if name not in expected), None)
    return right, missing or wrong


def _value_fault(value: Any, wanted: Any, kind: Equality | None) -> ArgumentFault | None:
    if _JSON_TYPES[type(value)] != _JSON_TYPES[type(wanted)]:
        return "wrong_arg_type"
    return None if kind is None or same_value(kind, value, wanted) else "wrong_value"


def _told(answer: Steps, at: int, fault: _Fault) -> str:
    kind, name, wanted = fault
    place = answer.place(at)
    if kind == "missing_arg":
        return f"{place}.args.{name} is missing"
    if kind == "unknown_arg":
        return f"{place}.args: {quoted(name)} is not asked for"
    return f"{place}.args.{name} is {quoted(answer.args[at][name])}, wanted {quoted(wanted)}"


def same_value(kind: Equality, given: Any, wanted: Any) -> bool:
    """Whether two values mean the same under the catalogue's kind of equality.

    ``exact`` and ``json`` compare deeply; ``path`` ignores what ``posixpath.normpath`` ignores,
    ``glob`` a leading ``./``, ``text`` how much whitespace stands between words. A reference is no
    path and no glob: with a ``./`` before it, it is another value.
    """
    if not isinstance(given, str) or not isinstance(wanted, str):
        return _deeply_equal(given, wanted)
    if kind == "path":
        return _path(given) == _path(wanted) and is_meant(given) == is_meant(wanted)
    if kind == "glob":
        alike = _LEADING_HERE.sub("", given) == _LEADING_HERE.sub("", wanted)
        return alike and is_meant(given) == is_meant(wanted)
    if kind == "text":
        return given.split() == wanted.split()
    return given == wanted


def _path(value: str) -> str:
    """Normalise a path; an empty one names nothing, not the folder one is in."""
    parts = f"/{value}/"
    odd = "//" in parts or "/." in parts  # one that is empty or starts with a dot
    return posixpath.normpath(value) if value and odd else value


def _deeply_equal(left: Any, right: Any) -> bool:
    """Compare as JSON does: 1 equals 1.0, but no boolean equals a number."""
    if _JSON_TYPES[type(left)] != _JSON_TYPES[type(right)]:
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(
            _deeply_equal(item, right[key]) for key, item in left.items()
        )
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_deeply_equal, left, right))
    return bool(left == right)


_JSON_TYPES = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}


def _unpaired(answer: Steps, wanted: Steps, pairs: Pairing) -> str:
    if pairs.missing:
        at = pairs.missing[0]
        return f"{wanted.place(at)}: {quoted(wanted.keys[at][-1])} is missing"
    at = pairs.extra[0]
    return f"{answer.place(at)}: {quoted(answer.keys[at][-1])} is not asked for"
