"""Classes with behaviour: they hold state, compose others or delegate to an interface."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from web4.dataset.synth.typescript_names import Identifier
from web4.dataset.synth.typescript_types import (
    Member,
    Method,
    block,
    class_of,
    documented,
    import_of,
    returned_object,
)


@dataclass(frozen=True, slots=True)
class DefaultClass:
    """The class of layer 2 that implements an interface of data."""

    template: ClassVar[str] = "default_implementation"

    base: Identifier
    members: tuple[Member, ...]

    @property
    def name(self) -> Identifier:
        return Identifier(("default", *self.base.words))

    def render(self) -> str:
        camels = [member.name.camel for member in self.members]
        code = _stateful(
            self.base,
            [member.field for member in self.members],
            [f"this.{camel} = scenario.{camel};" for camel in camels],
            [f"{camel}: this.{camel}" for camel in camels],
        )
        return f"{import_of(self.base)}\n{code}"


@dataclass(frozen=True, slots=True)
class Composite:
    """A default implementation that holds another one and hands its state on to it."""

    template: ClassVar[str] = "composed_implementation"

    base: Identifier
    members: tuple[Member, ...]
    part: Identifier

    @property
    def name(self) -> Identifier:
        return Identifier(("default", *self.base.words))

    def render(self) -> str:
        camels = [member.name.camel for member in self.members]
        part, held = self.part.camel, f"Default{self.part.pascal}"
        code = _stateful(
            self.base,
            [*(member.field for member in self.members), f"readonly {part} = new {held}();"],
            [
                *(f"this.{camel} = scenario.{camel};" for camel in camels),
                f"this.{part}.init(scenario.{part});",
            ],
            [
                *(f"{camel}: this.{camel}" for camel in camels),
                f"{part}: this.{part}.toScenario()",
            ],
        )
        return f"{import_of(self.base)}import {{ {held} }} from './{held}';\n\n{code}"


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry of items by key."""

    template: ClassVar[str] = "registry"

    item: Identifier

    @property
    def name(self) -> Identifier:
        return self.item.plus("registry")

    def render(self) -> str:
        item = self.item.pascal
        parts = [
            f"private readonly items = new Map<string, {item}>();",
            block(f"register(key: string, item: {item}): void {{", ["this.items.set(key, item);"]),
            block(f"resolve(key: string): {item} | undefined {{", ["return this.items.get(key);"]),
        ]
        code = class_of(f"export class {self.name.pascal} {{", parts)
        return f"{import_of(self.item)}\n" + documented(f"Registry of {self.item.plural}.", code)


@dataclass(frozen=True, slots=True)
class Service:
    """A class of asynchronous methods that delegate to an injected interface."""

    template: ClassVar[str] = "async_service"

    name: Identifier
    dependency: Identifier
    methods: tuple[Method, ...]

    def render(self) -> str:
        field = self.dependency.words[-1]
        parts = [f"constructor(private readonly {field}: {self.dependency.pascal}) {{}}"]
        parts.extend(
            block(f"async {method.signature} {{", [f"return this.{field}.{method.call()};"])
            for method in self.methods
        )
        code = class_of(f"export class {self.name.pascal} {{", parts)
        return f"{import_of(self.dependency)}\n" + documented(
            f"Asynchronous {self.name.phrase}.", code
        )


@dataclass(frozen=True, slots=True)
class Adapter:
    """A class that implements one interface by calling a method of another."""

    template: ClassVar[str] = "adapter"

    base: Identifier
    dependency: Identifier
    method: Method
    calls: str

    @property
    def name(self) -> Identifier:
        return self.base.plus("adapter")

    def render(self) -> str:
        field = self.dependency.words[-1]
        parts = [
            f"constructor(private readonly {field}: {self.dependency.pascal}) {{}}",
            block(
                f"{self.method.signature} {{",
                [f"return this.{field}.{self.method.call(self.calls)};"],
            ),
        ]
        name = self.base.pascal
        code = class_of(f"export class {self.name.pascal} implements {name} {{", parts)
        doc = f"Adapts the {self.dependency.phrase} to the {self.base.phrase}."
        return f"{import_of(self.base)}{import_of(self.dependency)}\n{documented(doc, code)}"


def _stateful(
    base: Identifier, fields: Sequence[str], taken: Sequence[str], given: Sequence[str]
) -> str:
    name = base.pascal
    parts = [
        *fields,
        block(f"init(scenario: {name}): void {{", taken),
        block(f"toScenario(): {name} {{", returned_object(given)),
    ]
    code = class_of(f"export class Default{name} implements {name} {{", parts)
    return documented(f"Default {base.phrase}.", code)
