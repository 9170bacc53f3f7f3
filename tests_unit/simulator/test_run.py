"""Plans run in memory: every tool, every kind of reference, and nothing a plan says does harm."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from web4.catalog import Catalog, Tool, load_catalog
from web4.records import Plan, PlanStep
from web4.schema_check import telling_validator
from web4.simulator import searching
from web4.simulator.conjured import conjured
from web4.simulator.desk import Recordings
from web4.simulator.references import REFERENCE_FAULTS, Reference
from web4.simulator.run import MAX_STEPS, Simulator, run_plan
from web4.simulator.tools import TOOLS
from web4.simulator.trace import Trace
from web4.simulator.workspace import Workspace

CATALOG = load_catalog(Path(__file__).parents[2] / "data" / "tools" / "web4.json")
SIMULATOR = Simulator(TOOLS, CATALOG)
FILES = {"./src/a.ts": "one\ntwo two\n", "src/b.ts": "two\ntwo\ntwo\nx\ny\n", "c.md": "three\n"}
Step = dict[str, Any]


def step(tool: str, **args: Any) -> Step:
    return {"tool": tool, "args": args}


def branch(condition: Any, then: list[Any], other: list[Any]) -> Step:
    return step("conditional", **{"if": condition, "then": then, "else": other})


def run(*steps: Any, files: Mapping[str, str] = FILES) -> Trace:
    return SIMULATOR.run({"steps": list(steps)}, Workspace.of(files))


def result(tool: str, **args: Any) -> Any:
    trace = run(step(tool, **args))
    return trace.steps[0].refusal or trace.result


LS = step("ls", dirPath=".")
GLOB = step("file_glob_search", pattern="src/*.ts")
SEARCH = step("search_in_files", query="two", file_list="<RESULTS:file_glob_search>")
RANK = step("sort_files_by_match_count", files="<RESULTS:search_in_files>")
EXISTS = step("file_exists", path="c.md")
READ = step("read_file", path="c.md")


def returned_as_declared(tool: str, value: Any) -> bool:
    """Whether a result is what the catalogue says, by which plans are judged before they run."""
    declared = CATALOG.tools[tool].returns
    return bool(declared) and bool(telling_validator(declared).is_valid(value))


def test_a_declaration_that_is_not_kept_is_found() -> None:
    assert returned_as_declared("ls", ["a"])
    assert not returned_as_declared("ls", "a")
    assert not returned_as_declared("conditional", "anything")  # it declares nothing


def test_every_tool_of_the_catalogue_has_a_function() -> None:
    assert TOOLS.keys() == CATALOG.tools.keys()
    assert len(TOOLS) == 16


@pytest.mark.parametrize(
    ("tool", "args", "wanted"),
    [
        ("read_file", {"path": "src/./a.ts"}, "one\ntwo two\n"),
        ("ls", {"dirPath": "."}, ["c.md", "src/"]),
        ("ls", {"dirPath": "src/"}, ["src/a.ts", "src/b.ts"]),
        ("file_glob_search", {"pattern": "**/*.{ts,md}"}, ["c.md", "src/a.ts", "src/b.ts"]),
        ("file_exists", {"path": "c.md"}, True),
        ("file_exists", {"path": "src"}, False),
        ("sort_files_by_size", {"files": ["c.md", "./src/b.ts"]}, ["src/b.ts", "c.md"]),
        (
            "search_in_files",
            {"query": "two", "file_list": ["c.md", "src/a.ts"]},
            [{"path": "src/a.ts", "matches": 1}],
        ),
        (
            "search_in_files",
            {"query": "^t", "file_list": ["src/b.ts", "c.md"], "regex": True},
            [{"path": "src/b.ts", "matches": 3}, {"path": "c.md", "matches": 1}],
        ),
        (
            "sort_files_by_match_count",
            {
                "files": [
                    {"path": "b", "matches": 1},
                    {"path": "a", "matches": 1},
                    {"path": "c", "matches": 2},
                ]
            },
            [{"path": "c", "matches": 2}, {"path": "a", "matches": 1}, {"path": "b", "matches": 1}],
        ),
        ("run_terminal_command", {"command": "ls -l"}, "recorded output of ls -l"),
        ("fetch_url_content", {"url": "https://x"}, "recorded content of https://x"),
        ("read_currently_open_file", {}, "three\n"),
        ("view_diff", {}, ""),
    ],
)
def test_what_tools_return(tool: str, args: Step, wanted: Any) -> None:
    trace = run(step(tool, **args))
    assert trace.ok
    assert trace.result == wanted
    assert trace.workspace == trace.initial
    assert returned_as_declared(tool, trace.result)


@pytest.mark.parametrize(
    ("tool", "args", "path", "text"),
    [
        ("create_new_file", {"path": "src/n.ts", "content": "x"}, "src/n.ts", "x"),
        (
            "edit_existing_file",
            {"path": "c.md", "instructions": " say \n it"},
            "c.md",
            "three\n[edited: say it]\n",
        ),
        (
            "single_find_and_replace",
            {"path": "src/a.ts", "find": "two", "replace": "2"},
            "src/a.ts",
            "one\n2 two\n",
        ),
        (
            "create_rule_block",
            {"name": "No, never", "rule": "a  b"},
            ".continue/rules/no-never.md",
            "# No, never\n\na b\n",
        ),
    ],
)
def test_what_tools_write(tool: str, args: Step, path: str, text: str) -> None:
    trace = run(step(tool, **args), step("view_diff"))
    assert trace.ok
    assert trace.steps[0].changed == (path,)
    assert returned_as_declared(tool, trace.steps[0].result)
    assert trace.workspace[path] == text
    assert trace.result.startswith(("--- a/", "--- /dev/null\n"))


@pytest.mark.parametrize(
    ("tool", "args", "told"),
    [
        ("read_file", {"path": "C.md"}, "no file"),
        ("read_file", {"path": "../c.md"}, "leads out"),
        ("read_file", {"path": "/c.md"}, "absolute"),
        ("read_file", {"path": ["c.md"]}, "wrong type"),
        ("read_file", {}, "'path' is missing"),
        ("read_file", {"path": "c.md", "mode": "r"}, "'mode' is no argument"),
        ("rm", {"path": "c.md"}, "no tool 'rm'"),
        ("create_new_file", {"path": "c.md", "content": ""}, "exists already"),
        ("create_new_file", {"path": "src", "content": ""}, "is a folder"),
        ("edit_existing_file", {"path": "c.md", "instructions": " "}, "no instructions"),
        ("edit_existing_file", {"path": "d.md", "instructions": "x"}, "no file"),
        ("single_find_and_replace", {"path": "c.md", "find": "four", "replace": ""}, "not occur"),
        ("single_find_and_replace", {"path": "c.md", "find": "", "replace": "x"}, "not occur"),
        ("ls", {"dirPath": "lib"}, "no folder"),
        ("search_in_files", {"query": "x", "file_list": ["d.md"]}, "no file"),
        ("search_in_files", {"query": "(", "file_list": [], "regex": True}, "is none"),
        ("search_in_files", {"query": "x", "file_list": ["c.md"], "regex": 1}, "wrong type"),
        ("sort_files_by_size", {"files": ["d.md"]}, "no file"),
        ("sort_files_by_size", {"files": ["e.md", "c.md", "d.md"]}, "e.md"),
        ("sort_files_by_match_count", {"files": [{"path": "a"}]}, "not what"),
        ("run_terminal_command", {"command": " "}, "empty"),
        ("create_rule_block", {"name": "--", "rule": "x"}, "no letter"),
        ("conditional", {"if": "true", "then": [], "else": []}, "no comparison"),
    ],
)
def test_what_tools_refuse(tool: str, args: Step, told: str) -> None:
    assert told in result(tool, **args)


def test_recordings_are_given_back() -> None:
    recorded = Recordings({"make": "done"}, {"u": "text"}, "open")
    plan = {
        "steps": [
            step("run_terminal_command", command="make"),
            step("fetch_url_content", url="u"),
            step("read_currently_open_file"),
        ]
    }
    trace = run_plan(plan, Workspace(), TOOLS, CATALOG, recorded)
    assert [one.result for one in trace.steps] == ["done", "text", "open"]
    assert trace.commands == (("make", Workspace()),)


def test_a_team_adds_a_tool_and_one_that_breaks_ends_nothing() -> None:
    own = Tool("count", "", {"properties": {"least": {"type": "integer", "minimum": 1}}}, {})
    catalog = Catalog({**CATALOG.tools, "count": own, "broken": own})
    tools = {**TOOLS, "count": lambda desk, args: len(desk.workspace) + args["least"]}
    tools["broken"] = lambda _desk, _args: 1 // 0
    plan = Plan((PlanStep("count", {"least": 1}), PlanStep("broken", {}), PlanStep("count", {})))
    trace = run_plan(plan, Workspace.of(FILES), tools, catalog)
    assert [one.result for one in trace.steps] == [4, None, None]
    assert "ZeroDivisionError" in trace.steps[1].refusal
    assert "KeyError" in trace.steps[2].refusal
    assert (
        "wrong type"
        in run_plan({"steps": [step("count", least=0)]}, Workspace(), tools, catalog)
        .steps[0]
        .refusal
    )


# ── References ────────────────────────────────────────────────────────────────────────────────


def test_references_are_replaced_by_results() -> None:
    trace = run(
        GLOB,
        SEARCH,
        RANK,
        step("read_file", path="<RESULTS:sort_files_by_match_count>[0].path"),
        step("sort_files_by_size", files=["<RESULTS:file_glob_search>[1]", "c.md"]),
    )
    assert trace.ok
    assert trace.steps[3].args == {"path": "src/b.ts"}
    assert trace.result == ["src/b.ts", "c.md"]
    assert len(trace.references) == 4


def test_the_latest_earlier_run_counts() -> None:
    other = step("read_file", path="src/a.ts")
    copy = step("create_new_file", path="n", content="<RESULTS:read_file>")
    assert run(READ, other, copy).workspace["n"] == FILES["./src/a.ts"]
    assert run(other, READ, copy).workspace["n"] == "three\n"


REFERENCES = [
    ([READ, step("read_file", path="<RESULTS:ls>")], "dangling_reference"),
    ([step("read_file", path="<RESULTS:ls>[0]"), LS], "forward_reference"),
    ([step("read_file", path="<RESULTS:read_file>")], "forward_reference"),
    ([step("read_file", path="x"), step("ls", dirPath="<RESULTS:read_file>")], "no_result"),
    ([LS, step("read_file", path="<RESULTS:ls>[2]")], "out_of_range"),
    ([LS, step("read_file", path=f"<RESULTS:ls>[{'9' * 5000}]")], "out_of_range"),
    ([LS, step("read_file", path="<RESULTS:ls>[-1]")], "malformed_reference"),
    ([LS, step("read_file", path="<RESULTS:ls>[0].path")], "wrong_type"),
    ([READ, step("ls", dirPath="<RESULTS:read_file>[0]")], "wrong_type"),
    ([LS, step("read_file", path="<RESULTS:ls>")], "wrong_type"),
    ([EXISTS, step("sort_files_by_size", files="<RESULTS:file_exists>")], "wrong_type"),
    ([LS, step("sort_files_by_size", files=["<RESULTS:ls>"])], "wrong_type"),
    ([GLOB, SEARCH, step("read_file", path="<RESULTS:search_in_files>[0].name")], "no_such_field"),
    ([EXISTS, branch("<RESULTS:file_exists> > 3", [], [])], "wrong_type"),
    ([EXISTS, branch("<RESULTS:file_exists> is false", [], [])], "malformed_reference"),
    ([branch("<RESULTS:file_exists> == false", [], []), EXISTS], "forward_reference"),
    # In a branch that is not taken, and after it.
    (
        [
            EXISTS,
            branch("<RESULTS:file_exists> == false", [step("read_file", path="<RESULTS:ls>")], []),
        ],
        "dangling_reference",
    ),
    (
        [
            EXISTS,
            branch(
                "<RESULTS:file_exists> == false",
                [step("read_file", path="<RESULTS:ls>[0]"), LS],
                [],
            ),
        ],
        "forward_reference",
    ),
    (
        [
            EXISTS,
            branch("<RESULTS:file_exists> == false", [LS], []),
            step("read_file", path="<RESULTS:ls>[0]"),
        ],
        "no_result",
    ),
    ([*[READ] * MAX_STEPS, step("read_file", path="<RESULTS:read_file>")], "not_reached"),
]


@pytest.mark.parametrize(("steps", "fault"), REFERENCES)
def test_each_reference_fault(steps: list[Step], fault: str) -> None:
    trace = run(*steps)
    assert not trace.ok
    assert [one.fault for one in trace.references if one.fault] == [fault]


def test_the_table_covers_the_closed_list() -> None:
    assert {fault for _, fault in REFERENCES} == set(REFERENCE_FAULTS)


def test_a_branch_that_does_not_run_may_use_its_own_steps() -> None:
    left = [GLOB, step("read_file", path="<RESULTS:file_glob_search>[7]")]
    trace = run(EXISTS, branch("<RESULTS:file_exists> == false", left, [READ]))
    assert trace.ok
    assert trace.result == "three\n"
    assert [one.tool for one in trace.steps] == ["file_exists", "conditional", "read_file"]


@pytest.mark.parametrize(
    "text",
    [
        "<RESULTS:>",
        "<RESULTS:a>[x]",
        "<RESULTS:a>.",
        "<results:a>",
        "<RESULTS:a> ",
        "<RESULTS:a>[\u0663]",
        "x<RESULTS:a>",
    ],
)
def test_what_is_no_reference(text: str) -> None:
    assert Reference.parse(text) is None


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("<RESULTS:file_exists> == true", True),
        ("  <RESULTS:file_exists>!=true ", False),
        ("<RESULTS:file_exists> == 1", False),
        ('<RESULTS:file_exists> == "true"', False),
        ("<RESULTS:search_in_files>[0].matches >= 1", True),
        ("<RESULTS:search_in_files>[0].matches < 0.5", False),
        ("<RESULTS:search_in_files>[0].matches <= -1", False),
        ('<RESULTS:search_in_files>[0].path > "a"', True),
        ('<RESULTS:search_in_files>[0].path == "src/\\u0061.ts"', True),
        ("<RESULTS:search_in_files>[0] == null", False),
    ],
)
def test_conditions(condition: str, *, holds: bool) -> None:
    trace = run(EXISTS, GLOB, SEARCH, branch(condition, [READ], []))
    assert trace.ok
    assert trace.steps[3].branch == ("then" if holds else "else")
    assert trace.result == ("three\n" if holds else None)


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "true",
        "1 == 1",
        "<RESULTS:file_exists>",
        "<RESULTS:file_exists> == <RESULTS:file_exists>",
        "<RESULTS:file_exists> == True",
        "not <RESULTS:file_exists> == true",
        "<RESULTS:file_exists> == [1]",
        None,
        True,
        "<RESULTS:file_exists> == " + "9" * 400,
        "<RESULTS:file_exists> == __import__('os')",
    ],
)
def test_what_is_no_condition_runs_no_branch(condition: Any) -> None:
    trace = run(EXISTS, branch(condition, [READ], [READ]))
    assert "no comparison" in trace.steps[1].refusal
    assert len(trace.steps) == 2


def test_commands_are_kept_with_the_files_they_ran_on() -> None:
    command = step("run_terminal_command", command="make")
    create = step("create_new_file", path="n", content="")
    assert run(command, create).commands != run(create, command).commands


# ── Bounds ────────────────────────────────────────────────────────────────────────────────────


def nested(levels: int) -> list[Any]:
    steps: list[Any] = [READ]
    for _ in range(levels):
        steps = [branch("<RESULTS:file_exists> == true", steps, [])]
    return [EXISTS, *steps]


def deep_list(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


GROWS = step("single_find_and_replace", path="c.md", find="t", replace="<RESULTS:read_file>")
REGEX = step("search_in_files", query="(a+)+$", file_list=["a"], regex=True)
HOSTILE: list[list[Any]] = [
    nested(20),
    nested(3000),
    [step("sort_files_by_size", files=deep_list(5000))],
    [READ] * 100_000,
    [step("read_file", path=f"<RESULTS:no_{number}>") for number in range(3000)],
    [step("sort_files_by_size", files=["<RESULTS:no>"] * 3000)] * 60,
    [READ, GROWS] * 32,
    [step("create_new_file", path="a", content="a" * 60_000), *[REGEX] * 60],
    [step("create_new_file", path="a", content="a\n" * 500_000), *[{**REGEX}] * 60],
    [
        step("create_new_file", path="a", content="a\n" * 500_000),
        *[step("search_in_files", query="b", file_list=["a"])] * 60,
    ],
    [step("create_new_file", path="a", content="a\nb\n" * 200_000), step("view_diff")],
    [step("file_glob_search", pattern="*a" * 127)] * 64,
    [step("create_new_file", path="x" * 1_000_000, content="")],
    [step("create_new_file", path="x", content="\ud800" * 1_000_000)],
    [step("read_file", path="\ud800"), step("\udfff", **{"\ud800": "\ud800"})],
    [step("sort_files_by_match_count", files=[{"path": "a", "matches": 10**300}] * 1000)],
    ["x", None, 3, {}, {"tool": 3}, {"tool": "read_file"}, {"tool": "view_diff", "args": []}],
]


@pytest.mark.parametrize("steps", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_plans_end_soon(steps: list[Any]) -> None:
    searching._search.cache_clear()
    begun = time.process_time()
    trace = run(*steps)
    spent = time.process_time() - begun
    assert spent < 1
    assert len(trace.steps) <= MAX_STEPS
    assert trace.workspace.total <= 1024 * 1024
    assert all(line.isprintable() for line in trace.to_text().split("\n"))


@pytest.mark.parametrize("plan", [None, 3, [], "x", {}, {"steps": {}}, {"steps": None}])
def test_what_is_no_plan_does_nothing(plan: Any) -> None:
    trace = SIMULATOR.run(plan, Workspace())
    assert (trace.steps, trace.result) == ((), None)


def test_too_many_steps_are_cut() -> None:
    trace = run(*[READ] * (MAX_STEPS + 1))
    assert (trace.stopped, len(trace.steps), trace.ok) == ("too_many_steps", MAX_STEPS, False)


TEXTS = st.sampled_from(
    [
        "src/a.ts",
        "./c.md",
        "..",
        "",
        "two",
        "**/*.ts",
        "<RESULTS:ls>[0]",
        "<RESULTS:file_glob_search>",
        "<RESULTS:read_file>",
        "<RESULTS:x",
        "(a+)+$",
    ]
) | st.text(st.characters(exclude_categories=()), max_size=6)
VALUES: st.SearchStrategy[Any] = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
NAMES = [(tool.name, list(tool.parameters["properties"])) for tool in CATALOG.tools.values()]


@st.composite
def steps(draw: st.DrawFn) -> Any:
    tool, names = draw(st.sampled_from(NAMES))
    args = {name: draw(TEXTS | VALUES) for name in names if draw(st.integers(0, 9))}
    if tool == "conditional":
        args |= {"if": "<RESULTS:file_exists> == true", "then": [LS], "else": draw(VALUES)}
    return step(tool, **args) if draw(st.integers(0, 9)) else draw(VALUES)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps(), max_size=5))
def test_any_plan_runs_and_always_alike(drawn: list[Any]) -> None:
    trace = run(*drawn)
    again = run(*drawn, files=dict(reversed(FILES.items())))
    assert repr(trace.to_dict()) == repr(again.to_dict()) or trace.workspace == again.workspace
    assert trace.to_text()
    json.dumps(trace.to_dict(), default=repr)
    conjured([{"steps": drawn}])


def test_a_trace_can_be_read_and_steers_no_terminal() -> None:
    text = run(
        step("create_new_file", path="n\x1b[31m", content="\x9b\u202e\ud800"),
        EXISTS,
        branch("<RESULTS:file_exists> == true", [step("read_file", path="\n")], []),
        step("read_file", path="<RESULTS:ls>"),
    ).to_text()
    assert all(line.isprintable() for line in text.split("\n"))
    for told in (
        "steps[0]  create_new_file",
        "writes   n\\x1b[31m",
        "takes    then",
        "REFUSED",
        "steps[2].args.then[0]  read_file",
        "unresolved   steps[3].args.path",
        "file       * n",
        "last result",
    ):
        assert told in text


# ── Files that are made up ────────────────────────────────────────────────────────────────────


def test_files_are_made_up_for_what_plans_read() -> None:
    plan = {
        "steps": [
            READ,
            GLOB,
            SEARCH,
            RANK,
            step("ls", dirPath="docs"),
            step("single_find_and_replace", path="x.ts", find="old", replace="new"),
            step(
                "single_find_and_replace",
                path="<RESULTS:file_glob_search>[0]",
                find="A",
                replace="",
            ),
            step("create_new_file", path="n.ts", content=""),
            step("read_file", path="n.ts"),
            step("file_exists", path="e.ts"),
            branch("<RESULTS:file_exists> == true", [step("read_file", path="e.ts")], [READ]),
        ]
    }
    files = conjured([plan])
    assert set(files) == {"c.md", "src/found.ts", "docs/listed.txt", "x.ts"}
    assert files["x.ts"] == "text of x.ts\nold\ntwo\nA\n"
    assert SIMULATOR.run(plan, files).ok


def test_hostile_plans_conjure_no_more_than_fits() -> None:
    reads = [step("read_file", path=f"{number}") for number in range(5000)]
    assert len(conjured([{"steps": reads}])) == 200
    search = step("search_in_files", query="x" * 2**20, file_list=["a"])
    assert conjured([{"steps": [search]}]) == Workspace()
