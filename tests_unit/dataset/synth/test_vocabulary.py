"""The values of tool requests: open, halved by split, and safe to put into quotes."""

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web4.dataset.synth import vocabulary_texts
from web4.dataset.synth.splits import Split, in_split
from web4.dataset.synth.vocabulary import Lexicon

GROUPS = (
    "file", "files", "folder", "code", "new", "command", "glob", "url", "saved", "edit", "rule",
    "query", "regex", "swap",
)  # fmt: skip
KINDS: dict[str, Callable[[Lexicon], str]] = {
    "path": lambda lexicon: lexicon.file()["path"],
    "code": lambda lexicon: lexicon.code()["path"],
    "saved": lambda lexicon: lexicon.saved()["path"],
    "name": lambda lexicon: lexicon.name(),
    "folder": lambda lexicon: lexicon.folder()["dir"],
    "content": lambda lexicon: lexicon.new()["content"],
    "command": lambda lexicon: lexicon.command()["command"],
    "glob": lambda lexicon: lexicon.glob()["glob"],
    "url": lambda lexicon: lexicon.url()["url"],
    "edit": lambda lexicon: lexicon.edit()["edit"],
    "rule": lambda lexicon: lexicon.rule()["rule"],
    "rule name": lambda lexicon: lexicon.rule()["name"],
    "query": lambda lexicon: lexicon.query()["query"],
    "regex": lambda lexicon: lexicon.regex()["query"],
    "find": lambda lexicon: lexicon.swap()["find"],
    "replace": lambda lexicon: lexicon.swap()["replace"],
}
every_kind = pytest.mark.parametrize("kind", KINDS)
seeds = st.integers(min_value=0, max_value=2**32)
splits = st.sampled_from(["train", "eval"])


def lexicon_of(seed: int, split: Split) -> Lexicon:
    return Lexicon(random.Random(seed), split)  # noqa: S311 - reproducible on purpose


def drawn(kind: str, split: Split, count: int) -> list[str]:
    lexicon = lexicon_of(11, split)
    return [KINDS[kind](lexicon) for _ in range(count)]


@every_kind
def test_vocabulary_is_open(kind: str) -> None:
    assert len(set(drawn(kind, "train", 8000))) >= 5000


@every_kind
def test_halves_share_no_value(kind: str) -> None:
    assert not set(drawn(kind, "train", 4000)) & set(drawn(kind, "eval", 4000))


@every_kind
def test_same_seed_gives_same_values(kind: str) -> None:
    assert drawn(kind, "eval", 200) == drawn(kind, "eval", 200)


@given(seed=seeds, split=splits, group=st.sampled_from(GROUPS))
def test_values_stand_on_one_line_and_between_backticks(
    seed: int, split: Split, group: str
) -> None:
    for value in getattr(lexicon_of(seed, split), group)().values():
        assert value
        assert value == value.strip()
        assert "`" not in value
        assert value.isprintable()
        assert len(value) <= 90


@given(seed=seeds, split=splits)
def test_paths_and_links_have_no_space(seed: int, split: Split) -> None:
    lexicon = lexicon_of(seed, split)
    for slots in (lexicon.files(), lexicon.folder(), lexicon.url(), lexicon.glob()):
        for value in slots.values():
            assert " " not in value


@given(seed=seeds, split=splits)
def test_what_is_replaced_changes(seed: int, split: Split) -> None:
    swap = lexicon_of(seed, split).swap()
    assert swap["find"] != swap["replace"]


@given(seed=seeds, split=splits)
def test_three_files_are_three(seed: int, split: Split) -> None:
    assert len(set(lexicon_of(seed, split).files().values())) == 3


@given(text=st.text())
def test_a_text_belongs_to_one_half(text: str) -> None:
    assert in_split(text, "train") != in_split(text, "eval")


@pytest.mark.parametrize("kind", ["query", "find"])
def test_shares_of_special_texts(kind: str) -> None:
    texts = drawn(kind, "train", 8000)
    foreign = sum(not text.isascii() for text in texts) / len(texts)
    quotes = sum('"' in text or "'" in text for text in texts) / len(texts)
    backslashes = sum("\\" in text for text in texts) / len(texts)
    assert 0.02 <= foreign <= 0.06
    assert 0.04 <= quotes <= 0.10
    assert 0.02 <= backslashes <= 0.06


def test_every_word_of_a_template_is_known() -> None:
    lexicon = lexicon_of(1, "train")
    for value in vars(vocabulary_texts).values():
        if isinstance(value, tuple):
            for entry in value:
                template = entry[1] if isinstance(entry, tuple) else entry
                assert not re.search(r"\{[A-Za-z]+\}", lexicon.fill((template,))), template
