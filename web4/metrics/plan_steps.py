"""The steps of plans in the order in which they are written, and how two plans' steps differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, get_args

from rapidfuzz.distance import Indel

StepFault = Literal["wrong_tool", "missing_step", "extra_step", "wrong_order"]
STEP_FAULTS: tuple[StepFault, ...] = get_args(StepFault)
Branches = Mapping[str, tuple[str, ...]]
Key = tuple[str, ...]
"""What makes steps counterparts: the branches they stand in, from the outside in; their tool."""


class Step(NamedTuple):
    """One step: where it stands, as in ``steps[1].args.then[0]``, what it calls and with what."""

    place: str
    key: Key
    args: Mapping[str, Any]

    @property
    def tool(self) -> str:
        return self.key[-1]


@dataclass(frozen=True)
class Steps:
    """All steps of a plan; those in a conditional's branches follow it.

    Kept as one tuple for each thing that steps have, so that plans are compared at once; a
    ``Step`` is made only where one is to be told of.
    """

    keys: tuple[Key, ...]
    args: tuple[Mapping[str, Any], ...]
    places: tuple[tuple[str, int], ...]

    @cached_property
    def textual(self) -> bool:
        """Whether arguments equal these where Python says so, which takes ``True`` for 1."""
        return _textual(list(self.args))

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> Step:
        listed, position = self.places[index]
        return Step(f"{listed}[{position}]", self.keys[index], self.args[index])

    def __iter__(self) -> Iterator[Step]:
        return map(self.__getitem__, range(len(self)))


def _textual(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_textual, value.values()))
    return all(map(_textual, value)) if isinstance(value, list) else isinstance(value, str)


Indices = Sequence[int]
Counterparts = tuple[Indices, Indices]
"""The places of an answer's steps among its own, and beside each that of the wanted one."""


def steps_of(plan: Mapping[str, Any], branches: Branches) -> Steps | None:
    """Return all steps of a parsed plan, ``None`` where it holds no readable list of steps.

    A plan can be readable and still break the schema: arguments that are no object count as none.
    """
    found = _Found([], [], [])
    if not _collect(plan.get("steps"), "steps", (), branches, found):
        return None
    return Steps(tuple(found.keys), tuple(found.args), tuple(found.places))


class _Found(NamedTuple):
    keys: list[Key]
    args: list[Mapping[str, Any]]
    places: list[tuple[str, int]]


def _collect(steps: Any, listed: str, branch: Key, branches: Branches, found: _Found) -> bool:
    """Recursion ends: an answer is at most 64 levels deep when it comes here."""
    if not isinstance(steps, list):
        return False
    keys, all_args, places = found
    for position, raw in enumerate(steps):
        tool = raw.get("tool") if isinstance(raw, dict) else None
        if not isinstance(tool, str):
            return False
        args = raw.get("args")
        if not isinstance(args, dict):
            args = {}
        keys.append((*branch, tool))
        all_args.append(args)
        places.append((listed, position))
        if tool not in branches:
            continue
        for name in branches[tool]:
            inner = args.get(name, [])
            below = f"{listed}[{position}].args.{name}"
            if isinstance(inner, list) and not _collect(
                inner, below, (*branch, name), branches, found
            ):
                return False
    return True


def counterparts(answer: Steps, wanted: Steps) -> Counterparts:
    """Pair the steps of a longest common subsequence, so that one extra step shifts nothing.

    What both start and end with is part of one, so that most plans need no search.
    """
    given, asked = answer.keys, wanted.keys
    if given == asked:
        return range(len(given)), range(len(asked))
    head, most = 0, min(len(given), len(asked))
    while head < most and given[head] == asked[head]:
        head += 1
    tail = 0
    while tail < most - head and given[-1 - tail] == asked[-1 - tail]:
        tail += 1
    left, right = given[head : len(given) - tail], asked[head : len(asked) - tail]
    mine, theirs = [*range(head)], [*range(head)]
    if left and right and len(left) + len(right) > 2:  # noqa: PLR2004 - one step each: they differ
        for block in Indel.opcodes(left, right):
            if block.tag == "equal":
                mine += range(head + block.src_start, head + block.src_end)
                theirs += range(head + block.dest_start, head + block.dest_end)
    mine += range(len(given) - tail, len(given))
    theirs += range(len(asked) - tail, len(asked))
    return mine, theirs


def stretches(answer: Steps, wanted: Steps) -> Iterator[tuple[Sequence[Key], Sequence[Key]]]:
    """Yield the answered and the wanted steps between counterparts that follow each other."""
    given = asked = 0
    for block in Indel.opcodes(answer.keys, wanted.keys):
        if block.tag == "equal":
            yield answer.keys[given : block.src_start], wanted.keys[asked : block.dest_start]
            given, asked = block.src_end, block.dest_end
    yield answer.keys[given:], wanted.keys[asked:]


def without_counterpart(steps: Steps, paired: Indices) -> list[int]:
    """Return the places of the steps that were paired with none, in their order."""
    if len(paired) == len(steps):
        return []
    known = set(paired)
    return [index for index in range(len(steps)) if index not in known]


def redundant(answer: Steps, wanted: Steps) -> Step:
    """Return the step that a plan with too many has beyond those wanted.

    It is one without counterpart; among calls of that tool one whose arguments nobody asked for,
    else the last, which repeats another.
    """
    paired, _ = counterparts(answer, wanted)
    key = answer.keys[without_counterpart(answer, paired)[0]]
    calls = [step for step in answer if step.key == key]
    asked = [step.args for step in wanted if step.key == key]
    return next((step for step in calls if step.args not in asked), calls[-1])


def closest(answer: Steps, references: Sequence[Steps]) -> Steps:
    """Return the reference that shares most steps with the answer; the first among equals."""
    if len(references) == 1:
        return references[0]
    return max(references, key=lambda steps: Indel.normalized_similarity(answer.keys, steps.keys))


def step_fault(answer: Steps, wanted: Steps) -> tuple[StepFault, str] | None:
    """Say how the tools differ, with the place; ``None`` where they do not.

    The kind follows from how often each tool is called: as often, but elsewhere
    (``wrong_order``), only more often (``extra_step``), only less often (``missing_step``), or
    another tool (``wrong_tool``).
    """
    if answer.keys == wanted.keys:
        return None
    given, asked = counterparts(answer, wanted)
    extra = [answer[index] for index in without_counterpart(answer, given)]
    missing = [wanted[index] for index in without_counterpart(wanted, asked)]
    calls: dict[str, int] = {}  # how many more of each tool than asked for
    for step in extra:
        calls[step.tool] = calls.get(step.tool, 0) + 1
    for step in missing:
        calls[step.tool] = calls.get(step.tool, 0) - 1
    more, less = max(calls.values()) > 0, min(calls.values()) < 0
    told = [f"{step.place}: {step.tool[:40]!r} is not asked for" for step in extra[:2]]
    told += [f"{step.place}: {step.tool!r} is missing" for step in missing[:2]]
    detail = "; ".join(told)
    if more and less:
        return "wrong_tool", detail
    return ("extra_step" if more else "missing_step" if less else "wrong_order"), detail
