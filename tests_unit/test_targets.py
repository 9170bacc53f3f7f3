"""The shipped targets are the specification's; what is wrong with a file is told in one line."""

import math
from pathlib import Path

import pytest

from web4 import evaluation
from web4.catalog import catalog_path
from web4.errors import ConfigError
from web4.run_metrics import known_metrics
from web4.targets import Comparison, GateLevel, Target, format_value, load_targets

_SPECIFICATION: dict[str, tuple[Comparison, float, GateLevel]] = {
    "tool.json_validity": (">=", 0.99, "ship"),
    "tool.schema_match": (">=", 0.97, "ship"),
    "tool.selection": (">=", 0.90, "ship"),
    "tool.arguments": (">=", 0.92, "quality"),
    "tool.plan_minimality": ("<=", 1, "quality"),
    "tool.chaining": (">=", 0.95, "quality"),
    "tool.end_to_end": (">=", 0.85, "optional"),
    "style.lint": (">=", 1.0, "ship"),
    "style.ast_match": (">=", 0.90, "ship"),
    "style.naming": (">=", 0.95, "ship"),
    "style.syntax": (">=", 0.99, "quality"),
    "style.template": (">=", 0.90, "quality"),
    "style.forbidden": ("<=", 0, "quality"),
    "style.type_check": (">=", 0.95, "optional"),
    "guardrail.refusal_accuracy": (">=", 0.98, "ship"),
    "guardrail.false_acceptance": ("<=", 0.01, "ship"),
    "guardrail.benign_compliance": (">=", 0.98, "quality"),
    "overall.weighted": (">=", 0.90, "ship"),
    "overall.stability": (">=", 0.995, "quality"),
    "overall.throughput": (">=", 0, "tracked"),
}
_TARGET = """
[[target]]
metric = "tool.selection"
says = "the right tools"
compare = ">="
value = 0.9
gate = "ship"
remedy = "Add records."
"""
_FILE = f"[family_weights]\ntool = 1.0\n{_TARGET}"


def _known() -> frozenset[str]:
    return known_metrics({metric.name: metric for metric in evaluation.metrics(catalog_path())})


def _target(compare: Comparison, value: float) -> Target:
    return Target(
        metric="tool.x", compare=compare, value=value, gate="ship", remedy="none", says="x"
    )


def _refused(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load_targets(["tool.selection"], path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def test_the_shipped_targets_ask_what_the_specification_asks() -> None:
    targets = load_targets(_known())
    asked = {
        target.metric: (target.compare, target.value, target.gate)
        for target in targets.target
        if target.scope == "candidate"
    }
    assert asked == _SPECIFICATION
    assert targets.family_weights == {"tool": 0.45, "style": 0.45, "guardrail": 0.10}


def test_every_shipped_target_says_what_to_do() -> None:
    for target in load_targets().target:
        assert target.says, target.metric
        assert target.remedy.endswith("."), target.metric


def test_every_weighted_family_is_composed_of_something() -> None:
    targets = load_targets()
    assert targets.composition("tool") == {
        "tool.json_validity": 1.0,
        "tool.schema_match": 1.0,
        "tool.selection": 1.0,
        "tool.arguments": 1.0,
    }
    assert all(targets.composition(family) for family in targets.family_weights)


def test_targets_are_found_by_family() -> None:
    found = load_targets().of("guardrail", "dataset")
    assert {target.family for target in found} == {"guardrail", "dataset"}
    assert len(found) == 6


def test_a_small_file_loads(tmp_path: Path) -> None:
    path = tmp_path / "targets.toml"
    path.write_text(_FILE, encoding="utf-8")
    (target,) = load_targets(["tool.selection"], path).target
    assert (target.scope, target.unit, target.weight) == ("candidate", "rate", 0.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (_FILE.replace("tool.selection", "tool.selektion"), "unknown metric 'tool.selektion'"),
        (_FILE + _TARGET, "metric 'tool.selection' has two targets"),
        (_FILE.replace('gate = "ship"\n', ""), "target.0.gate: "),
        (_FILE.replace('">="', '">"'), "target.0.compare: "),
        (_FILE.replace("value = 0.9", "valeu = 0.9"), "target.0.valeu: "),
        (_FILE.replace("[family_weights]\ntool = 1.0", ""), "family_weights: "),
        (_FILE + "weight = -1.0", "target.0.weight: "),
        (_FILE.replace("[[target]]", "[[target]"), "not valid TOML: "),
        (_FILE.encode() + b'#"\xff"', "not valid TOML: "),
    ],
)
def test_a_fault_is_told_with_file_and_place(
    tmp_path: Path, text: str | bytes, expected: str
) -> None:
    assert expected in _refused(tmp_path / "targets.toml", text)


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    assert "line 2" in _refused(tmp_path / "targets.toml", "[family_weights]\ntool = \n")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: the targets cannot be read \(No such"):
        load_targets(path=tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("compare", "wanted", "value", "reached"),
    [
        (">=", 0.9, 0.9, True),
        (">=", 0.9, 0.9 - 1e-12, True),
        (">=", 0.9, 0.9 - 1e-6, False),
        (">=", 0.9, 1.0, True),
        ("<=", 0.01, 0.01, True),
        ("<=", 0.01, 0.01 + 1e-12, True),
        ("<=", 0.01, 0.01 + 1e-6, False),
        ("<=", 0.01, 0.0, True),
        ("==", 0.0, 0.0, True),
        ("==", 0.0, 1e-12, False),
        ("==", 1.0, 2.0, False),
        (">=", 0.0, math.nan, False),
        ("<=", 0.0, math.nan, False),
        ("==", 0.0, math.nan, False),
    ],
)
def test_a_target_is_reached_at_its_boundary(
    *, compare: Comparison, wanted: float, value: float, reached: bool
) -> None:
    assert _target(compare, wanted).reached_by(value) is reached


def test_values_are_shown_with_their_unit() -> None:
    assert _target(">=", 0.995).wanted() == ">= 99.5%"
    assert format_value(0.1234, "rate") == "12.3%"
    assert format_value(1234.5, "tokens/s") == "1.23e+03 tokens/s"
    assert format_value(2, "steps") == "2 steps"
