"""Patterns of code as people write them: TypeScript with placeholders, matched token by token.

``$Name`` stands for one name, the same wherever it stands; ``Default$Name`` and ``${Name}Adapter``
for a name that holds one. ``...`` stands for any tokens, in quotes for any text. Layout, quotes,
comments and final commas and semicolons are no part of a pattern.
"""

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tree_sitter import Node

from web4.typescript.preorder import preorder

PARTS: Final = "<parts>"  # where a body is matched apart, part by part
ANY: Final = "..."
Bindings = Mapping[str, str]
Run = tuple[tuple[str, re.Pattern[str] | None], ...]
"""Tokens that stand in a row, each with the expression for it where it has holes."""

_WHOLE = frozenset({"string", "template_string", "regex"})
_PLACEHOLDER = re.compile(r"\$(?:\{([A-Za-z]\w*)\}|([A-Za-z]\w*))")
_TOKEN = re.compile(
    r"<parts>|\.\.\.|'[^']*'|`[^`]*`|(?:[\w#]|\$\{\w+\}|\$)+(?:\.\d+)?"
    r"|=>|===|!==|\?\.|\?\?|&&|\|\||==|!=|<=|>=|\S"
)


@dataclass(frozen=True, slots=True)
class TokenPattern:
    """One pattern: its tokens, each a text or, where it has holes, a regular expression."""

    text: str
    tokens: tuple[str, ...]
    names: frozenset[str]

    @property
    def named(self) -> str:
        """The first token with a placeholder: what the pattern's code is called."""
        return next((token for token in self.tokens if _PLACEHOLDER.search(token)), "")

    def match(self, tokens: Sequence[str], bound: Bindings) -> dict[str, str] | None:
        """Return what was bound with what its placeholders stand for, or nothing.

        Between two ``...`` the first place that fits counts, so that it takes linear time.
        """
        return _matched(_runs(self.tokens), tokens, bound)

    def occurs(self, tokens: Sequence[str], bound: Bindings) -> bool:
        """Whether the pattern matches somewhere within the tokens."""
        return _matched(((), *_runs(self.tokens), ()), tokens, bound) is not None

    def told(self, bound: Bindings) -> str:
        """Return the pattern with the names that are known, for people."""
        return rendered(self.text, bound)


def read_pattern(text: str) -> TokenPattern:
    """Read a pattern; raise ``ValueError`` where one token has two placeholders."""
    tokens = tuple(tidy(_TOKEN.findall(text)))
    if not tokens:
        raise ValueError("the pattern is empty")
    for token in tokens:
        if len(_PLACEHOLDER.findall(token)) + token[1:-1].count(ANY) > 1:
            raise ValueError(f"{token!r} has two placeholders: nobody can tell them apart")
    names = frozenset(a or b for token in tokens for a, b in _PLACEHOLDER.findall(token))
    return TokenPattern(" ".join(text.split()).rstrip(";"), tokens, names)


def rendered(text: str, bound: Bindings) -> str:
    """Return the text with each placeholder that is bound replaced by its name."""
    return _PLACEHOLDER.sub(lambda hole: bound.get(hole[1] or hole[2], hole[0]), text)


@dataclass(frozen=True, slots=True)
class Leaves:
    """The leaves of a tree in order, strings and the like whole, comments left out."""

    texts: Sequence[str]
    starts: Sequence[int]

    def tokens(self, node: Node, body: Node | None = None) -> list[str]:
        """Return a node's tokens; where ``body`` is given, what stands in it is ``<parts>``."""
        if body is None:
            return tidy(self._within(node.start_byte, node.end_byte))
        parts = (PARTS,) if body.type == "union_type" else ("{", PARTS, "}")
        before = self._within(node.start_byte, body.start_byte)
        return tidy([*before, *parts, *self._within(body.end_byte, node.end_byte)])

    def _within(self, start: int, end: int) -> Sequence[str]:
        return self.texts[bisect_left(self.starts, start) : bisect_left(self.starts, end)]


