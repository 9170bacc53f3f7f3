"""The gate passes only when every test it has reported that its target was reached."""

import pytest

from web4.gate import EXIT_BROKEN, EXIT_INCOMPLETE, Status, Verdict, decide, exit_code


def _verdict(asked: list[str], **reported: Status) -> str:
    return str(decide(asked, reported))


def test_all_reached_passes() -> None:
    verdict = decide(["a", "b"], {"a": "reached", "b": "reached"})
    assert verdict.passed
    assert str(verdict) == "SHIP GATE: PASSED"


def test_missed_and_unevaluated_targets_are_counted() -> None:
    text = _verdict(["a", "b", "c", "d"], a="reached", b="missed", c="not_evaluated", d="missed")
    assert text == "SHIP GATE: FAILED (2 of 4 targets missed, 1 not evaluated)"


def test_undecided_targets_are_counted_apart() -> None:
    text = _verdict(["a", "b"], a="reached", b="undecided")
    assert text == "SHIP GATE: FAILED (0 of 2 targets missed, 0 not evaluated, 1 undecided)"


@pytest.mark.parametrize("status", ["missed", "not_evaluated", "undecided"])
def test_one_target_not_reached_fails(status: Status) -> None:
    assert decide(["a", "b"], {"a": "reached", "b": status}).state == "FAILED"


def test_what_did_not_report_leaves_the_gate_incomplete() -> None:
    verdict = decide(["a", "b", "c"], {"a": "reached"})
    assert verdict.state == "INCOMPLETE"
    assert str(verdict) == "SHIP GATE: INCOMPLETE (2 of 3 targets not asked)"


def test_a_missed_target_is_worse_than_one_that_did_not_report() -> None:
    text = _verdict(["a", "b", "c"], a="missed", b="reached")
    assert text == "SHIP GATE: FAILED (1 of 3 targets missed, 1 not evaluated)"


def test_an_option_that_leaves_tests_out_never_passes() -> None:
    verdict = decide(["a"], {"a": "reached"}, limits=["-k given", "-x given"])
    assert not verdict.passed
    assert str(verdict) == "SHIP GATE: INCOMPLETE (0 of 1 targets not asked, -k given, -x given)"


def test_an_objection_fails_what_reached_everything() -> None:
    verdict = decide(["a"], {"a": "reached"}, objections=["stale"])
    assert verdict.state == "FAILED"
    assert str(verdict).endswith("(0 of 1 targets missed, 0 not evaluated, 1 objection)")


def test_a_lowered_verdict_does_not_read_as_passed() -> None:
    verdict = decide(["a"], {"a": "reached"}, lowered=["a asks less", "b asks less"])
    assert verdict.passed
    assert str(verdict) == "SHIP GATE: LOWERED, PASSED (2 targets below the specification)"


def test_reports_of_tests_that_are_not_the_gates_do_not_count() -> None:
    assert _verdict(["a"], a="reached", other="missed") == "SHIP GATE: PASSED"
    assert not decide(["a"], {"other": "reached"}).passed


def test_a_gate_without_tests_has_not_passed() -> None:
    assert _verdict([]) == "SHIP GATE: FAILED (0 of 0 targets missed, 0 not evaluated)"


_PASSED = Verdict(1, 0, 0)
_FAILED = Verdict(1, 1, 0)
_INCOMPLETE = Verdict(1, 0, 0, unasked=1)


@pytest.mark.parametrize(
    ("verdict", "code", "broken", "expected"),
    [
        (_PASSED, 0, False, 0),
        (_PASSED, 1, False, 1),  # another test failed
        (_PASSED, 2, False, 2),  # interrupted
        (_FAILED, 1, False, 1),
        (_FAILED, 0, False, 1),  # a failure that pytest was kept from seeing
        (_FAILED, 5, False, 1),
        (_FAILED, 1, True, EXIT_BROKEN),
        (_FAILED, 3, False, 3),
        (_INCOMPLETE, 0, False, EXIT_INCOMPLETE),
        (_INCOMPLETE, 5, False, EXIT_INCOMPLETE),
        (_INCOMPLETE, 1, False, 1),
        (_INCOMPLETE, 4, False, 4),
    ],
)
def test_the_exit_code_is_the_verdicts_or_worse(
    *, verdict: Verdict, code: int, broken: bool, expected: int
) -> None:
    assert exit_code(verdict, code, broken=broken) == expected
