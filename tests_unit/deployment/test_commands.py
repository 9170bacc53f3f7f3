"""``web4 deploy`` from the command line: what is refused, what is found, and no key anywhere."""

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests_unit.candidates.canned_server import Asked, Reply, canned, chat_completion, models
from tests_unit.certified import GGUF, green_folder
from web4.candidates.endpoint import EndpointCandidate
from web4.cli import main
from web4.commands import deploy
from web4.deployment import served_check
from web4.digests import file_digest
from web4.records import Completion, Record
from web4.release.certificate import CERTIFICATE, certify
from web4.release.record import SCORECARD

_KEY = "sk-secret-0123456789"
_TOKENS = 7
_RECORDS = [Record(f"r{place}", "tool_call", f"Do {place}.", "", "") for place in range(2)]
_EVALUATED = {one.id: Completion(one.id, "An answer.", "stop", 9, 4) for one in _RECORDS}


class _Alone:
    """The model in process, which answers what was evaluated."""

    def __init__(self, _gguf: Path) -> None:
        """Nothing is loaded."""

    def answer(
        self,
        records: Sequence[Record],
        *,
        max_new_tokens: int,
        on_done: Callable[[Completion], None],
    ) -> None:
        assert max_new_tokens == _TOKENS
        for record in records:
            on_done(_EVALUATED[record.id])

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def gguf(make_run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let the commands find a run whose gate was green, with its certificate; return its GGUF."""
    run = make_run()
    for name in ("PROFILE", "CANDIDATE", "STORE", "RUN", "REBUILD"):
        monkeypatch.delenv(f"WEB4_{name}", raising=False)
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    monkeypatch.chdir(tmp_path)
    folder = green_folder(Path("outputs", "embedded"))
    certify(folder, folder / GGUF)
    monkeypatch.setattr(deploy, "open_run", lambda **_: run)
    monkeypatch.setattr(deploy, "_served_file", lambda _: folder / GGUF)
    monkeypatch.setattr(deploy, "_evaluated", lambda _: (_RECORDS, _EVALUATED, _TOKENS))
    monkeypatch.setattr("web4.deployment.in_process.InProcess", _Alone)
    monkeypatch.setattr(
        served_check, "EndpointCandidate", functools.partial(EndpointCandidate, first_wait=0.01)
    )
    return folder / GGUF


def _run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["deploy", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


# ── Do not deploy what failed ─────────────────────────────────────────────────────────────────


def _without_certificate(gguf: Path) -> None:
    gguf.with_name(CERTIFICATE).unlink()


def _red(gguf: Path) -> None:
    path = gguf.with_name(SCORECARD)
    record = json.loads(path.read_text("utf-8"))
    record["gate"]["state"] = "FAILED"
    record["verdict"] = "SHIP GATE: FAILED (1 of 22 targets missed, 0 not evaluated)"
    path.write_text(json.dumps(record), encoding="utf-8")


def _another(gguf: Path) -> None:
    gguf.write_bytes(b"GGUF and other weights")


def test_what_is_certified_is_deployed(gguf: Path) -> None:
    assert _run("ollama").exit_code == 0
    (made,) = Path("outputs", "deploy", "ollama").iterdir()
    assert made.name == f"embedded-{file_digest(gguf)[:12]}"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (_without_certificate, "certificate.json: cannot be read"),
        (_red, "SHIP GATE: FAILED (1 of 22 targets missed, 0 not evaluated). Only what has passed"),
        (_another, "another model was gated than "),
    ],
)
def test_what_is_not_is_refused_in_a_line_unless_forced(
    gguf: Path, fault: Callable[[Path], None], told: str
) -> None:
    fault(gguf)
    for command in ("ollama", "docker"):
        result = _run(command)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("Error: outputs/embedded/")
        assert told in result.stderr
        assert result.stderr.endswith(" With --force the tag says ungated.\n")
        assert result.stderr.count("\n") == 1
    assert not Path("outputs", "deploy").exists()
    assert _run("ollama", "--force").exit_code == 0
    (made,) = Path("outputs", "deploy", "ollama").iterdir()
    assert made.name == f"embedded-{file_digest(gguf)[:12]}-ungated"


# ── Who is served in its place ────────────────────────────────────────────────────────────────


def _answering(
    said: Callable[[Asked], Reply], name: str = "mine", **more: Any
) -> Callable[[Asked], Reply]:
    """Answer as llama.cpp's server, which tells its prompts by ``prompt`` in ``more``."""

    def answer(asked: Asked) -> Reply:
        if asked.method == "GET":
            return models(name)
        if asked.path == "/apply-template":
            return Reply(more) if more else Reply("no", 404)
        return said(asked)

    return answer


def _well(_asked: Asked) -> Reply:
    return chat_completion("An answer.")


def test_who_serves_what_was_evaluated_is_found_well(gguf: Path) -> None:
    with canned(_answering(_well, f"m@sha256:{file_digest(gguf)}")) as server:
        result = _run("check", f"openai:{server.url}/v1")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["equal"], found["different"], found["faults"]) == (2, [], [])


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (_answering(_well, f"m@sha256:{'0' * 64}"), "another model is served: "),
        (_answering(_well, prompt="<|im_start|>system\nBe brief."), "another template is served: "),
        (_answering(lambda _: chat_completion("An ans", "length")), '"why": "truncated"'),
        (_answering(lambda _: chat_completion("An answer.", prompt=8)), '"why": "other_prompt"'),
    ],
)
def test_another_is_found_and_named(
    gguf: Path, answer: Callable[[Asked], Reply], told: str
) -> None:
    assert gguf.is_file()
    with canned(answer) as server:
        result = _run("check", f"openai:{server.url}/v1#")
    assert (result.exit_code, result.stderr) == (1, "")
    assert told in result.stdout


