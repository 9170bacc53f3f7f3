"""What code may not hold: rules as data, one file each in ``data/style/forbidden/``.

A rule is a set of tree-sitter queries; the node captured as ``@found`` is the finding. Besides the
predicates of py-tree-sitter (``#eq?``, ``#any-of?``, ``#match?`` and their ``not-``) there are
those of ``_PREDICATES``. Names are read as the language reads them: escapes are resolved first.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from tree_sitter import Node, Query, QueryCursor, QueryError

from web4.errors import ConfigError
from web4.typescript.pattern_data import (
    FORBIDDEN,
    pattern_files,
    pattern_folder,
    read_pattern_file,
)
from web4.typescript.preorder import LANGUAGE
from web4.typescript.syntax import parse, text_of

MAX_FINDINGS: Final = 100
_FOUND = "found"
_MAX_PIECES = 50  # of one string that is put together
_ESCAPE = re.compile(
    r"\\(?:u([0-9a-fA-F]{4})|u\{0{0,20}([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|(.))", re.DOTALL
)
_MEANING_ESCAPES = frozenset("bfnrtv0123456789xu")  # any other letter stands for itself

Code = Annotated[str, Field(min_length=1)]


class Rule(BaseModel):
    """One file: queries, what they mean, and code that they do and do not find something in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: Code
    queries: Code
    bad: Annotated[tuple[Code, ...], Field(min_length=1)]
    good: Annotated[tuple[Code, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Finding:
    """A place, its line from 1, that breaks a rule."""

    rule: str
    line: int
    code: str

    def __str__(self) -> str:
        return f"line {self.line} {self.rule}: {self.code}"


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules as one query, which is walked once however many there are."""

    by_name: Mapping[str, Rule]
    _query: Query
    _rule_of: Sequence[str]

    def findings(self, code: str) -> tuple[Finding, ...]:
        """Return the findings in code that parses, by place; at most 100, and each once."""
        source = parse(as_read(code))
        if source.root is None:
            return ()
        found: dict[tuple[int, str], Finding] = {}
        for pattern, captures in QueryCursor(self._query).matches(source.root, _decide):
            rule = self._rule_of[pattern]
            for node in captures[_FOUND]:
                line = node.start_point.row + 1
                shown = " ".join(text_of(node)[:60].split())
                found[node.start_byte, rule] = Finding(rule, line, shown)
        return tuple(found[place] for place in sorted(found)[:MAX_FINDINGS])


def load_rules(folder: Path | None = None) -> Rules:
    """Read the rules of a folder; raise ``ConfigError`` that names the file which is at fault."""
    return _load(folder or pattern_folder(FORBIDDEN))


def rule_names() -> tuple[str, ...]:
    """Return the names of the house's rules without compiling their queries."""
    return tuple(path.stem for path in pattern_files(pattern_folder(FORBIDDEN)))


def as_read(code: str) -> str:
    r"""Return the code with the escapes resolved that spell letters, digits, ``_`` and ``$``.

    The tree of valid code stays the same, and ``\u0065val`` is ``eval`` to every query.
    """
    return _ESCAPE.sub(_resolved, code) if "\\" in code else code


@lru_cache(maxsize=8)
def _load(folder: Path) -> Rules:
    rules: dict[str, Rule] = {}
    rule_of: list[str] = []
    for path in pattern_files(folder):
        rules[path.stem] = read_pattern_file(path, Rule)
        rule_of += [path.stem] * _compiled(path, rules[path.stem]).pattern_count
    whole = Query(LANGUAGE, "\n".join(rule.queries for rule in rules.values()))
    return Rules(rules, whole, tuple(rule_of))


def _compiled(path: Path, rule: Rule) -> Query:
    try:
        query = Query(LANGUAGE, rule.queries)
    except QueryError as error:
        raise ConfigError(f"{path}: no tree-sitter query: {error}") from error
    captures = {query.capture_name(at) for at in range(query.capture_count)}
    if _FOUND not in captures:
        raise ConfigError(f"{path}: no query captures @{_FOUND}, the place of the finding")
    unknown = set(re.findall(r"\(#([\w-]+\?)", rule.queries)) - _KNOWN
    if unknown:
        known = ", ".join(sorted(_KNOWN))
        raise ConfigError(f"{path}: unknown predicate #{min(unknown)}. Known: {known}")
    return query


def _resolved(match: re.Match[str]) -> str:
    four, braced, two, other = match.groups()
    if other is not None:
        if other == "\n":
            return ""  # the string goes on in the next line
        plain = other.isascii() and other.isalpha() and other not in _MEANING_ESCAPES
        return other if plain else match[0]
    number = int(four or braced or two, 16)
    char = chr(number) if number < 128 else ""  # noqa: PLR2004 - the end of ASCII
    return char if char.isalnum() or char in {"_", "$"} else match[0]


def _decide(
    predicate: str,
    args: list[tuple[str, Literal["capture", "string"]]],
    pattern_index: int,  # noqa: ARG001 - py-tree-sitter passes it
    captures: dict[str, list[Node]],
) -> bool:
    """Answer a predicate that py-tree-sitter does not know; one node at least must hold it."""
    (capture, _), *words = args
    wanted = frozenset(word for word, _ in words)
    name = predicate.removeprefix("not-")
    holds = any(_PREDICATES[name](node, wanted) for node in captures.get(capture, ()))
    return holds is (name == predicate)


def _is_kind(node: Node, kinds: frozenset[str]) -> bool:
    return node.type in kinds


def _has_parent(node: Node, kinds: frozenset[str]) -> bool:
    return node.parent is not None and node.parent.type in kinds


def _means(node: Node, texts: frozenset[str]) -> bool:
    """Whether a string, or one put together from strings, is one of the texts."""
    pieces = list(_pieces(node))
    return None not in pieces and "".join(filter(None, pieces)) in texts


def _pieces(node: Node) -> Iterator[str | None]:
    """Yield the parts of a constant string in order, and nothing for what is none."""
    pending = [node]
    for _ in range(_MAX_PIECES):
        if not pending:
            return
        one = pending.pop()
        if one.type in {"string", "template_string"}:
            if any(child.type == "template_substitution" for child in one.named_children):
                yield None
            yield text_of(one)[1:-1]
        elif one.type in {"parenthesized_expression", "as_expression", "satisfies_expression"}:
            pending += one.named_children[:1]
        elif one.type == "binary_expression" and any(c.type == "+" for c in one.children):
            pending += reversed(one.named_children)
        else:
            yield None
    if pending:
        yield None


_PREDICATES: Final[Mapping[str, Callable[[Node, frozenset[str]], bool]]] = {
    "kind-eq?": _is_kind,
    "has-parent?": _has_parent,
    "means?": _means,
}
_OWN = frozenset({*_PREDICATES, *(f"not-{name}" for name in _PREDICATES)})
_KNOWN = _OWN | {"eq?", "not-eq?", "any-of?", "not-any-of?", "match?", "not-match?"}
