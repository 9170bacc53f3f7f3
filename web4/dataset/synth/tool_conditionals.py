"""Chains that depend on whether a file exists."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from web4.dataset.synth.tool_clauses import (
    CREATE,
    DIFF,
    EDIT,
    FETCH,
    LIST,
    OPEN,
    READ,
    RUN,
    SWAP,
    renumbered,
)
from web4.dataset.synth.tool_clauses import SAVE as SAVE_PAGE
from web4.dataset.synth.tool_composition import Clauses, Part, finished, held_out
from web4.dataset.synth.tool_conditions import AFTER, BEFORE, BOTH, IF_ABSENT, IF_PRESENT
from web4.dataset.synth.tool_connectors import Connectors
from web4.dataset.synth.tool_grammar import Group, Told, capital, choose, pick
from web4.dataset.synth.tool_plans import Step

_TOKEN = re.compile(r"\{(x|y|that|path)\}")


@dataclass(frozen=True)
class Branching:
    """What is to be done where ``{path}`` is ``present`` and where it is ``absent``, if anything.

    Another step may stand before or after it. The branch that is told first becomes ``then``.
    """

    name: str
    present: Part | None
    absent: Part | None
    draws: tuple[Group, ...]
    before: Part | None = None
    after: Part | None = None
    weight: int = 2
    difficulty: int = 1

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps as they are where presence is asked for first."""
        return self._steps(present_first=self.present is not None)

    @property
    def templates(self) -> Connectors:
        """The wordings that fit; within a longer request only those that are one sentence."""
        table = BOTH
        if self.absent is None:
            table = IF_PRESENT
        elif self.present is None:
            table = IF_ABSENT
        if self.before is None and self.after is None:
            return table
        return Connectors(_clauses_of(table.seen), _clauses_of(table.unseen))

    @property
    def connectors(self) -> Connectors:
        """What joins the condition to the step before or after it."""
        if self.before is None and self.after is None:
            return Connectors(("{c}",), ())
        return BEFORE if self.before else AFTER

    def tell(self, rng: random.Random, *, unseen: bool) -> Told:
        around = (("b", self.before), ("a", self.after))
        named = (("x", self.present), ("y", self.absent), *around)
        names = ["wording", *(name for name, part in named if part is not None)]
        joints, wordings = self.connectors, self.templates
        held = held_out(rng, names + ["joint"] * bool(joints.unseen)) if unseen else ()
        number, wording = pick(rng, wordings.seen, wordings.unseen, unseen="wording" in held)
        joint, sentence = pick(rng, joints.seen, joints.unseen, unseen="joint" in held)
        last = sentence.endswith("{c}")
        condition, numbers = self._condition(rng, choose(wording, rng), held, last=last)
        sentence = choose(sentence, rng)
        for letter, part in around:
            if part is not None:
                mark, text = part.speak(rng, "", unseen=letter in held, last=False)
                numbers.append(mark)
                sentence = _put(sentence, letter, text)
        return Told(
            finished(_put(sentence, "c", condition)),
            self._steps(present_first=_present_first(wording)),
            f"{joint}:{number}:{'.'.join(numbers)}",
        )

    def _condition(
        self, rng: random.Random, wording: str, held: Sequence[str], *, last: bool
    ) -> tuple[str, list[str]]:
        """Fill a wording; ``it`` stands for the file only right after the file was named."""
        numbers = []
        sentence, end, topic = "", 0, ""
        for match in _TOKEN.finditer(wording):
            part = {"x": self.present, "y": self.absent}.get(match[1])
            if part is None:
                text = "it" if match[1] == "that" and topic == "path" else "{path}"
                topic = "path"
            else:
                final = last and match.end() == len(wording)
                number, text = part.speak(rng, topic, unseen=match[1] in held, last=final)
                numbers.append(match[1] + number)
                topic = part.topic
            sentence += wording[end : match.start()] + text
            end = match.end()
        return sentence + wording[end:], numbers

    def _steps(self, *, present_first: bool) -> tuple[Step, ...]:
        present, absent = _branch(self.present), _branch(self.absent)
        then, other = (present, absent) if present_first else (absent, present)
        condition = f"<RESULTS:file_exists> == {'true' if present_first else 'false'}"
        conditional: Step = ("conditional", {"if": condition, "then": then, "else": other})
        exists: Step = ("file_exists", {"path": "{path}"})
        before = (self.before.step,) if self.before else ()
        after = (self.after.step,) if self.after else ()
        return (*before, exists, conditional, *after)


