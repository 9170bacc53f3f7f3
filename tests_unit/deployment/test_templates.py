"""The template that servers get renders exactly the prompt that was trained and evaluated."""

import json
import os
import subprocess
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings
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

_TASK = Path(sysconfig.get_path("scripts"), "task")
"""Task, whose engine is Go's text/template: it renders the descriptions of a Taskfile's tasks."""


def _gone_through(folder: Path, template: str, *asked: Sequence[Mapping[str, str]]) -> list[str]:
    """Return what Go's engine makes of a template, for each list of messages."""
    tasks = {
        f"t{place}": {
            "desc": template,
            "vars": {"Messages": {"ref": f"index (fromJson .ASKED) {place}"}},
        }
        for place in range(len(asked))
    }
    taskfile = folder / "Taskfile.yml"
    taskfile.write_text(json.dumps({"version": "3", "tasks": tasks}), encoding="utf-8")
    given = [[{name.title(): text for name, text in one.items()} for one in it] for it in asked]
    done = subprocess.run(
        [_TASK, "--taskfile", taskfile, "--list-all", "--json", "--sort", "none"],
        env={**os.environ, "ASKED": json.dumps(given)},
        capture_output=True,
        check=True,
    )
    return [one["desc"] for one in json.loads(done.stdout)["tasks"]]


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


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=20))
def test_gos_engine_renders_the_one_prompt(
    records: list[Record], tmp_path: Path, texts: list[tuple[str, str]]
) -> None:
    drawn = [Record("r", "tool_call", *text, "") for text in texts]
    asked = [chat.messages(one) for one in (*records, *drawn)]
    wanted = [chat.render_prompt(one) for one in (*records, *drawn)]
    assert _gone_through(tmp_path, go_template(), *asked) == wanted


def test_gos_engine_renders_another_template_otherwise(
    records: list[Record], tmp_path: Path
) -> None:
    asked, wanted = chat.messages(records[0]), [chat.render_prompt(records[0])]
    for old, new in (("{{ .Role }}\n", "{{ .Role }} "), ("{{ end }}", ""), (".Role", ".Name")):
        assert old in go_template()
        assert _gone_through(tmp_path, go_template().replace(old, new), asked) != wanted
