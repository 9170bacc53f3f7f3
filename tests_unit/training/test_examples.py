"""Which records are trained on, as which tokens, and in which order."""

import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.chat import PREFIX
from web4.errors import ConfigError, DataError
from web4.learned import identity
from web4.records import ADDED, TRAIN_BUCKETS, Record, write_jsonl
from web4.training.examples import _shares, epoch_order, select, tokenize

_SIZES = dict(zip(TRAIN_BUCKETS, (40, 10, 20, 20, 10), strict=True))


@pytest.fixture(scope="module")
def train(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("train")
    for bucket, size in _SIZES.items():
        records = [Record(f"{bucket}-{i}", "tool_call", "Do it.", "", "x") for i in range(size)]
        write_jsonl(folder / f"{bucket}.jsonl", records)
    return folder


@pytest.fixture(scope="module")
def tokenizer(tiny_base: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_base)


def _counts(records: list[Record]) -> dict[str, int]:
    buckets = [record.id.rpartition("-")[0] for record in records]
    return {bucket: buckets.count(bucket) for bucket in TRAIN_BUCKETS}


@given(st.integers(0, 10_000), st.lists(st.integers(0, 10_000), min_size=1, max_size=8))
def test_shares_add_up_and_keep_the_proportions(count: int, weights: list[int]) -> None:
    total = sum(weights)
    if not total:
        return
    shares = _shares(count, weights)
    assert sum(shares) == count
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - count * weight / total) < 1


@given(st.integers(1, 10_000), st.integers(1, 8))
def test_equal_weights_give_equal_shares(count: int, parts: int) -> None:
    shares = _shares(count, [1] * parts)
    assert sum(shares) == count
    assert max(shares) - min(shares) <= 1


