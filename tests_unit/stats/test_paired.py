"""Two candidates on the same items: better, worse, no difference, or too few items to decide."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.stats import Comparison, compare_means, compare_rates
from web4.stats.paired import Verdict

_MARGIN = 0.02
_MIRRORED: dict[Verdict, Verdict] = {
    "better": "worse",
    "worse": "better",
    "no_difference": "no_difference",
    "undecided": "undecided",
}
_PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60)
_NUMBERS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(0, 12)), max_size=40
)


def _rates(gained: int, lost: int, both: int) -> Comparison:
    before = [*[False] * gained, *[True] * lost, *[True] * both]
    after = [*[True] * gained, *[False] * lost, *[True] * both]
    return compare_rates(before, after, margin=_MARGIN)


# ── Proportions ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("gained", "lost", "both", "verdict", "p_value"),
    [
        (6, 0, 0, "better", 0.03125),  # 2 / 2^6
        (5, 0, 0, "undecided", 0.0625),
        (0, 6, 100, "worse", 0.03125),
        (9, 1, 300, "better", 22 / 1024),
        (2, 2, 996, "no_difference", 1.0),
        (2, 2, 60, "undecided", 1.0),
        (0, 0, 1000, "no_difference", 1.0),
        (0, 0, 10, "undecided", 1.0),
        (0, 0, 0, "undecided", 1.0),
    ],
)
def test_mcnemar_decides_or_says_that_it_cannot(
    gained: int, lost: int, both: int, verdict: Verdict, p_value: float
) -> None:
    found = _rates(gained, lost, both)
    assert (found.verdict, found.gained, found.lost) == (verdict, gained, lost)
    assert found.p_value == pytest.approx(p_value)
    assert found.n == gained + lost + both


def test_an_overall_change_that_hides_in_equal_rates_is_no_difference() -> None:
    assert _rates(30, 30, 940).verdict == "no_difference"
    assert _rates(300, 300, 400).verdict == "undecided"


def test_a_wider_margin_decides_earlier_and_more_confidence_later() -> None:
    before, after = [True] * 100, [True] * 100
    assert compare_rates(before, after, margin=0.02).verdict == "undecided"
    assert compare_rates(before, after, margin=0.05).verdict == "no_difference"
    six = compare_rates([False] * 6, [True] * 6, margin=0.02, confidence=0.99)
    assert six.verdict == "undecided"


@settings(deadline=None)
@given(_PAIRS, st.randoms(use_true_random=False))
def test_rates_compared_the_other_way_round_mirror(
    pairs: list[tuple[bool, bool]], rng: random.Random
) -> None:
    before, after = [first for first, _ in pairs], [second for _, second in pairs]
    found = compare_rates(before, after, margin=_MARGIN)
    swapped = compare_rates(after, before, margin=_MARGIN)
    assert swapped.verdict == _MIRRORED[found.verdict]
    assert swapped.p_value == pytest.approx(found.p_value)
    assert swapped.difference == pytest.approx(-found.difference)
    rng.shuffle(pairs)
    again = compare_rates([one for one, _ in pairs], [one for _, one in pairs], margin=_MARGIN)
    assert again == found


def test_unequally_many_answers_are_no_pairs() -> None:
    with pytest.raises(ValueError, match="zip"):
        compare_rates([True], [], margin=_MARGIN)


# ── Means ─────────────────────────────────────────────────────────────────────────────────────


def _means(before: list[float], change: list[float], **more: bool) -> Comparison:
    after = [one + extra for one, extra in zip(before, change, strict=True)]
    families = [f"s{place // 2}" for place in range(len(before))]
    return compare_means(before, after, families, margin=_MARGIN, **more)


def test_a_shift_of_most_items_is_shown() -> None:
    rng = random.Random(6)  # noqa: S311
    before = [rng.random() for _ in range(100)]
    shift = [rng.gauss(0.2, 0.1) for _ in range(100)]
    assert _means(before, shift).verdict == "better"
    assert _means(before, [-one for one in shift]).verdict == "worse"
    fewer = _means(before, [-one for one in shift], larger_is_better=False)
    assert fewer.verdict == "better"
    assert fewer.difference == pytest.approx(-sum(shift) / 100)
    assert fewer.gained > 90 > fewer.lost


def test_noise_without_a_shift_is_not_called_a_difference() -> None:
    rng = random.Random(7)  # noqa: S311
    noise = [rng.choice((-0.5, 0.5)) for _ in range(40)]
    assert _means([0.5] * 40, [one - sum(noise) / 40 for one in noise]).verdict == "undecided"


@pytest.mark.parametrize(
    ("items", "verdict"),
    [
        (0, "undecided"),
        (1, "undecided"),
        (8, "undecided"),
        (60, "undecided"),
        (800, "no_difference"),
    ],
)
@pytest.mark.parametrize("bounded", [True, False])
def test_equal_answers_show_no_difference_once_they_are_enough(
    items: int, verdict: Verdict, *, bounded: bool
) -> None:
    assert _means([1.0] * items, [0.0] * items, bounded=bounded).verdict == verdict


def test_one_answer_of_many_that_differs_decides_nothing() -> None:
    found = _means([1.0] * 100, [*[0.0] * 99, -0.5], bounded=True)
    assert found.verdict == "undecided"
    assert found.interval.low < -_MARGIN < 0 < found.interval.high


def test_too_few_families_leave_a_difference_open() -> None:
    found = _means([1.0] * 8, [1.0] * 8)
    assert not found.interval.bounded
    assert found.verdict == "undecided"


@settings(deadline=None, max_examples=50)
@given(_NUMBERS, st.booleans())
def test_means_compared_the_other_way_round_mirror(
    rows: list[tuple[int, int, int]],
    bounded: bool,  # noqa: FBT001 - hypothesis draws it
) -> None:
    before, after = [first / 8 for first, _, _ in rows], [second / 8 for _, second, _ in rows]
    families = [f"s{family}" for _, _, family in rows]
    found = compare_means(before, after, families, margin=_MARGIN, bounded=bounded)
    swapped = compare_means(after, before, families, margin=_MARGIN, bounded=bounded)
    assert swapped.verdict == _MIRRORED[found.verdict]
    mirrored = swapped.interval.mirrored()
    assert mirrored.low == pytest.approx(found.interval.low, abs=1e-9)
    assert mirrored.high == pytest.approx(found.interval.high, abs=1e-9)
    assert found.interval.low - 1e-9 <= found.difference <= found.interval.high + 1e-9
