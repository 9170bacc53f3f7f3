"""What has to be told of a component besides its form and name, and the words to tell it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from web4.dataset.synth.style_words import chance
from web4.dataset.synth.typescript_classes import (
    Adapter,
    Composite,
    DefaultClass,
    Registry,
    Service,
)
from web4.dataset.synth.typescript_forms import (
    Alias,
    Constant,
    ConstantMap,
    Enum,
    ErrorClass,
    Interface,
    Outcome,
    Union,
    ValueObject,
)
from web4.dataset.synth.typescript_functions import AsyncFunction, Formatter, Guard, ValueTest
from web4.dataset.synth.typescript_types import Component, Member, Method


@dataclass(frozen=True, slots=True)
class Fact:
    """One kind of detail of a component.

    ``tail`` follows a noun phrase, ``noun`` is a noun phrase itself, ``sentence`` stands alone;
    ``label`` and ``items`` are for lists.
    """

    label: str
    items: tuple[str, ...]
    tail: str
    noun: str
    sentence: str

    @property
    def listed(self) -> str:
        return ", ".join(self.items)


def facts(  # noqa: PLR0911 - one a form
    rng: random.Random, component: Component
) -> tuple[Fact, ...]:
    """Tell all that the code of a component depends on besides its form and its name."""
    match component:
        case Interface(members=members, methods=methods):
            return (*_members(rng, members), *_methods(rng, methods))
        case DefaultClass(members=members) | ValueObject(members=members):
            return _members(rng, members)
        case Composite(members=members, part=part):
            held = f"Default{part.pascal} as {part.camel}"
            return (*_members(rng, members), _fact(rng, "part", (held,)))
        case Guard(members=members):
            return _members(rng, members, "checks")
        case Formatter(members=members, separator=separator):
            told = _members(rng, members, "parameters")
            return (*told, _fact(rng, "separator", (f"'{separator}'",)))
        case Service(dependency=dependency, methods=methods):
            return (_fact(rng, "uses", (dependency.pascal,)), *_methods(rng, methods))
        case Adapter(dependency=dependency, method=method, calls=calls):
            return (
                _fact(rng, "uses", (dependency.pascal,)),
                *_methods(rng, (method,)),
                _fact(rng, "calls", (calls,)),
            )
        case AsyncFunction(dependency=dependency, parameter=parameter, returns=returns):
            return (
                _fact(rng, "uses", (dependency.pascal,)),
                _fact(rng, "parameter", (parameter.code,)),
                _fact(rng, "returns", (returns,)),
            )
        case _:
            return _plain(rng, component)


def _plain(  # noqa: PLR0911 - one a form
    rng: random.Random, component: Component
) -> tuple[Fact, ...]:
    match component:
        case Registry(item=item):
            return (_fact(rng, "item", (item.pascal,)),)
        case Enum(values=values) | Union(values=values):
            quoted = chance(rng, 0.4)
            told = tuple(f"'{value}'" if quoted else value for value in values)
            return (_fact(rng, "values", told),)
        case Alias(target=target):
            return (_fact(rng, "type", (target,)),)
        case Outcome(value=value, error=error):
            return (_fact(rng, "value", (value,)), _fact(rng, "error", (error,)))
        case Constant(value=value):
            return (_fact(rng, "number" if value.isdigit() else "setting", (value,)),)
        case ConstantMap(entries=entries):
            spelt = rng.choice(("{}: {}", "{} = {}", "{} as {}"))
            return (_fact(rng, "entries", tuple(spelt.format(*entry) for entry in entries)),)
        case ErrorClass(code=code):
            return () if code is None else (_fact(rng, "code", (str(code),)),)
        case ValueTest(values=values):
            spelt = rng.choice(("{} {}", "{} = {}", "{}: {}"))
            told = tuple(spelt.format(member.camel, value) for member, value in values)
            return (_fact(rng, "sample", told),)
        case _:
            raise TypeError(f"no facts of {type(component).__name__}")


# By kind of fact: label, then the choices of tail, noun phrase and sentence.
_WORDS: dict[str, tuple[str, tuple[str, ...], str, tuple[str, ...]]] = {
    "member": (
        "member",
        ("with {}", "with {}", "that has {}", "having {}", "with the member {}", "with member {}"),
        "the member {}",
        ("It has {}.", "Its member is {}.", "It has the member {}."),
    ),
    "members": (
        "members",
        (
            "with {}",
            "with {}",
            "that has {}",
            "having {}",
            "with members {}",
            "with the members {}",
        ),
        "the members {}",
        ("It has {}.", "Its members are {}.", "The members are {}.", "Its members, in order: {}."),
    ),
    "held": (
        "members",
        ("holding {}", "with {}", "that holds {}", "having {}"),
        "{}",
        ("It holds {}.", "It has {}.", "Let it hold {}."),
    ),
    "checks": (
        "checks",
        ("that checks {}", "checking {}", "which checks {}", "with checks of {}"),
        "checks of {}",
        ("It checks {}.", "Let it check {}."),
    ),
    "parameters": (
        "parameters",
        ("with {}", "that takes {}", "taking {}", "of {}"),
        "the parameters {}",
        ("It takes {}.", "Its parameters are {}."),
    ),
    "parameter": (
        "parameter",
        ("with {}", "taking {}", "that takes {}", "with the parameter {}"),
        "the parameter {}",
        ("It takes {}.", "Its parameter is {}."),
    ),
    "method": (
        "method",
        ("with method {}", "with the method {}", "that has the method {}", "having the method {}"),
        "the method {}",
        ("It has the method {}.", "Its method is {}."),
    ),
    "methods": (
        "methods",
        ("with methods {}", "with the methods {}", "that has the methods {}"),
        "the methods {}",
        ("It has the methods {}.", "Its methods are {}."),
    ),
    "uses": (
        "uses",
        ("over {}", "with injected {}", "that uses {}", "using {}", "on top of {}"),
        "the injected {}",
        ("It uses {}.", "It delegates to {}.", "It works on {}."),
    ),
    "calls": (
        "calls",
        ("calling {}", "by calling {}", "that calls {}"),
        "calls of {}",
        ("It calls {}.", "The method called is {}."),
    ),
    "part": (
        "composes",
        ("composing {}", "that composes {}", "built from {}"),
        "the part {}",
        ("It composes {}.", "It is composed of {}."),
    ),
    "item": (
        "item",
        ("of {}", "for {}", "with item {}", "that maps keys to {}", "holding {}"),
        "the item type {}",
        ("Its item type is {}.", "It maps keys to {}.", "It registers {}."),
    ),
    "values": (
        "values",
        ("with values {}", "listing {}", "with {}", "of {}", "with the values {}"),
        "the values {}",
        ("Its values are {}.", "The values are {}.", "It lists {}."),
    ),
    "entries": (
        "entries",
        ("with {}", "with entries {}", "holding {}", "with the entries {}"),
        "the entries {}",
        ("Its entries are {}.", "It holds {}.", "The entries are {}."),
    ),
    "sample": (
        "sample",
        ("with {}", "built with {}", "constructed with {}", "for a sample with {}"),
        "the sample {}",
        ("Its sample has {}.", "Construct it with {}.", "Use {}."),
    ),
    "type": (
        "type",
        ("for {}", "of {}", "= {}", "equal to {}", "that stands for {}"),
        "the type {}",
        ("It stands for {}.", "Its type is {}.", "It equals {}."),
    ),
    "value": (
        "value",
        ("with value type {}", "with a value of type {}", "whose value is of type {}"),
        "the value type {}",
        ("Its value is of type {}.", "Success carries a value of type {}."),
    ),
    "error": (
        "error",
        ("with error type {}", "with an error of type {}", "whose error is of type {}"),
        "the error type {}",
        ("Its error is of type {}.", "Failure carries an error of type {}."),
    ),
    "number": (
        "value",
        ("with value {}", "= {}", "set to {}", "equal to {}", "of {}"),
        "the value {}",
        ("Its value is {}.", "It equals {}.", "Set it to {}."),
    ),
    "setting": (
        "value",
        ("with value {}", "= {}", "set to {}", "equal to {}"),
        "the value {}",
        ("Its value is {}.", "It equals {}.", "Set it to {}."),
    ),
    "code": (
        "code",
        ("with code {}", "carrying code {}", "that has code {}", "with the code {}"),
        "the code {}",
        ("Its code is {}.", "It carries the code {}."),
    ),
    "returns": (
        "returns",
        ("returning {}", "that returns {}", "with the result {}"),
        "the result {}",
        ("It returns {}.", "Its result is {}."),
    ),
    "separator": (
        "separator",
        ("joined by {}", "separated by {}", "with the separator {}"),
        "the separator {}",
        ("The separator is {}.", "They are joined by {}."),
    ),
}
_SPELLINGS = ("{}: {}", "{} ({})", "{} {}", "{} as {}", "{} of type {}", "a {} {}")
_HELD = 5
_TYPE_FIRST = (2, _HELD)


def _fact(rng: random.Random, kind: str, items: tuple[str, ...], label: str = "") -> Fact:
    usual, tails, noun, sentences = _WORDS[kind]
    told = _listed(items)
    return Fact(
        label or usual,
        items,
        rng.choice(tails).format(told),
        noun.format(told),
        rng.choice(sentences).format(told),
    )


def _members(
    rng: random.Random, members: Sequence[Member], kind: str = "members"
) -> tuple[Fact, ...]:
    if not members:
        return ()
    spelling = rng.randrange(len(_SPELLINGS))
    told = tuple(_member(member, spelling) for member in members)
    if kind == "members":
        kind = "held" if spelling == _HELD else "member" if len(members) == 1 else "members"
    return (_fact(rng, kind, told),)


def _member(member: Member, spelling: int) -> str:
    name, kind = member.name.camel, str(member.type)
    if spelling == 0:
        return member.code
    if spelling == _HELD:
        return f"{'an optional' if member.optional else 'a'} {kind} {name}"
    if member.optional:
        kind = f"optional {kind}"
    pair = (kind, name) if spelling in _TYPE_FIRST else (name, kind)
    return _SPELLINGS[spelling].format(*pair)


def _methods(rng: random.Random, methods: Sequence[Method]) -> tuple[Fact, ...]:
    if not methods:
        return ()
    spelling = rng.choice(("{} returning {}", "{} that returns {}", "{}: {}", "{} -> {}"))
    told = tuple(spelling.format(method.head, method.returns) for method in methods)
    kind = "method" if len(methods) == 1 else "methods"
    if not methods[0].asynchronous:
        return (_fact(rng, kind, told),)
    fact = _fact(rng, kind, told)
    return (
        Fact(
            f"async {fact.label}",
            told,
            fact.tail.replace("method", "async method", 1),
            fact.noun.replace("method", "async method", 1),
            fact.sentence.replace("method", "async method", 1),
        ),
    )


def _listed(items: Sequence[str]) -> str:
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} and {items[-1]}"
