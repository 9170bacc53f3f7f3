"""Components written against house style, each with exactly one clean reading."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from web4.dataset.synth import style_code_faults as code_faults
from web4.dataset.synth import style_faults as faults
from web4.dataset.synth.style_draft import Draft
from web4.dataset.synth.typescript_types import Component

_Fault = Callable[[random.Random, Draft], Draft]

# In the order in which they are applied: what follows still finds the text that it looks for.
# Of two faults of one group a draft gets only one.
_FAULTS: dict[str, tuple[str, _Fault]] = {
    "constructor logic": ("constructor", code_faults.constructor_logic),
    "mutable": ("mutable", code_faults.mutable),
    "any": ("types", code_faults.typed_any),
    "untyped": ("types", code_faults.untyped),
    "array generic": ("array", code_faults.array_generic),
    "boxed": ("boxed", code_faults.boxed),
    "var": ("variables", code_faults.var),
    "let": ("variables", code_faults.let),
    "loose equality": ("equality", code_faults.loose_equality),
    "concatenation": ("concatenation", code_faults.concatenation),
    "console": ("console", code_faults.console),
    "no doc": ("doc", faults.no_doc),
    "acronym": ("acronym", faults.acronym),
    "implementation": ("name", faults.implementation),
    "odd name": ("name", faults.odd_name),
    "prefix": ("prefix", faults.prefix),
    "snake members": ("members", faults.snake_members),
    "pascal members": ("members", faults.pascal_members),
    "loose import": ("import", faults.loose_import),
    "jest": ("jest", faults.jest),
    "default export": ("module", faults.default_export),
    "namespace": ("module", faults.namespace),
    "double quotes": ("quotes", faults.double_quotes),
    "no semicolons": ("semicolons", faults.no_semicolons),
    "crammed": ("crammed", faults.crammed),
    "tabs": ("indent", faults.tabs),
    "wide indent": ("indent", faults.wide_indent),
}
FAULTS = tuple(_FAULTS)
MOST = 6


@dataclass(frozen=True, slots=True)
class Messy:
    """Bad code: the name it exports, its text, the types it lost and the faults it has."""

    name: str
    code: str
    told: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]


def mess(rng: random.Random, form: str, component: Component) -> Messy:
    """Write a component with 1 to 6 faults; it comes back when they are mended.

    More than white space and capitals is always wrong with it: else it would nearly be an echo.
    """
    clean = Draft.of(form, component)
    while True:
        messy = _mess(rng, clean, rng.randint(1, MOST))
        if _folded(messy.code) != _folded(clean.code):
            return messy


def _mess(rng: random.Random, clean: Draft, count: int) -> Messy:
    draft, made = clean, []
    for fault in _chosen(rng, clean, count):
        worse = _FAULTS[fault][1](rng, draft)
        if worse.code != draft.code:
            made.append(fault)
            draft = worse
    return Messy(draft.name, draft.code, draft.told, tuple(made))


def _folded(code: str) -> str:
    return "".join(code.split()).casefold()


def _chosen(rng: random.Random, draft: Draft, count: int) -> list[str]:
    """Choose faults that apply to clean code, at most one a group, in the order of the list."""
    possible = [
        fault
        for fault, (_, apply) in _FAULTS.items()
        if apply(random.Random(0), draft).code != draft.code
    ]
    rng.shuffle(possible)
    chosen: dict[str, str] = {}
    for fault in possible:
        chosen.setdefault(_FAULTS[fault][0], fault)
    taken = list(chosen.values())[:count]
    return [fault for fault in FAULTS if fault in taken]
