"""Files for records that come without any: those that the plans they want cannot do without.

Only where a record has no workspace at all. Every plan of the record then runs on the same made-up
files, so answers stay comparable: a plan that reads another file is refused all the same.

* A path that a plan reads, edits, searches or sorts is a file, unless a plan also creates it or
  asks whether it exists (then it does not).
* A glob finds one file, its wildcards filled in; a listed folder holds one file.
* A file holds its own path, the text that is to be replaced in it, and literal queries asked of
  it; what is replaced or searched in files that an earlier step finds stands in every file.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from web4.simulator import globs
from web4.simulator.references import is_meant
from web4.simulator.workspace import RefusedError, Workspace, normalised

_READING = ("read_file", "edit_existing_file", "single_find_and_replace")
_LISTS = {"search_in_files": "file_list", "sort_files_by_size": "files"}
_WILDCARDS = re.compile(r"\*\*/|\*+|\?|\[[!^][^\]]*\]|\[([^\]])[^\]]*\]|\{([^{},]*)[^{}]*\}")
_MOST = 200


def conjured(plans: Sequence[Mapping[str, Any]]) -> Workspace:
    """Return the files that the plans need, empty where they cannot be made up."""
    lines: dict[str, list[str]] = {}
    everywhere: list[str] = []
    absent: set[str] = set()
    for tool, args in (step for plan in plans for step in _steps(plan.get("steps"), 0)):
        if tool in {"create_new_file", "file_exists"}:
            absent.update(_paths([args.get("path")]))
        wanted = _wanted(tool, args)
        said = [text for text in _said(tool, args) if isinstance(text, str) and text]
        for path in wanted:
            lines.setdefault(path, []).extend(said)
        everywhere += [] if wanted else said
    files = {
        path: "\n".join(dict.fromkeys([f"text of {path}", *found, *everywhere])) + "\n"
        for path, found in sorted(lines.items())[:_MOST]
        if path not in absent
    }
    try:
        return Workspace.of(files)
    except RefusedError:
        return Workspace()


def _steps(steps: Any, depth: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the steps with those of all branches."""
    for step in steps if isinstance(steps, list) and depth <= 32 else []:  # noqa: PLR2004 - as deep as runs go
        args = step.get("args") if isinstance(step, dict) else None
        if isinstance(args, dict) and isinstance(step.get("tool"), str):
            yield step["tool"], args
            for value in args.values():
                yield from _steps(value, depth + 1)


def _wanted(tool: str, args: Mapping[str, Any]) -> list[str]:
    if tool in _READING:
        return _paths([args.get("path")])
    if tool in _LISTS:
        listed = args.get(_LISTS[tool])
        return _paths(listed if isinstance(listed, list) else [])
    if tool == "ls":
        return _paths([f"{args.get('dirPath')}/listed.txt"])
    if tool == "file_glob_search" and isinstance(args.get("pattern"), str):
        found = _paths([_WILDCARDS.sub(_filled, args["pattern"])])
        return [path for path in found if _matches(args["pattern"], path)]
    return []


def _said(tool: str, args: Mapping[str, Any]) -> list[Any]:
    """Return the texts that the step must find in its files."""
    if tool == "single_find_and_replace":
        return [args.get("find")]
    if tool == "search_in_files" and not args.get("regex"):
        return [args.get("query")]
    return []


def _paths(paths: Sequence[Any]) -> list[str]:
    found = []
    for path in paths:
        if isinstance(path, str) and not is_meant(path):
            try:
                found.append(normalised(path))
            except RefusedError:
                continue
    return [path for path in found if path != "."]


def _filled(match: Any) -> str:
    if match[0] == "**/":
        return ""
    return match[1] or match[2] or ("x" if match[0] == "?" else "found")


def _matches(pattern: str, path: str) -> bool:
    try:
        return globs.matches(globs.compiled(pattern), path)
    except RefusedError:
        return False