def test_records_are_drawn_in_the_proportions_of_the_buckets(train: Path) -> None:
    chosen = select(train, 50, 3)
    assert _counts(chosen) == {bucket: size // 2 for bucket, size in _SIZES.items()}
    assert len({record.id for record in chosen}) == 50


def test_balanced_draws_as_many_from_each_bucket(train: Path) -> None:
    assert _counts(select(train, 50, 3, balanced=True)) == dict.fromkeys(TRAIN_BUCKETS, 10)
    assert len(select(train, 48, 3, balanced=True)) == 48


def test_a_mix_says_how_many_come_from_each_bucket(train: Path) -> None:
    mix = dict(zip(TRAIN_BUCKETS, (5, 1, 3, 2, 9), strict=True))
    assert _counts(select(train, 20, 3, mix=mix)) == mix


def test_what_a_remedy_added_is_drawn_before_all_else(tmp_path: Path) -> None:
    for bucket in TRAIN_BUCKETS:
        made = [Record(f"{bucket}-{i}", "tool_call", "Do it.", "", "x") for i in range(30)]
        more = [Record(f"{bucket}-{i}{ADDED}1", "tool_call", "Do.", "", "x") for i in range(4)]
        write_jsonl(tmp_path / f"{bucket}.jsonl", [*made, *(more if bucket == "guardrail" else [])])
    mix = dict(zip(TRAIN_BUCKETS, (2, 2, 2, 2, 6), strict=True))
    chosen = select(tmp_path, 14, 3, mix=mix, added_first=True)
    assert sum(record.added for record in chosen) == 4
    assert len({record.id for record in chosen}) == 14
    fewer = select(tmp_path, 11, 3, mix=mix | {"guardrail": 3}, added_first=True)
    assert sum(record.added for record in fewer) == 3
    drawn = select(tmp_path, 14, 3, mix=mix)
    assert sum(record.added for record in drawn) < 4


def test_what_was_learned_before_is_drawn_first(tmp_path: Path) -> None:
    for bucket in TRAIN_BUCKETS:
        made = [Record(f"{bucket}-{i}", "tool_call", f"{bucket} {i}", "", "x") for i in range(30)]
        write_jsonl(tmp_path / f"{bucket}.jsonl", made)
    mix = dict(zip(TRAIN_BUCKETS, (2, 2, 2, 2, 6), strict=True))
    known = frozenset(identity(record) for record in select(tmp_path, 14, 3, mix=mix))
    again = select(tmp_path, 14, 4, mix=mix, known=known)
    assert {identity(record) for record in again} == known
    assert [record.id for record in again] != [record.id for record in select(tmp_path, 14, 4)]
    more = select(tmp_path, 24, 4, mix=mix | {"guardrail": 16}, known=known)
    assert known < {identity(record) for record in more}
    assert _counts(more) == mix | {"guardrail": 16}


def test_a_draw_depends_on_seed_and_number_alone(train: Path) -> None:
    drawn = [select(train, 20, seed, draw=draw) for seed, draw in ((3, 0), (3, 1), (4, 0))]
    assert select(train, 20, 3) == drawn[0]
    assert select(train, 20, 3, draw=1) == drawn[1]
    assert all(one != other for one, other in itertools.combinations(drawn, 2))


def test_more_records_than_there_are_is_an_error(train: Path) -> None:
    with pytest.raises(
        ConfigError, match="11 records are wanted from a bucket that holds 10"
    ) as told:
        select(train, 55, 3, balanced=True)
    assert "Lower 'records' in the profile" in str(told.value)
    with pytest.raises(ConfigError, match="44 records are wanted from a bucket that holds 40"):
        select(train, 110, 3)


@settings(deadline=None)
@given(st.lists(st.integers(1, 500), max_size=600), st.integers(1, 16), st.integers(0, 9))
def test_an_epoch_shows_every_example_once(lengths: list[int], batch: int, seed: int) -> None:
    order = epoch_order(lengths, batch, seed)
    assert sorted(order) == list(range(len(lengths)))
    assert epoch_order(lengths, batch, seed) == order


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(250, 1500), st.sampled_from([4, 8, 16]))
def test_little_is_padded(seed: int, count: int, batch: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - wants to be reproducible
    lengths = [rng.randint(5, 400) for _ in range(count)]
    order = epoch_order(lengths, batch, seed)
    padded = 0
    for start in range(0, count, batch):
        shown = [lengths[index] for index in order[start : start + batch]]
        padded += max(shown) * len(shown)
    assert 1 - sum(lengths) / padded < 0.1


def test_neighbouring_batches_differ_in_length() -> None:
    lengths = list(range(256))
    order = epoch_order(lengths, 8, 3)
    firsts = [lengths[order[start]] for start in range(0, 256, 8)]
    assert firsts != sorted(firsts)
    assert epoch_order(lengths, 8, 4) != order


def _records(*instructions: str) -> list[Record]:
    return [Record(str(i), "tool_call", text, "", "Yes.") for i, text in enumerate(instructions)]


def test_all_examples_share_the_prefix(tokenizer: Any) -> None:
    texts = ("Open a file.", "Close it.", "", "Ü", "  x", "Open a folder.")
    tokenized = tokenize(_records(*texts), tokenizer, 512)
    shared = tokenizer(PREFIX, add_special_tokens=False)["input_ids"]
    # The template's last line break may melt into what follows it.
    assert list(tokenized.prefix[: len(shared) - 1]) == shared[:-1]
    for text, example in zip(texts, tokenized.examples, strict=True):
        whole = tokenizer.decode(tokenized.prefix + example.prompt)
        assert whole == f"{PREFIX}{text}<|im_end|>\n<|im_start|>assistant\n"
        assert tokenizer.decode(example.answer) == "Yes.<|im_end|>"


@pytest.mark.parametrize("count", [1, 3])
def test_every_prompt_keeps_a_token_behind_the_prefix(tokenizer: Any, count: int) -> None:
    tokenized = tokenize(_records(*["Open a file."] * count), tokenizer, 512)
    assert {len(example.prompt) for example in tokenized.examples} == {1}


def test_a_run_counts_its_tokens(tokenizer: Any) -> None:
    records = _records("Open a file.", "Close it.")
    tokenized = tokenize(records, tokenizer, 512)
    lengths = [len(example) for example in tokenized.examples]
    assert tokenized.tokens == 2 * len(tokenized.prefix) + sum(lengths)


def test_a_record_that_is_too_long_is_named(tokenizer: Any) -> None:
    records = _records("Open a file.", "Open it again and again. " * 30)
    longest = max(tokenize([record], tokenizer, 512).tokens for record in records)
    tokenize(records, tokenizer, longest)
    with pytest.raises(DataError, match=rf"record 1: {longest} tokens, allowed are {longest - 1}"):
        tokenize(records, tokenizer, longest - 1)
