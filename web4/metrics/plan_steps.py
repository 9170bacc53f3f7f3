"""The steps of plans in the order in which they are written, and how two plans' steps differ."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from rapidfuzz.distance import Indel

StepFault = Literal["wrong_tool", "missing_step", "extra_step", "wrong_order"]
STEP_FAULTS: tuple[StepFault, ...] = get_args(StepFault)
Branches = Mapping[str, tuple[str, ...]]


class Step(NamedTuple):
    """One step; those in a conditional's branches follow it.

    ``key`` is what makes two steps counterparts: the names of the branches that it stands in, from
    the outside in, none at the top; then the tool. A named tuple is made nearly twice as fast as
    a frozen dataclass, and every answer has some.
    """

    place: str
    key: tuple[str, ...]
    args: Mapping[str, Any]

    @property
    def tool(self) -> str:
        return self.key[-1]


Steps = tuple[Step, ...]
Pairs = Sequence[tuple[Step, Step]]


def steps_of(plan: Mapping[str, Any], branches: Branches) -> Steps | None:
    """Return all steps of a parsed plan, ``None`` where it holds no readable list of steps.

    A plan can be readable and still break the schema: arguments that are no object count as none.
    """
    found: list[Step] = []
    return tuple(found) if _collect(plan.get("steps"), "steps", (), branches, found) else None


def _collect(
    steps: Any, place: str, branch: tuple[str, ...], branches: Branches, found: list[Step]
) -> bool:
    """Recursion ends: an answer is at most 64 levels deep when it comes here."""
    if not isinstance(steps, list):
        return False
    for position, raw in enumerate(steps):
        if not isinstance(raw, dict) or not isinstance(raw.get("tool"), str):
            return False
        tool, args = raw["tool"], raw.get("args")
        step = Step(f"{place}[{position}]", (*branch, tool), args if isinstance(args, dict) else {})
        found.append(step)
        for name in branches.get(tool, ()):
            inner = step.args.get(name, [])
            below = f"{step.place}.args.{name}"
            if isinstance(inner, list) and not _collect(
                inner, below, (*branch, name), branches, found
            ):
                return False
    return True


def counterparts(answer: Steps, wanted: Steps) -> Pairs:
    """Pair the steps of a longest common subsequence, so that one extra step shifts nothing.

    What both start and end with is part of one, so that most plans need no search.
    """
    head, most = 0, min(len(answer), len(wanted))
    while head < most and answer[head].key == wanted[head].key:
        head += 1
    if head == len(answer) == len(wanted):
        return list(zip(answer, wanted, strict=True))
    tail = 0
    while tail < most - head and answer[-1 - tail].key == wanted[-1 - tail].key:
        tail += 1
    given_end, asked_end = len(answer) - tail, len(wanted) - tail
    left, right = answer[head:given_end], wanted[head:asked_end]
    pairs = list(zip(answer[:head], wanted[:head], strict=True))
    if left and right and len(left) + len(right) > 2:  # noqa: PLR2004 - one step each: they differ
        pairs += [
            (left[block.src_start + offset], right[block.dest_start + offset])
            for block in Indel.opcodes([one.key for one in left], [one.key for one in right])
            if block.tag == "equal"
            for offset in range(block.src_end - block.src_start)
        ]
    pairs += zip(answer[given_end:], wanted[asked_end:], strict=True)
    return pairs


def stretches(answer: Steps, wanted: Steps) -> Iterator[tuple[Steps, Steps]]:
    """Yield the answered and the wanted steps between counterparts that follow each other."""
    given = asked = 0
    for block in Indel.opcodes([step.key for step in answer], [step.key for step in wanted]):
        if block.tag == "equal":
            yield answer[given : block.src_start], wanted[asked : block.dest_start]
            given, asked = block.src_end, block.dest_end
    yield answer[given:], wanted[asked:]


def without_counterpart(steps: Steps, paired: Sequence[Step]) -> Steps:
    """Return the steps that were paired with none, in their order."""
    if len(paired) == len(steps):
        return ()
    places = {step.place for step in paired}
    return tuple([step for step in steps if step.place not in places])


def redundant(answer: Steps, wanted: Steps) -> Step:
    """Return the step that a plan with too many has beyond those wanted.

    It is one without counterpart; among calls of that tool one whose arguments nobody asked for,
    else the last, which repeats another.
    """
    paired = [given for given, _ in counterparts(answer, wanted)]
    first = without_counterpart(answer, paired)[0]
    calls = [step for step in answer if step.key == first.key]
    asked = [step.args for step in wanted if step.key == first.key]
    return next((step for step in calls if step.args not in asked), calls[-1])


def closest(answer: Steps, references: Sequence[Steps]) -> Steps:
    """Return the reference that shares most steps with the answer; the first among equals."""
    if len(references) == 1:
        return references[0]
    keys = [step.key for step in answer]
    return max(
        references,
        key=lambda steps: Indel.normalized_similarity(keys, [step.key for step in steps]),
    )


def same_steps(answer: Steps, wanted: Steps) -> bool:
    """Whether both call the same tools in the same order and the same branches."""
    if len(answer) != len(wanted):
        return False
    for step, asked in zip(answer, wanted, strict=True):  # noqa: SIM110 - half of the time
        if step.key != asked.key:
            return False
    return True


def step_fault(answer: Steps, wanted: Steps) -> tuple[StepFault, str] | None:
    """Say how the tools differ, with the place; ``None`` where they do not.

    The kind follows from how often each tool is called: as often, but elsewhere
    (``wrong_order``), only more often (``extra_step``), only less often (``missing_step``), or
    another tool (``wrong_tool``).
    """
    if same_steps(answer, wanted):
        return None
    pairs = counterparts(answer, wanted)
    extra = without_counterpart(answer, [left for left, _ in pairs])
    missing = without_counterpart(wanted, [right for _, right in pairs])
    calls: dict[str, int] = {}  # how many more of each tool than asked for
    for step in answer:
        calls[step.tool] = calls.get(step.tool, 0) + 1
    for step in wanted:
        calls[step.tool] = calls.get(step.tool, 0) - 1
    more, less = max(calls.values()) > 0, min(calls.values()) < 0
    told = [f"{step.place}: {step.tool[:40]!r} is not asked for" for step in extra[:2]]
    told += [f"{step.place}: {step.tool!r} is missing" for step in missing[:2]]
    detail = "; ".join(told)
    if more and less:
        return "wrong_tool", detail
    return ("extra_step" if more else "missing_step" if less else "wrong_order"), detail
