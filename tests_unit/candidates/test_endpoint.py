"""A served model is asked as any other: whoever it is, and whatever it sends."""

import contextlib
import functools
import gzip
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests_unit.candidates.canned_server import (
    MODEL,
    Answer,
    Asked,
    Canned,
    Reply,
    canned,
    chat_completion,
    models,
)
from web4 import chat
from web4.candidates import transport
from web4.candidates.endpoint import Endpoint, EndpointCandidate, identify
from web4.errors import CandidateError
from web4.evaluation import predict
from web4.records import Completion, Record, read_completions

_KEY = "sk-secret-0123456789"
_RECORDS = [Record(f"r{i}", "tool_call", f"Do {i}.", "", "") for i in range(20)]


def _answering(answer: Answer, *names: str) -> Answer:
    return lambda asked: models(*(names or (MODEL,))) if asked.method == "GET" else answer(asked)


def _always(reply: Reply, _asked: Asked) -> Reply:
    return reply


def _echo(asked: Asked) -> Reply:
    return chat_completion(asked.json()["messages"][-1]["content"])


@contextlib.contextmanager
def _open(
    answer: Answer, *, timeout: float = 10.0, system: bool = True, **how: Any
) -> Iterator[tuple[EndpointCandidate, Canned]]:
    with canned(_answering(answer)) as server:
        served = Endpoint.parse(f"openai:{server.url}/v1#{MODEL}").open(
            timeout=timeout, system=system
        )
        how = {"attempts": 2, "first_wait": 0.01, **how}
        with contextlib.closing(EndpointCandidate(served, **how)) as candidate:
            yield candidate, server


def _ask(candidate: EndpointCandidate, records: list[Record]) -> dict[str, Completion]:
    done: list[Completion] = []
    candidate.answer(records, max_new_tokens=7, on_done=done.append)
    return {completion.record_id: completion for completion in done}


def _failure(answer: Answer, **how: Any) -> str:
    with _open(answer, **how) as (candidate, _), pytest.raises(CandidateError) as caught:
        _ask(candidate, _RECORDS[:1])
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
    return str(caught.value)


# ── What is asked and what comes back ─────────────────────────────────────────────────────────


def test_each_record_is_asked_once_with_the_one_prompt() -> None:
    with _open(_echo) as (candidate, server):
        answers = _ask(candidate, _RECORDS)
    assert answers["r3"] == Completion("r3", "Do 3.", "stop", 9, 4)
    posts = [asked.json() for asked in server.asked if asked.method == "POST"]
    assert len(posts) == len(answers) == len(_RECORDS)
    first = next(one for one in posts if one["messages"][1]["content"] == "Do 0.")
    assert first == {
        "model": MODEL,
        "messages": chat.messages(_RECORDS[0]),
        "max_tokens": 7,
        "temperature": 0,
        "stream": False,
    }


def test_the_system_prompt_can_be_left_to_the_server() -> None:
    with _open(_echo, system=False) as (candidate, server):
        _ask(candidate, _RECORDS[:1])
    assert server.asked[1].json()["messages"] == [{"role": "user", "content": "Do 0."}]


def test_only_so_many_requests_are_under_way() -> None:
    with _open(_echo, in_flight=3) as (candidate, server):
        assert len(_ask(candidate, _RECORDS * 2)) == len(_RECORDS)
    assert 1 <= server.most_at_once <= 3


def test_no_connection_is_used_twice() -> None:
    """One thread could close the very connection on which another waits."""
    bounded = transport.BoundedTransport(10.0)
    with canned(_echo) as server, httpx.Client(transport=bounded) as client:
        body = {"messages": chat.messages(_RECORDS[0])}
        for _ in range(2):
            assert client.post(server.url, json=body).status_code == 200
            assert bounded._inner._pool.connections == []
    assert {asked.headers["connection"] for asked in server.asked} == {"close"}


