"""Running a plan on a workspace, in memory, whatever the plan says."""

from collections.abc import Mapping
from typing import Any, Literal

from web4.catalog import Catalog
from web4.records import Plan
from web4.simulator.arguments import ArgumentCheck, checks_of
from web4.simulator.desk import Desk, Recordings, Tool
from web4.simulator.resolving import MAX_DEPTH, MAX_WRITTEN, Resolver, parts
from web4.simulator.trace import Ran, Trace
from web4.simulator.workspace import RefusedError, Workspace

MAX_STEPS = 64  # that are executed
MAX_RESULT = 2 * 1024 * 1024  # characters


class Simulator:
    """Runs plans with the tools of one catalogue; made once, for any number of runs."""

    def __init__(
        self, tools: Mapping[str, Tool], catalog: Catalog, recordings: Recordings | None = None
    ) -> None:
        self.tools = tools
        self.checks = checks_of(catalog)
        self.recordings = recordings or Recordings()

    def run(self, plan: Any, workspace: Workspace) -> Trace:
        """Run a plan (parsed JSON) and tell what happened. It never raises.

        A step that is refused has no result and the run goes on: each reference is judged. What is
        no list of steps has none.
        """
        steps = plan.get("steps") if isinstance(plan, Mapping) else None
        return _Run(self, workspace, steps if isinstance(steps, list) else []).all()


def run_plan(
    plan: Plan | Mapping[str, Any],
    workspace: Workspace,
    tools: Mapping[str, Tool],
    catalog: Catalog,
    recordings: Recordings | None = None,
) -> Trace:
    """Run one plan; see ``Simulator.run``, which is cheaper for many."""
    steps = [step.to_dict() for step in plan.steps] if isinstance(plan, Plan) else None
    raw = plan if steps is None else {"steps": steps}
    return Simulator(tools, catalog, recordings).run(raw, workspace)


class _Run:
    def __init__(self, simulator: Simulator, workspace: Workspace, steps: list[Any]) -> None:
        self._simulator = simulator
        self._desk = Desk(workspace, simulator.recordings, workspace)
        self._resolver = Resolver(steps, simulator.checks)
        self._steps = steps
        self._ran: list[Ran] = []
        self._executed = self._written = 0
        self._last: Any = None
        self._stopped: Literal["", "too_many_steps"] = ""

    def all(self) -> Trace:
        self._run(self._steps, "steps", 0)
        return Trace(
            tuple(self._ran),
            tuple(self._resolver.met),
            self._desk.initial,
            self._desk.workspace,
            tuple(self._desk.commands),
            self._last,
            self._stopped,
        )

    def _run(self, steps: list[Any], place: str, depth: int) -> None:
        for position, raw in enumerate(steps):
            self._written += 1
            if self._executed >= MAX_STEPS or self._written > MAX_WRITTEN:
                self._stopped = "too_many_steps"
                rest = steps[position : position + MAX_WRITTEN]
                self._resolver.leave_out(rest, place, depth, first=position, reached=False)
                return
            self._executed += 1
            self._step(raw, f"{place}[{position}]", depth)

    def _step(self, raw: Any, place: str, depth: int) -> None:
        tool, args = parts(raw)
        before, at, seen = self._desk.workspace, len(self._ran), len(self._resolver.met)
        result, refusal, branch = None, "", ""
        resolved = args
        try:
            resolved = self._resolver.resolved(tool, args, place)
            if any(one.fault for one in self._resolver.met[seen:]):
                refusal = "a reference does not resolve"
            else:
                result = self._called(tool, raw, resolved, place)
        except RefusedError as refused:
            refusal = str(refused)
            self._desk.workspace = before
        unresolved = any(one.fault for one in self._resolver.met[seen:])
        check = self._simulator.checks.get(tool)
        after = self._desk.workspace
        if check is not None and check.branches:
            branch = "" if refusal else str(result)
            result, deep = self._branches(check, resolved, branch, place, depth)
            refusal = refusal or deep
        if refusal:
            self._resolver.refused(tool)
            result = None
        else:
            self._resolver.returned(tool, result)
            self._last = result
        self._ran.insert(
            at, Ran(place, tool, resolved, before, after, result, refusal, unresolved, branch)
        )

    def _called(self, tool: str, raw: Any, args: Mapping[str, Any], place: str) -> Any:
        """Check the resolved arguments and call the tool; raise ``RefusedError``."""
        check = self._simulator.checks.get(tool)
        if not tool:
            raise RefusedError("a step is an object of tool and args")
        if check is None:
            raise RefusedError(f"there is no tool {tool[:60]!r}")
        if tool not in self._simulator.tools:
            raise RefusedError(f"the tool {tool[:60]!r} has no function in web4.simulator.tools")
        if not isinstance(raw.get("args"), Mapping):
            raise RefusedError("the arguments are no object")
        wrong = self._wrong_arguments(check, raw["args"], args, place)
        if wrong:
            raise RefusedError(wrong)
        try:
            result = self._simulator.tools[tool](self._desk, args)
        except RefusedError:
            raise
        except Exception as error:
            # A team's own tool that breaks must not end an evaluation.
            raise RefusedError(f"the tool broke: {type(error).__name__}: {error}"[:200]) from error
        if isinstance(result, str) and len(result) > MAX_RESULT:
            raise RefusedError("the result is too long")
        return result

    def _wrong_arguments(
        self, check: ArgumentCheck, raw: Mapping[str, Any], args: Mapping[str, Any], place: str
    ) -> str:
        """Name an argument that is missing, unknown or ill-typed; blame the references in it."""
        wrong = check.missing_or_unknown(args)
        for name, value in args.items():
            if check.fits(name, value) or (check.branches and isinstance(value, bool)):
                continue  # the condition of a branch is a boolean once it is evaluated
            self._resolver.blame(raw[name], f"{place}.args.{name}")
            wrong = wrong or f"the argument {name[:60]!r} is of a wrong type"
        return wrong

    def _branches(
        self, check: ArgumentCheck, args: Mapping[str, Any], taken: str, place: str, depth: int
    ) -> tuple[Any, str]:
        """Run the branch that was taken, leave the others out; return result and refusal."""
        if depth >= MAX_DEPTH:
            return None, "conditionals nest too deep"
        self._last = None if taken else self._last
        for name in check.branches:
            steps, inner = args.get(name), f"{place}.args.{name}"
            if not isinstance(steps, list):
                continue
            if name == taken:
                self._run(steps, inner, depth + 1)
            else:
                self._resolver.leave_out(steps, inner, depth + 1)
        return (self._last if taken else None), ""
