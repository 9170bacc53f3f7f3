"""A syntax tree as flat lists, read off it once for all who look at every node.

Each step on a tree costs a call into C and a new object; lists of nodes and kinds cost neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import tree_sitter_typescript
from tree_sitter import Language, Node

CLOSED: Final = frozenset({"string", "regex", "accessibility_modifier", "override_modifier"})
"""What is taken as a whole: the parts of a literal or of a modifier are no structure."""

LANGUAGE: Final = Language(tree_sitter_typescript.language_typescript())
ERROR: Final = "ERROR"


def _kind(number: int) -> str:
    name = LANGUAGE.node_kind_for_id(number) or ERROR
    return name if LANGUAGE.node_kind_is_named(number) else f'"{name}"'


_KINDS: Final = {number: _kind(number) for number in range(LANGUAGE.node_kind_count)}
KINDS: Final = frozenset(_KINDS.values())


@dataclass(frozen=True, slots=True)
class Preorder:
    """The nodes below a root, itself first, with their kinds and their levels from 0.

    Those within ``CLOSED`` ones are left out. Kinds are written as in queries: ``identifier`` is a
    named node, ``"class"`` a word or a sign.
    """

    nodes: Sequence[Node]
    kinds: Sequence[str]
    levels: Sequence[int]


@lru_cache(maxsize=4)  # what is read by all metrics: an answer, and the code it is held against
def preorder(root: Node) -> Preorder:
    """Return the flat lists of a root's tree, without recursion."""
    nodes: list[Node] = []
    kinds: list[str] = []
    levels: list[int] = []
    cursor = root.walk()
    goto_first_child, goto_next_sibling = cursor.goto_first_child, cursor.goto_next_sibling
    known = _KINDS.get
    level = 0
    while True:
        node = cursor.node
        if node is None:  # never: a cursor always stands on a node
            break
        kind = known(node.kind_id, ERROR)
        nodes.append(node)
        kinds.append(kind)
        levels.append(level)
        if kind not in CLOSED and goto_first_child():
            level += 1
            continue
        while level and not goto_next_sibling():
            cursor.goto_parent()
            level -= 1
        if not level:
            break
    return Preorder(nodes, kinds, levels)
