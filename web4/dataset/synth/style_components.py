"""Random components of every form, with names that belong to one split."""

import random
from collections.abc import Callable
from dataclasses import replace

from web4.dataset.synth import style_words as words
from web4.dataset.synth.splits import Split
from web4.dataset.synth.style_words import chance, compose, data_name
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
from web4.dataset.synth.typescript_names import Identifier
from web4.dataset.synth.typescript_types import Component, Method, ValueType

PRIMITIVES: tuple[ValueType, ...] = ("string", "number", "boolean")
_RETURNS: tuple[ValueType, ...] = ("string", "number", "boolean", "Date", "string[]")
_TARGETS = (
    "string", "number", "string | number", "string | null", "number | null", "Date | null",
    "readonly string[]", "readonly number[]", "Record<string, number>", "Record<string, string>",
    "Record<string, boolean>", "ReadonlyMap<string, number>", "ReadonlyMap<string, Date>",
    "ReadonlySet<string>", "Promise<string>", "Promise<number>", "[string, number]",
)  # fmt: skip
_ERRORS = ("string", "Error", "number", "string[]", "RangeError", "TypeError")
_SEPARATORS = ("/", "-", ": ", ", ", " ", "_", ".", "#", " - ", " | ", "@", "+")
_CODES = (400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 423, 429, 500, 502, 503, 504)
_NUMBERS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 20, 24, 25, 30, 32, 40, 45, 50, 60, 64, 75, 80,
            90, 100, 120, 128, 150, 200, 250, 256, 300, 365, 400, 500, 512, 600, 750, 1000, 1024,
            1500, 2000, 3000, 3600, 5000, 8080, 10000)  # fmt: skip
_CODE = 560  # characters, about 170 tokens
_LINE = 92  # some way below Prettier's 100, so that no line is one that it would wrap


def interface(rng: random.Random, split: Split) -> Interface:
    members = words.members(rng, 1, 5)
    methods: tuple[Method, ...] = ()
    if chance(rng, 0.35):
        methods = _methods(rng, asynchronous=chance(rng, 0.4))
        taken = {method.name for method in methods}
        kept = members[: rng.randint(0, 2)]
        members = tuple(member for member in kept if member.name not in taken)
    elif chance(rng, 0.45):
        optional = rng.sample(range(len(members)), rng.randint(1, min(2, len(members))))
        members = tuple(
            replace(member, optional=at in optional) for at, member in enumerate(members)
        )
    return Interface(data_name(rng, split), members, methods)


def default_class(rng: random.Random, split: Split) -> DefaultClass:
    return DefaultClass(data_name(rng, split), words.members(rng, 1, 3))


def composite(rng: random.Random, split: Split) -> Composite:
    while True:
        base, part = data_name(rng, split), data_name(rng, split)
        members = words.members(rng, 1, 2)
        distinct = dict.fromkeys((base.camel, part.camel, *(one.name.camel for one in members)))
        if len(distinct) == len(members) + 2:
            return Composite(base, members, part)


def value_object(rng: random.Random, split: Split) -> ValueObject:
    return ValueObject(data_name(rng, split), words.members(rng, 1, 5))


def registry(rng: random.Random, split: Split) -> Registry:
    if chance(rng, 0.3):
        return Registry(compose(rng, split, words.SUBJECTS, words.DEPENDENCY_ROLES))
    return Registry(data_name(rng, split))


def enum(rng: random.Random, split: Split) -> Enum:
    return Enum(_choice_name(rng, split), _values(rng, 5))


def union(rng: random.Random, split: Split) -> Union:
    return Union(_choice_name(rng, split), _values(rng, 4))


def alias(rng: random.Random, split: Split) -> Alias:
    name = compose(rng, split, words.SUBJECTS, words.ALIAS_ROLES)
    return Alias(name, rng.choice(_TARGETS))


def outcome(rng: random.Random, split: Split) -> Outcome:
    name = compose(rng, split, words.SUBJECTS, words.ATTEMPTS, ("outcome", "result"))
    return Outcome(name, rng.choice(_RETURNS), rng.choice(_ERRORS))


def constant(rng: random.Random, split: Split) -> Constant:
    kind = rng.randrange(4)
    if kind == 0:
        endings: tuple[str, ...] = ("name", "label", "theme", "mode", "region", "color")
        name = compose(rng, split, ("default", "initial", "fallback"), words.SUBJECTS, endings)
        return Constant(name, f"'{rng.choice(words.CHOICES)}'")
    if kind == 1:
        endings = ("logging", "caching", "search", "preview", "export", "sync", "tracking")
        name = compose(rng, split, words.SUBJECTS, endings, ("enabled", "allowed", "required"))
        return Constant(name, rng.choice(("true", "false")))
    endings = ("count", "size", "limit", "timeout", "length", "age", "delay", "weight", "retries")
    name = compose(rng, split, ("max", "min", "default", "initial"), words.SUBJECTS, endings)
    return Constant(name, str(rng.choice(_NUMBERS)))


