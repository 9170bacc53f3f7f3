"""Requests for one component of TypeScript and its code in house style."""

import random
from typing import Literal

from web4.dataset.synth import style_components, style_requests
from web4.dataset.synth.style_requests import SUBJECTS, TEMPLATES, Request
from web4.dataset.synth.typescript_forms import Component
from web4.records import Record

FORMS = tuple(style_components.DRAWS)

_FRAMES = (
    "Create {}.",
    "Write {}.",
    "Add {}.",
    "Define {}.",
    "I need {}.",
    "Please declare {}.",
    "Give me {}.",
    "Generate {}.",
    "In TypeScript, write {}.",
    "We want {}.",
    "In house style, implement {}.",
    "Can you add {}?",
    "Next comes {}.",
)
_TEMPLATE_FRAMES = (
    "Template: {kind}. Name: {name}.{fields}",
    "Use template {kind}. Name: {name}.{fields}",
    "Fill the template {kind}. Name: {name}.{fields}",
    "{name} from template {kind}.{fields}",
)
_UNSEEN_FRAMES = ("Could you set up {}?", "Our code still lacks {}.")
_WIDTH = len(_TEMPLATE_FRAMES)


def skeletons(form: str, *, unseen: bool) -> tuple[str, ...]:
    """Return the names of a form's phrasing skeletons, seen or unseen."""
    first, last = _bounds(unseen=unseen)
    return tuple(f"{form}/{number:02}" for number in range(first, last))


def make(rng: random.Random, split: Literal["train", "eval"], *, unseen: bool = False) -> Record:
    """Return a random request with its code; ``unseen`` draws held-out phrasings only."""
    form = rng.choice(FORMS)
    component = style_components.DRAWS[form](rng, split)
    number = rng.randrange(*_bounds(unseen=unseen))
    told = style_requests.request(rng, component)
    return Record(
        id="",
        task_type="style_sft",
        instruction=_phrase(form, number, component, told),
        input="",
        output=component.render(),
        skeleton=f"{form}/{number:02}",
        slice="unseen" if unseen else "seen",
        difficulty=style_components.difficulty(component),
    )


def _bounds(*, unseen: bool) -> tuple[int, int]:
    seen = _WIDTH * (len(_FRAMES) + 1)
    return (seen, seen + _WIDTH * len(_UNSEEN_FRAMES)) if unseen else (0, seen)


def _phrase(form: str, number: int, component: Component, told: Request) -> str:
    row, column = divmod(number, len(SUBJECTS[form]))
    if row == len(_FRAMES):
        name = component.name.pascal
        if form in ("constant", "function"):
            name = component.name.constant if form == "constant" else component.name.camel
        fields = "".join(f" {label.capitalize()}: {value}." for label, value in told.fields)
        frame = _TEMPLATE_FRAMES[column]
        return frame.format(kind=TEMPLATES[form], name=name, fields=fields)
    frames = _FRAMES if row < len(_FRAMES) else _UNSEEN_FRAMES
    frame = frames[row if row < len(_FRAMES) else row - len(_FRAMES) - 1]
    return frame.format(style_requests.subject(form, column, component) + told.tail)
