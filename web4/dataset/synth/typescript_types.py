"""Typed members and methods of TypeScript, and the layout that all forms share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from web4.dataset.synth.typescript_names import Identifier

ValueType = Literal["string", "number", "boolean", "Date", "string[]"]

_INITIAL: dict[ValueType, str] = {
    "string": " = ''",
    "number": " = 0",
    "boolean": " = false",
    "Date": " = new Date(0)",
    "string[]": ": string[] = []",
}
_INLINE = 2  # more entries than these stand on lines of their own, whatever their length


class Component(Protocol):
    """One thing to export (or one test file) that can be written in house style."""

    template: ClassVar[str]
    """The name of the template that its code follows, one of ``data/style/templates/``."""

    @property
    def name(self) -> Identifier: ...

    def render(self) -> str:
        """Return the whole file in house style, without a final newline."""
        ...


@dataclass(frozen=True, slots=True)
class Member:
    """A typed member or parameter."""

    name: Identifier
    type: ValueType
    optional: bool = False

    @property
    def code(self) -> str:
        return f"{self.name.camel}{'?' if self.optional else ''}: {self.type}"

    @property
    def field(self) -> str:
        """Return the declaration of a field with its initial value."""
        return f"{self.name.camel}{_INITIAL[self.type]};"


@dataclass(frozen=True, slots=True)
class Method:
    """A method with at most one parameter."""

    name: Identifier
    parameter: Member | None
    returns: ValueType
    asynchronous: bool = False

    @property
    def head(self) -> str:
        """Return name and parameter, as a request spells them."""
        return f"{self.name.camel}({self.parameter.code if self.parameter else ''})"

    @property
    def signature(self) -> str:
        returns = f"Promise<{self.returns}>" if self.asynchronous else self.returns
        return f"{self.head}: {returns}"

    def call(self, name: str = "") -> str:
        """Return a call with the same parameter, of another method where one is named."""
        return f"{name or self.name.camel}({self.parameter.name.camel if self.parameter else ''})"


def documented(doc: str, code: str) -> str:
    return f"/** {doc} */\n{code}"


def import_of(name: Identifier) -> str:
    """Return the import of an interface of layer 3."""
    return f"import type {{ {name.pascal} }} from '../layer3/{name.pascal}';\n"


def block(head: str, lines: Sequence[str]) -> str:
    return "\n".join((head, *(f"  {line}" for line in lines), "}"))


def class_of(head: str, parts: Sequence[str]) -> str:
    """Return a class with an empty line between its members."""
    indented = ("\n".join(f"  {line}" for line in part.split("\n")) for part in parts)
    return f"{head}\n" + "\n\n".join(indented) + "\n}"


def returned_object(entries: Sequence[str]) -> list[str]:
    """Return the lines that return an object: few entries on one line, more one a line.

    Prettier keeps both; the choice goes by number, as a model cannot measure a line.
    """
    if len(entries) <= _INLINE:
        return [f"return {{ {', '.join(entries)} }};"]
    return ["return {", *(f"  {entry}," for entry in entries), "};"]