def constant_map(rng: random.Random, split: Split) -> ConstantMap:
    name = compose(rng, split, words.SUBJECTS, words.MAP_ROLES)
    keys = _values(rng, 4)
    if chance(rng, 0.4):
        texts = rng.sample([text for text in words.CHOICES if text not in keys], len(keys))
        return ConstantMap(name, tuple(zip(keys, (f"'{text}'" for text in texts), strict=True)))
    numbers = sorted(rng.sample(_NUMBERS, len(keys)), reverse=chance(rng, 0.3))
    return ConstantMap(name, tuple(zip(keys, map(str, numbers), strict=True)))


def error_class(rng: random.Random, split: Split) -> ErrorClass:
    name = compose(rng, split, words.SUBJECTS, words.FAULTS, ("error",))
    return ErrorClass(name, rng.choice(_CODES) if chance(rng, 0.5) else None)


def service(rng: random.Random, split: Split) -> Service:
    name = compose(rng, split, words.SUBJECTS, words.SERVICE_ROLES)
    return Service(name, _dependency(rng, name.words[0]), _methods(rng, asynchronous=True))


def adapter(rng: random.Random, split: Split) -> Adapter:
    base = compose(rng, split, words.SUBJECTS, words.DEPENDENCY_ROLES)
    subject, role = base.words
    roles = [other for other in words.DEPENDENCY_ROLES if other not in {subject, role}]
    method = _method(rng)
    calls = rng.choice([verb for verb in words.VERBS if verb != method.name.camel])
    return Adapter(base, Identifier((subject, rng.choice(roles))), method, calls)


def async_function(rng: random.Random, split: Split) -> AsyncFunction:
    name = compose(rng, split, words.VERBS, words.SUBJECTS, words.DATA_ROLES)
    verb, *subject = name.words
    dependency = _dependency(rng, subject[0])
    parameter, returns = rng.choice(words.PARAMETERS), rng.choice(_RETURNS)
    return AsyncFunction(verb, Identifier(tuple(subject)), dependency, parameter, returns)


def guard(rng: random.Random, split: Split) -> Guard:
    return Guard(data_name(rng, split), words.members(rng, 1, 2, PRIMITIVES))


def formatter(rng: random.Random, split: Split) -> Formatter:
    subject = compose(rng, split, words.SUBJECTS, words.TEXT_ROLES)
    members = words.members(rng, 2, 2, ("string", "number"))
    return Formatter(subject, members, rng.choice(_SEPARATORS))


def value_test(rng: random.Random, split: Split) -> ValueTest:
    samples: dict[ValueType, tuple[str, ...]] = {
        "string": tuple(f"'{word}'" for word in words.CHOICES),
        "number": tuple(map(str, _NUMBERS)),
        "boolean": ("true", "false"),
    }
    members = words.members(rng, 1, 3, PRIMITIVES)
    values = tuple((member.name, rng.choice(samples[member.type])) for member in members)
    return ValueTest(data_name(rng, split), values)


_DRAWS: dict[str, Callable[[random.Random, Split], Component]] = {
    "interface": interface,
    "default": default_class,
    "composite": composite,
    "value": value_object,
    "registry": registry,
    "enum": enum,
    "union": union,
    "alias": alias,
    "outcome": outcome,
    "constant": constant,
    "map": constant_map,
    "error": error_class,
    "service": service,
    "adapter": adapter,
    "function": async_function,
    "guard": guard,
    "formatter": formatter,
    "test": value_test,
}
FORMS = tuple(_DRAWS)


def draw(rng: random.Random, form: str, split: Split) -> Component:
    """Return a random component of a form whose code and lines are all short."""
    while True:
        component = _DRAWS[form](rng, split)
        code = component.render()
        if len(code) <= _CODE and max(map(len, code.split("\n"))) <= _LINE:
            return component


def _choice_name(rng: random.Random, split: Split) -> Identifier:
    if chance(rng, 0.7):
        return compose(rng, split, words.SUBJECTS, words.CHOICE_ROLES)
    return compose(rng, split, words.QUALIFIERS, words.SUBJECTS, words.CHOICE_ROLES)


def _dependency(rng: random.Random, subject: str) -> Identifier:
    roles = [role for role in words.DEPENDENCY_ROLES if role != subject]
    return Identifier((subject, rng.choice(roles)))


def _values(rng: random.Random, most: int) -> tuple[str, ...]:
    return tuple(rng.sample(words.CHOICES, rng.randint(2, most)))


def _method(rng: random.Random) -> Method:
    parameter = rng.choice(words.PARAMETERS) if chance(rng, 0.7) else None
    return Method(Identifier((rng.choice(words.VERBS),)), parameter, rng.choice(_RETURNS))


def _methods(rng: random.Random, *, asynchronous: bool) -> tuple[Method, ...]:
    """Draw one method, sometimes a second of another name."""
    methods = [replace(_method(rng), asynchronous=asynchronous)]
    if chance(rng, 0.35):
        second = replace(_method(rng), asynchronous=asynchronous)
        if second.name != methods[0].name:
            methods.append(second)
    return tuple(methods)
