"""Wordings of a component in a request: how it is named and how its details are told."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from web4.dataset.synth.typescript_forms import (
    AsyncFunction,
    Component,
    Constant,
    DefaultClass,
    Enum,
    ErrorClass,
    Interface,
    Member,
    Method,
    Registry,
    Service,
    Union,
    ValueObject,
)

# Noun phrases of a form: the sentence frames are filled with one of them.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "interface": (
        "an interface {name}",
        "the interface {name}",
        "an interface named {name}",
        "an interface for the {phrase}",
    ),
    "default": (
        "the default implementation of {name}",
        "a default class for {name}",
        "the class Default{name} implementing {name}",
        "Default{name}, the default class of {name},",
    ),
    "value": (
        "a value object {name}",
        "an immutable value object {name}",
        "a value object called {name}",
        "a value object for the {phrase}",
    ),
    "registry": (
        "a registry {name}",
        "the registry {name}",
        "a registry class {name}",
        "a registry called {name}",
    ),
    "enum": (
        "an enum {name}",
        "a string enum {name}",
        "an enum named {name}",
        "an enum for the {phrase}",
    ),
    "union": (
        "a union type {name}",
        "a string union {name}",
        "a union type named {name}",
        "a union type for the {phrase}",
    ),
    "constant": (
        "a constant {constant}",
        "the constant {constant}",
        "a constant named {constant}",
        'a constant for "{phrase}"',
    ),
    "error": (
        "an error class {name}",
        "a typed error {name}",
        "the error class {name}",
        "an error class named {name}",
    ),
    "service": (
        "an async service {name}",
        "the async service {name}",
        "an async service class {name}",
        "an async service named {name}",
    ),
    "function": (
        "an async function {camel}",
        "the async function {camel}",
        "an async function named {camel}",
        "an async function called {camel}",
    ),
}
TEMPLATES: dict[str, str] = {
    "interface": "interface",
    "default": "default implementation",
    "value": "value object",
    "registry": "registry",
    "enum": "enum",
    "union": "union type",
    "constant": "constant",
    "error": "error class",
    "service": "async service",
    "function": "async function",
}


@dataclass(frozen=True, slots=True)
class Request:
    """A component told in words.

    ``tail`` follows the noun phrase; ``fields`` are the labels and values of a template request.
    """

    tail: str
    fields: tuple[tuple[str, str], ...]


def subject(form: str, index: int, component: Component) -> str:
    name = component.name
    return SUBJECTS[form][index].format(
        name=name.pascal, camel=name.camel, constant=name.constant, phrase=name.phrase
    )


def request(rng: random.Random, component: Component) -> Request:  # noqa: PLR0911 - one a form
    """Tell the details of a component; all that its code depends on is told."""
    match component:
        case Interface(members=members, method=method):
            return _members(rng, members, method)
        case DefaultClass(members=members) | ValueObject(members=members):
            return _members(rng, members, None)
        case Registry(item=item):
            tail = rng.choice((" of {}", " for {}", " with item {}", " that maps keys to {}"))
            return Request(tail.format(item.pascal), (("item", item.pascal),))
        case Enum(values=values) | Union(values=values):
            told = rng.choice((_listed, ", ".join, _quoted))(values)
            tail = rng.choice((" with values {}", " listing {}", " with {}", ": {}")).format(told)
            return Request(tail, (("values", told),))
        case Constant(value=value):
            tail = rng.choice((" with value {}", " = {}", " set to {}", " equal to {}"))
            return Request(tail.format(value), (("value", value),))
        case ErrorClass(code=None):
            return Request("", ())
        case ErrorClass(code=code):
            tail = rng.choice((" with code {}", " carrying code {}", " that has code {}"))
            return Request(tail.format(code), (("code", str(code)),))
        case Service(dependency=dependency, methods=methods):
            return _service(rng, dependency.pascal, methods)
        case AsyncFunction(dependency=dependency, parameter=parameter, returns=returns):
            name = dependency.pascal
            tails = (
                f" that takes {name} and {parameter.code} and returns {returns}",
                f" over {name} with {parameter.code}, returning {returns}",
                f" that uses {name}, takes {parameter.code} and returns {returns}",
            )
            fields = (("uses", name), ("parameter", parameter.code), ("returns", returns))
            return Request(rng.choice(tails), fields)


def _members(rng: random.Random, members: Sequence[Member], method: Method | None) -> Request:
    style = rng.randrange(4)
    told = [_member(member, style) for member in members]
    if method:
        kind = "async method" if method.asynchronous else "method"
        told.append(f"{kind} {_method(rng, method)}")
    tail = rng.choice((" with {}", " with {}", " that has {}", " having {}"))
    return Request(tail.format(_listed(told)), (("members", ", ".join(told)),))


def _member(member: Member, style: int) -> str:
    name = member.name.camel
    kind = f"optional {member.type}" if member.optional else member.type
    spelt = (member.code, f"{name} ({kind})", f"{kind} {name}", f"{name} as {kind}")
    return spelt[style]


def _method(rng: random.Random, method: Method) -> str:
    return method.head + rng.choice((" returning ", " that returns ")) + method.returns


def _service(rng: random.Random, dependency: str, methods: Sequence[Method]) -> Request:
    told = _listed([_method(rng, method) for method in methods])
    noun = "method" if len(methods) == 1 else "methods"
    tails = (
        f" with injected {dependency} and {noun} {told}",
        f" over {dependency} with {noun} {told}",
        f" that injects {dependency} and has {noun} {told}",
    )
    return Request(rng.choice(tails), (("uses", dependency), (noun, told)))


def _listed(items: Sequence[str]) -> str:
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _quoted(items: Sequence[str]) -> str:
    return _listed([f"'{item}'" for item in items])
