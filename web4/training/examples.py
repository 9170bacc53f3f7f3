"""Tokenized training examples and the order in which an epoch shows them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web4 import chat
from web4.errors import ConfigError, DataError
from web4.learned import identity
from web4.records import TRAIN_BUCKETS, Record, read_records
from web4.training.decisions import decisive

_GROUPED_BATCHES = 32
IGNORED = -100
"""The label of a token that no loss is taken on."""


@dataclass(frozen=True, slots=True)
class Example:
    """The token ids of one record behind the shared prefix: rest of the prompt, then answer.

    ``decisive`` tells of each answer token whether it decides what becomes of the rest.
    """

    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    decisive: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.answer)


@dataclass(frozen=True, slots=True)
class Tokenized:
    """The examples of a run and the token ids that each of their prompts starts with."""

    prefix: tuple[int, ...]
    examples: tuple[Example, ...]

    @property
    def tokens(self) -> int:
        return sum(self.lengths)

    @property
    def lengths(self) -> list[int]:
        """Each example's number of tokens, the prefix among them."""
        return [len(self.prefix) + len(example) for example in self.examples]

    def split(self, first: int) -> "tuple[Tokenized, Tokenized]":
        """Return the ``first`` examples and the others."""
        parts = (self.examples[:first], self.examples[first:])
        return Tokenized(self.prefix, parts[0]), Tokenized(self.prefix, parts[1])


def select(  # noqa: PLR0913 - what a draw depends on
    train: Path,
    count: int,
    seed: int,
    *,
    balanced: bool = False,
    mix: Mapping[str, int] | None = None,
    draw: int = 0,
    added_first: bool = False,
    known: frozenset[str] = frozenset(),
) -> list[Record]:
    """Draw ``count`` records from the training buckets.

    ``mix`` weighs the buckets by name, ``balanced`` takes as many from each; else the buckets
    keep their proportions. Each ``draw`` is independent of the others. ``added_first`` takes what
    a remedy added to a bucket before all else, and from the others first those whose identities
    are ``known``.
    """
    buckets = _buckets(train)
    weights = _weights(buckets, balanced=balanced, mix=mix)
    rng = _rng("select", seed, draw)
    chosen: list[Record] = []
    for bucket, share in zip(buckets, _shares(count, weights), strict=True):
        if share > len(bucket):
            raise ConfigError(
                f"{train}: {share} records are wanted from a bucket that holds {len(bucket)}. "
                "Lower 'records' in the profile or raise the counts under [data]."
            )
        first = [record for record in bucket if record.added] if added_first else []
        others = [record for record in bucket if not record.added] if added_first else bucket
        chosen += first[:share] + _sample(rng, others, max(0, share - len(first)), known)
    return chosen


def _sample(
    rng: random.Random, records: Sequence[Record], count: int, known: frozenset[str]
) -> list[Record]:
    """Draw from the known records, and from the others where those do not suffice."""
    if not known:
        return rng.sample(records, count)
    parts: dict[bool, list[Record]] = {True: [], False: []}
    for record in records:
        parts[identity(record) in known].append(record)
    learned = rng.sample(parts[True], min(count, len(parts[True])))
    return learned + rng.sample(parts[False], count - len(learned))


def hold_out(  # noqa: PLR0913 - the draw of ``select``, and what it drew
    train: Path,
    chosen: Sequence[Record],
    count: int,
    seed: int,
    *,
    balanced: bool = False,
    mix: Mapping[str, int] | None = None,
    draw: int = 0,
) -> list[Record]:
    """Draw ``count`` records that were not ``chosen``, in the proportions of that draw."""
    if not count:
        return []
    taken = {record.id for record in chosen}
    buckets = _buckets(train)
    weights = _weights(buckets, balanced=balanced, mix=mix)
    rng = _rng("hold out", seed, draw)
    held: list[Record] = []
    for bucket, share in zip(buckets, _shares(count, weights), strict=True):
        left = [record for record in bucket if record.id not in taken]
        if share > len(left):
            raise ConfigError(
                f"{train}: {share} records are to be held out of a bucket of which training "
                f"leaves {len(left)}. Lower 'validation_records' or 'records' in the profile."
            )
        held += rng.sample(left, share)
    return held


