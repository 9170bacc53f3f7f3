"""Parsing TypeScript, and how alike two pieces of it are in structure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, get_args

from rapidfuzz.distance import Indel
from tree_sitter import Node, Parser

from web4.typescript.preorder import CLOSED, KINDS, LANGUAGE, preorder

SyntaxFault = Literal["empty", "too_large", "too_deep", "code_fence", "prose", "syntax_error"]
SYNTAX_FAULTS: Final[tuple[SyntaxFault, ...]] = get_args(SyntaxFault)
MAX_BYTES: Final = 200 * 1024
MAX_DEPTH: Final = 200

# Both measured on the samples and planted mutations of tests_unit/typescript/test_syntax.py:
# unrelated code shares 0.3 to 0.6 of its labels in order, and a lost export has to weigh.
_UNRELATED = 0.4
_DECLARATIONS_WEIGHT = 0.75

_NOTHING = "there is no code"
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_CODE_MARK = re.compile(r"[{}()\[\]=;<>]")
_WORD = re.compile(r"[^\W\d_]+")
_MIN_PROSE_WORDS = 3
_PUNCTUATION = frozenset(f'"{sign}"' for sign in [*"{}()[],;:.'\"`/<>", "${", "=>"])
_FOLDED = frozenset({"accessibility_modifier", "override_modifier"})
_SKIPPED = frozenset({"comment", "string_fragment", "escape_sequence", "hash_bang_line"})
_MARKS = {  # the kinds without a label of their own: what they add to that of the node above
    **{kind: kind[1:-1] for kind in KINDS if kind.startswith('"')},
    **dict.fromkeys(_FOLDED, "the modifier that it is"),
    **dict.fromkeys(_SKIPPED | _PUNCTUATION, ""),
}
_BODIES = frozenset({"class_body", "interface_body", "object_type", "enum_body"})
_WRAPPERS = frozenset({"export_statement", "ambient_declaration"})
_DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration"})
_NOWHERE = -1


@dataclass(frozen=True)
class Source:
    """A text as TypeScript: its tree, or the fault that keeps one from working with it."""

    root: Node | None
    fault: SyntaxFault | None = None
    detail: str = ""


@dataclass(frozen=True)
class Outline:
    """The structure of a source, without names, literals, comments and layout.

    ``labels`` are all nodes in preorder, ``statements`` the top-level ones of them with their
    exports, ``declarations`` the same with the members below them; ``declared`` are their nodes.
    """

    labels: tuple[str, ...]
    statements: tuple[str, ...]
    declarations: tuple[str, ...]
    declared: tuple[Node, ...] = field(compare=False, repr=False)

    @property
    def titles(self) -> tuple[str, ...]:
        """Say for people what each declaration is."""
        return tuple(map(_title, self.declared))


def parse(text: str) -> Source:
    """Parse a text of at most 200 KB and 200 levels; never raise.

    Faults are looked for in this order: ``empty``, ``too_large``, ``too_deep``, ``code_fence``,
    ``prose``, ``syntax_error``. Lone surrogates are read as question marks.
    """
    if len(text) > MAX_BYTES:
        fault: SyntaxFault = "too_large" if text.strip() else "empty"
        return Source(None, fault, f"more than {MAX_BYTES} bytes" if text.strip() else _NOTHING)
    return _parsed(text)


@lru_cache(maxsize=16)  # every metric asks for the same few
def _parsed(text: str) -> Source:
    if not text.strip():
        return Source(None, "empty", _NOTHING)
    raw = text.encode("utf-8", "replace")
    if len(raw) > MAX_BYTES:
        return Source(None, "too_large", f"more than {MAX_BYTES} bytes")
    root = Parser(LANGUAGE).parse(raw).root_node
    if _is_too_deep(root) if root.has_error else max(preorder(root).levels) > MAX_DEPTH:
        return Source(None, "too_deep", f"more than {MAX_DEPTH} levels")
    if _is_fenced(text, broken=root.has_error):
        return Source(None, "code_fence", "the code stands in a Markdown fence")
    if root.has_error:
        return _broken(text, root)
    return Source(root)


def walk(root: Node, enter: Callable[[Node], bool] | None = None) -> Iterator[tuple[Node, int]]:
    """Yield all nodes in preorder with their level from 0, without recursion.

    Below a node for which ``enter`` is false nothing is visited.
    """
    cursor = root.walk()
    level = 0
    while True:
        node = cursor.node
        if node is None:  # never: a cursor always stands on a node
            return
        yield node, level
        if (enter is None or enter(node)) and cursor.goto_first_child():
            level += 1
            continue
        while not cursor.goto_next_sibling():
            if level == 0 or not cursor.goto_parent():
                return
            level -= 1


def text_of(node: Node) -> str:
    """Return the source text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


@lru_cache(maxsize=4)  # an answer is mostly the very code it is held against
def outline(root: Node) -> Outline:
    """Return the structure below the root of a source without errors."""
    declarations = list(_declarations(root))
    return Outline(
        _labels(root),
        tuple(label for label, _, level in declarations if level == 0),
        tuple(label for label, _, _ in declarations),
        tuple(node for _, node, _ in declarations),
    )


