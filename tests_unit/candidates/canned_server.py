"""A server on loopback that says what a test wants, for clients that must not trust it."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "mine"


@dataclass
class Reply:
    """What is sent: a status, a body (an object becomes JSON), headers, and how it is cut."""

    body: Any = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    wait: threading.Event | None = None

    @property
    def bytes(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


Answer = Callable[[Asked], Reply]


@dataclass
class Canned:
    """A running server: where, and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0


@contextlib.contextmanager
def canned(answer: Answer) -> Iterator[Canned]:
    """Serve on a free port until the block ends."""
    lock = threading.Lock()
    busy = 0

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _serve(self) -> None:
            nonlocal busy
            size = int(self.headers.get("Content-Length") or 0)
            chunked = self.headers.get("Transfer-Encoding") == "chunked"
            body = self._chunks() if chunked else self.rfile.read(size)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, body)
            with lock:
                busy += 1
                found.asked.append(asked)
                found.most_at_once = max(found.most_at_once, busy)
            try:
                self._send(answer(asked))
            finally:
                with lock:
                    busy -= 1

        def _chunks(self) -> bytes:
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def _send(self, reply: Reply) -> None:
            if reply.wait:
                reply.wait.wait(20)
            self.send_response(reply.status)
            headers = {"Content-Type": "application/json", "Content-Length": str(len(reply.bytes))}
            for name, value in {**headers, **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.bytes[: reply.cut_after])
            if reply.cut_after is not None:
                self.close_connection = True

        do_GET = do_POST = do_HEAD = _serve  # noqa: N815 - names that http.server wants

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Canned(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def models(*names: str, **more: Any) -> Reply:
    """Return OpenAI's list of models."""
    listed = [{"id": name, "object": "model", "owned_by": "me", **more} for name in names]
    return Reply({"object": "list", "data": listed})


def chat_completion(
    text: str | None, reason: str = "stop", prompt: int = 9, completion: int = 4
) -> Reply:
    """Return OpenAI's chat completion."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": prompt, "completion_tokens": completion}
    return Reply({"choices": [{**choice, "finish_reason": reason}], "usage": usage})