def _branch(part: Part | None) -> list[dict[str, object]]:
    return [] if part is None else [{"tool": part.step[0], "args": dict(part.step[1])}]


def _clauses_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if not text.endswith(".") and "?" not in text)


def _put(sentence: str, letter: str, text: str) -> str:
    sentence = sentence.replace("{" + letter + "}", text)
    return sentence.replace("{" + letter.upper() + "}", capital(text))


def _present_first(template: str) -> bool:
    """Tell whether what is done with the file comes first; what is not there comes second."""
    return template.find("{x}") >= 0 and not 0 <= template.find("{y}") < template.find("{x}")


_READ_OTHER = renumbered(READ, 2)
_CREATE_OTHER = renumbered(CREATE, 2)
_COPY_PAGE = Part(
    SAVE_PAGE.step,
    Clauses(
        (
            "create {path} with the fetched text",
            "[save|store] the result as {path}",
            "[write|put] what you fetched into {path}",
            "create {path} from what was fetched",
            "[save|write] the text of the page to {path}",
            "[create|make] {path} with the text of the page",
        ),
        ("keep the page's text as {path}",),
        (
            "create it with the fetched text",
            "create it from what was fetched",
            "[write|put] the text of the page into it",
            "[write|put] what you fetched into it",
            "create it with what the page says",
            "[make|create] it with the text of the page in it",
        ),
        ("let it hold what came back",),
    ),
    "path",
)

CONDITIONALS: tuple[Branching, ...] = (
    Branching("exists_create", None, CREATE, ("new",), weight=3),
    Branching("exists_create_read", READ, CREATE, ("new",), weight=4),
    Branching("exists_create_edit", EDIT, CREATE, ("new", "edit"), weight=4),
    Branching("exists_create_replace", SWAP, CREATE, ("new", "swap"), weight=2),
    Branching("exists_create_run", RUN, CREATE, ("new", "command"), weight=2),
    Branching("exists_read", READ, None, ("file",), weight=2),
    Branching("exists_edit", EDIT, None, ("code", "edit"), weight=2),
    Branching("exists_replace", SWAP, None, ("file", "swap"), weight=2),
    Branching("exists_run", RUN, None, ("file", "command"), weight=2),
    Branching("missing_run", None, RUN, ("file", "command"), weight=2),
    Branching("exists_read_run", READ, RUN, ("file", "command"), weight=2),
    Branching("exists_edit_run", EDIT, RUN, ("code", "edit", "command"), weight=2),
    Branching("exists_read_ls", READ, LIST, ("file", "folder"), weight=2),
    Branching("exists_read_fetch", READ, FETCH, ("file", "url"), weight=2),
    Branching("exists_read_other", READ, _READ_OTHER, ("files",), weight=2),
    Branching("exists_edit_create_other", EDIT, _CREATE_OTHER, ("code", "edit", "new:2"),
              weight=1),
    Branching("run_exists_read", READ, None, ("command", "file"), before=RUN),
    Branching("ls_exists_create", None, CREATE, ("folder", "new"), before=LIST),
    Branching("ls_exists_create_read", READ, CREATE, ("folder", "new"), before=LIST),
    Branching("fetch_exists_save", None, _COPY_PAGE, ("url", "saved"), before=FETCH),
    Branching("fetch_exists_read_save", READ, _COPY_PAGE, ("url", "saved"), before=FETCH),
    Branching("open_exists_edit", EDIT, None, ("code", "edit"), before=OPEN),
    Branching("diff_exists_edit_create", EDIT, CREATE, ("new", "edit"), before=DIFF),
    Branching("exists_create_then_run", None, CREATE, ("new", "command"), after=RUN),
    Branching("exists_create_read_then_run", READ, CREATE, ("new", "command"), after=RUN),
    Branching("exists_edit_then_diff", EDIT, None, ("code", "edit"), after=DIFF),
    Branching("exists_create_edit_then_diff", EDIT, CREATE, ("new", "edit"), after=DIFF),
    Branching("exists_replace_then_run", SWAP, None, ("file", "swap", "command"), after=RUN),
)  # fmt: skip
