"""Steps are paired as a longest common subsequence pairs them, and what is left is told apart."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from web4.metrics.plan_steps import Steps, counterparts, step_fault, steps_of

TOOLS = st.lists(st.sampled_from(["read", "write", "diff"]), max_size=7)


def _steps(tools: list[str]) -> Steps:
    plan: dict[str, Any] = {"steps": [{"tool": tool, "args": {}} for tool in tools]}
    found = steps_of(plan, {})
    assert found is not None
    return found


def _longest(left: list[str], right: list[str]) -> int:
    """Return the length of a longest common subsequence, by its definition."""
    if not left or not right:
        return 0
    if left[0] == right[0]:
        return 1 + _longest(left[1:], right[1:])
    return max(_longest(left[1:], right), _longest(left, right[1:]))


@given(TOOLS, TOOLS)
def test_counterparts_are_a_longest_common_subsequence(
    answered: list[str], wanted: list[str]
) -> None:
    pairs = counterparts(_steps(answered), _steps(wanted))
    assert [answered[at] for at in pairs.given] == [wanted[at] for at in pairs.asked]
    assert len(pairs.given) == _longest(answered, wanted)
    for paired, alone, tools in (
        (pairs.given, pairs.extra, answered),
        (pairs.asked, pairs.missing, wanted),
    ):
        assert list(paired) == sorted(paired)
        assert list(alone) == sorted(alone)
        assert sorted([*paired, *alone]) == list(range(len(tools)))


@given(TOOLS, TOOLS)
def test_the_kind_of_fault_follows_from_how_often_tools_are_called(
    answered: list[str], wanted: list[str]
) -> None:
    if answered == wanted:
        return
    mine, theirs = _steps(answered), _steps(wanted)
    kind, told = step_fault(mine, theirs, counterparts(mine, theirs))
    tools = {*answered, *wanted}
    more = any(answered.count(tool) > wanted.count(tool) for tool in tools)
    less = any(answered.count(tool) < wanted.count(tool) for tool in tools)
    assert (
        kind
        == {
            (True, True): "wrong_tool",
            (True, False): "extra_step",
            (False, True): "missing_step",
            (False, False): "wrong_order",
        }[more, less]
    )
    assert "steps[" in told
