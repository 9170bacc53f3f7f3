"""Requests for one component: a frame around a noun phrase, and how the details are told."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from web4.dataset.synth import style_subjects
from web4.dataset.synth.style_facts import Fact
from web4.dataset.synth.style_subjects import KINDS
from web4.dataset.synth.typescript_types import Component

# These start with a verb, so that details can stand before them.
_COMMANDS = (
    "Create {}.",
    "Write {}.",
    "Add {}.",
    "Define {}.",
    "Declare {}.",
    "Generate {}.",
    "Implement {}.",
    "Provide {}.",
    "Build {}.",
    "Give me {}.",
    "Produce {}.",
    "Supply {}.",
    "Draft {}.",
    "Code {}.",
)
_SENTENCES = (
    "I need {}.",
    "We want {}.",
    "Please declare {}.",
    "Please write {}.",
    "In TypeScript, write {}.",
    "In house style, implement {}.",
    "By our rules, create {}.",
    "Can you add {}?",
    "Could you write {}?",
    "Would you create {}?",
    "May I have {}?",
    "Next comes {}.",
    "What we need is {}.",
    "The task is to write {}.",
    "The next file is {}.",
    "Now it is time for {}.",
)
_UNSEEN_FRAMES = (
    "Could you set up {}?",
    "Our code still lacks {}.",
    "Let us have {}.",
    "What is missing is {}.",
    "Prepare {}.",
)
FRAMES = (*_COMMANDS, *_SENTENCES, *_UNSEEN_FRAMES)
UNSEEN_FRAMES = len(_UNSEEN_FRAMES)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked; ``turns`` counts what makes it harder to read than one plain sentence."""

    instruction: str
    input: str = ""
    turns: int = 0


def plain(
    rng: random.Random, frame: str, phrase: str, facts: Sequence[Fact], *, unseen: bool
) -> Request:
    """Ask for a component with its details in the same sentence, around it or in a list."""
    if not facts:
        return Request(_asked(frame, phrase))
    tellings = _UNSEEN_TELLINGS if unseen and rng.randrange(2) else _TELLINGS
    return rng.choice(tellings)(rng, frame, phrase, facts)


def from_code(rng: random.Random, frame: str, phrase: str, code: str) -> Request:
    """Ask for a component whose details stand in code that exists already."""
    told = rng.choice(
        (
            "{} The code below exists; do not repeat it.",
            "{} It belongs to the code below, which stays as it is.",
            "{} See the existing code below.",
            "{} Its details are in the code below.",
        )
    )
    return Request(told.format(_asked(frame, phrase)), code, turns=2)


TEMPLATES = (
    "Template: {kind}. Name: {name}.{dotted}",
    "Use template {kind}. Name: {name}.{dotted}",
    "Fill the template {kind}. Name: {name}.{dotted}",
    "{name} from template {kind}.{dotted}",
    "Template {kind}; name {name}{semicolons}",
    "template: {kind} | name: {name}{bars}",
    "Template: {kind}\nName: {name}{lines}",
    "Fill the template below.",
    "From the template below, write the code.",
    "Write the {kind} of the template below.",
    "Apply template {kind} to {name}.{dotted}",
    "Render the template {kind}. Name = {name}.{dotted}",
)
UNSEEN_TEMPLATES = 2


def template(number: int, form: str, component: Component, facts: Sequence[Fact]) -> Request:
    """Ask for a component by the fields of a template, in one of the layouts."""
    layout = TEMPLATES[number]
    kind, name = KINDS[form], style_subjects.spelt_name(form, component)
    fields = [(fact.label, fact.listed) for fact in facts]
    lines = "".join(f"\n{label}: {value}" for label, value in fields)
    instruction = layout.format(
        kind=kind,
        name=name,
        dotted="".join(f" {label.capitalize()}: {value}." for label, value in fields),
        semicolons="".join(f"; {label} {value}" for label, value in fields),
        bars="".join(f" | {label}: {value}" for label, value in fields),
        lines="".join(f"\n{label.capitalize()}: {value}" for label, value in fields),
    )
    if "below" not in layout:
        return Request(instruction, turns=1)
    return Request(instruction, f"template: {kind}\nname: {name}{lines}", turns=1)


