"""llama.cpp's server answers over HTTP, greedily, on loopback, and stops in good order."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from web4 import chat
from web4.candidates.endpoint import Endpoint, EndpointCandidate
from web4.candidates.llama_cpp import LlamaCppCandidate
from web4.deployment.server import Serving, serve, started
from web4.digests import file_digest
from web4.errors import ArtifactError, CandidateError, ConfigError
from web4.records import Completion, Record


def _asked(url: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - as above
        return json.load(answer)


def test_the_command_serves_and_stops(tiny_gguf: Path) -> None:
    command = [sys.executable, "-m", "web4", "serve", str(tiny_gguf)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        digest = file_digest(tiny_gguf)
        found = re.fullmatch(
            rf"serving (http://127\.0\.0\.1:\d+/v1) model=(tiny@sha256:{digest}) sha256={digest}\n",
            line,
        )
        assert found is not None, line
        url, model = found.groups()
        assert [one["id"] for one in _asked(f"{url}/models")["data"]] == [model]
        assert _asked(f"{url.removesuffix('/v1')}/health") == {"status": "ok"}
        body = {"messages": [{"role": "user", "content": "List the files."}], "max_tokens": 12}
        hot = {**body, "temperature": 2.0, "repeat_penalty": 1.9, "seed": 3, "model": model}
        with ThreadPoolExecutor(4) as pool:
            answers = list(
                pool.map(lambda asked: _asked(f"{url}/chat/completions", asked), [body, hot] * 4)
            )
        assert len({one["choices"][0]["message"]["content"] for one in answers}) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()


def test_a_port_that_is_taken_is_told(tiny_gguf: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ConfigError, match="cannot be listened on"),
    ):
        serve(tiny_gguf, port=taken.getsockname()[1])


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
        served = Endpoint.parse(serving.spec).open(timeout=60, system=False)
        with contextlib.closing(EndpointCandidate(served, in_flight=200, attempts=2)) as candidate:
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
