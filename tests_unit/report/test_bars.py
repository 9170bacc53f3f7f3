"""A bar holds its score, its interval and its threshold on a scale that is written below it."""

from hypothesis import given
from hypothesis import strategies as st

from web4.report.bars import WIDTH, bar

_SHARE = st.floats(0, 1)


@given(_SHARE, _SHARE, _SHARE, _SHARE, st.sampled_from([">=", "<="]))
def test_all_lies_on_the_bar_in_the_order_of_the_values(
    value: float, low: float, high: float, threshold: float, compare: str
) -> None:
    low, value, high = sorted((low, value, high))
    made = bar(value, low, high, threshold, "rate", compare)  # type: ignore[arg-type]
    assert 0 <= made.low <= made.value <= made.high <= WIDTH
    assert 0 <= made.threshold <= WIDTH
    if value > threshold:
        assert made.value >= made.threshold


def test_a_scale_is_as_narrow_as_its_figures_allow() -> None:
    near = bar(0.985, 0.968, 0.993, 0.99, "rate", ">=")
    assert (near.start, near.end) == ("90.0%", "100.0%")
    assert (near.value, near.threshold) == (255.0, 270.0)
    assert bar(0.4, 0.3, 0.5, 0.9, "rate", ">=").start == "0.0%"
    assert bar(0.12, 0.09, 0.17, 0.01, "rate", "<=").end == "20.0%"


def test_what_is_counted_starts_at_nothing() -> None:
    made = bar(2, None, None, 1.0, "steps", "<=")
    assert (made.start, made.end, made.bounded) == ("0 steps", "2.5 steps", False)
    assert bar(0, None, None, 0.0, "errors", "==").value == 0
