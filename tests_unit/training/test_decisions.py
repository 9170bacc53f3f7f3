"""Which tokens of an answer decide."""

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from web4.training.decisions import OPENING, decisive

READ = {"tool": "read_file", "args": {"path": "a.ts"}}
DIFF = {"tool": "view_diff", "args": {}}
BRANCH = {"tool": "conditional", "args": {"if": "x", "then": [READ], "else": []}}


def _plan(*steps: dict[str, Any]) -> str:
    return json.dumps({"type": "multi_tool_plan", "steps": steps}, separators=(",", ":"))


def _spans(text: str) -> list[tuple[int, int]]:
    """Return words, runs of marks, and white space with what follows it, as a tokenizer may."""
    return [match.span() for match in re.finditer(r"\s*(?:\w+|[^\w\s]+)|\s+", text)]


def _deciding(text: str) -> list[str]:
    spans = _spans(text)
    told = decisive(text, spans)
    return [text[start:end] for (start, end), it in zip(spans, told, strict=True) if it][OPENING:]


def test_tools_and_what_follows_a_step_decide() -> None:
    assert _deciding(_plan(READ, DIFF)) == ["read_file", '"}},{"', "view_diff", '":{}}]}']


def test_steps_in_branches_decide_as_well() -> None:
    assert _deciding(_plan(BRANCH)) == ["conditional", "read_file", '"}}],"', '":[]}}]}']


def test_what_a_text_quotes_is_no_step() -> None:
    quoting = {"tool": "search_in_files", "args": {"query": json.dumps(READ)}}
    assert "read_file" in _plan(quoting)
    assert _deciding(_plan(quoting))[:1] == ["search_in_files"]
    assert "read_file" not in _deciding(_plan(quoting))


def test_white_space_between_the_brackets_hides_nothing() -> None:
    text = json.dumps({"type": "tool_call", "steps": [READ]}, indent=1)
    assert "read_file" in _deciding(text)
    assert any("]" in one for one in _deciding(text.replace("\n", "")))


def test_of_other_answers_the_opening_decides() -> None:
    text = "<REFUSAL> Policy privacy: I cannot read what people keep for themselves."
    assert decisive(text, _spans(text)) == tuple(n < OPENING for n in range(len(_spans(text))))


@given(st.text('{}[]":,\\ tol', max_size=60) | st.text(max_size=60))
def test_every_answer_is_told_token_by_token(answer: str) -> None:
    spans = _spans(answer)
    told = decisive(answer, spans)
    assert len(told) == len(spans)
    assert all(told[:OPENING])
