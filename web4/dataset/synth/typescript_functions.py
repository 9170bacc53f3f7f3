"""Functions, and the test file of a value object."""

from dataclasses import dataclass
from typing import ClassVar

from web4.dataset.synth.typescript_names import Identifier
from web4.dataset.synth.typescript_types import Member, ValueType, block, documented, import_of


@dataclass(frozen=True, slots=True)
class AsyncFunction:
    """An asynchronous function that delegates to an interface given as first argument."""

    template: ClassVar[str] = "async_function"

    verb: str
    subject: Identifier
    dependency: Identifier
    parameter: Member
    returns: ValueType

    @property
    def name(self) -> Identifier:
        return Identifier((self.verb, *self.subject.words))

    def render(self) -> str:
        field = self.dependency.words[-1]
        parameters = f"{field}: {self.dependency.pascal}, {self.parameter.code}"
        code = block(
            f"export async function {self.name.camel}({parameters}): Promise<{self.returns}> {{",
            [f"return {field}.{self.verb}({self.parameter.name.camel});"],
        )
        doc = f"{self.verb.capitalize()}s the {self.subject.phrase}."
        return f"{import_of(self.dependency)}\n{documented(doc, code)}"


@dataclass(frozen=True, slots=True)
class Guard:
    """A type guard that checks one or two members of primitive type."""

    template: ClassVar[str] = "type_guard"

    base: Identifier
    members: tuple[Member, ...]

    @property
    def name(self) -> Identifier:
        return Identifier(("is", *self.base.words))

    def render(self) -> str:
        checks = [
            f"typeof item{'.' if at else '?.'}{member.name.camel} === '{member.type}'"
            for at, member in enumerate(self.members)
        ]
        name = self.base.pascal
        code = block(
            f"export function is{name}(value: unknown): value is {name} {{",
            [
                f"const item = value as Partial<{name}> | null;",
                f"return {' && '.join(checks)};",
            ],
        )
        return f"{import_of(self.base)}\n{documented(f'Guard of the {self.base.phrase}.', code)}"


@dataclass(frozen=True, slots=True)
class Formatter:
    """A function that joins its parameters to a text."""

    template: ClassVar[str] = "formatter"

    subject: Identifier
    members: tuple[Member, ...]
    separator: str

    @property
    def name(self) -> Identifier:
        return Identifier(("format", *self.subject.words))

    def render(self) -> str:
        parameters = ", ".join(member.code for member in self.members)
        text = self.separator.join(f"${{{member.name.camel}}}" for member in self.members)
        code = block(
            f"export function {self.name.camel}({parameters}): string {{", [f"return `{text}`;"]
        )
        return documented(f"Formats the {self.subject.phrase}.", code)


@dataclass(frozen=True, slots=True)
class ValueTest:
    """The Vitest file of a value object: each member comes with the source text of its value."""

    template: ClassVar[str] = "value_test"

    name: Identifier
    values: tuple[tuple[Identifier, str], ...]

    def render(self) -> str:
        name = self.name.pascal
        arguments = ", ".join(value for _, value in self.values)
        kept = " and ".join(member.camel for member, _ in self.values)
        checks = [f"expect(value.{member.camel}).toBe({value});" for member, value in self.values]
        body = [f"const value = new {name}({arguments});", *checks]
        lines = [f"it('keeps {kept}', () => {{", *(f"  {line}" for line in body), "});"]
        suite = block(f"describe('{name}', () => {{", lines)
        imports = (
            "import { describe, expect, it } from 'vitest';\n"
            f"import {{ {name} }} from './{name}';\n"
        )
        return f"{imports}\n{suite});"
