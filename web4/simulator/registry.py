"""All simulated tools: web4's own, and those that installed packages add."""

import hashlib
import inspect
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from web4.digests import file_digest
from web4.errors import ConfigError
from web4.simulator.desk import Tool
from web4.simulator.tools import TOOLS

GROUP = "web4.tools"
"""The group of entry points; each is named as its tool is in the catalogue."""


def all_tools() -> Mapping[str, Tool]:
    """Return every tool's function; raise ``ConfigError`` where a package's is none."""
    return {**TOOLS, **{point.name: _function(point) for point in _added()}}


def added_digest() -> str:
    """Return a SHA-256 of the files that hold the added functions; empty where there are none.

    What those files import does not count: a team raises its package's version for that.
    """
    lines = []
    for point in _added():
        version = point.dist.version if point.dist else ""
        path = inspect.getsourcefile(inspect.unwrap(_function(point)))
        if path is None:
            raise ConfigError(f"{_told(point)}: the function has no source file to be digested")
        lines.append(f"{point.name} {point.value} {version} {file_digest(Path(path))}\n")
    return hashlib.sha256("".join(lines).encode()).hexdigest() if lines else ""


def _added() -> list[EntryPoint]:
    """Return the packages' tools by name, none of which may be web4's own or stand twice."""
    found = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    names = [point.name for point in found]
    for point in found:
        if point.name in TOOLS or names.count(point.name) > 1:
            raise ConfigError(
                f"{_told(point)}: there is such a tool already. Give it another name."
            )
    return found


def _function(point: EntryPoint) -> Tool:
    try:
        function = point.load()
    except Exception as error:
        # Whatever importing a team's module raises, the team needs to hear where.
        raise ConfigError(f"{_told(point)}: cannot be imported ({error!r})") from error
    if not inspect.isfunction(function):
        raise ConfigError(f"{_told(point)}: is no function")
    tool: Tool = function
    return tool


def _told(point: EntryPoint) -> str:
    package = point.dist.name if point.dist else "a package"
    return f"{package}: entry point {point.name!r} of {GROUP} ({point.value})"
