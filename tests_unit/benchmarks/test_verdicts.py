"""Two judges on the same answers."""

import pytest

from benchmarks.verdicts import Difference, compare

_NAMES = ("web4", "peer")
_KINDS = {"a": "gold", "b": "other case", "c": "other case", "d": "cut short", "e": "gold"}


def test_agreement_is_counted_on_both_sides() -> None:
    ours = {"a": "", "b": "wrong", "c": "wrong", "d": "unparsable", "e": ""}
    theirs = {"a": "", "b": "", "c": "", "d": "undecodable", "e": "type error"}
    found = compare(ours, theirs, _KINDS, _NAMES)
    assert (found.both_passed, found.both_failed, found.total) == (1, 1, 5)
    assert found.share == 0.4
    assert found.differences == (
        Difference("other case", "peer", "wrong", 2, "b"),
        Difference("gold", "web4", "type error", 1, "e"),
    )


def test_reasons_may_be_worded_differently() -> None:
    found = compare({"a": "wrong_tool"}, {"a": "incorrect"}, _KINDS, _NAMES)
    assert found.share == 1.0
    assert not found.differences


@pytest.mark.parametrize(("ours", "theirs"), [({}, {}), ({"a": ""}, {"b": ""})])
def test_only_the_same_answers_are_compared(ours: dict[str, str], theirs: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="same answers"):
        compare(ours, theirs, _KINDS, _NAMES)
