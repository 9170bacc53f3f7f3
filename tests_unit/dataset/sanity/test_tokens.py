"""Token statistics are those of the rendered records, by bucket and overall."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests_unit.dataset.sanity.conftest import Check, FakeTokenizer, Write, changed, found
from web4 import chat
from web4.catalog import Catalog
from web4.dataset.sanity import check_paths
from web4.dataset.sanity.tokens import Lengths
from web4.records import Record
from web4.training import base_model


def test_many_records_are_tokenized_in_batches(
    write: Write, catalog: Catalog, style: Record
) -> None:
    lines = [changed(style, instruction=f"Make {i}.") for i in range(2001)]
    tokenizer = FakeTokenizer()
    report = check_paths([write("mine", *lines)], [], catalog, tokenizer)
    assert report.records == 2001
    assert [size for size in tokenizer.batches if size != 3] == [1000, 1000, 1]


def test_a_record_over_the_limit_is_told(check: Check, style: Record) -> None:
    long = changed(style, instruction="Another. " + "word " * 30)
    limit = check(style).max_tokens
    report = check(style, long, max_tokens=limit)
    assert found(report) == [("E602", "mine.jsonl:2")]
    assert report.findings[0].message == f"{report.max_tokens} tokens, the limit is {limit}"


def test_a_lost_text_is_told_at_its_record(check: Check, style: Record) -> None:
    report = check(style, changed(style, instruction="Write Maß and so on."))
    assert report.findings[0].message.startswith("the tokenizer does not give 'ß and so on.")


def test_without_a_tokenizer_tokens_are_left_out(
    write: Write, catalog: Catalog, style: Record
) -> None:
    report = check_paths([write("mine", style)], [], catalog, None)
    assert (report.findings, report.max_tokens, report.statistics.tokens) == ((), 0, {})


def test_files_have_their_statistics_and_all_together(
    write: Write, catalog: Catalog, style: Record, tool: Record
) -> None:
    paths = [write("a", style, changed(style, instruction="B.")), write("b", tool, style)]
    tokens = check_paths(paths, [], catalog, FakeTokenizer()).statistics.tokens
    assert list(tokens) == ["a.jsonl", "b.jsonl#tool_call", "b.jsonl#style_sft", "all"]
    assert tokens["all"].records == 4
    assert tokens["all"].total == sum(one.total for name, one in tokens.items() if name != "all")


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=60))
def test_the_figures_of_lengths(values: list[int]) -> None:
    lengths = Lengths.of(values)
    assert (lengths.records, lengths.total, lengths.longest) == (
        len(values),
        sum(values),
        max(values),
    )
    assert lengths.mean == pytest.approx(sum(values) / len(values))
    assert sum(one <= lengths.p50 for one in values) * 2 >= len(values)
    assert sum(one <= lengths.p95 for one in values) * 100 >= 95 * len(values)
    assert {lengths.p50, lengths.p95} <= set(values)
    assert len(lengths.bars) == 12
    assert "█" in lengths.bars


def test_the_histogram_shows_where_the_lengths_are() -> None:
    assert Lengths.of([1] * 8 + [11]).bars == " █         ▁"


def test_a_real_tokenizer_counts_and_returns_all(
    tiny_base: Path, write: Write, catalog: Catalog, good: Sequence[Record]
) -> None:
    tokenizer: Any = base_model.load_tokenizer(tiny_base)
    odd = Record("o", "style_sft", "  Grüße 日本語 🎉\t12", "<|im_end|>\n", "let a = '\u00a0 ';")
    texts = [chat.render_prompt(one) + chat.render_answer(one) for one in (*good, odd)]
    wanted = [len(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts]
    report = check_paths([write("mine", *good, odd)], [], catalog, tokenizer)
    assert report.findings == ()
    tokens = report.statistics.tokens["all"]
    assert (tokens.total, tokens.longest) == (sum(wanted), max(wanted))
