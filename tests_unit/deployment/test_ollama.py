"""Ollama's protocol, exercised against a recording made of its documentation, not of a server.

Source: Ollama's ``docs/api.md``. What a real server answers is seen where ``OLLAMA_HOST`` has one.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests_unit.candidates.canned_server import Asked, Reply, canned
from web4.deployment import ollama
from web4.deployment.modelfile import Modelfile
from web4.digests import file_digest
from web4.errors import CandidateError
from web4.records import Record


class _Recording:
    """Answers as the documentation has it; ``changed`` is what the server makes of a Modelfile."""

    def __init__(self, **changed: str) -> None:
        self.changed = changed
        self.made: dict[str, Any] = {}
        self.blobs: dict[str, bytes] = {}

    def __call__(self, asked: Asked) -> Reply:
        if asked.path.startswith("/api/blobs/"):
            self.blobs[asked.path.rpartition("/")[2]] = asked.body
            return Reply("", 201)
        if asked.path == "/api/create":
            self.made = asked.json()
            return Reply({"status": "success"})
        if asked.path == "/api/show":
            return self._show()
        if asked.path == "/api/tags":
            models = [{"model": self.made["model"], "digest": "e" * 64}] if self.made else []
            return Reply({"models": models})
        if asked.path == "/api/chat":
            said = {"role": "assistant", "content": asked.json()["messages"][0]["content"]}
            return Reply({"message": said, "done": True, "done_reason": "stop"})
        return Reply({"error": "not found"}, 404)

    def _show(self) -> Reply:
        made = {**self.made, **self.changed}
        blob = made.get("from", next(iter(made["files"].values())))
        source = f"/models/blobs/{blob.replace(':', '-')}"
        text = Modelfile(source, made["template"], made["system"], "MIT", ()).text()
        return Reply({"modelfile": text, "template": made["template"], "model_info": {}})


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF and weights")
    return path


def test_a_model_is_created_shown_and_asked(gguf: Path, tmp_path: Path) -> None:
    recording = _Recording()
    modelfile = ollama.write_modelfile(gguf, "MIT", tmp_path / "made")
    wanted = Modelfile.parse(modelfile.read_text(encoding="utf-8"))
    with canned(recording) as server:
        made = ollama.create(server.url, "web4:v1-abc", gguf, modelfile)
        answers = ollama.ask(server.url, made.name, [Record("r", "tool_call", "Hi.", "", "")], 5)
    assert (made.name, made.digest) == ("web4:v1-abc", "e" * 64)
    digest = f"sha256:{file_digest(gguf)}"
    assert recording.blobs == {digest: gguf.read_bytes()}
    assert recording.made["files"] == {"model.gguf": digest}
    assert recording.made["template"] == wanted.template
    assert recording.made["system"] == wanted.system
    assert recording.made["license"] == "MIT"
    assert recording.made["parameters"] == wanted.options()
    assert answers["r"].text == "Hi."
    sent = [asked.json() for asked in server.asked if asked.path == "/api/chat"]
    assert [one["role"] for one in sent[0]["messages"]] == ["user"]


@pytest.mark.parametrize(
    ("what", "made"),
    [("template", "another"), ("system", "another"), ("from", f"sha256:{'0' * 64}")],
)
def test_a_server_that_makes_something_else_of_it_is_told(
    gguf: Path, tmp_path: Path, what: str, made: str
) -> None:
    modelfile = ollama.write_modelfile(gguf, "MIT", tmp_path)
    with (
        canned(_Recording(**{what: made})) as server,
        pytest.raises(CandidateError, match=f"the server's {what.upper()} is '{made}'"),
    ):
        ollama.create(server.url, "web4:v1", gguf, modelfile)


def test_a_server_that_fails_is_told(gguf: Path, tmp_path: Path) -> None:
    modelfile = ollama.write_modelfile(gguf, "MIT", tmp_path)
    with (
        canned(lambda _: Reply(json.dumps({"error": "no space"}), 500)) as server,
        pytest.raises(CandidateError, match=r"HTTP 500: .*no space.*Try again"),
    ):
        ollama.create(server.url, "web4:v1", gguf, modelfile)


def test_whether_a_server_answers_is_known() -> None:
    with canned(_Recording()) as server:
        assert ollama.answers_at(server.url)
    assert not ollama.answers_at(server.url)


def test_a_changed_modelfile_is_another(gguf: Path, tmp_path: Path) -> None:
    text = ollama.write_modelfile(gguf, "MIT", tmp_path).read_text(encoding="utf-8")
    made = Modelfile.parse(text)
    assert made.source == str(gguf)
    assert replace(made, system="Be brief.").text() != text
