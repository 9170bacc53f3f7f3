"""Modules import only from those that stand before them; heavy libraries stay out of the way."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_PACKAGE = _ROOT / "web4"

_ORDER = (
    "errors",
    "paths",
    "digests",
    "records",
    "argument_schema",
    "schema_check",
    "catalog",
    "chat",
    "learned",
    "progress",
    "terminal",
    "device",
    "attention",
    "generation",
    "profile",
    "targets",
    "specification",
    "stats",
    "store",
    "launcher",
    "execution",
    "assets",
    "node_packages",
    "llama_log",
    "typescript",
    "dataset",
    "remedies",
    "training",
    "packaging",
    "candidates",
    "simulator",
    "metrics",
    "evaluation",
    "mini_set",
    "quantized",
    "release",
    "deployment",
    "gate",
    "report",
    "steps",
    "rejudging",
    "pipeline",
    "baseline",
    "run",
    "run_metrics",
    "certification",
    "repetition",
    "assessment",
    "audit",
    "outlook",
    "acceptance",
    "iteration",
    "settings",
    "timing",
    "view",
    "scorecard_file",
    "doctor",
    "commands",
    "cli",
    "__main__",
    "pytest_",
)
"""What stands directly below ``web4/``, lowest first; ``pytest_`` is all that starts with it."""

_HEAVY = (
    *("torch", "transformers", "llama_cpp", "peft", "scipy", "statsmodels", "accelerate"),
    *("numpy", "jsonschema"),
)
_MODULES = sorted(path for path in _PACKAGE.rglob("*.py") if path != _PACKAGE / "__init__.py")


def _place(module: str) -> int:
    module = "pytest_" if module.startswith("pytest_") else module
    assert module in _ORDER, f"web4/{module} has no place in the order yet: give it one"
    return _ORDER.index(module)


def _own(path: Path) -> str:
    return path.relative_to(_PACKAGE).parts[0].removesuffix(".py")


def _is_module(name: str) -> bool:
    return (_PACKAGE / name).is_dir() or (_PACKAGE / f"{name}.py").is_file()


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of everything imported, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            assert node.module is not None
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("path", _MODULES, ids=lambda path: str(path.relative_to(_PACKAGE)))
def test_a_module_imports_only_from_below(path: Path) -> None:
    own = _place(_own(path))
    for line, name in _imported(path):
        top, _, rest = name.partition(".")
        imported = rest.partition(".")[0]
        if top != "web4" or not _is_module(imported):
            continue
        assert _place(imported) <= own, f"{path}:{line}: {name} stands above"


@pytest.mark.parametrize("path", _MODULES, ids=lambda path: str(path.relative_to(_PACKAGE)))
def test_only_the_plugin_knows_pytest(path: Path) -> None:
    if path.name.startswith("pytest_"):
        return
    for line, name in _imported(path):
        top = name.partition(".")[0]
        assert top not in ("pytest", "_pytest", "xdist"), f"{path}:{line}: imports {name}"


def test_pipeline_and_command_line_start_without_heavy_libraries() -> None:
    script = (
        "import sys, web4.pipeline, web4.cli, web4.pytest_plugin;"
        f"print(*sorted(sys.modules.keys() & set({_HEAVY!r})))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout.split() == []
