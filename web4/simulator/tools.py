"""What each tool of the catalogue does to the workspace: one function a tool, and their table.

A function gets arguments that were checked against the catalogue, with the references in them
resolved. Paths that it returns are normalised, so that two spellings of one file give one result.

A team adds its own tool with one entry in its catalogue (``data/tools/*.json``) and one function in
any package that it installs beside web4:

    def count_files(desk: Desk, args: Mapping[str, Any]) -> int:
        return sum(path.startswith(args["folder"]) for path in desk.workspace)

The package's ``pyproject.toml`` names it, under the name that the tool has in the catalogue:

    [project.entry-points."web4.tools"]
    count_files = "our_tools:count_files"

Where a record wants a tool that has no function, chaining and end-to-end are not evaluated on its
bucket. Such a step in an answer to other records fails.
"""

from collections.abc import Mapping
from typing import Any

from web4.simulator import globs, searching
from web4.simulator.desk import Desk, Tool
from web4.simulator.diff import unified
from web4.simulator.workspace import RefusedError, normalised, size

_RULES = ".continue/rules"
_GLOB_WORK = 4  # a letter of a glob against one of a path costs at most 1/4 of a step of work


def read_file(desk: Desk, args: Mapping[str, Any]) -> str:
    """Return the file's text; refuse where there is none."""
    return desk.workspace.read(args["path"])


def create_new_file(desk: Desk, args: Mapping[str, Any]) -> None:
    """Write a file that was not there; refuse where it is, for its text would be lost."""
    path = normalised(args["path"])
    if path in desk.workspace:
        raise RefusedError(f"the file {path[:60]!r} exists already")
    desk.workspace = desk.workspace.with_file(path, args["content"])


def edit_existing_file(desk: Desk, args: Mapping[str, Any]) -> None:
    """Append a line with the instructions: nothing here can edit, but other words must differ.

    Whitespace between words is no difference, as for the catalogue's equality of texts.
    """
    text = desk.workspace.read(args["path"])
    instructions = " ".join(args["instructions"].split())
    if not instructions:
        raise RefusedError("there are no instructions")
    gap = "" if not text or text.endswith("\n") else "\n"
    edited = f"{text}{gap}[edited: {instructions}]\n"
    desk.workspace = desk.workspace.with_file(args["path"], edited)


def single_find_and_replace(desk: Desk, args: Mapping[str, Any]) -> None:
    """Replace the first occurrence; refuse where there is none, or nothing to be found."""
    text = desk.workspace.read(args["path"])
    if not args["find"] or args["find"] not in text:
        raise RefusedError(f"{args['find'][:60]!r} does not occur in {args['path'][:60]!r}")
    replaced = text.replace(args["find"], args["replace"], 1)
    desk.workspace = desk.workspace.with_file(args["path"], replaced)


def run_terminal_command(desk: Desk, args: Mapping[str, Any]) -> str:
    """Note the command with the files it ran on, and return what was recorded of it."""
    if not args["command"].strip():
        raise RefusedError("the command is empty")
    desk.charge(len(desk.commands))
    desk.commands.append((args["command"], desk.workspace))
    return desk.recordings.output(args["command"])


def fetch_url_content(desk: Desk, args: Mapping[str, Any]) -> str:
    """Return what was recorded of the URL."""
    if not args["url"].strip():
        raise RefusedError("the URL is empty")
    return desk.recordings.content(args["url"])


