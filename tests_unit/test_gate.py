"""The gate passes only when every test it has reported that its target was reached."""

import pytest

from web4.gate import Status, decide


def _verdict(asked: list[str], **reported: Status) -> str:
    return str(decide(asked, reported))


def test_all_reached_passes() -> None:
    verdict = decide(["a", "b"], {"a": "reached", "b": "reached"})
    assert verdict.passed
    assert str(verdict) == "SHIP GATE: PASSED"


def test_missed_and_unevaluated_targets_are_counted() -> None:
    text = _verdict(["a", "b", "c", "d"], a="reached", b="missed", c="not_evaluated", d="missed")
    assert text == "SHIP GATE: FAILED (2 of 4 targets missed, 1 not evaluated)"


@pytest.mark.parametrize("status", ["missed", "not_evaluated"])
def test_one_target_not_reached_fails(status: Status) -> None:
    assert not decide(["a", "b"], {"a": "reached", "b": status}).passed


def test_what_did_not_report_was_not_evaluated() -> None:
    text = _verdict(["a", "b", "c"], a="reached")
    assert text == "SHIP GATE: FAILED (0 of 3 targets missed, 2 not evaluated)"


def test_reports_of_tests_that_are_not_the_gates_do_not_count() -> None:
    assert _verdict(["a"], a="reached", other="missed") == "SHIP GATE: PASSED"
    assert not decide(["a"], {"other": "reached"}).passed


def test_a_gate_without_tests_has_not_passed() -> None:
    assert not decide([], {}).passed
    assert _verdict([]) == "SHIP GATE: FAILED (0 of 0 targets missed, 0 not evaluated)"
