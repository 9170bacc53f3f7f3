"""Templates: the examples that lie beside each, what is told of a fault, and broken files."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.dataset.synth import typescript_classes, typescript_forms, typescript_functions
from web4.errors import ConfigError, DataError
from web4.typescript.syntax import parse
from web4.typescript.templates import BROKEN, BadExample, Fit, fit, load_templates, template_of

_TEMPLATES = load_templates()
_GOOD = [(name, code) for name, one in _TEMPLATES.items() for code in one.good]
_BAD = [(name, bad) for name, one in _TEMPLATES.items() for bad in one.bad]


def fitted(name: str, code: str, wanted: str = "") -> Fit:
    root = parse(code).root
    assert root is not None, parse(code)
    return fit(_TEMPLATES[name], root, wanted)


def test_every_template_that_a_generator_names_lies_there() -> None:
    modules = (typescript_classes, typescript_forms, typescript_functions)
    named = {
        one.template
        for module in modules
        for one in vars(module).values()
        if hasattr(one, "template")
    }
    assert {one for one in named if isinstance(one, str)} == set(_TEMPLATES)


@pytest.mark.parametrize(("name", "code"), _GOOD)
def test_each_good_example_follows_its_template(name: str, code: str) -> None:
    found = fitted(name, code)
    assert found.broken is None, found.told
    assert found.name


@pytest.mark.parametrize(("name", "bad"), _BAD)
def test_each_bad_example_breaks_the_rule_that_it_says_where_it_says(
    name: str, bad: BadExample
) -> None:
    found = fitted(name, bad.code)
    assert (found.rule, found.line) == (bad.rule, bad.line), found.told
    assert found.broken in BROKEN
    assert found.detail


def test_every_rule_of_every_template_has_a_bad_example() -> None:
    lacking = {
        (name, part.rule)
        for name, one in _TEMPLATES.items()
        for part in (*one.imports, *one.parts)
        if part.needed and part.rule not in {bad.rule for bad in one.bad}
    }
    assert lacking == set()


def test_a_fault_is_told_with_what_is_wanted() -> None:
    code = _TEMPLATES["default_implementation"].good[0].replace("this.size = scenario.size;", "")
    assert fitted("default_implementation", code).told == (
        "line 9 init: should hold this.size = scenario.size"
    )


def test_layout_names_of_locals_and_order_of_assignments_are_free() -> None:
    code = _TEMPLATES["default_implementation"].good[0]
    one, two = "this.size = scenario.size;\n", "this.name = scenario.name;\n"
    assert one in code
    swapped = code.replace(one, "#").replace(two, one).replace("#", two)
    for changed in (
        swapped,
        code.replace("scenario", "given"),
        code.replace("'", '"'),
        code.replace("  ", "\t").replace("\n\n  ", "\n  "),
        code.replace("size", "width"),
    ):
        assert changed != code
        assert fitted("default_implementation", changed).broken is None


def test_another_name_is_told_and_ends_the_comparison() -> None:
    code = "/** Immutable plan. */\nexport class Foo {}\n"
    assert fitted("value_object", code, "Plan") == Fit("Foo", line=2)
    assert fitted("value_object", code, "Foo").rule == "constructor"


def test_a_file_may_hold_more_where_the_template_says_so(tmp_path: Path) -> None:
    text = "says = 'x'\nothers = true\ndeclaration = 'export const $NAME = ...;'\n"
    examples = "good = ['x']\n[[bad]]\nrule = 'x'\nline = 1\ncode = 'x'\n"
    (tmp_path / "mine.toml").write_text(text + examples)
    mine = load_templates(tmp_path)["mine"]
    code = "const half = 2;\n\n/** Whole. */\nexport const WHOLE = 2 * half;\n"
    root = parse(code).root
    assert root is not None
    assert fit(mine, root).broken is None
    root = parse(f"{code}export const OTHER = 1;\n").root
    assert root is not None
    assert (fit(mine, root).broken, fit(mine, root).line) == ("extra", 5)


def test_an_unknown_template_names_the_place_and_the_known_ones() -> None:
    with pytest.raises(DataError, match=r"record r1: unknown template 'no_such'.*value_object"):
        template_of("no_such", "record r1")


_HEAD = "says = 'x'\ngood = ['x']\nbad = [{rule = 'x', line = 1, code = 'x'}]\n"
_PARTS = "[[part]]\nrule = 'all'\ncode = '...'\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("says = ", "not valid TOML"),
        (_HEAD, "declaration: Field required"),
        (f"{_HEAD}declaration = ''", "the pattern is empty"),
        (f"{_HEAD}declaration = 'class $A$B {{}}'", "two placeholders"),
        (f"{_HEAD}declaration = 'class $A {{}}'\n{_PARTS}", "has <parts> where"),
        (f"{_HEAD}declaration = 'class $A {{ <parts> }}'", "has <parts> where"),
        (f"{_HEAD}declaration = 'class Plan {{}}'", "no placeholder for the name"),
        (f"{_HEAD}declaration = 'class $A {{}}'\nmore = 1", "more: Extra inputs"),
        (f"{_HEAD}declaration = 'class $A {{ <parts> }}'\n{_PARTS}count = '2'", "part.0.count"),
    ],
)
def test_a_broken_template_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "mine.toml").write_text(content)
    with pytest.raises(ConfigError, match=r"mine\.toml") as caught:
        load_templates(tmp_path)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", sorted(_TEMPLATES))
def test_hostile_code_is_bounded(name: str) -> None:
    begun = time.process_time()
    assert fitted(name, "const a = 1;\n" * 15_000).broken == "size"
    assert fitted(name, "// only a comment").broken == "declaration"
    assert time.process_time() - begun < 5


def test_many_members_take_no_long_time() -> None:
    code = _TEMPLATES["default_implementation"].good[0]
    fields = "".join(f"  a{at} = 0;\n" for at in range(100))
    taken = "".join(f"    this.a{at} = scenario.a{at};\n" for at in range(100))
    given_back = "".join(f"a{at}: this.a{at}, " for at in range(100))
    code = code.replace("  size = 0;\n", f"  size = 0;\n{fields}")
    code = code.replace("    this.size", f"{taken}    this.size")
    code = code.replace("{ size:", f"{{ {given_back}size:")
    begun = time.process_time()
    assert fitted("default_implementation", code).broken is None
    assert time.process_time() - begun < 2
    assert fitted("default_implementation", code.replace("a99: this", "a99: that")).broken


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(_GOOD), st.integers(0, 400), st.text(max_size=8))
def test_any_change_is_judged(good: tuple[str, str], at: int, text: str) -> None:
    name, code = good
    source = parse(code[:at] + text + code[at:])
    if source.root is not None:
        found = fit(_TEMPLATES[name], source.root)
        assert (found.broken is None) == (found.rule == "")
