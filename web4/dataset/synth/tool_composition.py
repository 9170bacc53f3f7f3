"""Chains of steps, told clause by clause: how clauses and connectors become a sentence."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from web4.dataset.synth.tool_connectors import CONNECTORS, LOOSE, Connectors
from web4.dataset.synth.tool_grammar import Group, Told, capital, choose, pick
from web4.dataset.synth.tool_plans import Step

_LETTERS = "abcde"
_JOINT = "joint"
_TOKEN = re.compile(r"\{([a-eA-E])\}")
_OPEN = re.compile(r": ?\{\w+!\}$")
_SHARE_OF_FUSED = 0.3
_SHARE_OF_BACK = 0.75
_SHARE_HELD = 0.3


@dataclass(frozen=True)
class Clauses:
    """The ways to ask for one step, and those that refer back to what was just spoken of."""

    seen: tuple[str, ...]
    unseen: tuple[str, ...]
    back: tuple[str, ...] = ()
    back_unseen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One step of a chain with its clauses.

    ``topic`` is the thing it speaks of: only where the clause before spoke of the same one may a
    clause refer back. ``free`` says that it can be understood before the others are told.
    """

    step: Step
    clauses: Clauses
    topic: str = ""
    free: bool = True

    def speak(self, rng: random.Random, topic: str, *, unseen: bool, last: bool) -> tuple[str, str]:
        """Draw a clause after one on ``topic``; return its number and its text.

        Only the last clause may end in a text without quotes, or it would run into the next.
        """
        clauses = self.clauses
        back = bool(clauses.back) and topic != "" and topic == self.topic
        if back and rng.random() < _SHARE_OF_BACK:
            seen, held, mark = clauses.back, clauses.back_unseen, "b"
        else:
            seen, held, mark = clauses.seen, clauses.unseen, ""
        while True:
            number, text = pick(rng, seen, held, unseen=unseen and bool(held))
            if last or not _OPEN.search(text):
                return f"{mark}{number}", choose(text, rng)


@dataclass(frozen=True)
class Chain:
    """Several steps that a request asks for, composed of clauses or told in one fused sentence.

    ``loose`` says that the steps have nothing to do with one another.
    """

    name: str
    parts: tuple[Part, ...]
    draws: tuple[Group, ...]
    sentences: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    weight: int = 2
    loose: bool = False
    difficulty: int = 1

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(part.step for part in self.parts)

    @property
    def connectors(self) -> Connectors:
        """The connectors that fit: what cannot be told first is not."""
        table = LOOSE if self.loose else CONNECTORS[len(self.parts)]
        free = self.parts[-1].free
        return Connectors(
            tuple(text for text in table.seen if free or not _late_first(text)),
            tuple(text for text in table.unseen if free or not _late_first(text)),
        )

    def tell(self, rng: random.Random, *, unseen: bool) -> Told:
        fused = self.unseen if unseen else self.sentences
        if fused and rng.random() < _SHARE_OF_FUSED:
            number, text = pick(rng, self.sentences, self.unseen, unseen=unseen)
            return Told(finished(choose(text, rng)), self.steps, f"s{number}", loose=self.loose)
        letters = _LETTERS[: len(self.parts)]
        held = held_out(rng, (_JOINT, *letters)) if unseen else ()
        table = self.connectors
        number, text = pick(rng, table.seen, table.unseen, unseen=_JOINT in held)
        sentence, numbers = join(rng, choose(text, rng), self.parts, held)
        return Told(
            sentence,
            self.steps,
            f"c{number}:{'.'.join(numbers)}",
            late_first=_late_first(text),
            loose=self.loose,
        )


def held_out(rng: random.Random, names: Sequence[str]) -> tuple[str, ...]:
    """Draw which parts of an unseen telling are held out of training: at least one of them."""
    must = rng.choice(names)
    return tuple(name for name in names if name == must or rng.random() < _SHARE_HELD)


def join(
    rng: random.Random, connector: str, parts: Sequence[Part], held: Sequence[str]
) -> tuple[str, list[str]]:
    """Put clauses in a connector; ``held`` has the letters of those held out of training.

    The clauses are drawn in the order in which they are told. Return the sentence and the
    clauses' numbers in the order of the parts.
    """
    numbers = [""] * len(parts)
    sentence, end, topic = "", 0, ""
    for match in _TOKEN.finditer(connector):
        place = _LETTERS.index(match[1].lower())
        last = match.end() == len(connector)
        part = parts[place]
        numbers[place], text = part.speak(rng, topic, unseen=match[1].lower() in held, last=last)
        sentence += connector[end : match.start()] + (capital(text) if match[1].isupper() else text)
        end, topic = match.end(), part.topic
    return finished(sentence + connector[end:]), numbers


def finished(sentence: str) -> str:
    """Give a sentence that stands alone its capital."""
    return capital(sentence) if sentence.endswith((".", "?")) else sentence


def _late_first(connector: str) -> bool:
    """Tell whether a connector tells the last step first."""
    letters: list[str] = [letter.lower() for letter in _TOKEN.findall(connector)]
    return letters[0] == max(letters)
