"""The files that come with a tool request: the plan runs on them."""

import json
import random
import re
from functools import cache

import pytest

from web4.catalog import catalog_path, load_catalog
from web4.dataset.synth import tool_core
from web4.dataset.synth.tool_globs import instance, matches
from web4.records import Record
from web4.simulator import globs
from web4.simulator.run import Simulator
from web4.simulator.tools import TOOLS
from web4.simulator.trace import Ran
from web4.simulator.workspace import Workspace, size

GLOBS = (
    "src/**/*.ts", "**/*store*.{ts,tsx}", "src/auth/**", "lib/??-*.js", "packages/*/src/[a-c]*.py",
    "**/*.test.ts", "docs/*.md", "**/retry-*", "[!x]*/a.css",
)  # fmt: skip


SIMULATOR = Simulator(TOOLS, load_catalog(catalog_path()))


def fits(glob: str, path: str) -> bool:
    return globs.matches(globs.compiled(glob), path)


def decides(step: Ran) -> bool:
    """Whether the step finds what only it could find, so that a wrong one ends otherwise."""
    args, files, result = step.args, step.before, step.result
    if step.tool == "file_glob_search":
        return 2 <= len(result) <= 4 and len(result) < len(files)
    if step.tool == "search_in_files":  # a file without a match stands in no result
        matches = {one["matches"] for one in result}
        return len(matches) == len(result) >= len(args["file_list"]) - 1
    if step.tool == "sort_files_by_size":
        return len({size(files.read(path)) for path in args["files"]}) == len(args["files"])
    if step.tool == "single_find_and_replace":
        return files.read(args["path"]).count(args["find"]) == 1
    return bool(result) or step.tool not in {"ls", "sort_files_by_match_count"}


@cache
def drawn() -> list[Record]:
    rng = random.Random(11)  # noqa: S311 - reproducible on purpose
    return [
        tool_core.make(rng, ("train", "eval")[number % 2], unseen=number % 4 == 3)
        for number in range(1200)
    ]


def test_every_plan_runs_and_each_step_decides() -> None:
    for record in drawn():
        trace = SIMULATOR.run(json.loads(record.output), Workspace.of(record.workspace or {}))
        assert trace.ok, trace.to_text()
        assert all(map(decides, trace.steps)), trace.to_text()


def test_workspaces_are_small() -> None:
    for record in drawn():
        if record.workspace is not None:
            assert 1 <= len(record.workspace) <= 6
            assert max(map(len, record.workspace.values())) <= 200
            assert all(record.workspace.values())


def test_what_looks_at_files_has_a_workspace() -> None:
    for record in drawn():
        tools = r'"tool":"(read_file|ls|search_\w+|sort_\w+|file_\w+|edit_\w+)"'
        looks = re.search(tools, record.output)
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
        assert fits(glob, path)
        assert matches(glob, path)


@pytest.mark.parametrize("glob", GLOBS)
def test_other_paths_do_not_match(glob: str) -> None:
    for path in ("web/x.html", "src/a.sql", "x"):
        assert matches(glob, path) == fits(glob, path)
    assert not matches("", "src/a.ts")
