"""Flat lists of a tree: the same nodes in the same order, and what is read off them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Node

from web4.typescript.forbidden import load_rules
from web4.typescript.preorder import CLOSED, KINDS, preorder
from web4.typescript.syntax import _label, _labels, parse, text_of, walk
from web4.typescript.templates import load_templates
from web4.typescript.token_patterns import leaves_of

_CODES = [
    *(code for one in load_templates().values() for code in one.good),
    *(bad.code for one in load_templates().values() for bad in one.bad),
    *(code for rule in load_rules().by_name.values() for code in (*rule.bad, *rule.good)),
    "class A<T> { private override async *x(a?: string, ...b: T[]): Z { yield `a${b}c`; } }",
    "const größe = /a\\/b/u, b = 'it\\n', c = a?.b!.c ?? -d;  // é",
    "#!/usr/bin/env node\ntype A = typeof import('./x') | { readonly [K in keyof B]-?: B[K] };",
]
_SILENT = {"comment", "string_fragment", "escape_sequence", "hash_bang_line"}
_WHOLE = {"string", "template_string", "regex"}
_MODIFIERS = {"accessibility_modifier", "override_modifier"}


def _root(code: str) -> Node | None:
    return parse(code).root


def _labels_one_by_one(root: Node) -> tuple[str, ...]:
    """Label node by node, as the flat lists have to."""
    nodes = walk(root, lambda node: node.type not in {"string", "regex", *_MODIFIERS})
    return tuple(
        _label(node)
        for node, _ in nodes
        if node.is_named and node.type not in _SILENT and node.type not in _MODIFIERS
    )


def _agrees(root: Node) -> None:
    tree = preorder(root)
    walked = list(walk(root, lambda node: not node.is_named or node.type not in CLOSED))
    assert list(zip(tree.nodes, tree.levels, strict=True)) == walked
    for node, kind in zip(tree.nodes, tree.kinds, strict=True):
        assert kind == (node.type if node.is_named else f'"{node.type}"')
        assert kind in KINDS
    assert _labels(root) == _labels_one_by_one(root)
    leaves = leaves_of(root)
    wanted = [
        node
        for node, _ in walk(root, lambda one: one.type not in _WHOLE)
        if node.type != "comment" and (node.child_count == 0 or node.type in _WHOLE)
    ]
    assert list(leaves.starts) == [node.start_byte for node in wanted]
    assert list(leaves.texts) == [
        f"'{text_of(node)[1:-1]}'" if node.type == "string" and node.is_named else text_of(node)
        for node in wanted
    ]


@pytest.mark.parametrize("code", _CODES)
def test_the_lists_are_the_tree(code: str) -> None:
    root = _root(code)
    assert root is not None
    _agrees(root)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(_CODES), st.integers(0, 300), st.text(max_size=6))
def test_the_lists_are_the_tree_of_any_code_that_parses(code: str, at: int, text: str) -> None:
    root = _root(code[:at] + text + code[at:])
    if root is not None:
        _agrees(root)


def test_a_word_and_a_node_of_the_same_name_are_told_apart() -> None:
    root = _root("const a = class {}; let b: string = 'c';")
    assert root is not None
    kinds = preorder(root).kinds
    assert {"class", '"class"', "string", '"string"'} <= set(kinds)


def test_a_tree_is_read_once() -> None:
    root = _root("export const a = 1;")
    assert root is not None
    assert preorder(root) is preorder(root)
