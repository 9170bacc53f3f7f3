"""The steps of plans in the order in which they are written, and how two plans' steps differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, NamedTuple, get_args

from rapidfuzz.distance import Indel

StepFault = Literal["wrong_tool", "missing_step", "extra_step", "wrong_order"]
STEP_FAULTS: tuple[StepFault, ...] = get_args(StepFault)
Key = tuple[str, ...]
"""What makes steps counterparts: the branches they stand in, from the outside in; their tool."""
KnownTools = Mapping[str, tuple[Key, tuple[str, ...]]]
"""By name: a tool's key outside of branches, made once, and the arguments that are branches."""


class Step(NamedTuple):
    """One step: where it stands, what it calls and with what."""

    place: str
    key: Key
    args: Mapping[str, Any]

    @property
    def tool(self) -> str:
        return self.key[-1]


@dataclass(slots=True)
class Steps:
    """All steps of a plan, not to change; those in a conditional's branches follow it.

    Kept as one tuple for each thing that steps have, so that plans are compared at once; a
    ``Step`` is made, and its place told, only where one is to be told of. Not frozen, as there is
    one for each answer, made in a third of the time.
    """

    keys: tuple[Key, ...]
    args: tuple[Mapping[str, Any], ...]
    written: Sequence[Any]
    known: KnownTools

    def place(self, index: int) -> str:
        """Return where a step stands, as in ``steps[1].args.then[0]``."""
        if len(self.keys) == len(self.written):  # none stands in a branch
            return f"steps[{index}]"
        return next(islice(_places(self.written, "steps", self.known), index, None))

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> Step:
        return Step(self.place(index), self.keys[index], self.args[index])

    def __iter__(self) -> Iterator[Step]:
        return map(Step, _places(self.written, "steps", self.known), self.keys, self.args)


@dataclass(slots=True)
class WantedSteps(Steps):
    """The steps of a plan that answers are compared with.

    ``arguments`` is how many all of them have together; ``textual`` is whether arguments equal
    these where Python says so, which takes ``True`` for 1.
    """

    arguments: int
    textual: bool

    @classmethod
    def of(cls, steps: Steps) -> "WantedSteps":
        many, textual = sum(map(len, steps.args)), _textual(list(steps.args))
        return cls(steps.keys, steps.args, steps.written, steps.known, many, textual)


def _textual(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_textual, value.values()))
    return all(map(_textual, value)) if isinstance(value, list) else isinstance(value, str)


@dataclass(slots=True)
class Pairing:
    """Which steps of an answer and of a wanted plan belong together, by their numbers in each.

    ``given`` and ``asked`` are counterparts side by side; ``extra`` are the answer's steps without
    one, ``missing`` the wanted plan's.
    """

    given: Sequence[int]
    asked: Sequence[int]
    extra: Sequence[int]
    missing: Sequence[int]


def steps_of(plan: Mapping[str, Any], known: KnownTools) -> Steps | None:
    """Return all steps of a parsed plan, ``None`` where it holds no readable list of steps.

    A plan can be readable and still break the schema: arguments that are no object count as none.
    """
    keys: list[Key] = []
    args: list[Mapping[str, Any]] = []
    written = plan.get("steps", ())
    if not _collect(written, (), known, keys, args):
        return None
    return Steps(tuple(keys), tuple(args), written, known)


def _collect(
    steps: Any, branch: Key, known: KnownTools, keys: list[Key], all_args: list[Mapping[str, Any]]
) -> bool:
    """Recursion ends: an answer is at most 64 levels deep when it comes here."""
    if not isinstance(steps, list):
        return False
    for raw in steps:
        try:
            tool = raw["tool"]
            found = known.get(tool)
        except (TypeError, KeyError):  # no object, or one that calls nothing that has a name
            return False
        if found is not None:
            key, inner = found
        elif isinstance(tool, str):
            key, inner = (tool,), ()
        else:
            return False
        args = raw.get("args")
        if not isinstance(args, dict):
            args = {}
        keys.append(branch + key if branch else key)
        all_args.append(args)
        if not inner:
            continue
        for name in inner:
            below = args.get(name, [])
            if isinstance(below, list) and not _collect(
                below, (*branch, name), known, keys, all_args
            ):
                return False
    return True