def similarity(left: Outline, right: Outline) -> float:
    """Return how alike two structures are: 1 for the same, about 0 for unrelated code.

    Each of the three sequences is compared by RapidFuzz's normalised Indel similarity: 1 -
    (insertions + deletions) / (both lengths). The labels' similarity is rescaled so that what
    unrelated code has in common counts as nothing, and multiplied by 1 - 0.75 (1 - d), where d is
    the mean of the statements' and the declarations' similarity. Symmetric, in [0, 1].
    """
    labels = Indel.normalized_similarity(left.labels, right.labels)
    statements = Indel.normalized_similarity(left.statements, right.statements)
    declarations = Indel.normalized_similarity(left.declarations, right.declarations)
    shared = max(0.0, (labels - _UNRELATED) / (1 - _UNRELATED))
    return shared * (1 - _DECLARATIONS_WEIGHT * (1 - (statements + declarations) / 2))


def _is_too_deep(root: Node) -> bool:
    cursor = root.walk()
    level = 0
    while level <= MAX_DEPTH:
        if cursor.goto_first_child():
            level += 1
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return False
            level -= 1
    return True


def _is_fenced(text: str, *, broken: bool) -> bool:
    """Look for a fence; within code that parses it may be part of a template string."""
    if broken:
        return bool(_FENCE.search(text))
    lines = text.strip().splitlines()
    return bool(_FENCE.match(lines[0]) or _FENCE.match(lines[-1]))


def _broken(text: str, root: Node) -> Source:
    lines = text.strip().splitlines()
    for line in (lines[0], lines[-1]):
        if _is_sentence(line):
            return Source(None, "prose", f"no code: {line[:40]!r}")
    faulty = next(node for node, _ in walk(root, lambda node: node.has_error) if _is_faulty(node))
    row = faulty.start_point.row
    found = text.encode("utf-8", "replace").split(b"\n")[row].decode("utf-8", "replace").strip()
    what = f"{faulty.type!r} is missing" if faulty.is_missing else "cannot be parsed"
    return Source(None, "syntax_error", f"line {row + 1} {what}: {found[:40]!r}")


def _is_sentence(line: str) -> bool:
    """Whether a line starts with a capital, holds words and none of the marks of code."""
    words = _WORD.findall(line)
    if line.lstrip().startswith(("//", "/*")) or _CODE_MARK.search(line):
        return False
    return len(words) >= _MIN_PROSE_WORDS and words[0][0].isupper()


def _is_faulty(node: Node) -> bool:
    """Whether the error is this very node: a root that is broken holds its errors itself."""
    if node.is_error or node.is_missing:
        return True
    return node.has_error and not any(child.has_error for child in node.children)


def _labels(root: Node) -> tuple[str, ...]:
    """Return the labels of all nodes that count, which ``_label`` gives one by one."""
    labels: list[str] = []
    marks: dict[int, list[str]] = {}
    places = [_NOWHERE] * (MAX_DEPTH + 2)  # of the label of the node that is open at each level
    tree = preorder(root)
    for at, (kind, level) in enumerate(zip(tree.kinds, tree.levels, strict=True)):
        mark = _MARKS.get(kind)
        if mark is None:
            places[level] = len(labels)
            labels.append(kind)
            continue
        places[level] = _NOWHERE
        if mark:
            found = text_of(tree.nodes[at]) if kind in _FOLDED else mark
            marks.setdefault(places[level - 1], []).append(found)
    marks.pop(_NOWHERE, None)
    for place, told in marks.items():
        labels[place] = f"{labels[place]}:{' '.join(told)}"
    return tuple(labels)


def _label(node: Node) -> str:
    """Return the node's type with its modifiers, keywords and operators."""
    if node.type in CLOSED or node.child_count == 0:
        return node.type
    marks = [
        text_of(child) if child.type in _FOLDED else child.type
        for child in node.children
        if child.type in _FOLDED or not (child.is_named or f'"{child.type}"' in _PUNCTUATION)
    ]
    return f"{node.type}:{' '.join(marks)}" if marks else node.type


def _declarations(root: Node) -> Iterator[tuple[str, Node, int]]:
    """Yield label, node and level of each top-level statement and, below it, of its members."""
    for statement in root.named_children:
        if statement.type in _SKIPPED:
            continue
        prefix, inner = "", statement
        while inner.type in _WRAPPERS:
            prefix += f"{_label(inner)}>"
            below = inner.child_by_field_name("declaration") or inner.child_by_field_name("value")
            if below is None:
                break
            inner = below
        if inner.type in _DECLARATIONS:
            prefix += f"{_label(inner)}>"
        parts = inner.named_children if inner.type in _DECLARATIONS else [inner]
        for part in parts:
            yield prefix + _signature(part), statement, 0
            for member in _members(part):
                yield _signature(member), member, 1


def _members(node: Node) -> list[Node]:
    body = node.child_by_field_name("body") or node.child_by_field_name("value")
    if body is None or body.type not in _BODIES:
        return []
    return [member for member in body.named_children if member.type not in _SKIPPED]


def _signature(node: Node) -> str:
    """Return the label of a declaration with what it takes and what kind of value it has."""
    parameters = node.child_by_field_name("parameters")
    value = node.child_by_field_name("value")
    count = "" if parameters is None else f"({parameters.named_child_count})"
    return _label(node) + count + ("" if value is None else f"={value.type}")


def _title(node: Node) -> str:
    head = re.split(r"[{;\n]|=(?!>)", text_of(node), maxsplit=1)[0]
    return " ".join(head.split())[:60]
