"""What happens when a plan runs: whether its references resolve, and whether it ends as gold does.

Commands act on a world that is not simulated. So the state that a plan leaves is its files and the
commands it ran, in their order, each with the files it found.
"""

from collections.abc import KeysView, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from web4.catalog import Catalog
from web4.errors import DataError
from web4.metrics.json_answer import quoted
from web4.metrics.kept import Kept
from web4.metrics.outcome import Outcome, failure, success
from web4.metrics.plan_arguments import same_value
from web4.records import Record
from web4.simulator.conjured import conjured
from web4.simulator.desk import Recordings, Tool
from web4.simulator.references import REFERENCE_FAULTS
from web4.simulator.registry import all_tools
from web4.simulator.run import Simulator
from web4.simulator.trace import Trace
from web4.simulator.workspace import RefusedError, Workspace

CHAINING_FAULTS: tuple[str, ...] = (*REFERENCE_FAULTS, "missing_reference")

EndFault = Literal[
    "failed_step",
    "unresolved_reference",
    "too_many_steps",
    "other_files",
    "other_commands",
    "other_result",
]
END_FAULTS: tuple[EndFault, ...] = get_args(EndFault)

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record's own runs: where they start, the runs of gold and of the acceptable plans.

    ``references`` is the least number that one of these plans has.
    """

    start: Workspace
    runs: tuple[Trace, ...]
    references: int


class PlanRuns:
    """Runs answers and what their records want, the latter once a record."""

    def __init__(
        self,
        catalog: Catalog,
        tools: Mapping[str, Tool] | None = None,
        recordings: Recordings | None = None,
    ) -> None:
        self._simulator = Simulator(all_tools() if tools is None else tools, catalog, recordings)
        self._wanted = Kept[Wanted]()
        self._last: tuple[Wanted, str, tuple[Outcome, Outcome]] | None = None

    @property
    def simulated(self) -> KeysView[str]:
        """The tools that have a function."""
        return self._simulator.tools.keys()

    def wanted(self, record: Record, plans: Sequence[Raw]) -> Wanted:
        """Run the plans that a record wants, gold first.

        Raise ``DataError`` where one of them fails: nothing can be measured against it.
        """
        known = self._wanted.get(record)
        return known or self._wanted.put(record, self._run_wanted(record, plans))

    def judged(
        self, record: Record, plan: Raw, text: str, wanted: Wanted
    ) -> tuple[Outcome, Outcome]:
        """Run an answer, whose text is ``text``; return the outcomes of chaining and of the end.

        What was judged last is kept: both metrics judge one answer before the next.
        """
        last = self._last
        if last is None or last[0] is not wanted or last[1] != text:
            run = self.run(plan, wanted.start)
            outcomes = (chaining_outcome(record, run, wanted), end_outcome(record, run, wanted))
            last = self._last = (wanted, text, outcomes)
        return last[2]

    def run(self, plan: Raw, start: Workspace) -> Trace:
        """Run any plan; see ``Simulator.run``."""
        return self._simulator.run(plan, start)

    def _run_wanted(self, record: Record, plans: Sequence[Raw]) -> Wanted:
        start = starting_files(record, plans)
        runs = tuple(self.run(plan, start) for plan in plans)
        for run in runs:
            if not run.ok:
                raise DataError(f"record {record.id}: {_own_fault(run)}. Mend the record.")
        return Wanted(start, runs, min(len(run.references) for run in runs))


def starting_files(record: Record, plans: Sequence[Raw]) -> Workspace:
    """Return the files that a record's plans run on, made up for ``plans`` where it has none.

    Raise ``DataError`` where its workspace is none.
    """
    try:
        return conjured(plans) if record.workspace is None else Workspace.of(record.workspace)
    except (RefusedError, AttributeError) as error:
        raise DataError(f"record {record.id}: its workspace cannot be used: {error}") from error


def chaining_outcome(record: Record, run: Trace, wanted: Wanted) -> Outcome:
    """Give the share of references that resolve; pass at 1.

    It is of those written, or of those wanted if these are more; 1 where there are none of both.
    """
    total = max(len(run.references), wanted.references)
    unresolved = [one for one in run.references if one.fault]
    resolved = len(run.references) - len(unresolved)
    if resolved == total:
        return success(record)
    if unresolved:
        first = unresolved[0]
        return failure(record, first.fault or "", str(first), value=resolved / total)
    detail = f"{len(run.references)} references where {wanted.references} are wanted"
    return failure(record, "missing_reference", detail, value=resolved / total)


def end_outcome(record: Record, run: Trace, wanted: Wanted) -> Outcome:
    """Pass the plan that runs, and ends with files, commands and last result as a wanted one."""
    fault = _run_fault(run)
    if fault is None:
        faults = [_difference(run, one) for one in wanted.runs]
        fault = None if None in faults else faults[0]
    return success(record) if fault is None else failure(record, *fault)


def _run_fault(run: Trace) -> tuple[EndFault, str] | None:
    """Say what kept a plan from running as a whole, the first such step first."""
    step = run.refused
    if step is not None:
        fault: EndFault = "unresolved_reference" if step.unresolved else "failed_step"
        return fault, f"{step.place}: {quoted(step.tool)}: {step.refusal}"
    if run.stopped:
        return run.stopped, f"{len(run.steps)} steps ran"
    return None


def _difference(run: Trace, gold: Trace) -> tuple[EndFault, str] | None:
    if run.workspace != gold.workspace:
        paths = sorted(run.workspace.keys() | gold.workspace.keys())
        path = next(path for path in paths if run.workspace.get(path) != gold.workspace.get(path))
        given, wanted = (quoted(one.workspace.get(path)) for one in (run, gold))
        return "other_files", f"{quoted(path)} holds {given}, wanted {wanted}"
    if run.commands != gold.commands:
        ran, asked = ([quoted(command) for command, _ in one.commands] for one in (run, gold))
        where = " on other files" if ran == asked else ""
        return "other_commands", f"ran {', '.join(ran)}, wanted {', '.join(asked)}{where}"
    if not same_value("json", run.result, gold.result):
        given, wanted = quoted(run.result), quoted(gold.result)
        return "other_result", f"ends with {given}, wanted {wanted}"
    return None


def _own_fault(run: Trace) -> str:
    """Say why a plan that a record wants cannot be run."""
    fault = _run_fault(run)
    if fault:
        return f"a plan it wants does not run, {fault[1]}"
    first = next(one for one in run.references if one.fault)
    return f"a reference of a plan it wants does not resolve, {first}"
