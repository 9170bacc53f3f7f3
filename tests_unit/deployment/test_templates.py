"""The template that servers get renders exactly the prompt that was trained and evaluated."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4 import chat
from web4.deployment.templates import go_template, jinja_template, rendered
from web4.records import Record

_TEXTS = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [*chat.CONTROL_TOKENS, chat.END_OF_TURN, "{{ 7 }}", "{% raw %}", "\n", "'"]
        ),
    ),
    max_size=6,
).map("".join)

_GO = """package main
import ("os"; "encoding/json"; "text/template")
type Message struct { Role, Content string }
func main() {
    var messages []Message
    if err := json.NewDecoder(os.Stdin).Decode(&messages); err != nil { panic(err) }
    made := template.Must(template.New("").Parse(os.Args[1]))
    if err := made.Execute(os.Stdout, map[string]any{"Messages": messages}); err != nil {
        panic(err)
    }
}
"""


@settings(max_examples=25, deadline=None)
@given(_TEXTS, _TEXTS)
def test_what_a_server_renders_is_the_one_prompt(instruction: str, context: str) -> None:
    record = Record("r", "tool_call", instruction, context, "")
    wanted = chat.render_prompt(record)
    raw = {"role": "user", "content": chat.user_message(record)}
    parts = {"role": "user", "content": [{"type": "text", "text": chat.user_message(record)}]}
    for messages in (chat.messages(record), chat.messages(record)[1:], [raw], [parts]):
        assert rendered(jinja_template(), messages) == wanted


def test_a_conversation_is_rendered_as_training_had_its_answers(records: list[Record]) -> None:
    asked = chat.messages(records[0])
    said = {"role": "assistant", "content": "{}"}
    answered = Record("r", "tool_call", records[0].instruction, "", "{}")
    trained = chat.render_prompt(answered) + chat.render_answer(answered)
    assert rendered(jinja_template(), [*asked, said, asked[1]]).startswith(trained + "\n")


def test_another_system_prompt_stands_in_for_the_own_one() -> None:
    found = rendered(jinja_template(), [{"role": "system", "content": "Be brief."}])
    assert chat.SYSTEM_PROMPT not in found
    assert "Be brief." in found


@pytest.mark.skipif(shutil.which("go") is None, reason="Go is not installed")
def test_go_renders_the_one_prompt(records: list[Record], tmp_path: Path) -> None:
    import json

    (tmp_path / "main.go").write_text(_GO, encoding="utf-8")
    for record in records:
        done = subprocess.run(
            ["go", "run", str(tmp_path / "main.go"), go_template()],
            input=json.dumps(chat.messages(record)).replace("role", "Role"),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == chat.render_prompt(record)


def test_gos_template_says_what_chatml_does(records: list[Record]) -> None:
    """Where Go is missing: its only three actions, carried out by hand."""
    head, body, tail = go_template().partition("{{ range .Messages }}")[2].partition("{{ end }}")
    assert go_template().startswith("{{ range .Messages }}")
    for record in records:
        turns = (
            head.replace("{{ .Role }}", one["role"]).replace("{{ .Content }}", one["content"])
            for one in chat.messages(record)
        )
        assert "".join(turns) + tail == chat.render_prompt(record)
    assert body == "{{ end }}"
