"""Workspaces stay in their root and in their bounds; globs and searches end soon."""

import contextlib
import random
import time
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.simulator import globs, searching
from web4.simulator.desk import Desk, Recordings
from web4.simulator.diff import unified
from web4.simulator.workspace import (
    MAX_FILES,
    MAX_PATH,
    MAX_TOTAL,
    RefusedError,
    Workspace,
    normalised,
    size,
)

QUICK = settings(max_examples=100, deadline=None)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
PATHISH = st.lists(st.sampled_from(["..", ".", "a", "b", "", "/", "\0", "\ud800", "A"])).map(
    "/".join
)


@pytest.mark.parametrize(
    ("path", "plain"),
    [("./a", "a"), ("a//b/../c", "a/c"), ("a/", "a"), (".", "."), ("A", "A"), ("a/..", ".")],
)
def test_paths_have_one_spelling(path: str, plain: str) -> None:
    assert normalised(path) == plain


@pytest.mark.parametrize("path", ["", "/a", "//a", "..", "a/../..", "../a", "a\0", "x" * 513])
def test_paths_stay_in_the_root(path: str) -> None:
    with pytest.raises(RefusedError):
        normalised(path)


@QUICK
@given(PATHISH | ANY_TEXT)
def test_no_path_escapes(path: str) -> None:
    try:
        plain = normalised(path)
    except RefusedError:
        return
    assert len(path) <= MAX_PATH
    assert not plain.startswith("/")
    assert ".." not in plain.split("/")
    assert normalised(plain) == plain


def test_a_workspace_is_not_changed() -> None:
    before = Workspace.of({"./src/a.ts": "é"})
    after = before.with_file("src/b.ts", "\ud800")
    assert dict(before) == {"src/a.ts": "é"}
    assert (before.total, after.total) == (2, 5)
    assert after == Workspace.of({"src/b.ts": "\ud800", "src/a.ts": "é"})
    assert after.with_file("src/b.ts", "x").total == 3
    assert "SRC/a.ts" not in before


@pytest.mark.parametrize("path", ["src", "src/a.ts/b", ".", "../a"])
def test_a_file_needs_a_free_place(path: str) -> None:
    with pytest.raises(RefusedError):
        Workspace.of({"src/a.ts": ""}).with_file(path, "")


@pytest.mark.parametrize(
    "files",
    [
        {"./a": "", "a": ""},
        {"/a": ""},
        {"a": 3},
        {".": ""},
        {3: ""},
        {"a": "x" * (MAX_TOTAL + 1)},
        {str(number): "" for number in range(MAX_FILES + 1)},
    ],
)
def test_what_is_no_workspace_is_refused(files: Any) -> None:
    with pytest.raises(RefusedError):
        Workspace.of(files)


@QUICK
@given(ANY_TEXT)
def test_sizes_are_bytes(text: str) -> None:
    assert size(text) == len(text.encode("utf-8", "surrogatepass"))


# ── Globs ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("src/**/*.ts", "src/a.ts", True),
        ("src/**/*.ts", "src/x/y/a.ts", True),
        ("src/**/*.ts", "lib/a.ts", False),
        ("./src/*.ts", "src/a.ts", True),
        ("src/*.ts", "src/x/a.ts", False),
        ("src/**", "src/x/a.ts", True),
        ("**/*.{ts,tsx}", "a.tsx", True),
        ("{a,b{c,d}}/x", "bd/x", True),
        ("a?.js", "ab.js", True),
        ("a?.js", "a.js", False),
        ("[a-c]x", "bx", True),
        ("[!a-c]x", "bx", False),
        ("[]]x", "]x", True),
        ("a[", "a[", True),
        ("{a", "{a", True),
        ("*", "", False),
        ("a**b", "axxb", True),
        ("A", "a", False),
    ],
)
def test_globs(glob: str, path: str, *, fits: bool) -> None:
    assert globs.matches(globs.compiled(glob), path) is fits or not path


