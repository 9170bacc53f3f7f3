"""Records shown to a person: everything that matters, and nothing that steers the terminal."""

import click
from hypothesis import given
from hypothesis import strategies as st

from web4 import chat
from web4.dataset.show import described
from web4.records import Plan, PlanStep, Record

_PLAN = Plan((PlanStep("ls", {"dirPath": "src"}), PlanStep("view_diff", {}))).to_json()
_RECORD = Record(
    "tool-0001",
    "tool_call",
    "List src, then show the diff.",
    "Files: a.ts",
    _PLAN,
    negative_example="I would call ls.",
    workspace={"src/a.ts": "one\ntwo\n"},
    acceptable=('{"type":"tool_call","steps":[]}',),
    skeleton="ls_diff/0",
    slice="unseen",
    difficulty=3,
)


def test_every_field_is_shown_and_a_plan_step_by_step() -> None:
    assert click.unstyle(described(_RECORD)).split("\n") == [
        "tool-0001  tool_call, unseen, difficulty 3  ls_diff/0",
        "  asks   List src, then show the diff.",
        "  input  Files: a.ts",
        "  wants  multi_tool_plan",
        '         {"tool": "ls", "args": {"dirPath": "src"}}',
        '         {"tool": "view_diff", "args": {}}',
        "  or     tool_call",
        "  not    I would call ls.",
        '  file   src/a.ts: "one\\ntwo\\n"',
    ]


def test_the_prompt_shows_what_the_loss_is_taken_on() -> None:
    text = click.unstyle(described(_RECORD, prompt=True)).partition("\n")[2]
    assert text == f"{chat.render_prompt(_RECORD)}⟦{chat.render_answer(_RECORD)}⟧"


@given(st.text())
def test_no_record_steers_the_terminal(text: str) -> None:
    record = Record(text, "style_sft", text, text, text, negative_example=text, skeleton=text)
    for prompt in (False, True):
        shown = click.unstyle(described(record, prompt=prompt))
        assert all(one.isprintable() or one in "\n\t" for one in shown)
