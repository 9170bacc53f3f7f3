"""The links of the parity chain: two engines compared, and what breaks a link named.

Logits are compared in nats, so a difference of d changes no ratio of two probabilities by more
than a factor of exp(2 d). Where all logits of a position agree within a tolerance t, the likeliest
token can only change between two whose logits lie less than 2 t apart: that is the margin.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from web4.chat import END_OF_TURN, PREFIX
from web4.packaging.engines import Engine, kl_divergence, log_softmax
from web4.terminal import printable

_TOLD = 5  # breaks told of a link, with their texts; the rest is counted
_SHOWN_TOKENS = 8
_SHOWN_CHARACTERS = 60
_ENDING = f"{END_OF_TURN}\n<|im_start|>assistant\n"


@dataclass(frozen=True, slots=True)
class Break:
    """Where a link breaks: in which record, at which token or letter, and what both sides say."""

    record_id: str
    position: int
    what: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Link:
    """What a comparison of two engines gave; it holds where no record broke it.

    ``between`` names the engines. ``figures`` are what was measured; ``broken`` counts records.
    """

    name: str
    between: tuple[str, str]
    records: int
    broken: int = 0
    breaks: tuple[Break, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return self.broken == 0

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "holds": self.holds}

    def to_text(self) -> str:
        """Return the link in a few lines, without anything that could steer a terminal."""
        state = "holds" if self.holds else f"BROKEN by {self.broken}"
        lines = [f"{self.name}: {' = '.join(self.between)}: {state} of {self.records} records"]
        lines += [f"  {name} {value:.6g}" for name, value in self.figures.items()]
        for one in self.breaks:
            lines.append(f"  {one.record_id}, position {one.position}: {one.what}")
            texts = zip(self.between, (one.first, one.second), strict=True)
            lines += [f"    {name}: {text}" for name, text in texts]
        return "\n".join(printable(line) for line in lines)


@dataclass(frozen=True, slots=True)
class Asked:
    """One record as the chain asks it: its prompt, and an answer that all engines read."""

    record_id: str
    prompt: tuple[int, ...]
    answer: tuple[int, ...]


def compare_tokens(name: str, first: Engine, second: Engine, texts: Mapping[str, str]) -> Link:
    """Compare how two tokenizers cut texts, given by record."""
    breaks = []
    for record_id, text in texts.items():
        one, other = first.tokens(text), second.tokens(text)
        if one != other:
            place = _first_difference(one, other)
            what = f"token {_at(one, place)} against {_at(other, place)}"
            cut = [_cut(engine, ids, place) for engine, ids in ((first, one), (second, other))]
            breaks.append(Break(record_id, place, what, *cut))
    return _link(name, first, second, len(texts), breaks)


def compare_templates(name: str, first: Engine, second: Engine, prompts: Mapping[str, str]) -> Link:
    """Compare the chat templates that come with two models, and what they make of each prompt.

    ``prompts`` are what candidates are asked, by record: whoever serves a model through its own
    template has to ask the same. Two models without one agree; no figure is claimed then.
    """
    one, other = first.chat_template, second.chat_template
    if one != other:
        what = f"the chat templates differ, {len(one)} and {len(other)} letters long"
        place = _first_difference(one, other)
        return _link(name, first, second, len(prompts), [_break("", place, what, one, other)])
    breaks = []
    for record_id, prompt in prompts.items() if one else ():
        rendered = _rendered(one, prompt)
        if rendered != prompt:
            place = _first_difference(rendered, prompt)
            what = "the chat template makes another prompt than web4 (below)"
            breaks.append(_break(record_id, place, what, rendered, prompt))
    rendered_prompts = len(prompts) if one else 0
    return _link(name, first, second, len(prompts), breaks, {"rendered prompts": rendered_prompts})


def compare_logits(
    name: str,
    reference: Callable[[int], Any],
    engines: tuple[Engine, Engine],
    asked: Sequence[Asked],
    tolerance: float,
) -> Link:
    """Compare the logits at every token of every answer, and with them the greedy answers.

    Both engines read the first one's greedy answer. Where the second finds each of its tokens the
    likeliest as well, its own greedy answer is the same, by induction over the tokens.
    ``reference(i)`` gives the first one's logits of record i, (tokens, vocabulary).
    """
    import numpy as np

    first, second = engines
    breaks: list[Break] = []
    broken = positions = changed = 0
    largest = margin = divergence = 0.0
    for place, one in enumerate(asked):
        fault = _unreadable(one, first, second)
        if not fault:
            before, after = reference(place), second.logits(one.prompt, one.answer)
            shared = min(before.shape[1], after.shape[1])
            seen = _Seen(np, before[:, :shared], after[:, :shared])
            positions += len(one.answer)
            largest = max(largest, float(seen.differences.max()))
            divergence += float(seen.divergence.sum())
            if seen.changed is not None:
                changed += 1
                margin = max(margin, seen.gap)
            fault = seen.fault(second, tolerance)
        if fault:
            broken += 1
            if len(breaks) < _TOLD:
                at, what = fault
                answer = _own_answer(second, one)
                breaks.append(Break(one.record_id, at, what, first.text(one.answer), answer))
    figures = {
        "positions": positions,
        "tolerance (nats)": tolerance,
        "largest difference (nats)": largest,
        "mean KL divergence (nats)": divergence / max(positions, 1),
        "greedy answers that differ": changed,
        "largest margin of these (nats)": margin,
    }
    if first.vocabulary != second.vocabulary:
        what = f"{first.vocabulary} logits against {second.vocabulary}"
        breaks.insert(0, Break("", 0, what, "", ""))
        broken = len(asked)
    return Link(name, (first.name, second.name), len(asked), broken, tuple(breaks), figures)


class _Seen:
    """One record's logits in both engines, ``before`` and ``after``, compared."""

    def __init__(self, np: Any, before: Any, after: Any) -> None:
        finite = np.isfinite(before).all(axis=1) & np.isfinite(after).all(axis=1)
        self._wrong = np.flatnonzero(~finite)
        before, after = (np.nan_to_num(rows, posinf=0.0, neginf=0.0) for rows in (before, after))
        self._before, self._after = before, after
        difference = np.abs(after - before)
        self.differences = difference.max(axis=1)
        self._tokens = difference.argmax(axis=1)
        self._tops = before.argmax(axis=1), after.argmax(axis=1)
        unlike = np.flatnonzero(self._tops[0] != self._tops[1])
        self.changed: int | None = int(unlike[0]) if len(unlike) else None
        chances = [log_softmax(rows) for rows in (before, after)]
        self.divergence = kl_divergence(*chances)

    @property
    def gap(self) -> float:
        """The larger of the two engines' margins where their likeliest tokens first differ."""
        if self.changed is None:
            return 0.0
        at = self.changed
        one, other = (int(tops[at]) for tops in self._tops)
        return max(
            float(self._before[at, one] - self._before[at, other]),
            float(self._after[at, other] - self._after[at, one]),
        )

    def fault(self, engine: Engine, tolerance: float) -> tuple[int, str] | None:
        """Return where and how the second engine goes too far from the first, if it does."""
        if len(self._wrong):
            return int(self._wrong[0]), "logits that are no numbers"
        if self.changed is not None and self.gap > 2 * tolerance:
            tokens = [int(tops[self.changed]) for tops in self._tops]
            said = " against ".join(f"{token} {engine.text([token])!r}" for token in tokens)
            return self.changed, f"likeliest is {said}, {self.gap:.3g} nats apart"
        beyond = next((i for i, one in enumerate(self.differences) if one > tolerance), None)
        if beyond is None:
            return None
        token = int(self._tokens[beyond])
        pair = [float(rows[beyond, token]) for rows in (self._before, self._after)]
        said = f"{token} {engine.text([token])!r}"
        return beyond, f"token {said} has logit {pair[0]:.4g} against {pair[1]:.4g}"