@pytest.mark.parametrize("glob", ["", "/etc/*", "../*", "a/../b", "x" * 257, "{a,b}" * 8])
def test_bad_globs_are_refused(glob: str) -> None:
    with pytest.raises(RefusedError):
        globs.compiled(glob)


@QUICK
@given(st.text("ab*?", min_size=1, max_size=8), st.text("ab", min_size=1, max_size=8))
def test_segments_match_as_fnmatch_does(glob: str, name: str) -> None:
    if set(glob) != {"*"} or len(glob) != 2:  # a whole segment of ** is more
        assert globs.matches(globs.compiled(glob), name) == fnmatchcase(name, glob)


def test_a_hostile_glob_ends() -> None:
    glob = globs.compiled("*a" * 120 + "b")
    begun = time.process_time()
    assert not globs.matches(glob, "a" * 500)
    assert time.process_time() - begun < 0.5


# ── Searches ──────────────────────────────────────────────────────────────────────────────────


def desk() -> Desk:
    return Desk(Workspace(), Recordings(), Workspace())


@pytest.mark.parametrize(
    ("query", "expression", "count"),
    [
        ("a.c", False, 1),
        ("a.c", True, 3),
        ("^abc$", True, 1),
        ("b(?!c)", True, 1),
        ("c\na", False, 0),
        ("c\\na", True, 0),
        (r"\w{3}", True, 2),
    ],
)
def test_lines_are_counted(query: str, count: int, *, expression: bool) -> None:
    texts = ["", "abc abc\nabc\na.c bx\n"]
    assert searching.counted(desk(), texts, query, expression=expression) == [0, count]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "(",
        "[z-a]",
        r"\L<names>",
        "a{99999999}",
        "(a{999}){999}",
        "(?:ab){999999}",
        "(?x)(a{999})#x\n{999}",
        "(a{999})(?#c){999}",
        "(a{999}){e<=1}{999}",
        "x" * 257,
    ],
)
def test_bad_expressions_are_refused(query: str) -> None:
    begun = time.process_time()
    with pytest.raises(RefusedError):
        searching.counted(desk(), ["a" * 100], query, expression=True)
    assert time.process_time() - begun < 0.3


@pytest.mark.parametrize("query", ["(a+)+$", "(a|aa)+$", r"(a*)*\1*$", "(?:foo){e<=9}$", "(?R)?a"])
def test_an_expression_that_would_take_for_ever_is_refused(query: str) -> None:
    begun = time.process_time()
    with pytest.raises(RefusedError, match="too long"):
        searching.counted(desk(), ["a" * 5000 + "b"] * 3, query, expression=True)
    assert time.process_time() - begun < 0.8


@QUICK
@given(st.text("ab(){}[]|*+?,\\0129^$<#:!=x ", max_size=24))
def test_any_expression_ends(query: str) -> None:
    begun = time.process_time()
    with contextlib.suppress(RefusedError):
        searching.counted(desk(), ["ab" * 40], query, expression=True)
    assert time.process_time() - begun < 0.8


# ── Diffs ─────────────────────────────────────────────────────────────────────────────────────


def test_a_diff_is_unified() -> None:
    lines = [f"line {number}\n" for number in range(12)]
    changed = [*lines[:6], "new\n", *lines[7:]]
    before = {"a": "".join(lines), "b": "same", "c": "gone\n"}
    assert unified(before, {"a": "".join(changed), "b": "same", "d": "made"}) == (
        "--- a/a\n+++ b/a\n@@ -4,7 +4,7 @@\n line 3\n line 4\n line 5\n-line 6\n+new\n"
        " line 7\n line 8\n line 9\n"
        "--- a/c\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-gone\n"
        "--- /dev/null\n+++ b/d\n@@ -0,0 +1,1 @@\n+made\n\\ No newline at end of file\n"
    )


def test_other_changes_have_other_diffs() -> None:
    rng = random.Random(3)  # noqa: S311 - reproducible on purpose
    before = {"a": "x\ny\nx\n"}
    texts = {"".join(rng.choices("xy\n", k=rng.randint(0, 7))) for _ in range(300)}
    assert len({unified(before, {"a": text}) for text in texts}) == len(texts)