def _rng(purpose: str, seed: int, draw: int) -> random.Random:
    named = f"web4/{purpose}/{seed}/{draw}" if draw else f"web4/{purpose}/{seed}"
    return random.Random(named)  # noqa: S311 - wants to be reproducible


def _buckets(train: Path) -> list[list[Record]]:
    return [list(read_records(train / f"{bucket}.jsonl")) for bucket in TRAIN_BUCKETS]


def _weights(
    buckets: Sequence[Sequence[Record]], *, balanced: bool, mix: Mapping[str, int] | None
) -> list[int]:
    if mix:
        return [mix[bucket] for bucket in TRAIN_BUCKETS]
    return [1 if balanced else len(bucket) for bucket in buckets]


def _shares(count: int, weights: Sequence[int]) -> list[int]:
    """Split ``count`` by weight so that the parts add up to it exactly."""
    total = sum(weights)
    ends = [count * sum(weights[: end + 1]) // total for end in range(len(weights))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def tokenize(records: Sequence[Record], tokenizer: Any, max_tokens: int) -> Tokenized:
    """Tokenize the rendered records; raise ``DataError`` where one is too long.

    Prompt and answer are tokenized apart, as at inference, so that no token spans both.
    """
    prompts = _ids(tokenizer, [chat.render_prompt(record) for record in records])
    texts = [chat.render_answer(record) for record in records]
    answers = tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True)
    spans = answers["offset_mapping"]
    prefix = _common_prefix(prompts)
    examples = [
        Example(prompt[len(prefix) :], tuple(answer), decisive(text, at))
        for prompt, answer, text, at in zip(
            prompts, answers["input_ids"], texts, spans, strict=True
        )
    ]
    for record, example in zip(records, examples, strict=True):
        if len(prefix) + len(example) > max_tokens:
            raise DataError(
                f"record {record.id}: {len(prefix) + len(example)} tokens, allowed are "
                f"{max_tokens}. Shorten it, or raise max_tokens in the profile."
            )
    return Tokenized(prefix, tuple(examples))


def _ids(tokenizer: Any, texts: list[str]) -> list[tuple[int, ...]]:
    return [tuple(ids) for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]]


def _common_prefix(sequences: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    first, last = min(sequences), max(sequences)
    length = 0
    while length < min(len(first), len(last)) - 1 and first[length] == last[length]:
        length += 1
    return first[:length]


def epoch_order(
    lengths: Sequence[int], batch: int, seed: int, *, longest_at: int | None = None
) -> list[int]:
    """Order examples so that each run of ``batch`` has like lengths, and the runs come mixed.

    Padding falls from about half of the tokens to a few percent, while neighbouring batches
    still differ in kind. The whole run that has the longest example stands at ``longest_at``, a
    multiple of ``batch``, where that is told and there are as many.
    """
    rng = random.Random(f"web4/order/{seed}")  # noqa: S311 - wants to be reproducible
    indices = list(range(len(lengths)))
    rng.shuffle(indices)
    order: list[int] = []
    group = batch * _GROUPED_BATCHES
    for start in range(0, len(indices), group):
        members = sorted(indices[start : start + group], key=lambda index: lengths[index])
        batches = [members[first : first + batch] for first in range(0, len(members), batch)]
        partial = [batches.pop()] if len(batches[-1]) < batch else []
        rng.shuffle(batches)
        order += [index for members in (*batches, *partial) for index in members]
    if longest_at is not None and len(order) >= batch:
        whole = range(0, len(order) - batch + 1, batch)
        place = max(whole, key=lambda start: max(lengths[i] for i in order[start : start + batch]))
        longest, rest = order[place : place + batch], order[:place] + order[place + batch :]
        before = min(longest_at, len(rest) // batch * batch)
        order = [*rest[:before], *longest, *rest[before:]]
    return order