def _unreadable(one: Asked, first: Engine, second: Engine) -> tuple[int, str] | None:
    """Return where an engine's vocabulary ends before a token of the record, if it does."""
    size = min(first.vocabulary, second.vocabulary)
    tokens = (*one.prompt, *one.answer)
    place = next((place for place, token in enumerate(tokens) if token >= size), None)
    return None if place is None else (place, f"token {tokens[place]} of {size} there are")


def _own_answer(engine: Engine, one: Asked) -> str:
    if max(one.prompt) >= engine.vocabulary:
        return ""
    return engine.text(engine.greedy(one.prompt, len(one.answer) + _SHOWN_TOKENS))


def _rendered(template: str, prompt: str) -> str:
    """Let a chat template render what a prompt says; an error it raises stands for its text."""
    import jinja2
    from transformers.utils.chat_template_utils import render_jinja_template

    system, _, _ = PREFIX.partition(END_OF_TURN)
    said = prompt.removeprefix(PREFIX).removesuffix(_ENDING)
    messages = [
        {"role": "system", "content": system.removeprefix("<|im_start|>system\n")},
        {"role": "user", "content": said},
    ]
    try:
        rendered: Any = render_jinja_template(
            conversations=[messages], chat_template=template, add_generation_prompt=True
        )
    except (jinja2.TemplateError, TypeError, ValueError) as error:
        return f"(the template fails: {error})"
    return str(rendered[0][0])


def _first_difference(one: Sequence[Any], other: Sequence[Any]) -> int:
    pairs = zip(one, other, strict=False)
    ends = min(len(one), len(other))
    return next((place for place, (a, b) in enumerate(pairs) if a != b), ends)


def _at(tokens: Sequence[int], place: int) -> str:
    return str(tokens[place]) if place < len(tokens) else "none"


def _cut(engine: Engine, tokens: Sequence[int], place: int) -> str:
    shown = tokens[place : place + _SHOWN_TOKENS]
    return "|".join(engine.text([token]) for token in shown if token < engine.vocabulary)


def _break(record_id: str, place: int, what: str, first: str, second: str) -> Break:
    window = slice(max(0, place - _SHOWN_CHARACTERS // 2), place + _SHOWN_CHARACTERS)
    return Break(record_id, place, what, first[window], second[window])


def _link(  # noqa: PLR0913, PLR0917 - who was compared on what, and what came of it
    name: str,
    first: Engine,
    second: Engine,
    records: int,
    breaks: Sequence[Break],
    figures: Mapping[str, float] | None = None,
) -> Link:
    told = tuple(breaks[:_TOLD])
    return Link(name, (first.name, second.name), records, len(breaks), told, figures or {})
