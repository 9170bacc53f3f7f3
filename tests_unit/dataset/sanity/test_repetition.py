"""Duplicates, contradictions and near-duplicates, whatever the order of the lines."""

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests_unit.dataset.sanity.conftest import Check, FakeTokenizer, Write, changed, found
from web4.catalog import Catalog
from web4.dataset.sanity import Report, check_paths, sketch
from web4.dataset.synth import generate
from web4.records import TRAIN_BUCKETS, Record

_CLEAN = [  # too few calls for a word on how tools are balanced, with or without a line more
    record.to_json() for bucket in TRAIN_BUCKETS for record in generate(bucket, 7, 11, "train")
]
_SHARED = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _by_content(report: Report, lines: list[str]) -> Counter[tuple[str, str]]:
    """Count findings by code and, where a single line is at fault, by its text."""
    alike = ("W403", "E402", "N405")
    return Counter(
        (one.code, "" if one.code in alike or not one.line else lines[one.line - 1])
        for one in report.findings
    )


def test_a_repetition_across_files_names_the_first(
    write: Write, catalog: Catalog, style: Record
) -> None:
    files = [write(name, style) for name in ("one", "two")]
    (finding,) = check_paths(files, [], catalog, FakeTokenizer()).findings
    assert str(finding) == "two.jsonl:1: warning W403 duplicate: repeats one.jsonl:1"
    assert finding.related == ("one.jsonl:1",)


def test_the_same_instruction_on_other_input_is_no_repetition(check: Check, style: Record) -> None:
    assert not check(style, changed(style, input="let a;")).findings


def test_every_contradiction_and_duplicate_of_a_request_is_counted(
    check: Check, style: Record
) -> None:
    outputs = ("let a;", "let b;", "let a;", "let  b;", "let c;")
    report = check(*(changed(style, output=output) for output in outputs))
    assert found(report) == [
        ("E402", "mine.jsonl:2"),
        ("W403", "mine.jsonl:3"),
        ("W403", "mine.jsonl:4"),
        ("E402", "mine.jsonl:5"),
    ]


@_SHARED
@given(st.randoms(use_true_random=False), st.sets(st.integers(0, len(_CLEAN) - 1), max_size=6))
def test_shuffling_changes_no_finding(
    check: Check, chance: random.Random, repeated: set[int]
) -> None:
    faulty = [
        '{"task_type":"style_sft","instruction":" ","input":"","output":"let a;","id":"x"}',
        '{"task_type":"style_sft","instruction":"B.","input":"","output":"let = ;","id":"y"}',
        '{"task_type":"style_sft","instruction":"B.","input":"","output":"let c;","id":"z"}',
        "{",
    ]
    lines = [*_CLEAN, *(_CLEAN[one] for one in sorted(repeated)), *faulty]
    before = _by_content(check(*lines), lines)
    shuffled = lines.copy()
    chance.shuffle(shuffled)
    assert _by_content(check(*shuffled), shuffled) == before


@_SHARED
@given(st.integers(0, len(_CLEAN) - 1), st.integers(0, len(_CLEAN)))
def test_a_line_more_that_was_there_is_one_finding_more(
    check: Check, copied: int, place: int
) -> None:
    before = Counter(check(*_CLEAN).counts)
    more = Counter(check(*_CLEAN[:place], _CLEAN[copied], *_CLEAN[place:]).counts)
    assert more - before == Counter({"W403": 1})


def _long(style: Record, number: int, *changes: str) -> str:
    rng = random.Random(number)  # noqa: S311 - test data
    words = ["".join(rng.choices("abcdefgh", k=6)) for _ in range(60)]
    words[30 : 30 + len(changes)] = changes
    return changed(style, instruction=" ".join(words))


def test_a_cluster_is_told_once_with_its_lines(check: Check, style: Record) -> None:
    lines = [_long(style, n) for n in range(5)]
    report = check(*lines, _long(style, 1, "changed"), _long(style, 1, "other"))
    (finding,) = report.findings
    assert (finding.code, finding.place) == ("N405", "mine.jsonl:2")
    assert finding.related == ("mine.jsonl:6", "mine.jsonl:7")
    assert "2 of 7 records (28.6%) of mine.jsonl" in finding.message
    assert [one.size for one in report.statistics.clusters] == [3]


def test_a_large_share_of_near_duplicates_is_a_warning(check: Check, style: Record) -> None:
    lines = [_long(style, n, *(["x"] * half)) for n in range(30) for half in (0, 1)]
    report = check(*lines)
    (finding,) = (one for one in report.findings if one.code in ("N405", "W405"))
    assert finding.code == "W405"
    assert "30 of 60 records (50.0%)" in finding.message


@given(
    st.lists(st.integers(0, 2**32 - 1), max_size=60),
    st.lists(st.integers(0, 2**32 - 1), max_size=60),
)
def test_similarity_is_jaccards_on_small_sets(left: list[int], right: list[int]) -> None:
    a, b = (np.unique(np.array(one, np.uint32)) for one in (left, right))
    union = set(left) | set(right)
    wanted = len(set(left) & set(right)) / len(union) if union else 1.0
    assert sketch.similarity(a, b) == pytest.approx(wanted)
    assert sketch.similarity(b, a) == sketch.similarity(a, b)


def test_similarity_of_long_texts_is_estimated() -> None:
    words = [f"w{i}" for i in range(6000)]
    left = sketch.shingle_set(" ".join(words[:5500]))
    right = sketch.shingle_set(" ".join(words[500:]))
    assert len(left) == len(right) == 512
    assert sketch.similarity(left, right) == pytest.approx(5000 / 6000, abs=0.06)


def test_bands_find_nearly_every_near_pair() -> None:
    rng = np.random.default_rng(7)
    sets = []
    for _ in range(400):
        base = rng.integers(0, 2**32, 100, dtype=np.uint32)
        other = base.copy()
        other[:5] = rng.integers(0, 2**32, 5, dtype=np.uint32)  # 95 of 105 shared: 0.905
        sets += [np.unique(base), np.unique(other)]
    pairs = set(sketch.near_pairs(sets, sketch.signatures(sets)))
    near = {(i, i + 1) for i in range(0, 800, 2) if sketch.similarity(sets[i], sets[i + 1]) >= 0.9}
    assert pairs <= near
    assert len(pairs) >= 0.97 * len(near)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 1), ("a", 1), ("a b", 1), ("A b C", 1), ("a b c d", 2), ("日本 é ü", 1)],
)
def test_short_texts_have_a_shingle(text: str, words: int) -> None:
    assert len(sketch.shingle_set(text)) == words
