"""Whether a file follows the template that was asked for: patterns as data, one file each.

A template in ``data/style/templates/`` says which imports a file has, what it declares, and of
which parts that consists, in order: the members of a class, an interface or an enum, the entries of
an object, the kinds of a union, the statements of a function.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from tree_sitter import Node

from web4.errors import ConfigError, DataError
from web4.typescript.pattern_data import (
    TEMPLATES,
    pattern_files,
    pattern_folder,
    read_pattern_file,
)
from web4.typescript.syntax import text_of, walk
from web4.typescript.token_patterns import (
    PARTS,
    Leaves,
    TokenPattern,
    leaves_of,
    read_pattern,
    rendered,
)

Broken = Literal["declaration", "doc_comment", "imports", "extra", "parts", "size"]
BROKEN: Final[tuple[Broken, ...]] = get_args(Broken)
MAX_NODES: Final = 5000  # a file that declares one thing is far shorter

_BODIES = frozenset(
    {
        *("class_body", "interface_body", "enum_body", "object", "object_type"),
        *("statement_block", "union_type"),
    }
)
_NO_BODY = frozenset(
    {"class_heritage", "formal_parameters", "type_annotation", "type_parameters", "decorator"}
)
_SHOWN = 70


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_pattern(value: object) -> object:
    return read_pattern(value) if isinstance(value, str) else value


Pattern = Annotated[TokenPattern, BeforeValidator(_as_pattern)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_listed)]
Code = Annotated[str, Field(min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True
    )


class Part(_Data):
    """Something that stands ``count`` times in a row: once, ``?``, ``+`` or ``*``.

    It reads as one of ``code``. Each of ``holds`` occurs in it: for every name that a repeated part
    before it was given, where it mentions one. None of ``lacks`` occurs in it.
    """

    rule: Code
    code: Annotated[Patterns, Field(min_length=1)]
    count: Literal["1", "?", "+", "*"] = "1"
    holds: Patterns = ()
    lacks: Patterns = ()

    @property
    def repeats(self) -> bool:
        return self.count in {"+", "*"}

    @property
    def needed(self) -> bool:
        return self.count in {"1", "+"}


class BadExample(_Data):
    """Code that breaks the template, where, and by which rule."""

    rule: Code
    line: Annotated[int, Field(ge=1)]
    code: Code


class Template(_Data):
    """One file. ``declaration`` writes ``<parts>`` where the parts stand.

    ``doc``: a doc comment stands right above the declaration. ``others``: a file may hold more than
    the imports and the declaration, as long as it is not exported.
    """

    says: Code
    declaration: Annotated[Patterns, Field(min_length=1)]
    doc: bool = True
    others: bool = False
    imports: Annotated[tuple[Part, ...], Field(alias="import")] = ()
    parts: Annotated[tuple[Part, ...], Field(alias="part")] = ()
    good: Annotated[tuple[Code, ...], Field(min_length=1)]
    bad: Annotated[tuple[BadExample, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Fit:
    """How code follows a template: the first rule that it breaks, if any, and where.

    ``name`` is what the declaration is called, empty where it is not the one that was asked for.
    """

    name: str = ""
    broken: Broken | None = None
    rule: str = ""
    line: int = 0
    detail: str = ""

    @property
    def told(self) -> str:
        return f"line {self.line} {self.rule}: {self.detail}"


class _BrokenError(Exception):
    def __init__(self, broken: Broken, rule: str, line: int, detail: str) -> None:
        super().__init__(detail)
        self.broken, self.rule, self.line, self.detail = broken, rule, line, detail


@dataclass(slots=True)
class _Names:
    """What placeholders stand for: one name, or those that a repeated part was given."""

    one: dict[str, str] = field(default_factory=dict)
    many: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What may be a part: an import, a member, a statement."""

    node: Node
    tokens: list[str]


def load_templates(folder: Path | None = None) -> Mapping[str, Template]:
    """Read a folder's templates by name; raise ``ConfigError`` that names the file at fault."""
    return _load(folder or pattern_folder(TEMPLATES))


def template_of(name: str, where: str) -> Template:
    """Return a template; raise ``DataError`` that says where it was asked for."""
    templates = load_templates()
    if name not in templates:
        raise DataError(
            f"{where}: unknown template {name!r}. Known: {', '.join(templates)}. "
            f"Mend the name or add {pattern_folder(TEMPLATES) / name}.toml."
        )
    return templates[name]


def fit(template: Template, root: Node, name: str = "") -> Fit:
    """Hold the root of a source without errors against a template; the first fault counts.

    With ``name``, a declaration that is called otherwise ends the comparison without a fault.
    """
    found = ""
    try:
        statement, imports, others = _split(root)
        leaves = leaves_of(root)
        bindings, body, found = _declared(template, statement, leaves)
        if name and found != name:
            return Fit(found, line=_line(statement))
        if template.doc:
            _documented(statement)
        names = _Names(bindings)
        pieces = [_Piece(one, leaves.tokens(one)) for one in imports]
        _sequence("imports", template.imports, pieces, names, _line(statement))
        if body is not None:
            parts = [part for part in _parts(body) if part.type != "comment"]
            pieces = [_Piece(part, leaves.tokens(part)) for part in parts]
            _sequence("parts", template.parts, pieces, names, body.end_point.row + 1)
        _alone(template, others)
    except _BrokenError as broken:
        return Fit(found, broken.broken, broken.rule, broken.line, broken.detail)
    return Fit(found)


@lru_cache(maxsize=8)
def _load(folder: Path) -> Mapping[str, Template]:
    return {path.stem: _read(path) for path in pattern_files(folder)}


