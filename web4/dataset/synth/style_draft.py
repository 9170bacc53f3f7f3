"""Code on its way from house style to bad style, and the names that stand in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from web4.dataset.synth.style_subjects import spelt_name
from web4.dataset.synth.typescript_classes import (
    Adapter,
    Composite,
    DefaultClass,
    Registry,
    Service,
)
from web4.dataset.synth.typescript_forms import ConstantMap, Enum, Interface, ValueObject
from web4.dataset.synth.typescript_functions import AsyncFunction, Formatter, Guard, ValueTest
from web4.dataset.synth.typescript_names import Identifier
from web4.dataset.synth.typescript_types import Component

_STRING = re.compile(r"('(?:[^'\\]|\\.)*')")
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Draft:
    """Bad code so far: its text, the name it exports and the types that the text lost.

    ``told`` pairs what is spelt in the text (a member or ``load()``) with its type.
    """

    form: str
    component: Component
    code: str
    name: str
    told: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, form: str, component: Component) -> "Draft":
        return cls(form, component, component.render(), spelt_name(form, component))

    def edited(self, edit: Callable[[str], str]) -> "Draft":
        """Return the draft with its code edited line by line, comments left alone."""
        lines = self.code.split("\n")
        kept = [line if is_comment(line) else edit(line) for line in lines]
        return replace(self, code="\n".join(kept))

    def renamed(self, names: dict[str, str], *, strings: bool) -> "Draft":
        """Return the draft with identifiers spelt otherwise, in strings too where asked."""

        def spell(text: str) -> str:
            return _WORD.sub(lambda word: names.get(word[0], word[0]), text)

        def edit(line: str) -> str:
            parts = _STRING.split(line)
            return "".join(
                part if at % 2 and not strings else spell(part) for at, part in enumerate(parts)
            )

        told = tuple((spell(name), kind) for name, kind in self.told)
        return replace(self.edited(edit), name=names.get(self.name, self.name), told=told)


def is_comment(line: str) -> bool:
    return line.lstrip().startswith(("/**", "//"))


def members_of(component: Component) -> tuple[Identifier, ...]:
    """Return the names of the members or parameters that a fault may spell otherwise."""
    match component:
        case (
            Interface(members=members)
            | ValueObject(members=members)
            | DefaultClass(members=members)
            | Composite(members=members)
            | Guard(members=members)
            | Formatter(members=members)
        ):
            return tuple(member.name for member in members)
        case ValueTest(values=values):
            return tuple(name for name, _ in values)
        case ConstantMap(entries=entries):
            return tuple(Identifier((key,)) for key, _ in entries)
        case _:
            return ()


def cases_of(component: Component) -> tuple[str, ...]:
    """Return the members of an enum."""
    if not isinstance(component, Enum):
        return ()
    return tuple(value.capitalize() for value in component.values)


def interfaces_of(component: Component) -> tuple[Identifier, ...]:
    """Return the names of the interfaces that code declares or imports."""
    match component:
        case Interface(name=name):
            return (name,)
        case Adapter(base=base, dependency=dependency):
            return (base, dependency)
        case Service(dependency=dependency) | AsyncFunction(dependency=dependency):
            return (dependency,)
        case DefaultClass(base=base) | Composite(base=base) | Guard(base=base):
            return (base,)
        case Registry(item=item):
            return (item,)
        case _:
            return ()
