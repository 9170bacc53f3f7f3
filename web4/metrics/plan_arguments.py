"""How much of a plan's arguments is right: per argument presence, type and equality."""

import posixpath
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

from web4.catalog import Catalog, Equality
from web4.metrics.json_answer import quoted
from web4.metrics.plan_steps import (
    Branches,
    Counterparts,
    Steps,
    counterparts,
    without_counterpart,
)
from web4.simulator.references import is_meant

ArgumentFault = Literal[
    "missing_arg", "unknown_arg", "wrong_arg_type", "wrong_value", "other_steps"
]
ARGUMENT_FAULTS: tuple[ArgumentFault, ...] = get_args(ArgumentFault)

_LEADING_HERE = re.compile(r"\A(?:\./+)+")
_TO_NORMALISE = re.compile(r"(?:\A|/)\.{0,2}(?:/|\Z)")  # a part that is empty, "." or ".."


class ArgumentScore(NamedTuple):
    """The share of right arguments in [0, 1], and the first fault where it is below 1."""

    value: float
    fault: ArgumentFault | None = None
    detail: str = ""


_RIGHT = ArgumentScore(1.0)


class _Fault(NamedTuple):
    """One wrong argument; what there is to say of it is written only where it is told."""

    kind: ArgumentFault
    steps: Steps
    at: int
    name: str
    wanted: Any = None

    def told(self) -> tuple[ArgumentFault, str]:
        step = self.steps[self.at]
        place = f"{step.place}.args"
        if self.kind == "missing_arg":
            return self.kind, f"{place}.{self.name} is missing"
        if self.kind == "unknown_arg":
            return self.kind, f"{place}: {quoted(self.name)} is not asked for"
        value = step.args[self.name]
        return self.kind, f"{place}.{self.name} is {quoted(value)}, wanted {quoted(self.wanted)}"


def argument_score(
    answer: Steps, references: Sequence[Steps], catalog: Catalog, branches: Branches
) -> ArgumentScore:
    """Return the best share of right arguments / max(wanted arguments, answered arguments).

    Steps are paired by tool and branch; all arguments of a step without counterpart are wrong. A
    branch counts as one argument, right where it is a list: the steps in it are compared as
    steps. Where no plan has arguments the score is 1 if the steps agree, else 0. Of references
    that score alike the first one tells the fault.
    """
    best = _Comparison(-1.0, None, ((), ()), references[0])
    for wanted in references:
        if wanted.textual and answer.args == wanted.args and answer.keys == wanted.keys:
            return _RIGHT
        found = _compared(answer, wanted, catalog, branches)
        if found.share == 1.0:
            return _RIGHT
        if found.share > best.share:
            best = found
    if best.fault is not None:
        return ArgumentScore(best.share, *best.fault.told())
    if not any(answer.args) and not any(best.wanted.args):
        return ArgumentScore(0.0, "other_steps", "the steps are others than those asked for")
    return ArgumentScore(best.share, *_unpaired(answer, best.wanted, best.pairs))


class _Comparison(NamedTuple):
    """An answer beside a reference: the share of right arguments, and the first that is wrong."""

    share: float
    fault: _Fault | None
    pairs: Counterparts
    wanted: Steps


def _compared(answer: Steps, wanted: Steps, catalog: Catalog, branches: Branches) -> _Comparison:
    pairs = counterparts(answer, wanted)
    right = 0
    fault: _Fault | None = None
    for given, asked in zip(*pairs, strict=True):
        as_asked, first = _compared_step(answer, given, wanted, asked, catalog, branches)
        right += as_asked
        fault = fault or first
    total = max(sum(map(len, answer.args)), sum(map(len, wanted.args)))
    share = right / total if total else float(answer.keys == wanted.keys)
    return _Comparison(share, fault, pairs, wanted)


def _compared_step(  # noqa: PLR0913, PLR0917 - two steps, and what they are compared by
    answer: Steps, given: int, wanted: Steps, asked: int, catalog: Catalog, branches: Branches
) -> tuple[int, _Fault | None]:
    """Return how many arguments are right, and a fault: a missing one, an unknown, a wrong one."""
    right = known = 0
    missing: _Fault | None = None
    wrong: _Fault | None = None
    args, expected = answer.args[given], wanted.args[asked]
    if wanted.textual and args == expected:
        return len(args), None
    for name, value in expected.items():
        if name not in args:
            missing = missing or _Fault("missing_arg", answer, given, name)
            continue
        known += 1
        found = args[name]
        if type(found) is str and found == value:
            right += 1
            continue
        kind = _value_fault(found, value, name, wanted.keys[asked][-1], catalog, branches)
        if kind is None:
            right += 1
        else:
            wrong = wrong or _Fault(kind, answer, given, name, value)
    if missing is None and known < len(args):
        unknown = next(name for name in args if name not in expected)
        return right, _Fault("unknown_arg", answer, given, unknown)
    return right, missing or wrong


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
    return posixpath.normpath(value) if value and _TO_NORMALISE.search(value) else value


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


def _value_fault(  # noqa: PLR0913, PLR0917 - two values, and where they stand
    value: Any, wanted: Any, name: str, tool: str, catalog: Catalog, branches: Branches
) -> ArgumentFault | None:
    if _JSON_TYPES[type(value)] != _JSON_TYPES[type(wanted)]:
        return "wrong_arg_type"
    if name in branches.get(tool, ()):
        return None
    known = catalog.tools.get(tool)
    kind = known.equality(name) if known else "exact"
    return None if same_value(kind, value, wanted) else "wrong_value"


def _unpaired(answer: Steps, wanted: Steps, pairs: Counterparts) -> tuple[ArgumentFault, str]:
    given, asked = pairs
    missing = without_counterpart(wanted, asked)
    if missing:
        step, what = wanted[missing[0]], "is missing"
    else:
        step, what = answer[without_counterpart(answer, given)[0]], "is not asked for"
    return "other_steps", f"{step.place}: {quoted(step.tool)} {what}"