def _read(path: Path) -> Template:
    template = read_pattern_file(path, Template)
    for pattern in template.declaration:
        if (PARTS in pattern.tokens) != bool(template.parts):
            raise ConfigError(
                f"{path}: {pattern.text!r} has {PARTS} where the template has [[part]] and "
                "nowhere else; mend one of them"
            )
        if not pattern.named:
            raise ConfigError(f"{path}: {pattern.text!r} has no placeholder for the name")
    return template


def _split(root: Node) -> tuple[Node, list[Node], list[Node]]:
    """Return the declaration, the imports and what else there is."""
    if root.descendant_count > MAX_NODES:
        raise _BrokenError("size", "size", 1, f"more than {MAX_NODES} nodes for one thing")
    statements = [one for one in root.named_children if not one.is_extra]
    imports = [one for one in statements if one.type == "import_statement"]
    rest = [one for one in statements if one.type not in {"import_statement", "empty_statement"}]
    if not rest:
        raise _BrokenError("declaration", "declaration", 1, "the file declares nothing")
    declared = next((one for one in rest if one.type == "export_statement"), rest[0])
    return declared, imports, [one for one in rest if one != declared]


def _declared(
    template: Template, statement: Node, leaves: Leaves
) -> tuple[dict[str, str], Node | None, str]:
    """Return what the declaration's placeholders stand for, its body and its name."""
    body = _body(statement) if template.parts else None
    tokens = leaves.tokens(statement, body)
    for pattern in template.declaration:
        bindings = pattern.match(tokens, {})
        if bindings is not None:
            return bindings, body, rendered(pattern.named, bindings)
    wanted = " or ".join(pattern.text for pattern in template.declaration)
    detail = f"should read {wanted}; reads {_shown(statement)}"
    raise _BrokenError("declaration", "declaration", _line(statement), detail)


def _alone(template: Template, others: Sequence[Node]) -> None:
    for other in others:
        if not template.others or other.type == "export_statement":
            what = "one export a file" if template.others else "one thing a file"
            raise _BrokenError("extra", "extra", _line(other), f"{what}: {_shown(other)}")


def _documented(statement: Node) -> None:
    above = statement.prev_named_sibling
    if above is None or above.type != "comment" or not _says_something(text_of(above)):
        problem = "no doc comment /** ... */ stands above it"
    elif above.end_point.row + 1 != statement.start_point.row:
        problem = "the doc comment does not stand right above it"
    else:
        return
    raise _BrokenError("doc_comment", "doc_comment", _line(statement), problem)


def _says_something(comment: str) -> bool:
    return comment.startswith("/**") and any(map(str.isalpha, comment))


def _body(statement: Node) -> Node | None:
    """Return what holds the declaration's parts: the first body that is no part of its head."""
    for node, _ in walk(statement, lambda one: one.type not in _NO_BODY):
        if node.type in _BODIES:
            return node
    return None


def _parts(body: Node) -> Iterator[Node]:
    """Yield the parts of a body in order; a union of unions is one union."""
    pending = [body]
    while pending:
        node = pending.pop()
        if node.type == "union_type" or node is body:
            pending += reversed(node.named_children)
        else:
            yield node


def _sequence(
    broken: Broken, wanted: Sequence[Part], pieces: Sequence[_Piece], names: _Names, end: int
) -> None:
    """Match pieces by parts in order: each takes as many as it can, and none is left."""
    repeated = [pattern for part in wanted if part.repeats for pattern in part.code]
    for name in {name for pattern in repeated for name in pattern.names}:
        names.many.setdefault(name, [])
    at = 0
    for part in wanted:
        taken = 0
        while at < len(pieces) and (part.repeats or not taken):
            if not _takes(broken, part, pieces[at], names):
                break
            at, taken = at + 1, taken + 1
        if part.needed and not taken:
            told = " or ".join(pattern.told(names.one) for pattern in part.code)
            if at == len(pieces):
                raise _BrokenError(broken, part.rule, end, f"is missing: {told}")
            node = pieces[at].node
            detail = f"should read {told}; reads {_shown(node)}"
            raise _BrokenError(broken, part.rule, _line(node), detail)
    if at < len(pieces):
        node = pieces[at].node
        detail = f"has no place here: {_shown(node)}"
        raise _BrokenError(broken, broken, _line(node), detail)


def _takes(broken: Broken, part: Part, piece: _Piece, names: _Names) -> bool:
    """Whether a piece reads as the part; what it is called is noted. Raise where it lacks code."""
    for pattern in part.code:
        bindings = pattern.match(piece.tokens, names.one)
        if bindings is None:
            continue
        if part.repeats:
            for name in bindings.keys() - names.one.keys():
                names.many.setdefault(name, []).append(bindings[name])
        else:
            names.one |= bindings
        _held(broken, part, piece, _Names(bindings, names.many))
        return True
    return False


def _held(broken: Broken, part: Part, piece: _Piece, names: _Names) -> None:
    for pattern in part.holds:
        lists = sorted(pattern.names & names.many.keys() - names.one.keys())
        for value in names.many[lists[0]] if lists else [""]:
            known = {**names.one, **({lists[0]: value} if lists else {})}
            if not pattern.occurs(piece.tokens, known):
                detail = f"should hold {pattern.told(known)}"
                raise _BrokenError(broken, part.rule, _line(piece.node), detail)
    for pattern in part.lacks:
        if pattern.occurs(piece.tokens, names.one):
            detail = f"should not hold {pattern.told(names.one)}: {_shown(piece.node)}"
            raise _BrokenError(broken, part.rule, _line(piece.node), detail)


def _line(node: Node) -> int:
    return node.start_point.row + 1


def _shown(node: Node) -> str:
    return " ".join(text_of(node)[: 2 * _SHOWN].split())[:_SHOWN]