def file_glob_search(desk: Desk, args: Mapping[str, Any]) -> list[str]:
    """Return the paths that match, sorted; none is no fault."""
    glob = globs.compiled(args["pattern"])
    letters = sum(map(len, desk.workspace)) * len(args["pattern"]) * len(glob)
    desk.charge(letters // _GLOB_WORK)
    return sorted(path for path in desk.workspace if globs.matches(glob, path))


def view_diff(desk: Desk, _args: Mapping[str, Any]) -> str:
    """Return how the files differ from those at the start, empty where they do not."""
    return unified(desk.initial, desk.workspace)


def read_currently_open_file(desk: Desk, _args: Mapping[str, Any]) -> str:
    """Return the text of the first file by path that was there at the start, as it is now.

    Where there was none, what was recorded of the open file.
    """
    if not desk.initial:
        return desk.recordings.open_file
    return desk.workspace.read(min(desk.initial))


def ls(desk: Desk, args: Mapping[str, Any]) -> list[str]:
    """Return the paths directly below a folder, sorted, those of folders with ``/`` at the end.

    They are whole paths, so that a later step can take one. Refuse where there is no folder.
    """
    folder = normalised(args["dirPath"])
    if not desk.workspace.is_folder(folder):
        raise RefusedError(f"there is no folder {folder[:60]!r}")
    start = 0 if folder == "." else len(folder) + 1
    found = set()
    for path in desk.workspace:
        if not start or path.startswith(folder + "/"):
            end = path.find("/", start)
            found.add(path if end < 0 else path[: end + 1])
    return sorted(found)


def create_rule_block(desk: Desk, args: Mapping[str, Any]) -> None:
    """Write ``.continue/rules/<name>.md``, over an older rule of that name."""
    letters = (one if one.isalnum() else " " for one in args["name"].lower())
    slug = "-".join("".join(letters).split())
    if not slug:
        raise RefusedError("the rule's name has no letter")
    text = f"# {args['name']}\n\n{' '.join(args['rule'].split())}\n"
    desk.workspace = desk.workspace.with_file(f"{_RULES}/{slug}.md", text)


def search_in_files(desk: Desk, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the files with a matching line and how many they have, in the order asked for.

    Expressions are matched line by line. Refuse where a file is missing.
    """
    paths = list(dict.fromkeys(normalised(path) for path in args["file_list"]))
    texts = [desk.workspace.read(path) for path in paths]
    counts = searching.counted(desk, texts, args["query"], expression=args.get("regex", False))
    return [
        {"path": path, "matches": count} for path, count in zip(paths, counts, strict=True) if count
    ]


def sort_files_by_size(desk: Desk, args: Mapping[str, Any]) -> list[str]:
    """Return the paths by size in bytes, the largest first, equal ones by path."""
    paths = dict.fromkeys(normalised(path) for path in args["files"])
    return sorted(paths, key=lambda path: (-size(desk.workspace.read(path)), path))


def sort_files_by_match_count(_desk: Desk, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what ``search_in_files`` found by matches, the most first, equal ones by path."""
    found = [(one.get("path"), one.get("matches")) for one in args["files"]]
    if not all(isinstance(path, str) and type(matches) is int for path, matches in found):
        raise RefusedError("the files are not what search_in_files returns")
    found.sort(key=lambda one: (-one[1], one[0]))
    return [{"path": path, "matches": matches} for path, matches in found]


def file_exists(desk: Desk, args: Mapping[str, Any]) -> bool:
    """Tell whether there is such a file; a folder is none."""
    return normalised(args["path"]) in desk.workspace


def conditional(_desk: Desk, args: Mapping[str, Any]) -> str:
    """Name the branch to run; ``if`` holds whether the comparison does. The runner runs it."""
    return "then" if args["if"] else "else"


TOOLS: Mapping[str, Tool] = {
    "read_file": read_file,
    "create_new_file": create_new_file,
    "run_terminal_command": run_terminal_command,
    "file_glob_search": file_glob_search,
    "view_diff": view_diff,
    "read_currently_open_file": read_currently_open_file,
    "ls": ls,
    "create_rule_block": create_rule_block,
    "fetch_url_content": fetch_url_content,
    "edit_existing_file": edit_existing_file,
    "single_find_and_replace": single_find_and_replace,
    "search_in_files": search_in_files,
    "sort_files_by_size": sort_files_by_size,
    "sort_files_by_match_count": sort_files_by_match_count,
    "file_exists": file_exists,
    "conditional": conditional,
}
