"""Components written against house style, each with exactly one clean reading."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from web4.dataset.synth.style_words import chance
from web4.dataset.synth.typescript_forms import (
    AsyncFunction,
    Component,
    Constant,
    DefaultClass,
    Enum,
    ErrorClass,
    Interface,
    Method,
    Registry,
    Service,
    Union,
    ValueObject,
)
from web4.dataset.synth.typescript_names import Identifier


@dataclass(frozen=True, slots=True)
class Messy:
    """Bad code: the name it exports, its text, and the member typed ``any`` with its type."""

    name: str
    code: str
    untyped: tuple[str, str] | None = None


def mess(  # noqa: C901, PLR0911 - one case a form
    rng: random.Random, component: Component
) -> Messy:
    """Write a component badly; the same component comes back when it is cleaned up."""
    match component:
        case Interface():
            return _interface(rng, component)
        case DefaultClass():
            return _default(rng, component)
        case ValueObject():
            return _value(rng, component)
        case Registry():
            return _registry(rng, component)
        case Enum():
            name = _class_name(rng, component.name)
            case_of = rng.choice((str.lower, str.upper))
            lines = [f"{case_of(value)} = '{value}'," for value in component.values]
            return Messy(name, _block(f"export enum {name}", lines))
        case Union():
            name = f"T{component.name.loose_pascal}"
            values = " | ".join(f"'{value}'" for value in component.values)
            return Messy(name, f"export type {name} = {values};")
        case Constant():
            name = rng.choice((component.name.snake, component.name.loose_camel))
            keyword = rng.choice(("var", "let"))
            return Messy(name, f"export {keyword} {name} = {component.value};")
        case ErrorClass():
            return _error(rng, component)
        case Service():
            return _service(rng, component)
        case AsyncFunction():
            return _function(rng, component)


def _interface(rng: random.Random, component: Interface) -> Messy:
    name = f"I{component.name.loose_pascal}"
    names = _Names(rng)
    any_at = rng.randrange(len(component.members)) if component.members else -1
    any_at = any_at if chance(rng, 0.5) else -1
    lines, untyped = [], None
    for index, member in enumerate(component.members):
        spelt, kind = names.of(member.name), str(member.type)
        if index == any_at:
            untyped, kind = (spelt, kind), "any"
        lines.append(f"{spelt}{'?' if member.optional else ''}: {kind};")
    if component.method:
        lines.append(f"{component.method.signature};")
    return Messy(name, _block(f"export {_default_export(rng)}interface {name}", lines), untyped)


def _default(rng: random.Random, component: DefaultClass) -> Messy:
    base = component.name
    interface = f"I{base.loose_pascal}"
    name = rng.choice((f"{base.loose_camel}Impl", f"{base.snake}_impl"))
    names = _Names(rng)
    argument = rng.choice(("data", "state", "values"))
    fields = [f"{names.of(member.name)}: {member.type};" for member in component.members]
    body = [_assign(names.of(member.name), argument) for member in component.members]
    if chance(rng, 0.4):
        body.append(f"console.log({argument});")
    constructor = _lines(_block(f"constructor({argument}: {interface})", body))
    head = f"export {_default_export(rng)}class {name} implements {interface}"
    return Messy(name, _import(base) + _block(head, [*fields, *constructor]))


def _value(rng: random.Random, component: ValueObject) -> Messy:
    name = _class_name(rng, component.name)
    names = _Names(rng)
    spelt = [names.of(member.name) for member in component.members]
    kinds = [str(member.type) for member in component.members]
    untyped = None
    if chance(rng, 0.4):
        index = rng.randrange(len(kinds))
        untyped, kinds[index] = (spelt[index], kinds[index]), "any"
    pairs = [f"{member}: {kind}" for member, kind in zip(spelt, kinds, strict=True)]
    body = [f"this.{member} = {member};" for member in spelt]
    constructor = _lines(_block(f"constructor({', '.join(pairs)})", body))
    fields = [f"readonly {pair};" for pair in pairs]
    head = f"export {_default_export(rng)}class {name}"
    return Messy(name, _block(head, [*fields, *constructor]), untyped)


def _registry(rng: random.Random, component: Registry) -> Messy:
    name = rng.choice((component.name.loose_camel, component.name.snake))
    item = f"I{component.item.loose_pascal}"
    field = rng.choice(("map", "data", "_items"))
    setter = [f"this.{field}.set(key, item);"]
    if chance(rng, 0.5):
        setter.append("console.log(key);")
    lines = [
        f"{field} = new Map<string, {item}>();",
        *_lines(_block(f"register(key: any, item: {item})", setter)),
        *_lines(_block("resolve(key: any)", [f"return this.{field}.get(key);"])),
    ]
    head = f"export {_default_export(rng)}class {name}"
    return Messy(name, _import(component.item) + _block(head, lines))


def _error(rng: random.Random, component: ErrorClass) -> Messy:
    name = _class_name(rng, component.name)
    body = ["super(message);", f"this.name = '{name}';"]
    fields = []
    if component.code is not None:
        fields.append("code: any;")
        body.append(f"this.code = {component.code};")
    if chance(rng, 0.4):
        body.append("console.log(message);")
    constructor = _lines(_block("constructor(message: any)", body))
    head = f"export {_default_export(rng)}class {name} extends Error"
    return Messy(name, _block(head, [*fields, *constructor]))


def _service(rng: random.Random, component: Service) -> Messy:
    name = rng.choice((component.name.loose_camel, component.name.snake))
    field, interface = component.field, f"I{component.dependency.loose_pascal}"
    lines = [
        f"{field}: {interface};",
        *_lines(_block(f"constructor({field}: {interface})", [f"this.{field} = {field};"])),
    ]
    for method in component.methods:
        lines.extend(_lines(_method(rng, method, field)))
    head = f"export {_default_export(rng)}class {name}"
    return Messy(name, _import(component.dependency) + _block(head, lines))


def _method(rng: random.Random, method: Method, field: str) -> str:
    body = [f"return this.{field}.{method.call};"]
    if chance(rng, 0.5):
        body = [f"var result = await this.{field}.{method.call};", "return result;"]
    if chance(rng, 0.2):
        body.insert(0, f"console.log('{method.name.camel}');")
    return _block(f"async {method.signature}", body)


def _function(rng: random.Random, component: AsyncFunction) -> Messy:
    name = rng.choice((component.name.snake, component.name.loose_pascal))
    field, parameter = component.field, component.parameter
    call = f"{field}.{component.verb}({parameter.name.camel})"
    body = [f"var result = await {call};", "return result;"]
    if chance(rng, 0.4):
        body.insert(1, "console.log(result);")
    kind, untyped = str(parameter.type), None
    if chance(rng, 0.5):
        untyped, kind = (parameter.name.camel, kind), "any"
    arguments = f"{field}: I{component.dependency.loose_pascal}, {parameter.name.camel}: {kind}"
    head = f"export {_default_export(rng)}async function {name}({arguments})"
    code = _block(f"{head}: Promise<{component.returns}>", body)
    return Messy(name, _import(component.dependency) + code, untyped)


class _Names:
    """One bad spelling of member names for a whole component."""

    def __init__(self, rng: random.Random) -> None:
        self._snake = chance(rng, 0.75)

    def of(self, name: Identifier) -> str:
        return name.snake if self._snake else name.loose_camel


def _class_name(rng: random.Random, name: Identifier) -> str:
    return rng.choice((name.loose_camel, name.snake))


def _default_export(rng: random.Random) -> str:
    return "default " if chance(rng, 0.4) else ""


def _assign(member: str, argument: str) -> str:
    return f"this.{member} = {argument}.{member};"


def _import(name: Identifier) -> str:
    interface = f"I{name.loose_pascal}"
    return f"import {{ {interface} }} from './{interface}';\n"


def _block(head: str, lines: Sequence[str]) -> str:
    return "\n".join((f"{head} {{", *(f"  {line}" for line in lines), "}"))


def _lines(block: str) -> list[str]:
    return block.split("\n")
