"""llama.cpp's server answers over HTTP, greedily, on loopback, and stops in good order."""

import contextlib
import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner

from web4 import chat
from web4.candidates.endpoint import Endpoint, EndpointCandidate
from web4.candidates.llama_cpp import LlamaCppCandidate
from web4.cli import main
from web4.deployment.server import Serving, serve, started
from web4.digests import file_digest
from web4.errors import ArtifactError, CandidateError, ConfigError
from web4.records import Completion, Record


def _asked(url: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - as above
        return json.load(answer)


_BODY = {"messages": [{"role": "user", "content": "List the files."}], "max_tokens": 12}
_RECORDS = [Record(f"r{at}", "tool_call", "a" * (1 + at), "", "") for at in range(8)]


@contextlib.contextmanager
def _serving(gguf: Path, port: int = 0) -> Iterator["tuple[subprocess.Popen[str], str]"]:
    """Start the command ``serve`` as users do; yield the process and the line that it prints."""
    command = [sys.executable, "-m", "web4", "serve", str(gguf), "--port", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)  # nobody reads it: it is soon full
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def _sent(url: str) -> HTTPConnection:
    """Send a chat request; whoever wants its answer has to ask for it."""
    connection = HTTPConnection(url.split("/")[2], timeout=120)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/v1/chat/completions", json.dumps(_BODY), headers)
    return connection


def _answer(connection: HTTPConnection) -> str:
    with contextlib.closing(connection):
        answer = json.load(connection.getresponse())
    return str(answer["choices"][0]["message"]["content"])


def test_the_command_serves_and_stops_once_it_has_answered(tiny_gguf: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with _serving(tiny_gguf, port) as (process, line):
        digest = file_digest(tiny_gguf)
        url, model = f"http://127.0.0.1:{port}/v1", f"tiny@sha256:{digest}"
        assert line == f"serving {url} model={model} sha256={digest}\n"
        assert [one["id"] for one in _asked(f"{url}/models")["data"]] == [model]
        assert _asked(f"{url.removesuffix('/v1')}/health") == {"status": "ok"}
        hot = {**_BODY, "temperature": 2.0, "repeat_penalty": 1.9, "seed": 3, "model": model}
        with ThreadPoolExecutor(4) as pool:
            answers = list(
                pool.map(lambda asked: _asked(f"{url}/chat/completions", asked), [_BODY, hot] * 4)
            )
        (said,) = {one["choices"][0]["message"]["content"] for one in answers}
        first, *waiting = [_sent(url) for _ in range(12)]
        assert _answer(first) == said
        process.send_signal(signal.SIGTERM)
        assert [_answer(one) for one in waiting] == [said] * len(waiting)
        assert process.wait(60) == 0
        with pytest.raises(ConnectionRefusedError):
            _sent(url)


@pytest.fixture(scope="module")
def server(tiny_gguf: Path) -> Iterator["tuple[subprocess.Popen[str], str]"]:
    """Serve the tiny model; yield the process and the URL."""
    with _serving(tiny_gguf) as (process, line):
        yield process, line.split()[1]


@pytest.mark.slow
def test_clients_that_leave_do_not_stop_the_server(
    server: "tuple[subprocess.Popen[str], str]",
) -> None:
    """llama.cpp's server prints a line for each; without a reader the pipe was full at last."""
    _, url = server
    said = _answer(_sent(url))
    for leaving in [_sent(url) for _ in range(200)]:
        leaving.close()
    assert _answer(_sent(url)) == said


@pytest.mark.slow
@pytest.mark.parametrize("attempts", [1, 9])
def test_what_a_server_that_stood_still_owes_is_asked_again(
    server: "tuple[subprocess.Popen[str], str]", attempts: int
) -> None:
    process, url = server
    served = Endpoint.parse(f"openai:{url}").open(timeout=1.0, system=False)
    candidate = EndpointCandidate(served, in_flight=4, attempts=attempts, first_wait=0.1)
    done: list[Completion] = []
    again = threading.Timer(3.0, process.send_signal, [signal.SIGCONT])
    process.send_signal(signal.SIGSTOP)
    again.start()
    lost = pytest.raises(CandidateError, match=r"gives no answer \(timed out")
    with lost if attempts == 1 else contextlib.nullcontext():
        candidate.answer(_RECORDS, max_new_tokens=4, on_done=done.append)
    again.join()
    candidate.close()
    assert len({one.record_id for one in done}) == len(done) == (len(_RECORDS) * (attempts > 1))


def test_a_port_that_is_taken_is_told(tiny_gguf: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match="cannot be listened on"):
            serve(tiny_gguf, port=port)
        result = CliRunner().invoke(main, ["serve", str(tiny_gguf), "--port", str(port)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert re.fullmatch(
        rf"Error: 127\.0\.0\.1:{port} cannot be listened on \(.*\)\. Choose another --port.*\n",
        result.stderr,
    )


def test_a_file_that_is_no_model_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(b"GGUF")
    with pytest.raises(ArtifactError, match="no whole GGUF"):
        serve(path)


def test_a_server_that_does_not_come_up_is_told(tmp_path: Path) -> None:
    with (
        (tmp_path / "log").open("wb") as log,
        pytest.raises(CandidateError, match="did not come up"),
        started(tmp_path / "none.gguf", log),
    ):
        pytest.fail("there is nothing to be served")
    assert b"none.gguf" in (tmp_path / "log").read_bytes()


def test_a_server_that_was_left_is_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "python"
    line = Serving("http://127.0.0.1:9/v1", "m", "0" * 64).announcement
    script.write_text(f'#!/bin/sh\necho $$ > {tmp_path}/pid\necho "{line}"\nexec sleep 60\n')
    script.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(script))
    with (tmp_path / "log").open("wb") as log, started(tmp_path / "m.gguf", log) as serving:
        assert serving.spec == "openai:http://127.0.0.1:9/v1#m"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.slow
def test_200_requests_at_once_get_their_answers_and_the_client_stays_small(
    tiny_gguf: Path, tmp_path: Path
) -> None:
    records = [Record(f"r{at}", "tool_call", "a" * (1 + at % 20), f"{at}", "") for at in range(200)]
    rounds: list[dict[str, Completion]] = []
    sizes: list[int] = []
    with (tmp_path / "log").open("wb") as log, started(tiny_gguf, log) as serving:
        served = Endpoint.parse(serving.spec).open(system=False)
        with contextlib.closing(EndpointCandidate(served, in_flight=200, attempts=1)) as candidate:
            for _ in range(4):
                done: list[Completion] = []
                candidate.answer(records, max_new_tokens=4, on_done=done.append)
                assert len(done) == len(records)
                rounds.append({one.record_id: one for one in done})
                sizes.append(psutil.Process().memory_info().rss)
            asked = list(map(candidate.rendered, records))
    assert max(sizes[1:]) - sizes[0] < 8 * 2**20
    assert asked == [chat.render_prompt(one) for one in records]
    alone: list[Completion] = []
    with contextlib.closing(LlamaCppCandidate(tiny_gguf, n_parallel=8)) as local:
        local.answer(records, max_new_tokens=4, on_done=alone.append)
    wanted = {one.record_id: (one.text, one.prompt_tokens) for one in alone}
    for found in rounds:  # none was lost, and each record got its own answer
        assert {one: (said.text, said.prompt_tokens) for one, said in found.items()} == wanted
