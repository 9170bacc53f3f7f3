"""The embedded server: a GGUF file behind llama.cpp's own OpenAI-compatible server.

It renders prompts with the one template and answers greedily, whatever a request asks: what is
served is what was gated.
"""

import contextlib
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from web4.deployment.templates import formatter_of, jinja_template
from web4.digests import file_digest
from web4.errors import CandidateError, ConfigError
from web4.execution import child_environment, die_with_parent
from web4.packaging.gguf import read_header

if TYPE_CHECKING:
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter

LOOPBACK = "127.0.0.1"
CONTEXT = 2048
"""Most tokens that a prompt and its answer have together."""

_FORMAT = "web4"
_GREEDY = {
    "temperature": 0.0,
    "repeat_penalty": 1.0,
    "presence_penalty": 0.0,
    "frequency_penalty": 0.0,
    "mirostat_mode": 0,
    "logit_bias": None,
}
_BATCH = 2048
_GRACE_SECONDS = 10
_START_SECONDS = 120.0
_ANNOUNCED = re.compile(r"serving (\S+) model=(\S+) sha256=([0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that answers: where, under which name, and the SHA-256 of what it has loaded."""

    url: str
    model: str
    sha256: str

    @property
    def announcement(self) -> str:
        return f"serving {self.url} model={self.model} sha256={self.sha256}"

    @property
    def spec(self) -> str:
        """How the server is named as a candidate."""
        return f"openai:{self.url}#{self.model}"


def serve(gguf: Path, host: str = LOOPBACK, port: int = 0, *, template: str = "") -> None:
    """Serve a file until SIGTERM or SIGINT, then end the process; print one line once it serves.

    Port 0 takes a free one. Running requests get ten seconds to end. Raises ``ArtifactError`` for
    a file that is none, ``ConfigError`` where the port cannot be had.
    """
    read_header(gguf)
    digest = file_digest(gguf)
    die_with_parent()
    with _listening(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{listener.getsockname()[1]}/v1"
        serving = Serving(url, f"{gguf.stem.replace(' ', '_')}@sha256:{digest}", digest)
        app = _app(gguf, serving.model, template or jinja_template())
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, _ended)
        _run(app, listener, serving)
    # While the interpreter takes itself down, llama.cpp logs into what is gone, and crashes.
    sys.stdout.flush()
    os._exit(0)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"{host}:{port} cannot be listened on ({error}). Choose another --port, or 0 for any."
        ) from error


def engine_settings() -> dict[str, Any]:
    """Return how llama.cpp is set up to serve."""
    threads = os.cpu_count() or 1
    return {
        "n_ctx": CONTEXT,
        "n_batch": _BATCH,
        "n_threads": threads,
        "n_threads_batch": threads,
        "flash_attn": True,  # as the evaluating engine, which leaves it to llama.cpp
        "logits_all": False,
        "verbose": False,
    }


def greedy_handler(formatter: "Jinja2ChatFormatter") -> Callable[..., Any]:
    """Return what answers a chat request: greedily, and as if no request had been before it.

    Reading on from what the request before has in common would make an answer depend on it: sums
    over batches of other sizes are rounded differently.
    """
    ordinary = formatter.to_chat_handler()

    def answer(*, llama: Any, **request: Any) -> Any:
        llama.reset()
        return ordinary(llama=llama, **{**request, **_GREEDY})

    return answer


def _app(gguf: Path, name: str, template: str) -> Any:
    """Return llama.cpp's server with the model loaded."""
    from llama_cpp import llama_chat_format
    from llama_cpp.server.app import create_app
    from llama_cpp.server.settings import ModelSettings, ServerSettings

    from web4.llama_log import engine_log

    log = engine_log()
    formatter = formatter_of(template)
    llama_chat_format.register_chat_completion_handler(_FORMAT)(greedy_handler(formatter))
    model = ModelSettings(
        model=str(gguf), model_alias=name, chat_format=_FORMAT, **engine_settings()
    )
    # An answer that another request interrupts would be a cut one.
    server = ServerSettings(interrupt_requests=False)
    log.clear()
    try:
        app = create_app(server_settings=server, model_settings=[model])
    except (ValueError, OSError) as error:
        raise CandidateError(f"{gguf}: llama.cpp cannot load it ({log.reason()}).") from error
    _add_routes(app, formatter)
    return app


def _add_routes(app: Any, formatter: "Jinja2ChatFormatter") -> None:
    """Add two routes that llama.cpp's server in C++ has: ``/health`` and ``/apply-template``.

    The second renders with what renders the prompts of all requests.
    """
    from pydantic import BaseModel

    class Asked(BaseModel):
        messages: list[dict[str, Any]]

    def health() -> dict[str, str]:
        return {"status": "ok"}

    def apply_template(asked: Asked) -> dict[str, str]:
        return {"prompt": formatter(messages=asked.messages).prompt}  # type: ignore[arg-type] # plain dicts do

    app.get("/health")(health)
    app.post("/apply-template")(apply_template)


def _run(app: Any, listener: socket.socket, serving: Serving) -> None:
    import uvicorn

    out = sys.stdout

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            print(serving.announcement, file=out, flush=True)

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    # llama.cpp's server prints a line for each client that has left. Whoever started this process
    # reads one line only: once the pipe is full the next would stop every request, for ever.
    with contextlib.redirect_stdout(sys.stderr):
        Announcing(config).run(sockets=[listener])


def _ended(_signal: int, _frame: object) -> None:
    """Take the signal that uvicorn raises again once it has ended in good order."""


@contextlib.contextmanager
def started(gguf: Path, log: IO[bytes], *, seconds: float = _START_SECONDS) -> Iterator[Serving]:
    """Start the command ``serve`` on a free port of loopback; end it on leaving.

    What it says goes into ``log``. Raises ``CandidateError`` where it does not come up.
    """
    command = [sys.executable, "-m", "web4", "serve", str(gguf), "--port", "0"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        env=child_environment(),
    )
    try:
        yield _announced(process, gguf, seconds)
    finally:
        _end(process)


def _announced(process: "subprocess.Popen[bytes]", gguf: Path, seconds: float) -> Serving:
    """Wait for the line that tells where the server is."""
    if process.stdout is None:
        raise ValueError("the server was started without a pipe")
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        end = time.monotonic() + seconds
        line = process.stdout.readline() if selector.select(end - time.monotonic()) else b""
    found = _ANNOUNCED.fullmatch(line.decode("utf-8", errors="replace"))
    if found is None:
        raise CandidateError(f"{gguf}: the embedded server did not come up within {seconds:.0f} s")
    return Serving(*found.groups())


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS + 5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        if process.stdout:
            process.stdout.close()
