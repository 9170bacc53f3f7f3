"""Declarations without behaviour: interfaces, values, enums, types, constants and errors."""

from dataclasses import dataclass
from typing import ClassVar

from web4.dataset.synth.typescript_names import Identifier
from web4.dataset.synth.typescript_types import Member, Method, block, class_of, documented


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface of layer 3."""

    template: ClassVar[str] = "atomic_interface"

    name: Identifier
    members: tuple[Member, ...]
    methods: tuple[Method, ...] = ()

    def render(self) -> str:
        lines = [f"{member.code};" for member in self.members]
        lines += [f"{method.signature};" for method in self.methods]
        head = f"export interface {self.name.pascal} {{"
        return documented(f"Contract of the {self.name.phrase}.", block(head, lines))


@dataclass(frozen=True, slots=True)
class ValueObject:
    """An immutable value."""

    template: ClassVar[str] = "value_object"

    name: Identifier
    members: tuple[Member, ...]

    def render(self) -> str:
        parameters = [f"readonly {member.code}" for member in self.members]
        if len(parameters) == 1:
            constructor = f"constructor({parameters[0]}) {{}}"
        else:
            lines = "".join(f"  {parameter},\n" for parameter in parameters)
            constructor = f"constructor(\n{lines}) {{}}"
        code = class_of(f"export class {self.name.pascal} {{", [constructor])
        return documented(f"Immutable {self.name.phrase}.", code)


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum with string values."""

    template: ClassVar[str] = "string_enum"

    name: Identifier
    values: tuple[str, ...]

    def render(self) -> str:
        lines = [f"{value.capitalize()} = '{value}'," for value in self.values]
        code = block(f"export enum {self.name.pascal} {{", lines)
        return documented(f"Values of the {self.name.phrase}.", code)


@dataclass(frozen=True, slots=True)
class Union:
    """A type of string literals."""

    template: ClassVar[str] = "union_type"

    name: Identifier
    values: tuple[str, ...]

    def render(self) -> str:
        values = " | ".join(f"'{value}'" for value in self.values)
        code = f"export type {self.name.pascal} = {values};"
        return documented(f"Values of the {self.name.phrase}.", code)


@dataclass(frozen=True, slots=True)
class Alias:
    """A second name of a type."""

    template: ClassVar[str] = "type_alias"

    name: Identifier
    target: str

    def render(self) -> str:
        code = f"export type {self.name.pascal} = {self.target};"
        return documented(f"Type of the {self.name.phrase}.", code)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: a value or an error, told apart by ``ok``."""

    template: ClassVar[str] = "outcome_type"

    name: Identifier
    value: str
    error: str

    def render(self) -> str:
        success = f"{{ ok: true; value: {self.value} }}"
        failure = f"{{ ok: false; error: {self.error} }}"
        code = f"export type {self.name.pascal} = {success} | {failure};"
        return documented(f"{self.name.sentence}.", code)


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant with the source text of its value."""

    template: ClassVar[str] = "constant"

    name: Identifier
    value: str

    def render(self) -> str:
        code = f"export const {self.name.constant} = {self.value};"
        return documented(f"{self.name.sentence}.", code)


@dataclass(frozen=True, slots=True)
class ConstantMap:
    """A readonly record of constants: each entry is a key with the source text of its value."""

    template: ClassVar[str] = "constant_map"

    name: Identifier
    entries: tuple[tuple[str, str], ...]

    def render(self) -> str:
        lines = [f"{key}: {value}," for key, value in self.entries]
        code = block(f"export const {self.name.constant} = {{", lines)
        return documented(f"{self.name.sentence}.", f"{code} as const;")


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """A typed error, with a numeric code where one is wanted."""

    template: ClassVar[str] = "typed_error"

    name: Identifier
    code: int | None = None

    def render(self) -> str:
        name = self.name.pascal
        parts = [f"override readonly name = '{name}';"]
        if self.code is not None:
            parts.append(f"readonly code = {self.code};")
        code = class_of(f"export class {name} extends Error {{", parts)
        return documented(f"{self.name.sentence}.", code)
