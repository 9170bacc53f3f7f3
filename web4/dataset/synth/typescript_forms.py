"""Components of a TypeScript project and their code in house style."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from web4.dataset.synth.typescript_names import Identifier

ValueType = Literal["string", "number", "boolean", "Date", "string[]"]

_INITIAL: dict[ValueType, str] = {
    "string": " = ''",
    "number": " = 0",
    "boolean": " = false",
    "Date": " = new Date(0)",
    "string[]": ": string[] = []",
}


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

    @property
    def call(self) -> str:
        return f"{self.name.camel}({self.parameter.name.camel if self.parameter else ''})"


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface of layer 3."""

    name: Identifier
    members: tuple[Member, ...]
    method: Method | None = None

    def render(self) -> str:
        lines = [f"{member.code};" for member in self.members]
        if self.method:
            lines.append(f"{self.method.signature};")
        head = f"export interface {self.name.pascal} {{"
        return _documented(f"Contract of the {self.name.phrase}.", _block(head, lines))


@dataclass(frozen=True, slots=True)
class DefaultClass:
    """The class of layer 2 that implements an interface of data."""

    name: Identifier
    members: tuple[Member, ...]

    def render(self) -> str:
        name = self.name.pascal
        camels = [member.name.camel for member in self.members]
        state = ", ".join(f"{camel}: this.{camel}" for camel in camels)
        parts = [
            *(member.field for member in self.members),
            _block(
                f"init(scenario: {name}): void {{",
                [f"this.{camel} = scenario.{camel};" for camel in camels],
            ),
            _block(f"toScenario(): {name} {{", [f"return {{ {state} }};"]),
        ]
        code = _class(f"export class Default{name} implements {name} {{", parts)
        return _import(self.name) + _documented(f"Default {self.name.phrase}.", code)


@dataclass(frozen=True, slots=True)
class ValueObject:
    """An immutable value."""

    name: Identifier
    members: tuple[Member, ...]

    def render(self) -> str:
        parameters = [f"readonly {member.code}" for member in self.members]
        if len(parameters) == 1:
            constructor = f"constructor({parameters[0]}) {{}}"
        else:
            lines = "".join(f"  {parameter},\n" for parameter in parameters)
            constructor = f"constructor(\n{lines}) {{}}"
        code = _class(f"export class {self.name.pascal} {{", [constructor])
        return _documented(f"Immutable {self.name.phrase}.", code)


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry of items by key."""

    item: Identifier

    @property
    def name(self) -> Identifier:
        return self.item.plus("registry")

    def render(self) -> str:
        item = self.item.pascal
        parts = [
            f"private readonly items = new Map<string, {item}>();",
            _block(f"register(key: string, item: {item}): void {{", ["this.items.set(key, item);"]),
            _block(f"resolve(key: string): {item} | undefined {{", ["return this.items.get(key);"]),
        ]
        code = _class(f"export class {self.name.pascal} {{", parts)
        return _import(self.item) + _documented(f"Registry of {self.item.plural}.", code)


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum with string values."""

    name: Identifier
    values: tuple[str, ...]

    def render(self) -> str:
        lines = [f"{value.capitalize()} = '{value}'," for value in self.values]
        code = _block(f"export enum {self.name.pascal} {{", lines)
        return _documented(f"Values of the {self.name.phrase}.", code)


@dataclass(frozen=True, slots=True)
class Union:
    """A type alias of string literals."""

    name: Identifier
    values: tuple[str, ...]

    def render(self) -> str:
        values = " | ".join(f"'{value}'" for value in self.values)
        code = f"export type {self.name.pascal} = {values};"
        return _documented(f"Values of the {self.name.phrase}.", code)


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant with the source text of its value."""

    name: Identifier
    value: str

    def render(self) -> str:
        code = f"export const {self.name.constant} = {self.value};"
        return _documented(f"{self.name.sentence}.", code)


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """A typed error, with a numeric code where one is wanted."""

    name: Identifier
    code: int | None = None

    def render(self) -> str:
        name = self.name.pascal
        parts = [f"override readonly name = '{name}';"]
        if self.code is not None:
            parts.append(f"readonly code = {self.code};")
        code = _class(f"export class {name} extends Error {{", parts)
        return _documented(f"{self.name.sentence}.", code)


@dataclass(frozen=True, slots=True)
class Service:
    """A class of asynchronous methods that delegate to an injected interface."""

    name: Identifier
    dependency: Identifier
    methods: tuple[Method, ...]

    @property
    def field(self) -> str:
        """Return the name of the injected field: the last word of the interface."""
        return self.dependency.words[-1]

    def render(self) -> str:
        parts = [f"constructor(private readonly {self.field}: {self.dependency.pascal}) {{}}"]
        parts.extend(
            _block(f"async {method.signature} {{", [f"return this.{self.field}.{method.call};"])
            for method in self.methods
        )
        code = _class(f"export class {self.name.pascal} {{", parts)
        return _import(self.dependency) + _documented(f"Asynchronous {self.name.phrase}.", code)


@dataclass(frozen=True, slots=True)
class AsyncFunction:
    """An asynchronous function that delegates to an interface given as first argument."""

    verb: str
    subject: Identifier
    dependency: Identifier
    parameter: Member
    returns: ValueType

    @property
    def name(self) -> Identifier:
        return Identifier((self.verb, *self.subject.words))

    @property
    def field(self) -> str:
        return self.dependency.words[-1]

    def render(self) -> str:
        parameters = f"{self.field}: {self.dependency.pascal}, {self.parameter.code}"
        code = _block(
            f"export async function {self.name.camel}({parameters}): Promise<{self.returns}> {{",
            [f"return {self.field}.{self.verb}({self.parameter.name.camel});"],
        )
        doc = f"{self.verb.capitalize()}s the {self.subject.phrase}."
        return _import(self.dependency) + _documented(doc, code)


Component = (
    Interface
    | DefaultClass
    | ValueObject
    | Registry
    | Enum
    | Union
    | Constant
    | ErrorClass
    | Service
    | AsyncFunction
)


def _documented(doc: str, code: str) -> str:
    return f"/** {doc} */\n{code}"


def _import(name: Identifier) -> str:
    return f"import type {{ {name.pascal} }} from '../layer3/{name.pascal}';\n\n"


def _block(head: str, lines: Sequence[str]) -> str:
    return "\n".join((head, *(f"  {line}" for line in lines), "}"))


def _class(head: str, parts: Sequence[str]) -> str:
    indented = ("\n".join(f"  {line}" for line in part.split("\n")) for part in parts)
    return f"{head}\n" + "\n\n".join(indented) + "\n}"