@pytest.mark.parametrize(
    ("said", "told"), [("stop", "stop"), ("length", "length"), ("content_filter", "error")]
)
def test_finish_reasons_are_those_of_completions(said: str, told: str) -> None:
    with _open(lambda _: chat_completion("x", said)) as (candidate, _):
        assert _ask(candidate, _RECORDS[:1])["r0"].finish_reason == told


def test_a_prompt_that_is_too_long_is_an_answer_with_an_error() -> None:
    body = {"error": {"code": "context_length_exceeded", "message": "too long"}}
    with _open(lambda _: Reply(body, 400)) as (candidate, _):
        assert _ask(candidate, _RECORDS[:1])["r0"] == Completion("r0", "", "error", 0, 0)


def test_the_prompt_that_a_server_tells_is_returned() -> None:
    told = Reply({"prompt": "<|im_start|>"})
    with _open(lambda _: told, system=False) as (candidate, server):
        assert candidate.rendered(_RECORDS[0]) == "<|im_start|>"
    assert server.asked[-1].path == "/apply-template"
    assert server.asked[-1].json() == {"messages": chat.messages(_RECORDS[0])[1:]}


@pytest.mark.parametrize(
    "reply", [Reply("no", 404), Reply("<html>"), Reply({"prompt": 3}), Reply("[" * 100_000)]
)
def test_a_server_that_tells_no_prompt_is_no_fault(reply: Reply) -> None:
    with _open(lambda _: reply) as (candidate, _):
        assert candidate.rendered(_RECORDS[0]) is None


def test_a_prompt_that_may_be_told_later_is_asked_for_again() -> None:
    replies = iter([Reply("loading", 503), Reply({"prompt": "x"})])
    with _open(lambda _: next(replies)) as (candidate, _):
        assert candidate.rendered(_RECORDS[0]) == "x"


# ── Whom ──────────────────────────────────────────────────────────────────────────────────────


def test_the_identity_is_what_the_server_reports_but_for_the_time() -> None:
    digests = set()
    for created, owner in ((1, "me"), (2, "me"), (2, "you")):
        reply = models(MODEL, created=created, owned_by=owner)
        with canned(functools.partial(_always, reply)) as server:
            digests.add(identify(f"openai:{server.url}/v1").digest)
    assert len(digests) == 2


def test_a_name_that_tells_the_files_digest_is_believed() -> None:
    name = f"model@sha256:{'a' * 64}"
    with canned(lambda _: models(name)) as server:
        found = identify(f"openai:{server.url}/v1")
    assert (found.model, found.digest, found.file) == (name, "a" * 64, "a" * 64)


@pytest.mark.parametrize(
    ("spec", "told"),
    [("#other", "serves no model 'other'. Served: mine, yours"), ("", "serves several models")],
)
def test_a_model_that_is_not_served_is_told(spec: str, told: str) -> None:
    with (
        canned(lambda _: models(MODEL, "yours")) as server,
        pytest.raises(CandidateError, match=told),
    ):
        identify(f"openai:{server.url}/v1{spec}")


def test_another_model_than_before_is_refused() -> None:
    with canned(lambda _: models(MODEL)) as server:
        served = Endpoint.parse(f"openai:{server.url}/v1").open()
        with pytest.raises(CandidateError, match="another model is served than before"):
            EndpointCandidate(served, digest="0" * 64)


def test_a_model_that_is_exchanged_meanwhile_is_told() -> None:
    listed = iter((models(MODEL), models(MODEL, root="other")))
    with canned(lambda asked: next(listed) if asked.method == "GET" else _echo(asked)) as server:
        candidate = EndpointCandidate(Endpoint.parse(f"openai:{server.url}/v1").open())
        with pytest.raises(CandidateError, match="another model is served than before"):
            _ask(candidate, _RECORDS[:2])


@pytest.mark.parametrize(
    "spec", ["openai:", "openai:gpt", "openai:ftp://h/v1", "openai:http:///v1", "ollama:"]
)
def test_a_spec_that_is_none_says_how_one_looks(spec: str) -> None:
    with pytest.raises(CandidateError, match="Give openai:http://host:port/v1#model"):
        Endpoint.parse(spec)