def _places(steps: Sequence[Any], listed: str, known: KnownTools) -> Iterator[str]:
    """Yield where each step stands, in the order in which they are collected."""
    for position, raw in enumerate(steps):
        place = f"{listed}[{position}]"
        yield place
        tool, args = raw["tool"], raw.get("args")
        if tool not in known or not isinstance(args, dict):
            continue
        for name in known[tool][1]:
            inner = args.get(name)
            if isinstance(inner, list):
                yield from _places(inner, f"{place}.args.{name}", known)


def counterparts(answer: Steps, wanted: Steps) -> Pairing:
    """Pair the steps of a longest common subsequence, so that one extra step shifts nothing.

    What both start and end with is part of one, so that most plans need no search.
    """
    given, asked = answer.keys, wanted.keys
    many, most = len(given), len(asked)
    head, shorter = 0, min(many, most)
    while head < shorter and given[head] == asked[head]:
        head += 1
    tail = 0
    while tail < shorter - head and given[-1 - tail] == asked[-1 - tail]:
        tail += 1
    extra, missing = range(head, many - tail), range(head, most - tail)
    if len(extra) + len(missing) > 2 and extra and missing:  # noqa: PLR2004 - one step each: they differ
        edits = Indel.editops(given, asked)
        alone = [edit.src_pos for edit in edits if edit.tag == "delete"]
        lacking = [edit.dest_pos for edit in edits if edit.tag == "insert"]
        return Pairing(_others(many, alone), _others(most, lacking), alone, lacking)
    mine = [*range(head), *range(many - tail, many)]
    theirs = [*range(head), *range(most - tail, most)]
    return Pairing(mine, theirs, extra, missing)


def _others(many: int, alone: Sequence[int]) -> Sequence[int]:
    return sorted({*range(many)}.difference(alone))


def stretches(answer: Steps, wanted: Steps) -> Iterator[tuple[Sequence[Key], Sequence[Key]]]:
    """Yield the answered and the wanted steps between counterparts that follow each other."""
    given = asked = 0
    for block in Indel.opcodes(answer.keys, wanted.keys):
        if block.tag == "equal":
            yield answer.keys[given : block.src_start], wanted.keys[asked : block.dest_start]
            given, asked = block.src_end, block.dest_end
    yield answer.keys[given:], wanted.keys[asked:]


def redundant(answer: Steps, wanted: Steps, pairs: Pairing) -> Step:
    """Return the step that a plan with too many has beyond those wanted.

    It is one without counterpart; among calls of that tool one whose arguments nobody asked for,
    else the last, which repeats another.
    """
    key = answer.keys[pairs.extra[0]]
    calls = [step for step in answer if step.key == key]
    asked = [step.args for step in wanted if step.key == key]
    return next((step for step in calls if step.args not in asked), calls[-1])


def closest(answer: Steps, references: Sequence[Steps]) -> Steps:
    """Return the reference that shares most steps with the answer; the first among equals."""
    if len(references) == 1:
        return references[0]
    return max(references, key=lambda steps: Indel.normalized_similarity(answer.keys, steps.keys))


def step_fault(answer: Steps, wanted: Steps, pairs: Pairing) -> tuple[StepFault, str]:
    """Say how the tools of two plans that differ do so, with the place.

    The kind follows from how often each tool is called: as often, but elsewhere
    (``wrong_order``), only more often (``extra_step``), only less often (``missing_step``), or
    another tool (``wrong_tool``).
    """
    told = [
        f"{answer.place(at)}: {answer.keys[at][-1][:40]!r} is not asked for"
        for at in pairs.extra[:2]
    ]
    told += [f"{wanted.place(at)}: {wanted.keys[at][-1]!r} is missing" for at in pairs.missing[:2]]
    return _kind(answer, wanted, pairs), "; ".join(told)


def _kind(answer: Steps, wanted: Steps, pairs: Pairing) -> StepFault:
    if not pairs.missing:
        return "extra_step"
    if not pairs.extra:
        return "missing_step"
    calls: dict[str, int] = {}  # how many more of each tool than asked for
    for at in pairs.extra:
        tool = answer.keys[at][-1]
        calls[tool] = calls.get(tool, 0) + 1
    for at in pairs.missing:
        tool = wanted.keys[at][-1]
        calls[tool] = calls.get(tool, 0) - 1
    more, less = max(calls.values()) > 0, min(calls.values()) < 0
    if more and less:
        return "wrong_tool"
    return "extra_step" if more else "missing_step" if less else "wrong_order"
