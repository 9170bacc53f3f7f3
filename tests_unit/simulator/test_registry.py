"""A team adds its own tool: one function, named by its package, and one catalogue entry."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from web4.catalog import Catalog, catalog_path, load_catalog
from web4.errors import ConfigError
from web4.metrics.tool import tool_metrics
from web4.records import Completion, Record, compact_json
from web4.simulator.registry import added_digest, all_tools
from web4.simulator.tools import TOOLS

MODULE = """
def count_files(desk, args):
    return sum(path.startswith(args["folder"]) for path in desk.workspace)

NUMBER = 3
"""
ENTRY = {
    "function": {
        "name": "count_files",
        "parameters": {
            "type": "object",
            "properties": {"folder": {"type": "string", "x-equality": "path"}},
            "required": ["folder"],
            "additionalProperties": False,
        },
        "x-returns": {"type": "integer"},
    }
}
Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a package that adds tools, as pip leaves it."""
    monkeypatch.syspath_prepend(tmp_path)

    def made(*points: str, module: str = MODULE, version: str = "1.0") -> Path:
        info = tmp_path / "our_tools-1.0.dist-info"
        info.mkdir(exist_ok=True)
        metadata = f"Metadata-Version: 2.1\nName: our-tools\nVersion: {version}\n"
        (info / "METADATA").write_text(metadata, encoding="utf-8")
        text = "\n".join(["[web4.tools]", *points, ""])
        (info / "entry_points.txt").write_text(text, encoding="utf-8")
        (tmp_path / "our_tools_of_a_test.py").write_text(module, encoding="utf-8")
        monkeypatch.delitem(sys.modules, "our_tools_of_a_test", raising=False)
        return tmp_path

    return made


def team_catalog(folder: Path) -> Catalog:
    entries = json.loads(catalog_path().read_text(encoding="utf-8"))
    path = folder / "tools.json"
    path.write_text(json.dumps([*entries, ENTRY]), encoding="utf-8")
    return load_catalog(path)


POINT = "count_files = our_tools_of_a_test:count_files"


def test_without_packages_there_are_webs_own_tools() -> None:
    assert all_tools() == TOOLS
    assert added_digest() == ""


def test_an_added_tool_is_judged_like_any_other(install: Install) -> None:
    folder = install(POINT)
    count = {"tool": "count_files", "args": {"folder": "src"}}
    gold = compact_json({"type": "tool_call", "steps": [count]})
    files = {"src/a.ts": "", "b.ts": ""}
    record = Record("r", "tool_call", "How many?", "", gold, workspace=files)
    metrics = {metric.name: metric for metric in tool_metrics(team_catalog(folder))}
    assert metrics["tool.end_to_end"].lacking([record]) == ""
    for answer, passed in ((gold, True), (gold.replace('"src"', '"lib"'), False)):
        completion = Completion("r", answer, "stop", 1, 1)
        assert metrics["tool.schema_match"](record, completion).passed
        assert metrics["tool.chaining"](record, completion).passed
        assert metrics["tool.end_to_end"](record, completion).passed is passed


def test_another_function_or_version_is_another_digest(install: Install) -> None:
    digests = set()
    for module, version in ((MODULE, "1.0"), (MODULE + "\n", "1.0"), (MODULE, "1.1")):
        install(POINT, module=module, version=version)
        digests.add(added_digest())
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("points", "told"),
    [
        (("ls = our_tools_of_a_test:count_files",), "there is such a tool already"),
        (("count_files = no_such_module:f",), "cannot be imported"),
        (("count_files = our_tools_of_a_test:no_such",), "cannot be imported"),
        (("count_files = our_tools_of_a_test:NUMBER",), "is no function"),
    ],
)
def test_what_is_no_tool_is_told(install: Install, points: tuple[str, ...], told: str) -> None:
    install(*points)
    with pytest.raises(ConfigError, match=f"our-tools: entry point.*{told}"):
        all_tools()


def test_a_wanted_tool_without_a_function_is_named(tmp_path: Path) -> None:
    gold = compact_json({"type": "tool_call", "steps": [{"tool": "count_files", "args": {}}]})
    record = Record("r", "tool_call", "How many?", "", gold)
    lacking = {
        metric.name: metric.lacking([record]) for metric in tool_metrics(team_catalog(tmp_path))
    }
    assert sorted(name for name, why in lacking.items() if why) == [
        "tool.chaining",
        "tool.end_to_end",
    ]
    assert lacking["tool.chaining"].startswith("the simulator has no function for 'count_files'")