@pytest.mark.parametrize("url", [f"http://me:{_KEY}@host/v1", f"https://host/v1?api-key={_KEY}"])
def test_a_key_in_the_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(CandidateError, match="OPENAI_API_KEY") as caught:
        Endpoint.parse(f"openai:{url}#m")
    assert _KEY not in str(caught.value)


# ── What goes wrong ───────────────────────────────────────────────────────────────────────────


def test_what_may_pass_is_tried_again() -> None:
    failures = iter([Reply("busy", 503), Reply("slow down", 429, {"Retry-After": "0"})])
    with _open(lambda asked: next(failures, None) or _echo(asked), attempts=3, in_flight=1) as (
        candidate,
        _,
    ):
        assert len(_ask(candidate, _RECORDS)) == len(_RECORDS)


def test_an_error_that_stays_is_told() -> None:
    assert "HTTP 500: it broke" in _failure(lambda _: Reply("it\nbroke", 500))


def test_a_refusal_is_not_tried_again() -> None:
    with (
        _open(lambda _: Reply("who?", 401), attempts=5) as (candidate, server),
        pytest.raises(CandidateError, match=r"HTTP 401: who.*OPENAI_API_KEY"),
    ):
        _ask(candidate, _RECORDS[:1])
    assert len(server.asked) == 2


def test_html_is_no_answer() -> None:
    told = _failure(lambda _: Reply("<html>Sign in</html>", headers={"Content-Type": "text/html"}))
    assert "OpenAI-compatible" in told


@pytest.mark.parametrize(
    "body",
    [{}, {"choices": []}, {"choices": [{"message": {"content": "x"}}]}, "[" * 100_000, "null"],
)
def test_json_that_is_no_completion_is_told(body: Any) -> None:
    assert "not what the protocol says" in _failure(lambda _: Reply(body))


def test_a_cut_answer_is_told() -> None:
    told = _failure(lambda _: Reply(chat_completion("x" * 200).body, cut_after=40))
    assert "gives no answer" in told


def test_a_server_that_hangs_is_told() -> None:
    over = threading.Event()
    try:
        assert "gives no answer" in _failure(lambda _: Reply("", wait=over), timeout=0.2)
    finally:
        over.set()


def test_a_server_that_is_not_there_is_told() -> None:
    with canned(_echo) as server:
        url = server.url
    with pytest.raises(CandidateError, match="gives no answer"):
        identify(f"openai:{url}/v1")


def test_an_endless_answer_is_ended() -> None:
    assert "sent over 4194304 bytes" in _failure(lambda _: Reply("x" * 5_000_000))


def test_a_compressed_answer_is_not_unfolded() -> None:
    bomb = Reply(gzip.compress(b"0" * 10_000_000), headers={"Content-Encoding": "gzip"})
    assert "compressed its answer" in _failure(lambda _: bomb)


def test_a_redirect_is_not_followed() -> None:
    with canned(lambda _: models(MODEL)) as other:
        told = _failure(lambda _: Reply("", 307, {"Location": other.url}))
    assert "HTTP 307" in told
    assert other.asked == []


def test_what_was_answered_before_a_failure_is_kept_and_not_asked_again(tmp_path: Any) -> None:
    broken = True

    def answer(asked: Asked) -> Reply:
        said = asked.json()["messages"][-1]["content"]
        return Reply("no", 400) if broken and said == "Do 9." else _echo(asked)

    out = tmp_path / "out"
    out.mkdir()
    with (
        _open(answer, in_flight=2) as (candidate, _),
        pytest.raises(CandidateError, match="HTTP 400"),
    ):
        predict(candidate, _RECORDS, out, tmp_path, max_new_tokens=7, what="test")
    kept = {one.record_id for one in read_completions(tmp_path / "predictions.jsonl")}
    assert {f"r{i}" for i in range(9)} <= kept
    broken = False
    with _open(answer) as (candidate, server):
        predict(candidate, _RECORDS, out, tmp_path, max_new_tokens=7, what="test")
    asked = {one.json()["messages"][-1]["content"] for one in server.asked if one.method == "POST"}
    assert asked == {f"Do {i}." for i in range(20) if f"r{i}" not in kept}
    assert len(list(read_completions(out / "predictions.jsonl"))) == 20