def leaves_of(root: Node) -> Leaves:
    """Read the leaves off a tree without errors."""
    tree = preorder(root)
    raw, first = root.text or b"", root.start_byte
    texts: list[str] = []
    starts: list[int] = []
    whole = len(tree.levels)  # the level below which nothing is read any more
    below = itertools.chain(itertools.islice(tree.levels, 1, None), (0,))
    for node, kind, level, following in zip(
        tree.nodes, tree.kinds, tree.levels, below, strict=True
    ):
        if level > whole:
            continue
        is_whole = kind in _WHOLE
        whole = level if is_whole else len(tree.levels)
        if kind == "comment" or (following > level and not is_whole):
            continue
        start = node.start_byte
        text = raw[start - first : node.end_byte - first].decode("utf-8", "replace")
        texts.append(f"'{text[1:-1]}'" if kind == "string" else text)
        starts.append(start)
    return Leaves(texts, starts)


def tidy(tokens: Iterator[str] | Sequence[str]) -> list[str]:
    """Drop what layout decides: final commas and semicolons, a first ``|``, ``;`` at the end."""
    kept: list[str] = []
    for token in tokens:
        if token in {"}", ")", "]"} and kept and kept[-1] in {",", ";"}:
            kept.pop()
        if token == "|" and kept and kept[-1] == "=":  # noqa: S105 - no password
            continue
        kept.append(token)
    while kept and kept[-1] in {",", ";"}:
        kept.pop()
    return kept


@lru_cache(maxsize=1024)
def _runs(tokens: tuple[str, ...]) -> tuple[Run, ...]:
    """Split a pattern's tokens at each ``...``."""
    runs: list[Run] = []
    run: list[tuple[str, re.Pattern[str] | None]] = []
    for token in tokens:
        if token == ANY:
            runs.append(tuple(run))
            run = []
        else:
            run.append((token, _hole(token)))
    return (*runs, tuple(run))


def _matched(runs: Sequence[Run], tokens: Sequence[str], bound: Bindings) -> dict[str, str] | None:
    first, last = runs[0], runs[-1]
    if first and first[0][1] is None and (not tokens or tokens[0] != first[0][0]):
        return None  # mostly so: nothing else is looked at then
    bindings = dict(bound)
    if len(runs) == 1:
        whole = len(first) == len(tokens) and _bind(first, tokens, 0, bindings)
        return bindings if whole else None
    start, end = len(first), len(tokens) - len(last)
    if start > end or not _bind(first, tokens, 0, bindings):
        return None
    if not _bind(last, tokens, end, bindings):
        return None
    for run in runs[1:-1]:
        found = _place(run, tokens, start, end, bindings)
        if found is None:
            return None
        start = found + len(run)
    return bindings


def _place(
    run: Run, tokens: Sequence[str], start: int, end: int, bindings: dict[str, str]
) -> int | None:
    """Return the first place between start and end where a run fits; bind what it then does."""
    literal = run[0][0] if run and run[0][1] is None else None
    for at in range(start, end - len(run) + 1):
        if literal is not None and tokens[at] != literal:
            continue
        tried = dict(bindings)
        if _bind(run, tokens, at, tried):
            bindings |= tried
            return at
    return None


def _bind(run: Run, tokens: Sequence[str], at: int, bindings: dict[str, str]) -> bool:
    """Match tokens one to one from a place on, and add what their placeholders stand for."""
    for place, (wanted, hole) in enumerate(run, at):
        if hole is None:
            if wanted != tokens[place]:
                return False
            continue
        found = hole.fullmatch(tokens[place])
        if found is None:
            return False
        for name, value in found.groupdict().items():
            if bindings.setdefault(name, value) != value:
                return False
    return True


def _hole(token: str) -> re.Pattern[str] | None:
    """Return the expression for a token with a placeholder or a quoted ``...``."""
    inside = token[1:-1] if token[0] in "'`" else ""
    pieces = re.split(r"(\.\.\.|\$\{?[A-Za-z]\w*\}?)", token)
    if ANY not in inside and not _PLACEHOLDER.search(token):
        return None
    said = ""
    for piece in pieces:
        named = _PLACEHOLDER.fullmatch(piece)
        if named:
            said += rf"(?P<{named[1] or named[2]}>[\w$.]+)"
        else:
            said += ".*" if piece == ANY else re.escape(piece)
    return re.compile(said, re.DOTALL)
