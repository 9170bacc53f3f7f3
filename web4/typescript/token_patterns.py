"""Patterns of code as people write them: TypeScript with placeholders, matched token by token.

``$Name`` stands for one name, the same wherever it stands; ``Default$Name`` and ``${Name}Adapter``
for a name that holds one. ``...`` stands for any tokens, in quotes for any text. Layout, quotes,
comments and final commas and semicolons are no part of a pattern.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tree_sitter import Node

from web4.typescript.syntax import text_of

PARTS: Final = "<parts>"  # where a body is matched apart, part by part
ANY: Final = "..."
Bindings = Mapping[str, str]

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
        bindings = dict(bound)
        runs = _runs(self.tokens)
        start, end = 0, len(tokens)
        if len(runs) > 1:
            start, end = len(runs[0]), end - len(runs[-1])
            if start > end or not _fits(runs[-1], tokens[end:], bindings, tokens, runs[0]):
                return None
            for run in runs[1:-1]:
                found = _place(run, tokens, start, end, bindings)
                if found is None:
                    return None
                start = found + len(run)
            return bindings
        whole = len(runs[0]) == len(tokens) and _bind(runs[0], tokens, bindings)
        return bindings if whole else None

    def occurs(self, tokens: Sequence[str], bound: Bindings) -> bool:
        """Whether the pattern matches somewhere within the tokens."""
        anywhere = TokenPattern(self.text, (ANY, *self.tokens, ANY), self.names)
        return anywhere.match(tokens, bound) is not None

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


def tokens_of(node: Node, body: Node | None = None) -> list[str]:
    """Return a node's tokens; where ``body`` is given, what stands in it is ``<parts>``."""
    return tidy(_tokens(node, body))


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


def _tokens(node: Node, body: Node | None) -> Iterator[str]:
    """Yield leaves, and strings as a whole; a cursor is the fastest way through a tree."""
    apart = None if body is None else body.id
    cursor = node.walk()
    level = 0
    while True:
        one = cursor.node
        if one is None:  # never: a cursor always stands on a node
            return
        if one.id == apart:
            yield from (PARTS,) if one.type == "union_type" else ("{", PARTS, "}")
        elif one.type in _WHOLE and one.is_named:  # the keyword string has the same type
            yield f"'{text_of(one)[1:-1]}'" if one.type == "string" else text_of(one)
        elif cursor.goto_first_child():
            level += 1
            continue
        elif one.type != "comment":
            yield text_of(one)
        while level and not cursor.goto_next_sibling():
            cursor.goto_parent()
            level -= 1
        if not level:
            return


@lru_cache(maxsize=1024)
def _runs(tokens: tuple[str, ...]) -> list[Sequence[str]]:
    """Split a pattern's tokens at each ``...``."""
    runs: list[Sequence[str]] = []
    start = 0
    for at, token in enumerate(tokens):
        if token == ANY:
            runs.append(tokens[start:at])
            start = at + 1
    runs.append(tokens[start:])
    return runs


def _fits(
    last: Sequence[str],
    ending: Sequence[str],
    bindings: dict[str, str],
    tokens: Sequence[str],
    first: Sequence[str],
) -> bool:
    """Bind the beginning and then the end, which are in fixed places."""
    return _bind(first, tokens[: len(first)], bindings) and _bind(last, ending, bindings)


def _place(
    run: Sequence[str], tokens: Sequence[str], start: int, end: int, bindings: dict[str, str]
) -> int | None:
    first = run[0] if run and _hole(run[0]) is None else None
    for at in range(start, end - len(run) + 1):
        if first is not None and tokens[at] != first:
            continue
        tried = dict(bindings)
        if _bind(run, tokens[at : at + len(run)], tried):
            bindings |= tried
            return at
    return None


def _bind(run: Sequence[str], tokens: Sequence[str], bindings: dict[str, str]) -> bool:
    """Match tokens one to one, and add what their placeholders stand for."""
    for wanted, token in zip(run, tokens, strict=True):
        hole = _hole(wanted)
        if hole is None:
            if wanted != token:
                return False
            continue
        found = hole.fullmatch(token)
        if found is None:
            return False
        for name, value in found.groupdict().items():
            if bindings.setdefault(name, value) != value:
                return False
    return True


@lru_cache(maxsize=1024)
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