# ── Keys ──────────────────────────────────────────────────────────────────────────────────────


def test_the_key_is_sent_and_shows_up_nowhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", _KEY)
    with canned(_answering(lambda _: chat_completion(f"Your key is {_KEY}."), _KEY)) as server:
        spec = f"openai:{server.url}/v1"
        candidate = EndpointCandidate(Endpoint.parse(spec).open())
        (tmp_path / "out").mkdir()
        predict(candidate, _RECORDS, tmp_path / "out", tmp_path, max_new_tokens=7, what=spec)
        described = str(identify(spec).to_dict())
    assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {_KEY}"}
    assert _KEY not in described
    written = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert any("Your key is [OPENAI_API_KEY]." in text for text in written)
    assert not any(_KEY in text for text in written)
    assert _KEY not in _failure(lambda asked: Reply(f"bad {asked.headers['authorization']}", 401))
    assert _KEY not in _failure(lambda asked: Reply(f"bad {asked.headers['authorization']}"))
    assert _KEY not in "".join(capfd.readouterr())


def test_without_a_key_none_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with _open(_echo) as (candidate, server):
        _ask(candidate, _RECORDS[:1])
    assert not any("authorization" in asked.headers for asked in server.asked)


def test_text_of_a_server_is_fit_for_a_terminal() -> None:
    assert transport.shown("a\x1b[31m\nb" + "x" * 999).startswith("a\\x1b[31m b")
    assert len(transport.shown("x" * 999)) == 203


# ── Ollama ────────────────────────────────────────────────────────────────────────────────────


def _ollama(asked: Asked) -> Reply:
    """Answer as Ollama's ``docs/api.md`` has it."""
    if asked.path == "/api/tags":
        return Reply({"models": [{"model": "mine:latest", "digest": "d" * 64, "size": 1}]})
    if asked.path == "/api/chat":
        said = asked.json()["messages"][-1]["content"]
        return Reply(
            {
                "model": "mine:latest",
                "created_at": "2026-11-23T00:00:00Z",
                "message": {"role": "assistant", "content": said},
                "done": True,
                "done_reason": "length",
                "prompt_eval_count": 26,
                "eval_count": 5,
            }
        )
    return Reply({"error": "not found"}, 404)


def test_ollama_is_asked_through_its_own_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    with canned(_ollama) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        candidate = EndpointCandidate(Endpoint.parse("ollama:mine").open())
        answers = _ask(candidate, _RECORDS[:2])
        assert identify("ollama:mine").digest == candidate.identity.digest == "d" * 64
        assert candidate.rendered(_RECORDS[0]) is None
        with pytest.raises(CandidateError, match="no model 'other:latest'"):
            identify("ollama:other")
    assert answers["r1"] == Completion("r1", "Do 1.", "length", 26, 5)
    sent = next(asked.json() for asked in server.asked if asked.path == "/api/chat")
    assert sent["options"] == {"temperature": 0, "num_predict": 7}
    assert sent["stream"] is False


def test_no_ollama_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with canned(_ollama) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
    with pytest.raises(CandidateError, match="no server answers at OLLAMA_HOST"):
        identify("ollama:mine")


@pytest.mark.parametrize("body", ["<html>", "[]", '{"models": 3}'])
def test_what_is_no_ollama_is_told(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    with canned(lambda _: Reply(body)) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        with pytest.raises(CandidateError, match="no answer of its protocol"):
            identify("ollama:mine")
