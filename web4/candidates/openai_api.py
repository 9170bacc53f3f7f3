"""Servers that speak OpenAI's chat protocol: vLLM, llama.cpp, Docker Model Runner and others.

Source: OpenAI's API reference, "List models" and "Create chat completion"; ``/apply-template``:
llama.cpp's ``tools/server/README.md``.
"""

import hashlib
import json
import os
import re
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from web4 import chat
from web4.candidates import transport
from web4.candidates.served import Identity, TransientError, finish
from web4.errors import CandidateError
from web4.records import Completion, Record, compact_json

_FILE_DIGEST = re.compile(r"@sha256:([0-9a-f]{64})$")
_CHANGING = ("created", "permission", "permissions")
_TOO_LONG = "context_length_exceeded"
_ADVICE = {
    401: " Set the environment variable OPENAI_API_KEY.",
    403: " Check the environment variable OPENAI_API_KEY.",
    404: " Does the URL end as the server wants it, mostly in /v1?",
}


class _Model(BaseModel):
    model_config = ConfigDict(extra="allow")
    id: str


class _Models(BaseModel):
    data: list[_Model]


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _Message


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)


class _ChatCompletion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage


class _Rendered(BaseModel):
    prompt: str


_Answer = TypeVar("_Answer", bound=BaseModel)


class OpenAIServer:
    """A model at ``url``, which mostly ends in ``/v1``; the only one served where none is named.

    With ``system`` the system prompt is sent along; without, the server has to know it.
    """

    def __init__(self, url: str, model: str, *, timeout: float, system: bool = True) -> None:
        key = os.environ.get("OPENAI_API_KEY")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(headers=headers, **transport.bounded(timeout))
        self._url = url
        self._model = model
        self._first = 0 if system else 1

    def identity(self) -> Identity:
        models = {one.id: one for one in self._asked(_Models, "GET", "models").data}
        names = sorted(models)
        if not self._model and len(names) == 1:
            self._model = names[0]
        if self._model not in models:
            served = transport.shown(", ".join(names)) or "none"
            wanted = f"serves no model {self._model!r}" if self._model else "serves several models"
            raise CandidateError(f"{self._url}: {wanted}. Served: {served}. Name one behind #.")
        raw = models[self._model].model_dump()
        stable = {name: value for name, value in raw.items() if name not in _CHANGING}
        reported = json.loads(transport.hidden(json.dumps(stable)))
        named = _FILE_DIGEST.search(self._model)
        digest = hashlib.sha256(compact_json(reported).encode()).hexdigest()
        file = named[1] if named else ""
        return Identity(transport.hidden(self._model), file or digest, reported, file)

    def complete(self, record: Record, max_new_tokens: int) -> Completion:
        asked = {
            "model": self._model,
            "messages": chat.messages(record)[self._first :],
            "max_tokens": max_new_tokens,
            "temperature": 0,
            "stream": False,
        }
        try:
            found = self._asked(_ChatCompletion, "POST", "chat/completions", asked)
        except _TooLongError:
            return Completion(record.id, "", "error", 0, 0)
        choice, usage = found.choices[0], found.usage
        return Completion(
            record.id,
            transport.hidden(choice.message.content or ""),
            finish(choice.finish_reason),
            usage.prompt_tokens,
            usage.completion_tokens,
        )

    def rendered(self, record: Record) -> str | None:
        """Return the prompt as llama.cpp's servers tell it, which no other server does."""
        url = f"{self._url.removesuffix('/v1')}/apply-template"
        sent = {"messages": chat.messages(record)[self._first :]}
        response = self._client.request("POST", url, json=sent)
        if response.status_code in transport.TRANSIENT:
            raise _refused(url, response)
        try:
            return transport.hidden(_Rendered.model_validate_json(response.content).prompt)
        except ValidationError:
            return None

    def close(self) -> None:
        self._client.close()

    def _asked(
        self, kind: type[_Answer], method: str, path: str, sent: dict[str, Any] | None = None
    ) -> _Answer:
        url = f"{self._url}/{path}"
        response = self._client.request(method, url, json=sent)
        if response.status_code != httpx.codes.OK:
            raise _refused(url, response)
        try:
            return kind.model_validate_json(response.content)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            what = f"{where}: {first['msg']}" if where else transport.shown(response.text)
            raise CandidateError(
                f"{url}: the answer is not what the protocol says ({transport.shown(what)}). "
                "Is this an OpenAI-compatible API?"
            ) from None


class _TooLongError(CandidateError):
    """The prompt does not fit into the model's context."""


def _refused(url: str, response: httpx.Response) -> Exception:
    status = response.status_code
    why = f"HTTP {status}: {transport.shown(response.text)}"
    if status in transport.TRANSIENT:
        asked = response.headers.get("Retry-After", "")
        return TransientError(f"{url}: {why}", float(asked) if asked.isdecimal() else 0.0)
    if status == httpx.codes.BAD_REQUEST and _TOO_LONG in response.text:
        return _TooLongError(f"{url}: {why}")
    return CandidateError(f"{url}: {why}.{_ADVICE.get(status, '')}")
