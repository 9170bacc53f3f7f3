"""Badly styled TypeScript and the same component in house style."""

import random
from typing import Literal

from web4.dataset.synth import style_components, style_messy
from web4.dataset.synth.style_messy import Messy
from web4.records import Record

KINDS: dict[str, str] = {
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

_FRAMES = (
    "Refactor {}.",
    "Refactor {} to house style.",
    "Bring {} into house style.",
    "Clean up {}.",
    "Rewrite {} in house style.",
    "Make {} follow house style.",
    "Fix the style of {}.",
    "Convert {} to our style.",
    "Please clean up {}.",
    "Can you refactor {}?",
    "Apply the house style to {}.",
)
_UNSEEN_FRAMES = ("Restyle {} by our rules.",)
_OBJECTS = ("the {} {}", "this {} {}", "the following {} {}", "our {} {}")
_TYPES = ("{} is {}.", "Type {} as {}.", "{} has type {}.")
_WIDTH = len(_OBJECTS)


def skeletons(form: str, *, unseen: bool) -> tuple[str, ...]:
    """Return the names of a form's phrasing skeletons, seen or unseen."""
    first, last = _bounds(unseen=unseen)
    return tuple(f"{form}/{number:02}" for number in range(first, last))


def make(rng: random.Random, split: Literal["train", "eval"], *, unseen: bool = False) -> Record:
    """Return random bad code with its clean form; ``unseen`` draws held-out phrasings only."""
    form = rng.choice(tuple(KINDS))
    component = style_components.DRAWS[form](rng, split)
    messy = style_messy.mess(rng, component)
    number = rng.randrange(*_bounds(unseen=unseen))
    return Record(
        id="",
        task_type="style_refactor",
        instruction=_phrase(rng, form, number, messy),
        input=messy.code,
        output=component.render(),
        skeleton=f"{form}/{number:02}",
        slice="unseen" if unseen else "seen",
        difficulty=1 + style_components.difficulty(component),
    )


def _bounds(*, unseen: bool) -> tuple[int, int]:
    seen = _WIDTH * len(_FRAMES)
    return (seen, seen + _WIDTH * len(_UNSEEN_FRAMES)) if unseen else (0, seen)


def _phrase(rng: random.Random, form: str, number: int, messy: Messy) -> str:
    row, column = divmod(number, _WIDTH)
    frame = (*_FRAMES, *_UNSEEN_FRAMES)[row]
    text = frame.format(_OBJECTS[column].format(KINDS[form], messy.name))
    if messy.untyped:
        text += " " + rng.choice(_TYPES).format(*messy.untyped)
    return text