_CUT = Reply(chat_completion("An answer." * 20).body, cut_after=40)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply("<html>Sign in</html>"), "Is this an OpenAI-compatible API?"),
        (Reply("it broke", 500), "HTTP 500: it broke"),
        (_CUT, "without sending complete message body"),
    ],
)
@pytest.mark.parametrize("asked", ["GET", "POST"])
def test_a_server_that_gives_no_answer_is_one_line(
    gguf: Path, reply: Reply, told: str, asked: str
) -> None:
    well = _answering(_well)
    with canned(lambda one: reply if one.method == asked else well(one)) as server:
        result = _run("check", f"openai:{server.url}/v1")
    assert gguf.is_file()
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ")
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


# ── Keys ──────────────────────────────────────────────────────────────────────────────────────


def _bearer(asked: Asked) -> str:
    return f"no {asked.headers['authorization']}"


def _echo_openai(asked: Asked) -> Reply:
    key = asked.headers["authorization"]
    if asked.path.endswith("/models"):
        return models(f"mine-{_KEY}", owned_by=key, **{_KEY: key})
    if asked.path == "/apply-template":
        return Reply({"prompt": key})
    return chat_completion(f"Your key is {key}.")


def _echo_ollama(asked: Asked) -> Reply:
    key = asked.headers["authorization"]
    if asked.path == "/api/tags":
        return Reply({"models": [{"model": "mine:latest", "digest": f"{_KEY}d"}]})
    said = {"role": "assistant", "content": f"Your key is {key}."}
    return Reply({"message": said, "done": True, "done_reason": "stop", "prompt_eval_count": 8})


@pytest.mark.parametrize(
    ("variable", "spec", "answer"),
    [
        ("OPENAI_API_KEY", "openai:{}/v1", _echo_openai),
        ("OLLAMA_API_KEY", "ollama:mine", _echo_ollama),
        ("OPENAI_API_KEY", "openai:{}/v1", lambda one: Reply(_bearer(one), 401)),
        ("OPENAI_API_KEY", "openai:{}/v1", lambda one: Reply(_bearer(one), 500)),
        ("OPENAI_API_KEY", "openai:{}/v1", lambda one: Reply(_bearer(one))),
        ("OLLAMA_API_KEY", "ollama:mine", lambda one: Reply({"error": _bearer(one)}, 401)),
        ("OLLAMA_API_KEY", "ollama:mine", lambda one: Reply({"models": _bearer(one)})),
    ],
)
def test_a_key_is_sent_and_stands_nowhere(  # noqa: PLR0913, PLR0917 - pytest passes fixtures by name
    gguf: Path,
    make_run: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    variable: str,
    spec: str,
    answer: Callable[[Asked], Reply],
) -> None:
    """The server sends back the key in all that it says: names, answers, prompts and errors."""
    caplog.set_level("DEBUG")
    monkeypatch.setenv(variable, _KEY)
    heard: list[Mapping[str, str]] = []

    def listening(asked: Asked) -> Reply:
        heard.append(asked.headers)
        return answer(asked)

    with canned(listening) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        named = spec.format(server.url)
        result = _run("check", named)
        if answer in (_echo_openai, _echo_ollama):
            make_run(named).scorecard("candidate")
            served_check.write(json.loads(result.stdout), tmp_path)
    assert gguf.is_file()
    assert result.exit_code == 1
    assert {one["authorization"] for one in heard} == {f"Bearer {_KEY}"}
    assert _KEY not in result.output + result.stderr + caplog.text
    assert f"[{variable}]" in result.output + result.stderr
    for path in tmp_path.rglob("*"):
        assert _KEY not in str(path)
        assert path.is_dir() or _KEY.encode() not in path.read_bytes(), path
