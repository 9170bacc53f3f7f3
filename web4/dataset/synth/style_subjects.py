"""Noun phrases that name a component, each with the word that decides its form."""

from web4.dataset.synth.typescript_classes import Adapter, Composite, DefaultClass
from web4.dataset.synth.typescript_functions import Guard
from web4.dataset.synth.typescript_names import Identifier
from web4.dataset.synth.typescript_types import Component

UNSEEN = 2
"""How many of each form's phrases, the last ones, training never has."""

KINDS: dict[str, str] = {
    "interface": "interface",
    "default": "default implementation",
    "composite": "composed class",
    "value": "value object",
    "registry": "registry",
    "enum": "enum",
    "union": "union type",
    "alias": "type alias",
    "outcome": "outcome type",
    "constant": "constant",
    "map": "constant map",
    "error": "error class",
    "service": "async service",
    "adapter": "adapter",
    "function": "async function",
    "guard": "type guard",
    "formatter": "formatter",
    "test": "test file",
}
"""What a form is called in templates and in requests to refactor."""

_PHRASES: dict[str, tuple[str, ...]] = {
    "interface": (
        "an interface {name}",
        "the interface {name}",
        "an interface named {name}",
        "an interface for the {phrase}",
        "the interface called {name}",
        "an interface, no type alias, named {name}",
        "a layer 3 interface {name}",
        "the contract {name} as an interface",
        "an interface of the {phrase}",
    ),
    "default": (
        "the default implementation of {base}",
        "a default class for {base}",
        "the class {name} implementing {base}",
        "{name}, the default class of {base},",
        "the default implementation {name}",
        "only the default implementation of the interface {base}",
        "the layer 2 class of {base}",
        "a class {name} for the interface {base}",
    ),
    "composite": (
        "the composed default implementation of {base}",
        "a composed default class for {base}",
        "the composed class {name} implementing {base}",
        "{name}, the composed default class of {base},",
        "the composed implementation {name}",
        "a component {name}, composed of another,",
        "the composed layer 2 class of {base}",
        "a composed class {name} for the interface {base}",
    ),
    "value": (
        "a value object {name}",
        "an immutable value object {name}",
        "a value object called {name}",
        "a value object for the {phrase}",
        "the value object {name}",
        "a value object class {name}",
        "an immutable value class {name}",
        "the value object named {name}",
        "a value object, without init, {name}",
    ),
    "registry": (
        "a registry {name}",
        "the registry {name}",
        "a registry class {name}",
        "a registry called {name}",
        "a registry named {name}",
        "the registry class {name}",
        "the class {name}, a registry",
        "the registry known as {name}",
    ),
    "enum": (
        "an enum {name}",
        "a string enum {name}",
        "an enum named {name}",
        "an enum for the {phrase}",
        "the enum {name}",
        "an enum, no union type, named {name}",
        "the string enum called {name}",
        "an enum of the {phrase}",
    ),
    "union": (
        "a union type {name}",
        "a string union {name}",
        "a union type named {name}",
        "a union type for the {phrase}",
        "the union type {name}",
        "a union type, no enum, named {name}",
        "the string union called {name}",
        "a union type of the {phrase}",
    ),
    "alias": (
        "a type alias {name}",
        "the type alias {name}",
        "a type alias named {name}",
        "a type alias called {name}",
        "an alias type {name}",
        "a type alias, no interface, named {name}",
        "the alias type named {name}",
        "the type alias known as {name}",
    ),
    "outcome": (
        "an outcome type {name}",
        "the outcome type {name}",
        "an outcome type named {name}",
        "an outcome type for the {phrase}",
        "a typed outcome {name}",
        "an outcome type called {name}",
        "the typed outcome called {name}",
        "an outcome type of the {phrase}",
    ),
    "constant": (
        "a constant {constant}",
        "the constant {constant}",
        "a constant named {constant}",
        'a constant for "{phrase}"',
        "a single constant {constant}",
        'the constant "{phrase}"',
        "the constant called {constant}",
        "one constant named {constant}",
    ),
    "map": (
        "a constant map {constant}",
        "the constant map {constant}",
        "a constant map named {constant}",
        'a constant map for "{phrase}"',
        "a readonly map {constant}",
        "the readonly constant map {constant}",
        "the constant map called {constant}",
        "a readonly map named {constant}",
    ),
    "error": (
        "an error class {name}",
        "a typed error {name}",
        "the error class {name}",
        "an error class named {name}",
        "the typed error {name}",
        "a subclass of Error named {name}",
        "the error type called {name}",
        "an error class for the {phrase}",
    ),
    "service": (
        "an async service {name}",
        "the async service {name}",
        "an async service class {name}",
        "an async service named {name}",
        "an asynchronous service {name}",
        "the async service class {name}",
        "the asynchronous service called {name}",
        "an async service for the {phrase}",
    ),
    "adapter": (
        "an adapter {name}",
        "an adapter class {name}",
        "the adapter {name} for {base}",
        "an adapter named {name}",
        "the adapter {name}",
        "the adapter class {name} of {base}",
        "an adapter called {name}",
        "an adapter class for {base}",
    ),
    "function": (
        "an async function {camel}",
        "the async function {camel}",
        "an async function named {camel}",
        "an async function called {camel}",
        "an asynchronous function {camel}",
        "the asynchronous function {camel}",
        "the async function named {camel}",
        "one async function called {camel}",
    ),
    "guard": (
        "a type guard {camel}",
        "the type guard {camel}",
        "a type guard for {base}",
        "a type guard named {camel}",
        "the guard function {camel}",
        "a type guard called {camel}",
        "the type guard of {base}",
        "a guard function named {camel}",
    ),
    "formatter": (
        "a formatter {camel}",
        "the formatter {camel}",
        "a formatter function {camel}",
        "a formatter named {camel}",
        "a formatter called {camel}",
        "the formatter function {camel}",
        "the function {camel}, a formatter,",
        "one formatter function named {camel}",
    ),
    "test": (
        "a test file for {name}",
        "the Vitest file of {name}",
        "a Vitest test of {name}",
        "the test file of the value object {name}",
        "a Vitest file for the value object {name}",
        "only the test file of {name}",
        "a Vitest test file that covers {name}",
        "the unit test of {name}",
    ),
}


def count(form: str) -> int:
    """Return how many noun phrases a form has."""
    return len(_PHRASES[form])


def subject(form: str, index: int, component: Component) -> str:
    """Return one of the noun phrases of a form, with the component's name in it."""
    name = component.name
    return _PHRASES[form][index].format(
        name=name.pascal,
        camel=name.camel,
        constant=name.constant,
        phrase=name.phrase,
        base=base_of(component).pascal,
    )


def spelt_name(form: str, component: Component) -> str:
    """Return the name in the spelling of the form's house rule."""
    name = component.name
    if form in {"constant", "map"}:
        return name.constant
    return name.camel if form in {"function", "guard", "formatter"} else name.pascal


def base_of(component: Component) -> Identifier:
    """Return the name of the interface that a component belongs to, or its own."""
    if isinstance(component, Adapter | Composite | DefaultClass | Guard):
        return component.base
    return component.name
