"""HTTP to servers that are not trusted: bounded in time and size, keys kept out of sight."""

import os
import time
from collections.abc import Iterator
from typing import Any

import httpx

from web4.errors import CandidateError
from web4.terminal import printable

MAX_RESPONSE_BYTES = 4 * 1024 * 1024
TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""The HTTP statuses that may pass."""

_KEY_VARIABLES = ("OPENAI_API_KEY", "OLLAMA_API_KEY")
_SHOWN = 200
_CONNECT_SECONDS = 10.0


def bounded(timeout: float) -> dict[str, Any]:
    """Return what an httpx client is opened with: ``timeout`` seconds a request, 4 MiB a response.

    No redirect is followed, and neither a proxy nor a ``.netrc`` of the environment is used.
    """
    return {
        "transport": BoundedTransport(timeout),
        "timeout": httpx.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
        "follow_redirects": False,
        "trust_env": False,
    }


class BoundedTransport(httpx.BaseTransport):
    """Ends a response that is too long, too slow as a whole, or compressed.

    httpx bounds the wait for each piece only, and what a compressed one unfolds to not at all.
    No connection is used twice: httpcore (1.0.9) may hand an idle one to one thread while another
    closes it, and the request then waits until it times out.
    """

    def __init__(self, timeout: float, max_bytes: int = MAX_RESPONSE_BYTES) -> None:
        # Whoever asks bounds what is in flight: a bound here would only make requests time out.
        self._inner = httpx.HTTPTransport(limits=httpx.Limits(max_connections=None))
        self._timeout = timeout
        self._max_bytes = max_bytes

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadline = time.monotonic() + self._timeout
        request.headers["Accept-Encoding"] = "identity"
        request.headers["Connection"] = "close"
        response = self._inner.handle_request(request)
        if not isinstance(response.stream, httpx.SyncByteStream):
            raise TypeError("a synchronous transport gave another kind of stream")
        body = _BoundedBody(response.stream, str(request.url), deadline, self._max_bytes)
        if response.headers.get("Content-Encoding", "identity") != "identity":
            body.close()
            raise CandidateError(f"{request.url}: the server compressed its answer unasked")
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=body,
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._inner.close()


class _BoundedBody(httpx.SyncByteStream):
    def __init__(
        self, inner: httpx.SyncByteStream, url: str, deadline: float, max_bytes: int
    ) -> None:
        self._inner = inner
        self._url = url
        self._deadline = deadline
        self._max_bytes = max_bytes

    def __iter__(self) -> Iterator[bytes]:
        count = 0
        for piece in self._inner:
            count += len(piece)
            if count > self._max_bytes:
                raise CandidateError(f"{self._url}: sent over {self._max_bytes} bytes as an answer")
            if time.monotonic() > self._deadline:
                raise httpx.ReadTimeout("the answer as a whole took too long")
            yield piece

    def close(self) -> None:
        self._inner.close()


def hidden(text: str) -> str:
    """Return a server's text without the keys of the environment, should it echo one."""
    for variable in _KEY_VARIABLES:
        key = os.environ.get(variable)
        if key:
            text = text.replace(key, f"[{variable}]")
    return text


def shown(text: str) -> str:
    """Return the start of a server's text, in one line that is fit for a message."""
    line = printable(" ".join(hidden(text).split()))
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."
