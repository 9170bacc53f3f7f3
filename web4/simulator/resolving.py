"""Resolving the references of one run, and noting for each whether it does."""

from collections.abc import Iterator, Mapping
from typing import Any

from web4.simulator import conditions
from web4.simulator.arguments import ArgumentCheck
from web4.simulator.references import (
    MAX_NESTING,
    Reference,
    Referred,
    UnresolvedError,
    is_meant,
    references_in,
)
from web4.simulator.workspace import RefusedError

MAX_WRITTEN = 4096  # steps of a plan that are looked at
MAX_REFERENCES = 8192
MAX_DEPTH = 32  # conditionals within conditionals

_CONDITIONAL = "conditional"
_NO_ARGUMENTS: Mapping[str, Any] = {}
_Checks = Mapping[str, ArgumentCheck]


class Resolver:
    """What the steps of a run returned so far, and every reference that was met."""

    def __init__(self, steps: list[Any], checks: _Checks) -> None:
        self.met: list[Referred] = []
        self._steps = steps
        self._checks = checks
        self._called: frozenset[str] | None = None  # every tool of the plan, once it is needed
        self._results: dict[str, Any] = {}  # the latest of each tool
        self._passed: set[str] = set()  # tools of the steps that were run, refused or left out
        self._left_out = 0

    def returned(self, tool: str, result: Any) -> None:
        """Keep the result that later references mean."""
        self._passed.add(tool)
        self._results[tool] = result

    def refused(self, tool: str) -> None:
        """Forget the tool's earlier result: the latest run counts, and it has none."""
        self._passed.add(tool)
        self._results.pop(tool, None)

    def resolved(self, tool: str, args: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        """Return the arguments with their references replaced, those in branches left alone.

        Raise ``RefusedError`` for a condition that is none and arguments that nest too deep.
        """
        branches = branches_of(self._checks, tool)
        resolved = {}
        for name, value in args.items():
            if name in branches:
                resolved[name] = value
            elif tool == _CONDITIONAL and name == "if":
                resolved[name] = self._condition(value, f"{place}.args.if")
            elif isinstance(value, str) and not is_meant(value):
                resolved[name] = value
            else:
                resolved[name] = self._value(value, f"{place}.args.{name}", 0)
        return resolved

    def blame(self, value: Any, place: str) -> None:
        """Note that the references in an argument give what its schema does not take."""
        texts = dict(references_in(value, place))
        for at, one in enumerate(self.met):
            if one.place in texts:
                detail = "the argument does not take that value"
                self.met[at] = Referred(one.place, one.text, "wrong_type", detail)

    def leave_out(
        self, steps: list[Any], place: str, depth: int, *, first: int = 0, reached: bool = True
    ) -> None:
        """Judge the references of steps that do not run by what is known of the steps before.

        Where the steps were not even ``reached``, none of them resolves.
        """
        self._leave_out(steps, place, depth, set(), first, reached=reached)

    def _leave_out(  # noqa: PLR0913 - where in the plan, and what stands before
        self,
        steps: list[Any],
        place: str,
        depth: int,
        here: set[str],
        first: int,
        *,
        reached: bool,
    ) -> None:
        """Do so; ``here`` are the tools of the steps before that do not run either."""
        for position, raw in enumerate(steps, start=first):
            self._left_out += 1
            enough = self._left_out > MAX_WRITTEN or len(self.met) >= MAX_REFERENCES
            if enough or depth > MAX_DEPTH:
                return
            tool, args = parts(raw)
            at = f"{place}[{position}].args"
            for where, text in _written_in(tool, args, branches_of(self._checks, tool), at):
                self.met.append(self._unrun(where, text, here, reached=reached))
            for name in branches_of(self._checks, tool):
                if isinstance(args.get(name), list):
                    below = f"{at}.{name}"
                    self._leave_out(args[name], below, depth + 1, set(here), 0, reached=reached)
            here.add(tool)
            self._passed.add(tool)

    def _unrun(self, place: str, text: str, here: set[str], *, reached: bool) -> Referred:
        if not reached:
            return Referred(place, text, "not_reached", "the plan has too many steps")
        reference = Reference.parse(text)
        if reference is not None and reference.tool in here:
            return Referred(place, text)
        return self._looked_up(text, place)[0]

    def _value(self, value: Any, place: str, depth: int) -> Any:
        if is_meant(value):
            if len(self.met) >= MAX_REFERENCES:
                raise RefusedError("the plan has too many references")
            referred, found = self._looked_up(value, place)
            self.met.append(referred)
            return found
        if depth > MAX_NESTING:
            raise RefusedError("the arguments nest too deep")
        if isinstance(value, Mapping):
            return {
                name: self._value(item, f"{place}.{name}", depth + 1)
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [self._value(item, f"{place}[{at}]", depth + 1) for at, item in enumerate(value)]
        return value

    def _condition(self, text: Any, place: str) -> Any:
        """Return whether the condition holds; raise ``RefusedError`` where it is none."""
        condition = conditions.parsed(text)
        if condition is None:
            mentioned = conditions.mentioned(text)
            if mentioned:
                self.met.append(Referred(place, mentioned, "malformed_reference", "no comparison"))
            raise RefusedError("the condition is no comparison of a reference with a constant")
        referred, value = self._looked_up(condition.reference.text, place)
        if not referred.fault:
            try:
                value = condition.holds(value)
            except UnresolvedError as error:
                referred = Referred(place, referred.text, error.fault, str(error))
        self.met.append(referred)
        return value

    def _looked_up(self, text: str, place: str) -> tuple[Referred, Any]:
        reference = Reference.parse(text)
        if reference is None:
            return Referred(place, text, "malformed_reference", "not as the schema has it"), None
        try:
            if reference.tool not in self._results:
                raise self._absent(reference.tool)
            value = reference.inside(self._results[reference.tool])
        except UnresolvedError as error:
            return Referred(place, text, error.fault, str(error)), None
        return Referred(place, text), value

    def _absent(self, tool: str) -> UnresolvedError:
        if tool in self._passed:
            return UnresolvedError("no_result", "the step did not run or was refused")
        if self._called is None:
            self._called = _tools_of(self._steps, self._checks)
        if tool in self._called:
            return UnresolvedError("forward_reference", "the step comes later")
        return UnresolvedError("dangling_reference", "no step calls that tool")


def parts(raw: Any) -> tuple[str, Mapping[str, Any]]:
    """Return tool and arguments of a raw step; no tool where it is no step."""
    tool = raw.get("tool") if isinstance(raw, Mapping) else None
    if not isinstance(tool, str):
        return "", _NO_ARGUMENTS
    args = raw.get("args")
    return tool, args if isinstance(args, Mapping) else _NO_ARGUMENTS


def branches_of(checks: Mapping[str, ArgumentCheck], tool: str) -> tuple[str, ...]:
    """Return the arguments of a tool that hold steps."""
    check = checks.get(tool)
    return check.branches if check else ()


def _written_in(
    tool: str, args: Mapping[str, Any], branches: tuple[str, ...], place: str
) -> Iterator[tuple[str, str]]:
    for name, value in args.items():
        at = f"{place}.{name}"
        if name in branches:
            continue
        if tool == _CONDITIONAL and name == "if":
            condition = conditions.parsed(value)
            text = condition.reference.text if condition else conditions.mentioned(value)
            if text:
                yield at, text
            continue
        try:
            yield from references_in(value, at)
        except RefusedError:
            return


def _tools_of(steps: list[Any], checks: _Checks) -> frozenset[str]:
    """Return every tool that a plan calls in its first 4096 steps, those in branches too."""
    found: set[str] = set()
    waiting = [steps]
    count = 0
    while waiting and count < MAX_WRITTEN:
        for raw in waiting.pop()[: MAX_WRITTEN - count]:
            count += 1
            tool, args = parts(raw)
            found.add(tool)
            inner = [args.get(name) for name in branches_of(checks, tool)]
            waiting += [one for one in inner if isinstance(one, list)]
    return frozenset(found)
