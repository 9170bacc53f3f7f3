"""The files that come with a tool request: the plan runs on them."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest

from web4.dataset.synth import tool_core
from web4.dataset.synth.tool_globs import instance, matches
from web4.records import Record

GLOBS = (
    "src/**/*.ts", "**/*store*.{ts,tsx}", "src/auth/**", "lib/??-*.js", "packages/*/src/[a-c]*.py",
    "**/*.test.ts", "docs/*.md", "**/retry-*", "[!x]*/a.css",
)  # fmt: skip


def expanded(glob: str) -> list[str]:
    braces = re.search(r"\{([^{}]*)\}", glob)
    if not braces:
        return [glob]
    return [
        one
        for choice in braces[1].split(",")
        for one in expanded(glob[: braces.start()] + choice + glob[braces.end() :])
    ]


def fits(glob: Sequence[str], path: Sequence[str]) -> bool:
    if not glob:
        return not path
    if glob[0] == "**":
        return any(fits(glob[1:], path[skip:]) for skip in range(len(path) + 1))
    return bool(path) and fnmatchcase(path[0], glob[0]) and fits(glob[1:], path[1:])


def globbed(glob: str, files: Mapping[str, str]) -> list[str]:
    globs = [one.split("/") for one in expanded(glob)]
    return sorted(path for path in files if any(fits(one, path.split("/")) for one in globs))


class Run:
    """Runs a plan on a workspace and complains where it cannot."""

    def __init__(self, record: Record) -> None:
        self.files = dict(record.workspace or {})
        self.results: dict[str, Any] = {}
        for step in json.loads(record.output)["steps"]:
            self.step(step)

    def value(self, value: Any) -> Any:
        reference = re.fullmatch(r"<RESULTS:(\w+)>(\[0\])?(\.path)?", str(value))
        if not reference:
            return value
        result = self.results[reference[1]]
        result = result[0] if reference[2] else result
        return result["path"] if reference[3] else result

    def step(self, step: Mapping[str, Any]) -> None:
        tool, args = step["tool"], step["args"]
        if tool == "conditional":
            left, _, wanted = args["if"].rpartition(" == ")
            holds = self.value(left) == (wanted == "true")
            for one in args["then" if holds else "else"]:
                self.step(one)
            return
        handler = getattr(self, tool, lambda **_args: "text")
        self.results[tool] = handler(**{key: self.value(value) for key, value in args.items()})

    def read_file(self, path: str) -> str:
        return self.files[path]

    def create_new_file(self, path: str, content: str) -> None:
        assert path not in self.files
        self.files[path] = content

    def edit_existing_file(self, path: str, instructions: str) -> None:
        assert instructions
        assert path in self.files

    def single_find_and_replace(self, path: str, find: str, replace: str) -> None:
        assert self.files[path].count(find) == 1
        self.files[path] = self.files[path].replace(find, replace)

    def file_glob_search(self, pattern: str) -> list[str]:
        found = globbed(pattern, self.files)
        assert 2 <= len(found) <= 4, (pattern, self.files)
        assert len(found) < len(self.files)
        return found

    def search_in_files(
        self, query: str, file_list: list[str], *, regex: bool = False
    ) -> list[Any]:
        pattern = query if regex else re.escape(query)
        counts = {
            path: len(re.findall(pattern, self.files[path], re.MULTILINE)) for path in file_list
        }
        assert len(set(counts.values())) == len(counts), (query, self.files)
        return [{"path": path, "matches": count} for path, count in counts.items() if count]

    def sort_files_by_match_count(self, files: list[dict[str, Any]]) -> list[dict[str, Any]]:
        assert files
        return sorted(files, key=lambda one: -one["matches"])

    def sort_files_by_size(self, files: list[str]) -> list[str]:
        sizes = [len(self.files[path].encode()) for path in files]
        assert len(set(sizes)) == len(sizes)
        return sorted(files, key=lambda path: -len(self.files[path].encode()))

    def file_exists(self, path: str) -> bool:
        return path in self.files

    def ls(self, dirPath: str) -> list[str]:  # noqa: N803 - the catalogue's name
        folder = "" if dirPath in {"", "."} else dirPath.rstrip("/") + "/"
        found = [path for path in self.files if path.startswith(folder)]
        assert found
        return found


@cache
def drawn() -> list[Record]:
    rng = random.Random(11)  # noqa: S311 - reproducible on purpose
    return [
        tool_core.make(rng, ("train", "eval")[number % 2], unseen=number % 4 == 3)
        for number in range(1200)
    ]


def test_every_plan_runs() -> None:
    for record in drawn():
        Run(record)


def test_workspaces_are_small() -> None:
    for record in drawn():
        if record.workspace is not None:
            assert 1 <= len(record.workspace) <= 6
            assert max(map(len, record.workspace.values())) <= 200
            assert all(record.workspace.values())


def test_what_looks_at_files_has_a_workspace() -> None:
    for record in drawn():
        looks = re.search(r'"(read_file|ls|search_\w+|sort_\w+|file_\w+|edit_\w+)"', record.output)
        assert bool(looks) <= (record.workspace is not None)


def test_checked_files_are_there_or_not() -> None:
    present = [
        step["args"]["path"] in (record.workspace or {})
        for record in drawn()
        for step in json.loads(record.output)["steps"]
        if step["tool"] == "file_exists"
    ]
    assert 0.3 < sum(present) / len(present) < 0.7


@pytest.mark.parametrize("glob", GLOBS)
def test_instances_match_their_glob(glob: str) -> None:
    rng = random.Random(2)  # noqa: S311 - reproducible on purpose
    for _ in range(50):
        path = instance(glob, rng, lambda: rng.choice(("maple", "cedar")))
        assert globbed(glob, {path: ""}) == [path]
        assert matches(glob, path)


@pytest.mark.parametrize("glob", GLOBS)
def test_other_paths_do_not_match(glob: str) -> None:
    for path in ("web/x.html", "src/a.sql", "x"):
        assert matches(glob, path) == bool(globbed(glob, {path: ""}))
    assert not matches("", "src/a.ts")
