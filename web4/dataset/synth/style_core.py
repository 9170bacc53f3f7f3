"""Requests for one component of TypeScript and its code in house style."""

import random
from dataclasses import replace
from typing import Literal

from web4.dataset.synth import style_distractors, style_facts, style_requests, style_subjects
from web4.dataset.synth.style_components import FORMS, draw
from web4.dataset.synth.style_grid import Grid
from web4.dataset.synth.style_requests import FRAMES, TEMPLATES, Request
from web4.dataset.synth.style_words import chance, data_name
from web4.dataset.synth.typescript_classes import Composite, DefaultClass
from web4.dataset.synth.typescript_forms import Interface
from web4.dataset.synth.typescript_functions import Guard
from web4.dataset.synth.typescript_types import Component
from web4.records import Record

_TEMPLATE_SHARE = 0.12
_DISTRACTOR_SHARE = 0.22
_CODE_SHARE = 0.25
_GRADES = (2, 4, 5, 6)
_GRID_FORMS = {
    form: Grid(
        f"core/{form}",
        len(FRAMES),
        style_requests.UNSEEN_FRAMES,
        style_subjects.count(form),
        style_subjects.UNSEEN,
    )
    for form in FORMS
}
_GRID_TEMPLATES = {
    form: Grid(f"core/{form}/template", len(TEMPLATES), style_requests.UNSEEN_TEMPLATES, 1, 0)
    for form in FORMS
}


def skeletons(form: str, *, unseen: bool) -> tuple[str, ...]:
    """Return the names of a form's phrasing skeletons, seen or held out of training."""
    grids = (_GRID_FORMS[form], _GRID_TEMPLATES[form])
    return tuple(name for grid in grids for name in grid.names(unseen=unseen))


def make(rng: random.Random, split: Literal["train", "eval"], *, unseen: bool = False) -> Record:
    """Return a random request with its code; ``unseen`` draws a held-out skeleton."""
    form = rng.choice(FORMS)
    component = draw(rng, form, split)
    facts = style_facts.facts(rng, component)
    existing = _existing(component)
    if chance(rng, _TEMPLATE_SHARE):
        number = _draw_template(rng, form, unseen=unseen)
        request = style_requests.template(number, form, component, facts)
        skeleton = _GRID_TEMPLATES[form].name(number, 0)
    else:
        row, column = _GRID_FORMS[form].draw(rng, unseen=unseen)
        skeleton = _GRID_FORMS[form].name(row, column)
        phrase = style_subjects.subject(form, column, component)
        if existing and chance(rng, _CODE_SHARE):
            request = style_requests.from_code(rng, FRAMES[row], phrase, existing.render())
            if isinstance(component, Composite):
                request = _with_part(request, component)
        else:
            request = style_requests.plain(rng, FRAMES[row], phrase, facts, unseen=unseen)
        if chance(rng, _DISTRACTOR_SHARE):
            request = style_distractors.distract(
                rng, request, form, component, data_name(rng, split), unseen=unseen
            )
    return Record(
        id="",
        task_type="style_sft",
        instruction=request.instruction,
        input=request.input,
        output=component.render(),
        template=component.template,
        skeleton=skeleton,
        slice="unseen" if unseen else "seen",
        difficulty=_difficulty(component, sum(len(fact.items) for fact in facts), request),
    )


def _draw_template(rng: random.Random, form: str, *, unseen: bool) -> int:
    seen = _GRID_TEMPLATES[form].rows - style_requests.UNSEEN_TEMPLATES
    return rng.randrange(seen, len(TEMPLATES)) if unseen else rng.randrange(seen)


def _existing(component: Component) -> Interface | None:
    """Return the code that tells all details of a component, where there is such code."""
    if isinstance(component, Composite | DefaultClass | Guard):
        return Interface(component.base, component.members)
    return None


def _with_part(request: Request, component: Composite) -> Request:
    """Add the composed part to the interface that is shown."""
    part = component.part
    code = f"{request.input.removesuffix('}')}  {part.camel}: {part.pascal};\n}}"
    return replace(request, input=code)


def _difficulty(component: Component, told: int, request: Request) -> int:
    """Return 1 to 5 by the code's length, the number of details and the turns of the request."""
    lines = component.render().count("\n") + 1
    points = lines // 4 + told + request.turns
    return 1 + sum(points > grade for grade in _GRADES)
