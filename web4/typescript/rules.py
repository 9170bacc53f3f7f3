"""The naming rules of the style, checked on every name that a source declares.

PascalCase for classes, interfaces, types, enums and namespaces; camelCase for members, functions,
parameters and locals; ALL_CAPS for module-level constants with a literal value, and allowed for
other module-level constants, for ``static readonly`` members and for enum members (which
else are PascalCase). Interfaces and types take no prefix: ``IUser`` and ``TOptions`` are wrong,
``IOR`` and ``Template`` are not. Parameters and locals may start with one underscore.

Names that others chose are not judged: imports, shorthand destructuring, quoted and computed
names, keys of object literals.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from web4.typescript.names import (
    is_camel,
    is_constant,
    is_pascal,
    to_camel,
    to_constant,
    to_pascal,
)
from web4.typescript.syntax import text_of, walk

Kind = Literal[
    "class",
    "interface",
    "type",
    "enum",
    "namespace",
    "type parameter",
    "enum member",
    "member",
    "static member",
    "function",
    "parameter",
    "local",
    "constant",
    "module constant",
    "class constant",
]

_PREFIX = re.compile(r"\A[IT](?=[A-Z][a-z])")
_LITERALS = frozenset({"number", "string", "template_string", "true", "false", "null", "regex"})
_TRANSPARENT = frozenset(
    {
        "as_expression",
        "binary_expression",
        "parenthesized_expression",
        "satisfies_expression",
        "unary_expression",
    }
)
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
_MEMBER_NAMES = frozenset({"property_identifier", "private_property_identifier"})
_SCOPES = frozenset({"export_statement", "ambient_declaration"})


@dataclass(frozen=True, slots=True)
class Declared:
    """A name that a source declares, with its line from 1."""

    identifier: str
    line: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Violation:
    """A name that breaks a rule, and one that would not."""

    identifier: str
    line: int
    kind: Kind
    proposal: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.kind} {self.identifier} -> {self.proposal}"


@dataclass(frozen=True, slots=True)
class Naming:
    """How many names a source declares and which of them break a rule."""

    identifiers: int
    violations: tuple[Violation, ...]


def check_names(root: Node) -> Naming:
    """Check all names declared below the root of a source without errors."""
    names = list(declared_names(root))
    violations = tuple(
        Violation(name.identifier, name.line, name.kind, proposed(name.identifier, name.kind))
        for name in names
        if not well_named(name.identifier, name.kind)
    )
    return Naming(len(names), violations)


def declared_names(root: Node) -> Iterator[Declared]:
    """Yield the names that a source declares, in the order of the source."""
    for node, _ in walk(root):
        read = _READERS.get(node.type)
        if read is None or not node.is_named:
            continue
        for identifier, kind in read(node):
            yield Declared(text_of(identifier), identifier.start_point.row + 1, kind)


def well_named(identifier: str, kind: Kind) -> bool:
    """Whether a name keeps the rule for what it names."""
    name = identifier.removeprefix("#")
    if not name.strip("_$"):
        return True
    if kind in {"parameter", "local"}:
        return is_camel(name.removeprefix("_"))
    if kind in {"interface", "type"}:
        return is_pascal(name) and not _PREFIX.match(name)
    return any(spelled(name) for spelled in _SPELLINGS[kind])


def proposed(identifier: str, kind: Kind) -> str:
    """Return a name of the same words that keeps the rule."""
    hash_mark = "#" if identifier.startswith("#") else ""
    name = identifier.removeprefix("#")
    if kind == "constant":
        return to_constant(name)
    if _SPELLINGS[kind][0] is is_camel:
        return hash_mark + to_camel(name)
    if kind not in {"interface", "type"}:
        return to_pascal(name)
    return _PREFIX.sub("", to_pascal(_PREFIX.sub("", name, count=1)), count=1)


_SPELLINGS: dict[Kind, tuple[Callable[[str], bool], ...]] = {
    "class": (is_pascal,),
    "interface": (is_pascal,),
    "type": (is_pascal,),
    "enum": (is_pascal,),
    "namespace": (is_pascal,),
    "type parameter": (is_pascal,),
    "enum member": (is_pascal, is_constant),
    "member": (is_camel,),
    "static member": (is_camel, is_constant),
    "function": (is_camel,),
    "parameter": (is_camel,),
    "local": (is_camel,),
    "constant": (is_constant,),
    "module constant": (is_camel, is_constant),
    "class constant": (is_pascal,),
}

_Names = Iterator[tuple[Node, Kind]]


def _named(kind: Kind) -> Callable[[Node], _Names]:
    """Return a reader of nodes whose field ``name`` is declared as this kind."""

    def read(node: Node) -> _Names:
        name = node.child_by_field_name("name")
        if name is not None and name.type in {"identifier", "type_identifier"}:
            yield name, kind

    return read


def _members(node: Node) -> _Names:
    name = node.child_by_field_name("name")
    if name is None or name.type not in _MEMBER_NAMES:
        return
    marks = {child.type for child in node.children}
    yield name, "static member" if {"static", "readonly"} <= marks else "member"


def _enum_members(node: Node) -> _Names:
    for child in node.named_children:
        name = child.child_by_field_name("name") if child.type == "enum_assignment" else child
        if name is not None and name.type == "property_identifier":
            yield name, "enum member"


def _type_parameters(node: Node) -> _Names:
    for child in node.named_children[:1]:
        if child.type == "type_identifier":
            yield child, "type parameter"


def _parameters(node: Node) -> _Names:
    pattern = node.child_by_field_name("pattern")
    marks = {child.type for child in node.children}
    is_member = bool(marks & {"accessibility_modifier", "readonly", "override_modifier"})
    for name in _bound(pattern):
        yield name, "member" if is_member else "parameter"


def _single_parameter(node: Node) -> _Names:
    for name in _bound(node.child_by_field_name("parameter")):
        yield name, "parameter"


def _index_keys(node: Node) -> _Names:
    name = node.child_by_field_name("name")
    if name is not None:
        yield name, "parameter"


def _caught(node: Node) -> _Names:
    for name in _bound(node.child_by_field_name("parameter")):
        yield name, "local"


def _looped(node: Node) -> _Names:
    if node.child_by_field_name("kind") is not None:
        for name in _bound(node.child_by_field_name("left")):
            yield name, "local"


def _variables(node: Node) -> _Names:
    kind = _variable_kind(node)
    for name in _bound(node.child_by_field_name("name")):
        yield name, kind


def _variable_kind(declarator: Node) -> Kind:
    declaration = declarator.parent
    if declaration is None or not _is_constant_of_module(declaration):
        return "local"
    name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
    if value is None or name is None or name.type != "identifier":
        return "module constant"
    if value.type == "class":
        return "class constant"
    if value.type in _FUNCTIONS:
        return "function"
    return "constant" if _is_literal(value) else "module constant"


def _is_constant_of_module(declaration: Node) -> bool:
    kind = declaration.child_by_field_name("kind")
    if kind is None or kind.type != "const":
        return False
    scope = declaration.parent
    while scope is not None and scope.type in _SCOPES:
        scope = scope.parent
    if scope is not None and scope.type == "statement_block":
        owner = scope.parent
        return owner is not None and owner.type in {"internal_module", "module"}
    return scope is not None and scope.type == "program"


def _is_literal(value: Node) -> bool:
    """Whether a value is written out: a literal, or made of nothing but literals."""
    pending = [value]
    while pending:
        node = pending.pop()
        if node.type in _TRANSPARENT:
            operands = [node.child_by_field_name(name) for name in ("left", "right", "argument")]
            present = [operand for operand in operands if operand is not None]
            pending += present or node.named_children[:1]
        elif node.type not in _LITERALS or any(
            child.type == "template_substitution" for child in node.named_children
        ):
            return False
    return True


def _bound(pattern: Node | None) -> Iterator[Node]:
    """Yield the names that a pattern binds, but not those that the taken-apart object chose."""
    pending = [] if pattern is None else [pattern]
    while pending:
        node = pending.pop()
        if node.type == "identifier":
            yield node
        elif node.type == "pair_pattern":
            pending += [child for child in [node.child_by_field_name("value")] if child]
        elif node.type == "assignment_pattern":
            pending += [child for child in [node.child_by_field_name("left")] if child]
        elif node.type in {"object_pattern", "array_pattern", "rest_pattern"}:
            pending += reversed(node.named_children)


_READERS: dict[str, Callable[[Node], _Names]] = {
    "class": _named("class"),
    "class_declaration": _named("class"),
    "abstract_class_declaration": _named("class"),
    "interface_declaration": _named("interface"),
    "type_alias_declaration": _named("type"),
    "enum_declaration": _named("enum"),
    "enum_body": _enum_members,
    "internal_module": _named("namespace"),
    "module": _named("namespace"),
    "type_parameter": _type_parameters,
    "mapped_type_clause": _type_parameters,
    "infer_type": _type_parameters,
    "function_declaration": _named("function"),
    "generator_function_declaration": _named("function"),
    "function_signature": _named("function"),
    "function_expression": _named("function"),
    "generator_function": _named("function"),
    "method_definition": _members,
    "method_signature": _members,
    "abstract_method_signature": _members,
    "public_field_definition": _members,
    "property_signature": _members,
    "required_parameter": _parameters,
    "optional_parameter": _parameters,
    "arrow_function": _single_parameter,
    "index_signature": _index_keys,
    "catch_clause": _caught,
    "for_in_statement": _looped,
    "variable_declarator": _variables,
}
