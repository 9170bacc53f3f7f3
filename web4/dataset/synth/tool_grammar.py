"""How tool requests are built: intents, their sentences, and the frames put around them.

In a sentence ``[a|b]`` is a choice, ``{slot}`` a value (free texts come quoted) and ``{slot!}`` a
value as it stands. A sentence that ends in a mark stands alone, any other is an imperative.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from web4.dataset.synth.splits import Split, in_split
from web4.dataset.synth.tool_difficulty import grade, is_turned
from web4.dataset.synth.tool_globs import matches
from web4.dataset.synth.tool_plans import Step, filled, mirrored, plan_of, reordered
from web4.dataset.synth.vocabulary import Lexicon, Slots
from web4.records import Plan

__all__ = ["Form", "Frame", "Group", "Intent", "Request", "Step", "Told", "draw_request", "form_of"]

Form = Literal["imperative", "open", "whole"]
Group = str
"""A method of the lexicon that draws slots; ``new:2`` draws ``path2`` and ``content2``."""

MAX_OUTPUT = 480
"""The longest gold plan in characters: some 165 tokens of the model."""

_CHOICE = re.compile(r"\[([^\]]*)\]")
_SLOT = re.compile(r"\{(\w+)(!?)\}")
_QUOTED = ("find", "replace", "command", "content", "query", "glob", "edit", "rule")
_OPEN_END = re.compile(r": ?\{\w+!?\}$")
# Sentences that start with no verb, and frames that ask for none.
_LED = re.compile(
    r"(in|from|with|by|of|under|if|unless|first|before|after|once|step|only|when|provided|should"
    r"|among|where|on|at|for|as|the|your|two|three|four|five|depending|whatever|wherever|should"
    r"|within|across|through|instead|here|this|these|my|there|whichever|inside|over|to)\b"
    r"|\{(?!edit)|\(|\d|\[(in|from|on|at|for|with|within|under|by|after|before|of|inside|two|three)\b"
)
_LOOSE = re.compile(r"(^|[:,.;] |so )\{[sS]\}")
_QUOTES = ("`", '"', "'", "`", '"')


@dataclass(frozen=True)
class Told:
    """One way of telling a request: its sentence and the steps that it asks for.

    ``late_first`` says that the last step is told first, ``loose`` that the order is free.
    """

    sentence: str
    steps: tuple[Step, ...]
    key: str
    late_first: bool = False
    loose: bool = False


class Asking(Protocol):
    """What can be asked for in many ways: the values it needs and how it is told."""

    @property
    def name(self) -> str: ...
    @property
    def draws(self) -> tuple[Group, ...]: ...
    @property
    def difficulty(self) -> int: ...
    @property
    def weight(self) -> int: ...

    def tell(self, rng: random.Random, *, unseen: bool) -> Told:
        """Draw a telling; an unseen one holds at least one part that training never has."""
        ...


@dataclass(frozen=True)
class Intent:
    """What a request asks for in sentences that are listed: the plan and the values it needs."""

    name: str
    steps: tuple[Step, ...]
    draws: tuple[Group, ...]
    sentences: tuple[str, ...]
    unseen: tuple[str, ...]
    difficulty: int = 1
    weight: int = 2

    def tell(self, rng: random.Random, *, unseen: bool) -> Told:
        number, sentence = pick(rng, self.sentences, self.unseen, unseen=unseen)
        return Told(choose(sentence, rng), self.steps, str(number))


@dataclass(frozen=True)
class Frame:
    """What stands around a sentence: ``{s}`` and ``{S}`` hold it, ``{other}`` a distractor.

    A frame that repeats ``{path}`` fits only a sentence about that one file.
    """

    text: str
    unseen: bool = False
    weight: int = 1

    def fits(self, sentence: str) -> bool:
        """Tell whether a sentence can stand in the frame."""
        form = form_of(sentence)
        if "{path}" in self.text and ("{path}" not in sentence or "{path2}" in sentence):
            return False
        if form == "open" and not self.text.rstrip(".").endswith(("{s}", "{S}")):
            return False
        return form == "whole" or not _LED.match(sentence) or bool(_LOOSE.search(self.text))


@dataclass(frozen=True)
class Request:
    """A drawn request and the plan that answers it."""

    intent: Asking
    instruction: str
    skeleton: str
    plan: Plan
    acceptable: tuple[str, ...]
    difficulty: int


def form_of(sentence: str) -> Form:
    """Say whether a sentence stands alone, ends in a free text, or is a plain imperative."""
    if sentence.endswith((".", "?")):
        return "whole"
    return "open" if _OPEN_END.search(sentence) else "imperative"


def pick(
    rng: random.Random, seen: Sequence[str], held: Sequence[str], *, unseen: bool
) -> tuple[int, str]:
    """Draw one text with its number; those held out of training are numbered after the others."""
    if unseen:
        number = rng.randrange(len(held))
        return len(seen) + number, held[number]
    number = rng.randrange(len(seen))
    return number, seen[number]


def choose(text: str, rng: random.Random) -> str:
    """Settle every ``[a|b]`` of a text."""
    return _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), text)


def capital(text: str) -> str:
    """Start a text with a capital, unless it starts with a slot."""
    return text[:1].upper() + text[1:]


def draw_request(
    rng: random.Random,
    split: Split,
    intents: Sequence[Asking],
    frames: Mapping[Form, tuple[Frame, ...]],
    *,
    unseen: bool,
) -> Request:
    """Draw an intent, a way to tell it, a frame around that and the values in it."""
    intent = rng.choices(intents, [one.weight for one in intents])[0]
    while True:
        request = _draw(rng, split, intent, frames, unseen=unseen)
        if len(request.plan.to_json()) > MAX_OUTPUT:
            continue
        if intent.draws or in_split(request.instruction, split):
            return request


def _draw(
    rng: random.Random,
    split: Split,
    intent: Asking,
    frames: Mapping[Form, tuple[Frame, ...]],
    *,
    unseen: bool,
) -> Request:
    told = intent.tell(rng, unseen=unseen)
    usable = [
        (position, frame)
        for position, frame in enumerate(frames[form_of(told.sentence)])
        if frame.fits(told.sentence) and (unseen or not frame.unseen)
    ]
    position, frame = rng.choices(usable, [frame.weight for _, frame in usable])[0]
    lexicon = Lexicon(rng, split)
    slots = _slots(intent, lexicon)
    text = _framed(frame, told.sentence, slots, lexicon)
    steps = [filled({"tool": tool, "args": dict(args)}, slots) for tool, args in told.steps]
    return Request(
        intent,
        text,
        f"{intent.name}/{told.key}-{position}",
        plan_of(steps),
        reordered(steps) if told.loose else mirrored(steps),
        grade(
            told.steps,
            rated=intent.difficulty,
            turned=told.late_first or is_turned(told.sentence, told.steps),
            distracted="{other}" in frame.text,
        ),
    )


def _slots(intent: Asking, lexicon: Lexicon) -> Slots:
    slots: Slots = {}
    for group in intent.draws:
        name, _, suffix = group.partition(":")
        while True:
            drawn: Slots = getattr(lexicon, name)()
            if not _clash(drawn, slots):
                break
        slots.update({slot + suffix: value for slot, value in drawn.items()})
    return slots


def _clash(drawn: Slots, slots: Slots) -> bool:
    """Tell whether new values could be taken for others of the same request."""
    both = {**slots, **drawn}
    find, query = both.get("find", ""), both.get("query", "")
    overlap = bool(find and query) and (find in query or query in find)
    return overlap or any(value in slots.values() for value in drawn.values())


def _spoken(sentence: str, slots: Slots, rng: random.Random) -> str:
    quote = rng.choice(_QUOTES)

    def value(match: re.Match[str]) -> str:
        text = slots[match[1]]
        if match[2] or match[1].rstrip("23") not in _QUOTED:
            return text
        mark = "`" if quote in text else quote
        return mark + text + mark

    return _SLOT.sub(value, sentence)


def _framed(frame: Frame, sentence: str, slots: Slots, lexicon: Lexicon) -> str:
    spoken = _spoken(sentence, slots, lexicon.rng)
    text = choose(frame.text, lexicon.rng)
    if form_of(sentence) == "open":
        text = text.rstrip(".")
    # A path keeps its letters even where a sentence starts with it.
    pieces = {"s": spoken, "S": spoken if sentence.startswith("{path") else capital(spoken)}
    if "{path}" in text:
        pieces["path"] = slots["path"]
    if "{other}" in text:
        pieces["other"] = _other(slots, lexicon)
    return _SLOT.sub(lambda match: pieces[match[1]], text)


def _other(slots: Slots, lexicon: Lexicon) -> str:
    """Draw a path that the request has nothing to do with."""
    while True:
        path = lexicon.path()
        if path in slots.values() or matches(slots.get("glob", ""), path):
            continue
        if not path.startswith(slots.get("dir", " ") + "/"):
            return path