def _asked(frame: str, phrase: str, tail: str = "") -> str:
    """Fill a frame; the comma after an apposition stands only before what follows."""
    return frame.format(f"{phrase} {tail}" if tail else phrase.removesuffix(","))


def _inline(_: random.Random, frame: str, phrase: str, facts: Sequence[Fact]) -> Request:
    return Request(_asked(frame, phrase, _joined([fact.tail for fact in facts])))


def _after(_: random.Random, frame: str, phrase: str, facts: Sequence[Fact]) -> Request:
    return Request(f"{_asked(frame, phrase)} {' '.join(fact.sentence for fact in facts)}", turns=1)


def _before(rng: random.Random, frame: str, phrase: str, facts: Sequence[Fact]) -> Request:
    """Tell the details first, as far as the frame lets them."""
    asked = _asked(frame, phrase)
    if frame in _COMMANDS:
        nouns = " and ".join(fact.noun for fact in facts)
        opening = rng.choice(("With", "With", "Given", "From"))
        return Request(f"{opening} {nouns}, {asked[0].lower()}{asked[1:]}", turns=2)
    told = " ".join(f"{fact.label.capitalize()}: {fact.listed}." for fact in facts)
    return Request(f"{told} {asked}", turns=2)


def _bullets(rng: random.Random, frame: str, phrase: str, facts: Sequence[Fact]) -> Request:
    mark = rng.choice(("- ", "- ", "* ", ""))
    lines = []
    for fact in facts:
        label = "" if fact.label in _BARE else f"{fact.label.replace('methods', 'method')}: "
        lines += [f"{mark}{label}{item}" for item in fact.items]
    pointer = rng.choice(
        (
            "Details below.",
            "The details are below.",
            "The list below tells the details.",
            "See the list below.",
            "All else stands below.",
        )
    )
    return Request(f"{_asked(frame, phrase)} {pointer}", "\n".join(lines), turns=1)


def _listed(_: random.Random, frame: str, phrase: str, facts: Sequence[Fact]) -> Request:
    told = "; ".join(f"{fact.label}: {fact.listed}" for fact in facts)
    return Request(f"{_asked(frame, phrase)} {told[0].upper()}{told[1:]}.", turns=1)


def _in_parentheses(_: random.Random, frame: str, phrase: str, facts: Sequence[Fact]) -> Request:
    told = "; ".join(f"{fact.label}: {fact.listed}" for fact in facts)
    return Request(_asked(frame, phrase.removesuffix(","), f"({told})"), turns=1)


def _known(_: random.Random, frame: str, phrase: str, facts: Sequence[Fact]) -> Request:
    told = "; ".join(f"{fact.label} {fact.listed}" for fact in facts)
    return Request(f"First the details: {told}. {_asked(frame, phrase)}", turns=2)


# What needs no label in a list: its items say what they are.
_BARE = ("member", "members", "values", "entries", "parameters", "checks", "sample")
_CLAUSES = ("that ", "which ", "whose ", "calling ", "composing ", "built ", "returning ")
_Telling = Callable[[random.Random, str, str, Sequence[Fact]], Request]
_TELLINGS: tuple[_Telling, ...] = (_inline, _inline, _inline, _after, _before, _bullets, _listed)
_UNSEEN_TELLINGS: tuple[_Telling, ...] = (_in_parentheses, _known)


def _joined(tails: Sequence[str]) -> str:
    """Join what follows a noun phrase; a second clause about the same thing needs an "and"."""
    told = tails[0]
    for before, tail in pairwise(tails):
        repeats = tail.split(" ", 1)[0] == before.split(" ", 1)[0]
        told += f" and {tail}" if repeats or tail.startswith(_CLAUSES) else f" {tail}"
    return told
