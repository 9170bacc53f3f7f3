"""Badly styled TypeScript and the same component in house style."""

import random
from typing import Literal

from web4.dataset.synth import style_messy
from web4.dataset.synth.style_components import FORMS, draw
from web4.dataset.synth.style_grid import Grid
from web4.dataset.synth.style_messy import Messy
from web4.dataset.synth.style_subjects import KINDS
from web4.dataset.synth.typescript_types import Component
from web4.records import Record

_FRAMES = (
    "Refactor {}.",
    "Refactor {} to house style.",
    "Bring {} into house style.",
    "Clean up {}.",
    "Tidy up {}.",
    "Rewrite {} in house style.",
    "Rewrite {} by our rules.",
    "Write {} anew in house style.",
    "Make {} follow house style.",
    "Fix the style of {}.",
    "Mend {}.",
    "Convert {} to our style.",
    "Please clean up {}.",
    "Please rewrite {}.",
    "Can you refactor {}?",
    "Could you tidy {}?",
    "Would you bring {} into house style?",
    "Apply the house style to {}.",
    "I want {} in house style.",
    "We need {} in our style.",
    "The style of {} is wrong; correct it.",
    "Improve {} without changing what it does.",
    "Restyle {} by our rules.",
    "Get {} into shape.",
)
_UNSEEN_FRAMES = 2
_OBJECTS = (
    "the {kind} {name}",
    "this {kind} {name}",
    "the following {kind} {name}",
    "our {kind} {name}",
    "the {kind} below",
    "this {kind}",
    "the code below",
    "this file",
    "this TypeScript",
    "this code",
    "the {kind} called {name}",
    "the snippet below",
)
_UNSEEN_OBJECTS = 2
_TYPES = ("{} is {}.", "Type {} as {}.", "{} has type {}.", "{} should be {}.")
_RETURNS = ("{} returns {}.", "The result of {} is {}.")
_GRADES = (2, 3, 5, 6)
_GRIDS = {
    form: Grid(f"refactor/{form}", len(_FRAMES), _UNSEEN_FRAMES, len(_OBJECTS), _UNSEEN_OBJECTS)
    for form in FORMS
}


def skeletons(form: str, *, unseen: bool) -> tuple[str, ...]:
    """Return the names of a form's phrasing skeletons, seen or held out of training."""
    return _GRIDS[form].names(unseen=unseen)


def make(rng: random.Random, split: Literal["train", "eval"], *, unseen: bool = False) -> Record:
    """Return random bad code with its clean form; ``unseen`` draws a held-out skeleton."""
    form = rng.choice(FORMS)
    component = draw(rng, form, split)
    messy = style_messy.mess(rng, form, component)
    row, column = _GRIDS[form].draw(rng, unseen=unseen)
    return Record(
        id="",
        task_type="style_refactor",
        instruction=_phrase(rng, form, _FRAMES[row], _OBJECTS[column], messy),
        input=messy.code,
        output=component.render(),
        template=component.template,
        skeleton=_GRIDS[form].name(row, column),
        slice="unseen" if unseen else "seen",
        difficulty=_difficulty(component, messy),
    )


def _phrase(rng: random.Random, form: str, frame: str, target: str, messy: Messy) -> str:
    if form == "test":  # it has no name of its own
        target = target.replace(" called", "").replace(" {name}", " of {name}")
    sentences = [frame.format(target.format(kind=KINDS[form], name=messy.name))]
    for lost, kind in messy.told:
        told = rng.choice(_RETURNS if lost.endswith("()") else _TYPES)
        sentences.append(told.format(lost, kind))
    return " ".join(sentences)


def _difficulty(component: Component, messy: Messy) -> int:
    """Return 1 to 5 by the number of faults and the length of the clean code."""
    points = len(messy.faults) + component.render().count("\n") // 4
    return 1 + sum(points > grade for grade in _GRADES)
