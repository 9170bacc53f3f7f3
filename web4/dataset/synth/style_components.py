"""Random components of every form, with names that belong to one split."""

import random
from collections.abc import Callable
from dataclasses import replace

from web4.dataset.synth import style_words as words
from web4.dataset.synth.style_words import Split, chance, compose
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
    ValueType,
)
from web4.dataset.synth.typescript_names import Identifier

_RETURNS: tuple[ValueType, ...] = ("string", "number", "boolean", "Date", "string[]")
_CODES = (400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 423, 429, 500, 502, 503, 504)
_NUMBERS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 20, 24, 25, 30, 32, 40, 45, 50, 60, 64, 75, 80,
            90, 100, 120, 128, 150, 200, 250, 256, 300, 365, 400, 500, 512, 600, 750, 1000, 1024,
            1500, 2000, 3000, 3600, 5000, 8080, 10000)  # fmt: skip
_LINE = 96
_SIZES = (3, 6, 12)


def interface(rng: random.Random, split: Split) -> Interface:
    members = words.members(rng, 4)
    method = None
    if chance(rng, 0.3):
        method = replace(_method(rng), asynchronous=chance(rng, 0.4))
        members = members[: rng.randint(0, 2)]
    if members and chance(rng, 0.2):
        members = (*members[:-1], replace(members[-1], optional=True))
    return Interface(_data_name(rng, split), members, method)


def default_class(rng: random.Random, split: Split) -> DefaultClass:
    return DefaultClass(_data_name(rng, split), words.members(rng, 2))


def value_object(rng: random.Random, split: Split) -> ValueObject:
    return ValueObject(_data_name(rng, split), words.members(rng, 4))


def registry(rng: random.Random, split: Split) -> Registry:
    pool = rng.choice((words.DATA_ROLES, words.DEPENDENCY_ROLES))
    if chance(rng, 0.5):
        return Registry(compose(rng, split, words.QUALIFIERS, words.SUBJECTS))
    return Registry(compose(rng, split, words.SUBJECTS, pool))


def enum(rng: random.Random, split: Split) -> Enum:
    return Enum(_choice_name(rng, split), _values(rng))


def union(rng: random.Random, split: Split) -> Union:
    return Union(_choice_name(rng, split), _values(rng))


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


def error_class(rng: random.Random, split: Split) -> ErrorClass:
    name = compose(rng, split, words.SUBJECTS, words.FAULTS, ("error",))
    return ErrorClass(name, rng.choice(_CODES) if chance(rng, 0.4) else None)


def service(rng: random.Random, split: Split) -> Service:
    name = compose(rng, split, words.SUBJECTS, words.SERVICE_ROLES)
    dependency = _dependency(rng, name.words[0])
    methods = [_method(rng)]
    if chance(rng, 0.3):
        second = _method(rng)
        if second.name != methods[0].name:
            methods.append(second)
    asynchronous = tuple(replace(method, asynchronous=True) for method in methods)
    return Service(name, dependency, asynchronous)


def async_function(rng: random.Random, split: Split) -> AsyncFunction:
    while True:
        name = compose(rng, split, words.VERBS, words.SUBJECTS, words.DATA_ROLES)
        verb, *subject = name.words
        dependency = _dependency(rng, subject[0])
        parameter, returns = rng.choice(words.PARAMETERS), rng.choice(_RETURNS)
        function = AsyncFunction(verb, Identifier(tuple(subject)), dependency, parameter, returns)
        if max(map(len, function.render().split("\n"))) <= _LINE:
            return function


DRAWS: dict[str, Callable[[random.Random, Split], Component]] = {
    "interface": interface,
    "default": default_class,
    "value": value_object,
    "registry": registry,
    "enum": enum,
    "union": union,
    "constant": constant,
    "error": error_class,
    "service": service,
    "function": async_function,
}


def difficulty(component: Component) -> int:
    """Return 1 to 4 by the amount of code a component takes."""
    lines = component.render().count("\n") + 1
    return 1 + sum(lines > size for size in _SIZES)


def _data_name(rng: random.Random, split: Split) -> Identifier:
    if chance(rng, 0.5):
        return compose(rng, split, words.SUBJECTS, words.DATA_ROLES)
    return compose(rng, split, words.QUALIFIERS, words.SUBJECTS)


def _choice_name(rng: random.Random, split: Split) -> Identifier:
    if chance(rng, 0.7):
        return compose(rng, split, words.SUBJECTS, words.CHOICE_ROLES)
    return compose(rng, split, words.QUALIFIERS, words.SUBJECTS, words.CHOICE_ROLES)


def _dependency(rng: random.Random, subject: str) -> Identifier:
    roles = [role for role in words.DEPENDENCY_ROLES if role != subject]
    return Identifier((subject, rng.choice(roles)))


def _values(rng: random.Random) -> tuple[str, ...]:
    return tuple(rng.sample(words.CHOICES, rng.randint(2, 4)))


def _method(rng: random.Random) -> Method:
    parameter = rng.choice(words.PARAMETERS) if chance(rng, 0.7) else None
    return Method(Identifier((rng.choice(words.VERBS),)), parameter, rng.choice(_RETURNS))
