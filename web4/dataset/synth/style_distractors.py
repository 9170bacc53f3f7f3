"""Sentences about a second thing that is not to be written."""

import random

from web4.dataset.synth import style_subjects
from web4.dataset.synth.style_requests import Request
from web4.dataset.synth.typescript_names import Identifier
from web4.dataset.synth.typescript_types import Component

_BEFORE = (
    "{other} exists already.",
    "{other} is written elsewhere.",
    "{other} is done.",
    "{other} comes later.",
)
_AFTER = (
    "Leave {other} alone.",
    "Do not write {other}.",
    "{other} needs no change.",
    "Unlike {other}, it is still missing.",
    "{other} follows in another file.",
)
_UNSEEN = ("Ignore {other} here.", "{other} is not part of this.")
_NEAR: dict[str, tuple[str, ...]] = {
    "interface": ("No type alias.", "No class.", "The class {default} comes later."),
    "default": ("{base} exists; write only the class.", "Not a value object."),
    "composite": (
        "{base} exists; write only the class.",
        "Its part exists already.",
        "No value object.",
    ),
    "value": ("It needs no init.", "No interface.", "Not a default implementation."),
    "registry": ("The item type exists already.", "Write only the registry."),
    "enum": ("No union type.", "Not a constant map.", "An enum, please."),
    "union": ("No enum.", "Not an interface.", "A type, please."),
    "alias": ("No interface.", "No enum.", "Not a union of literals."),
    "outcome": ("No class.", "It throws nothing.", "No error class."),
    "constant": ("No map.", "No enum.", "Just the one constant."),
    "map": ("No enum.", "Not one constant each.", "No class."),
    "error": ("No interface.", "Nothing else.", "Only the error."),
    "service": ("The injected interface exists.", "Write only the service."),
    "adapter": ("Both interfaces exist.", "Write only the adapter."),
    "function": ("No class.", "Not a service.", "A function, not a class."),
    "guard": ("The interface {base} exists.", "Write only the guard.", "No class."),
    "formatter": ("No class.", "Not an async function.", "Just the function."),
    "test": ("{base} exists; write only its test.", "Vitest, not Jest.", "Do not write the class."),
}


def distract(  # noqa: PLR0913 - what is asked, for what, and what else there is
    rng: random.Random,
    request: Request,
    form: str,
    component: Component,
    other: Identifier,
    *,
    unseen: bool,
) -> Request:
    """Mention a second thing, or a form that is near to the wanted one but not wanted."""
    kind = rng.randrange(5)
    if kind <= 1:
        base = style_subjects.base_of(component).pascal
        told = rng.choice(_NEAR[form]).format(base=base, default=f"Default{base}")
        instruction = f"{request.instruction} {told}"
    elif kind == 2 and not unseen:  # noqa: PLR2004
        instruction = f"{rng.choice(_BEFORE).format(other=other.pascal)} {request.instruction}"
    else:
        told = rng.choice(_UNSEEN if unseen else _AFTER).format(other=other.pascal)
        instruction = f"{request.instruction} {told}"
    return Request(instruction, request.input, request.turns + 1)
