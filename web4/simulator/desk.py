"""What a tool finds when it is called: the workspace, the recordings, and how much it may cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from web4.simulator.workspace import RefusedError, Workspace

MAX_WORK = 2_000_000
"""What one run may cost, in steps of work of some 0.2 microseconds each."""
MAX_SEARCHING = 0.25
"""Seconds of processor time that the regular expressions of one run may take."""


@dataclass(frozen=True, slots=True)
class Recordings:
    """What commands print and URLs hold. What was not recorded gets an answer made from its name.

    So two commands never answer alike, and the same one always does.
    """

    commands: Mapping[str, str] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    open_file: str = "recorded text of the open file\n"

    def output(self, command: str) -> str:
        return self.commands.get(command, f"recorded output of {command}")

    def content(self, url: str) -> str:
        return self.urls.get(url, f"recorded content of {url}")


@dataclass(slots=True)
class Desk:
    """The state of one run. A tool reads it, and changes ``workspace`` by putting another there.

    ``commands`` are those that ran, each with the files it ran on: they act on a world that is
    not simulated, so they are part of what a plan did.
    """

    workspace: Workspace
    recordings: Recordings
    initial: Workspace
    commands: list[tuple[str, Workspace]] = field(default_factory=list)
    searching_left: float = MAX_SEARCHING
    work_left: int = MAX_WORK

    def charge(self, work: int) -> None:
        """Account for work before it is done; raise ``RefusedError`` where the run had enough."""
        if work > self.work_left:
            raise RefusedError("this takes more work than a plan may cost")
        self.work_left -= work


Tool = Callable[[Desk, Mapping[str, Any]], Any]
"""A simulated tool: gets checked arguments, returns JSON, raises ``RefusedError`` to refuse."""
