"""Ollama: the model created from its Modelfile, then asked, through the official client.

Source of the protocol: Ollama's ``docs/api.md`` (blobs, create, show, chat).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from web4.candidates.endpoint import EndpointCandidate
from web4.candidates.ollama_api import OllamaServer
from web4.candidates.served import TransientError
from web4.deployment.modelfile import Modelfile, instructions
from web4.deployment.server import CONTEXT
from web4.errors import CandidateError
from web4.records import Completion, Record

MODELFILE = "Modelfile"

_T = TypeVar("_T")

_BLOB = re.compile(r"sha256[-:]([0-9a-f]{64})$")
"""How Ollama names a file in its store."""

_ASK_SECONDS = 120.0
_CREATE_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Created:
    """A model in Ollama: its name there with its tag, and its digest there."""

    name: str
    digest: str


def write_modelfile(gguf: Path, license_text: str, folder: Path) -> Path:
    """Write the Modelfile that ``ollama create -f`` takes, naming the GGUF by its full path."""
    text = Modelfile.of(str(gguf.resolve()), license_text, CONTEXT).text()
    if Modelfile.parse(text).text() != text:
        raise ValueError("the Modelfile that was written is not the one that is read")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MODELFILE
    path.write_text(text, encoding="utf-8")
    return path


def answers_at(host: str) -> bool:
    """Whether an Ollama server answers."""
    server = OllamaServer(host, "", timeout=5.0)
    try:
        server.asked(server.client.list)
    except TransientError:
        return False
    finally:
        server.close()
    return True


def create(host: str, name: str, gguf: Path, modelfile: Path) -> Created:
    """Create the model of a Modelfile; raise ``CandidateError`` where it is not what was sent.

    What the server says of file, template and system prompt has to be the Modelfile's.
    """
    wanted = Modelfile.parse(modelfile.read_text(encoding="utf-8"))
    server = OllamaServer(host, name, timeout=_CREATE_SECONDS)
    client = server.client
    try:
        blob = _asked(server, lambda: client.create_blob(gguf))
        _asked(
            server,
            lambda: client.create(
                name,
                files={gguf.name: blob},
                template=wanted.template,
                system=wanted.system,
                license=wanted.license,
                parameters=wanted.options(),
            ),
        )
        shown = _asked(server, lambda: client.show(name))
        _compare(name, "TEMPLATE", wanted.template, shown.template or "")
        said = {what: value for _, what, value in instructions(shown.modelfile or "")}
        _compare(name, "SYSTEM", wanted.system, said.get("SYSTEM", ""))
        stored = _BLOB.search(said.get("FROM", ""))
        _compare(name, "FROM", blob, f"sha256:{stored[1]}" if stored else "")
        return Created(name, server.identity().digest)
    finally:
        server.close()


def ask(
    host: str, name: str, records: Sequence[Record], max_new_tokens: int
) -> dict[str, Completion]:
    """Ask a created model as its users do: its own system prompt, its own parameters."""
    server = OllamaServer(host, name, timeout=_ASK_SECONDS, system=False)
    candidate = EndpointCandidate(server, in_flight=1, attempts=2)
    done: list[Completion] = []
    try:
        candidate.answer(records, max_new_tokens=max_new_tokens, on_done=done.append)
    finally:
        candidate.close()
    return {completion.record_id: completion for completion in done}


def _asked(server: OllamaServer, ask_it: Callable[[], _T]) -> _T:
    """Return what a request that is made once gives: here nothing is tried again."""
    try:
        return server.asked(ask_it)
    except TransientError as error:
        raise CandidateError(f"{error}. Try again.") from None


def _compare(name: str, what: str, wanted: str, found: str) -> None:
    if found != wanted:
        raise CandidateError(
            f"{name}: the server's {what} is {found!r}, the one that was gated is {wanted!r}"
        )
