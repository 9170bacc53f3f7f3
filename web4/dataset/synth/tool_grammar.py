"""How tool requests are built: intents, their sentences, and the frames put around them.

In a sentence ``[a|b]`` is a choice, ``{slot}`` a value (free texts come quoted) and ``{slot!}`` a
value as it stands. A sentence that ends in a mark stands alone, any other is an imperative.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from web4.dataset.synth.vocabulary import Lexicon, Slots, Split, in_split
from web4.records import Plan, PlanStep

Form = Literal["imperative", "open", "whole"]
Step = tuple[str, Mapping[str, Any]]
Group = Literal[
    "file", "files", "folder", "code", "new", "command", "glob", "url", "saved", "edit", "rule",
    "query", "regex", "swap",
]  # fmt: skip

_CHOICE = re.compile(r"\[([^\]]*)\]")
_SLOT = re.compile(r"\{(\w+)(!?)\}")
_QUOTED = ("find", "replace", "command", "content", "query", "glob", "edit", "rule")
_OPEN_END = re.compile(r": ?\{\w+!?\}$")
# Sentences that start with no verb, and frames that ask for none.
_LED = re.compile(
    r"(in|from|with|by|of|under|if|unless|first|before|step|only|when|provided|should|among|where)\b"
    r"|\{path|\[in\|"
)
_LOOSE = re.compile(r"(^|[:,.;] |so )\{[sS]\}")
_QUOTES = ("`", '"', "'", "`", '"')


@dataclass(frozen=True)
class Intent:
    """What a request asks for: the plan, the values it needs and the ways of asking."""

    name: str
    steps: tuple[Step, ...]
    draws: tuple[Group, ...]
    sentences: tuple[str, ...]
    unseen: tuple[str, ...]
    difficulty: int = 1
    weight: int = 2


@dataclass(frozen=True)
class Frame:
    """What stands around a sentence: ``{s}`` and ``{S}`` hold it, ``{other}`` a distractor."""

    text: str
    unseen: bool = False
    weight: int = 1

    def fits(self, sentence: str) -> bool:
        """Tell whether a sentence can stand in the frame."""
        form = form_of(sentence)
        if form == "open" and not self.text.rstrip(".").endswith(("{s}", "{S}")):
            return False
        return form == "whole" or not _LED.match(sentence) or bool(_LOOSE.search(self.text))


@dataclass(frozen=True)
class Request:
    """A drawn request and the plan that answers it."""

    intent: Intent
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


def draw_request(
    rng: random.Random,
    split: Split,
    intents: tuple[Intent, ...],
    frames: Mapping[Form, tuple[Frame, ...]],
    *,
    unseen: bool,
) -> Request:
    """Draw an intent, one of its sentences, a frame around it and the values in it."""
    intent = rng.choices(intents, [one.weight for one in intents])[0]
    while True:
        request = _draw(rng, split, intent, frames, unseen=unseen)
        if intent.draws or in_split(request.instruction, split):
            return request


def _draw(
    rng: random.Random,
    split: Split,
    intent: Intent,
    frames: Mapping[Form, tuple[Frame, ...]],
    *,
    unseen: bool,
) -> Request:
    known = len(intent.sentences)
    number = rng.randrange(known, known + len(intent.unseen)) if unseen else rng.randrange(known)
    sentence = (intent.sentences + intent.unseen)[number]
    form = form_of(sentence)
    usable = [
        (position, frame)
        for position, frame in enumerate(frames[form])
        if frame.fits(sentence) and (unseen or not frame.unseen)
    ]
    position, frame = rng.choices(usable, [frame.weight for _, frame in usable])[0]
    lexicon = Lexicon(rng, split)
    slots = _slots(intent, lexicon)
    text = _framed(frame, sentence, _spoken(sentence, slots, rng), lexicon)
    steps = [_filled({"tool": tool, "args": dict(args)}, slots) for tool, args in intent.steps]
    return Request(
        intent,
        text,
        f"{intent.name}/{number}-{position}",
        _plan(steps),
        _mirrored(steps),
        min(5, intent.difficulty + ("{other}" in frame.text)),
    )


def _slots(intent: Intent, lexicon: Lexicon) -> Slots:
    slots: Slots = {}
    for group in intent.draws:
        drawn: Slots = getattr(lexicon, group)()
        slots.update(drawn)
    return slots


def _choose(text: str, rng: random.Random) -> str:
    return _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), text)


def _spoken(sentence: str, slots: Slots, rng: random.Random) -> str:
    quote = rng.choice(_QUOTES)

    def value(match: re.Match[str]) -> str:
        text = slots[match[1]]
        if match[2] or match[1] not in _QUOTED:
            return text
        mark = "`" if quote in text else quote
        return mark + text + mark

    return _SLOT.sub(value, _choose(sentence, rng))


def _framed(frame: Frame, sentence: str, spoken: str, lexicon: Lexicon) -> str:
    text = _choose(frame.text, lexicon.rng)
    if form_of(sentence) == "open":
        text = text.rstrip(".")
    capital = spoken if sentence.startswith("{path}") else spoken[0].upper() + spoken[1:]
    pieces = {"s": spoken, "S": capital}
    if "{other}" in text:
        pieces["other"] = lexicon.path()
    return _SLOT.sub(lambda match: pieces[match[1]], text)


def _filled(value: Any, slots: Slots) -> Any:
    if isinstance(value, str):
        return _SLOT.sub(lambda match: slots[match[1]], value)
    if isinstance(value, dict):
        return {key: _filled(item, slots) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, slots) for item in value]
    return value


def _plan(steps: list[dict[str, Any]]) -> Plan:
    return Plan(tuple(PlanStep(step["tool"], step["args"]) for step in steps))


def _mirrored(steps: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the plan with its condition and branches turned round, where it has any."""
    if steps[-1]["tool"] != "conditional":
        return ()
    args = steps[-1]["args"]
    negated = args["if"].endswith("== false")
    condition = args["if"].rpartition(" ")[0] + (" true" if negated else " false")
    turned = {"if": condition, "then": args["else"], "else": args["then"]}
    return (_plan([*steps[:-1], {"tool": "conditional", "args": turned}]).to_json(),)
