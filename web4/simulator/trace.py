"""What a run leaves behind: its steps, its references, the files, and all that as text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from web4.simulator.references import Referred
from web4.simulator.workspace import Workspace
from web4.terminal import printable

_SHOWN = 240  # characters of one value


@dataclass(frozen=True, slots=True)
class Ran:
    """One step that was run or refused; those of a taken branch follow their conditional.

    ``refusal`` is empty where the tool did what it was asked for. ``unresolved`` says that it was
    not even called, for a reference in its arguments does not resolve. ``branch`` is the branch
    that a conditional took.
    """

    place: str
    tool: str
    args: Any
    before: Workspace
    after: Workspace
    result: Any = None
    refusal: str = ""
    unresolved: bool = False
    branch: str = ""

    @property
    def changed(self) -> tuple[str, ...]:
        """The paths whose text is another than before the step."""
        if self.before is self.after:
            return ()
        return tuple(path for path in self.after if self.before.get(path) != self.after[path])


@dataclass(frozen=True, slots=True)
class Trace:
    """A whole run. ``result`` is what the last step that ran returned.

    ``commands`` are those that ran, each with the files it ran on. ``stopped`` is not empty where
    the plan was cut.
    """

    steps: tuple[Ran, ...]
    references: tuple[Referred, ...]
    initial: Workspace
    workspace: Workspace
    commands: tuple[tuple[str, Workspace], ...]
    result: Any
    stopped: Literal["", "too_many_steps"] = ""

    @property
    def refused(self) -> Ran | None:
        """The first step that was refused."""
        return next((step for step in self.steps if step.refusal), None)

    @property
    def ok(self) -> bool:
        """Whether every step ran and every reference resolves."""
        unresolved = any(one.fault for one in self.references)
        return not (self.stopped or unresolved or self.refused)

    def to_text(self) -> str:
        """Return the run for a person; what plans and files say is escaped, long texts are cut."""
        return "\n".join([*self._step_lines(), *self._end_lines()])

    def to_dict(self) -> dict[str, Any]:
        """Return the run as JSON."""
        return {
            "ok": self.ok,
            "stopped": self.stopped,
            "steps": [
                {
                    "place": step.place,
                    "tool": step.tool,
                    "args": step.args,
                    **({"branch": step.branch} if step.branch else {}),
                    **({"refusal": step.refusal} if step.refusal else {"result": step.result}),
                    "changed": list(step.changed),
                }
                for step in self.steps
            ],
            "references": [
                {"place": one.place, "text": one.text, "fault": one.fault, "detail": one.detail}
                for one in self.references
            ],
            "files": dict(self.workspace),
            "commands": [command for command, _ in self.commands],
            "result": self.result,
        }

    def _step_lines(self) -> Iterator[str]:
        for step in self.steps:
            yield f"{printable(step.place)}  {printable(step.tool)} {shown(step.args)}"
            if step.branch:
                yield f"    takes    {step.branch}"
            if step.refusal:
                yield f"    REFUSED  {printable(step.refusal)}"
            else:
                yield f"    returns  {shown(step.result)}"
            for path in step.changed:
                yield f"    writes   {printable(path)}: {shown(step.after[path])}"

    def _end_lines(self) -> Iterator[str]:
        for one in self.references:
            if one.fault:
                yield f"unresolved   {printable(str(one))}"
        if self.stopped:
            yield f"stopped      {self.stopped}"
        for path, text in sorted(self.workspace.items()):
            mark = " " if self.initial.get(path) == text else "*"
            yield f"file       {mark} {printable(path)}: {shown(text)}"
        for command, _ in self.commands:
            yield f"command      {shown(command)}"
        yield f"last result  {shown(self.result)}"


def shown(value: Any) -> str:
    """Return a JSON value in one printable line, cut where it is long."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=repr)
    except (ValueError, TypeError, RecursionError):
        text = "a value that cannot be written"
    return printable(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}...")
