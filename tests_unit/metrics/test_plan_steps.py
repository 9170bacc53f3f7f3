"""Steps are paired as a longest common subsequence pairs them, and what is left is told apart."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web4.metrics.plan_steps import Steps, counterparts, step_fault, steps_of

TOOLS = st.lists(st.sampled_from(["read", "write", "diff"]), max_size=7)


def _steps(tools: list[str]) -> Steps:
    plan: dict[str, Any] = {"steps": [{"tool": tool, "args": {}} for tool in tools]}
    found = steps_of(plan, {})
    assert found is not None
    return found


KNOWN = {"if": (("if",), ("then", "else")), "read": (("read",), ())}
PLANS: st.SearchStrategy[list[dict[str, Any]]] = st.recursive(
    st.lists(st.sampled_from([{"tool": "read", "args": {}}, {"tool": "other"}]), max_size=3),
    lambda inner: st.lists(
        st.fixed_dictionaries(
            {
                "tool": st.just("if"),
                "args": st.fixed_dictionaries({}, optional={"then": inner, "else": inner}),
            }
        ),
        max_size=3,
    ),
    max_leaves=6,
)


def _walked(
    steps: list[dict[str, Any]], listed: str, branch: tuple[str, ...]
) -> list[tuple[str, Any]]:
    """Return where each step stands and what makes it a counterpart, by their definitions."""
    found: list[tuple[str, Any]] = []
    for position, step in enumerate(steps):
        place = f"{listed}[{position}]"
        found.append((place, (*branch, step["tool"])))
        for name in ("then", "else") if step["tool"] == "if" else ():
            inner = step["args"].get(name, [])
            found += _walked(inner, f"{place}.args.{name}", (*branch, name))
    return found


@given(PLANS)
def test_steps_are_told_by_where_they_stand(written: list[dict[str, Any]]) -> None:
    found = steps_of({"steps": written}, KNOWN)
    assert found is not None
    walked = _walked(written, "steps", ())
    assert [(step.place, step.key) for step in found] == walked
    assert [found.place(at) for at in range(len(found))] == [place for place, _ in walked]


@pytest.mark.parametrize(
    "written", [None, {}, "read", [1], ["read"], [None], [{}], [{"tool": 1}], [{"tool": []}], [[]]]
)
@pytest.mark.parametrize("within", [False, True])
def test_steps_that_call_nothing_are_not_readable(written: Any, within: bool) -> None:  # noqa: FBT001 - drawn
    branch = [{"tool": "if", "args": {"then": written}}]
    found = steps_of({"steps": branch if within else written}, KNOWN)
    if within and not isinstance(written, list):
        assert found is not None  # a branch that is no list is no branch: the schema tells it
    else:
        assert found is None


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
