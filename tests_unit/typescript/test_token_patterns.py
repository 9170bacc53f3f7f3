"""Patterns written as code: what they match, bind and refuse, in linear time."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.typescript.syntax import parse
from web4.typescript.token_patterns import leaves_of, read_pattern


def tokens(code: str) -> list[str]:
    root = parse(code).root
    assert root is not None
    return leaves_of(root).tokens(root)


@pytest.mark.parametrize(
    ("pattern", "code", "bound"),
    [
        ("const $NAME = 1;", "const LIMIT = 1", {"NAME": "LIMIT"}),
        ("class Default$Name {}", "class DefaultPlan {\n}", {"Name": "Plan"}),
        ("class ${Name}Adapter {}", "class PlanAdapter {}", {"Name": "Plan"}),
        ("run('./$Name');", 'run("./Plan");', {"Name": "Plan"}),
        ("run(...);", "run(1, [2], '3');", {}),
        ("run(...);", "run();", {}),
        ("run($a, ..., $b);", "run(x, 1, 2, y);", {"a": "x", "b": "y"}),
        ("run(... $b.load ...);", "run(1, (y.load), 2);", {"b": "y"}),
        ("same($a, $a);", "same(x, x);", {"a": "x"}),
        ("run('...');", "run('any text');", {}),
        ("run(`...`);", "run(`a${b}c`);", {}),
        ("f(1, 2);", "f(\n  // why\n  1,\n  2,\n);", {}),
        ("type A = 'a' | 'b';", "type A =\n  | 'a'\n  | 'b';", {}),
        ("type A = { a: string; b: string };", "type A = { a: string; b: string; };", {}),
        ("let a: Map<string, $V>;", "let a: Map<string, Plan>;", {"V": "Plan"}),
        ("a?.b ?? c && !d || e === f", "a?.b ?? c && !d || e === f", {}),
        ("run(1.5);", "run(1.5);", {}),
    ],
)
def test_what_matches_binds(pattern: str, code: str, bound: dict[str, str]) -> None:
    assert read_pattern(pattern).match(tokens(code), {}) == bound


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("const $NAME = 1;", "const LIMIT = 2;"),
        ("const $NAME = 1;", "let LIMIT = 1;"),
        ("same($a, $a);", "same(x, y);"),
        ("class Default$Name {}", "class Default {}"),
        ("class ${Name}Adapter {}", "class PlanStore {}"),
        ("run($a, ..., $b);", "run(x);"),
        ("run('...');", "run(text);"),
        ("run(... 'x' ...);", "run('y');"),
        ("run($a);", "run('a');"),
        ("const a = 1;", "const a = 1; run();"),
    ],
)
def test_what_differs_does_not_match(pattern: str, code: str) -> None:
    assert read_pattern(pattern).match(tokens(code), {}) is None


def test_what_is_bound_already_counts() -> None:
    pattern = read_pattern("run($a);")
    assert pattern.match(tokens("run(x);"), {"a": "x"}) == {"a": "x"}
    assert pattern.match(tokens("run(x);"), {"a": "y"}) is None
    assert pattern.told({"a": "y"}) == "run(y)"


def test_where_a_pattern_occurs() -> None:
    pattern = read_pattern("this.$a = $a")
    assert pattern.occurs(tokens("{ run(); this.x = x; }"), {"a": "x"})
    assert not pattern.occurs(tokens("{ run(); this.x = x; }"), {"a": "y"})


@pytest.mark.parametrize("text", ["", " ", "run($a$b)", "run('$a...')", "import('...$a')"])
def test_a_pattern_that_nobody_can_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"placeholders|empty"):
        read_pattern(text)


def test_matching_takes_linear_time() -> None:
    many = ["a", "("] * 5000
    pattern = read_pattern("... a ... a ( ... a ( a ... b ...")
    begun = time.process_time()
    assert pattern.match(many, {}) is None
    assert time.process_time() - begun < 2


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "(", ")", "..."]), min_size=1, max_size=8))
def test_a_pattern_without_holes_matches_itself(parts: list[str]) -> None:
    pattern = read_pattern(" ".join(parts))
    assert pattern.match([part for part in pattern.tokens if part != "..."], {}) == {}
