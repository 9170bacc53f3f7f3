"""Forbidden patterns: the controls that lie beside each rule, disguises, and broken rule files."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.errors import ConfigError
from web4.typescript.forbidden import MAX_FINDINGS, as_read, load_rules
from web4.typescript.syntax import parse

_RULES = load_rules()
_BAD = [(name, code) for name, rule in _RULES.by_name.items() for code in rule.bad]
_GOOD = [(name, code) for name, rule in _RULES.by_name.items() for code in rule.good]


def found(code: str) -> list[tuple[str, int]]:
    assert parse(code).fault is None, parse(code)
    return [(one.rule, one.line) for one in _RULES.findings(code)]


def test_what_the_house_forbids_has_its_rules() -> None:
    wanted = {"any", "var", "eval", "console", "function_type", "suppression", "cast", "jest"}
    wanted |= {"ambient_declaration", "dynamic_import", "constructor_logic", "non_null"}
    assert set(_RULES.by_name) >= wanted


@pytest.mark.parametrize(("rule", "code"), _BAD)
def test_each_bad_example_is_found_by_its_rule(rule: str, code: str) -> None:
    assert rule in {name for name, _ in found(code)}


@pytest.mark.parametrize(("rule", "code"), _GOOD)
def test_no_rule_finds_anything_in_a_good_example(rule: str, code: str) -> None:
    assert found(code) == [], rule


def test_a_finding_tells_rule_line_and_code_and_counts_once() -> None:
    code = "const a = 1;\n\neval(eval('1'));\n"
    assert found(code) == [("eval", 3), ("eval", 3)]
    assert str(_RULES.findings(code)[0]) == "line 3 eval: eval"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\u0065val", "eval"),
        (r"\u{00065}val", "eval"),
        (r"'\x65val'", "'eval'"),
        (r"'ev\al'", "'eval'"),
        ("'ev\\\nal'", "'eval'"),
        (r"'\\u0065val'", r"'\\u0065val'"),
        (r"'\n\t\0\b'", r"'\n\t\0\b'"),
        (r"'\u0027\x5c\u{10ffff}\u{ffffff}'", r"'\u0027\x5c\u{10ffff}\u{ffffff}'"),
        (r"'\''", r"'\''"),
    ],
)
def test_escapes_are_read_as_the_language_reads_them(written: str, read: str) -> None:
    assert as_read(written) == read


@given(st.text(st.sampled_from("\\ux{}0659eval'\n")))
def test_any_escapes_are_read(text: str) -> None:
    as_read(text)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_text_is_searched(text: str) -> None:
    assert all(one.line >= 1 for one in _RULES.findings(text))


def test_findings_are_bounded_in_number_and_time() -> None:
    begun = time.process_time()
    assert len(_RULES.findings("eval;" * 30_000)) == MAX_FINDINGS
    deep = "(" * 90 + "x as unknown as any" + ")" * 90
    assert _RULES.findings(f"const a = {deep};")
    pieces = " + ".join(["'e'"] * 150)
    _RULES.findings(f"run(self[{pieces}]);" * 200)
    assert time.process_time() - begun < 20


_RULE = "says = 'no'\nqueries = '''{}'''\nbad = ['x']\ngood = ['y']\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("says = ", "not valid TOML"),
        ("says = 'no'", "queries: Field required"),
        (_RULE.format("(identifier) @found") + "more = 1", "more: Extra inputs"),
        (_RULE.format("(no_such_kind) @found"), "no tree-sitter query"),
        (_RULE.format("(identifier) @here"), "captures @found"),
        (_RULE.format('((identifier) @found (#is-bad? @found "x"))'), "unknown predicate #is-bad?"),
    ],
)
def test_a_broken_rule_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"mine\.toml") as caught:
        load_rules(tmp_path)
    assert message in str(caught.value)


def test_a_folder_without_rules_is_no_permission(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no pattern lies here"):
        load_rules(tmp_path)


def test_a_team_adds_a_rule_with_a_file(tmp_path: Path) -> None:
    query = '(class_heritage (extends_clause value: (identifier) @found (#not-eq? @found "Error")))'
    (tmp_path / "inheritance.toml").write_text(_RULE.format(query))
    rules = load_rules(tmp_path)
    assert [one.rule for one in rules.findings("class A extends B {}")] == ["inheritance"]
    assert rules.findings("class A extends Error {}") == ()
