"""Models in Ollama, asked through its official client.

Source: Ollama's ``docs/api.md``: ``/api/tags`` and ``/api/chat``.
"""

import json
from collections.abc import Callable
from typing import TypeVar

import ollama
from pydantic import ValidationError

from web4 import chat
from web4.candidates import transport
from web4.candidates.served import Identity, TransientError, finish
from web4.errors import CandidateError
from web4.records import Completion, Record

_T = TypeVar("_T")


class OllamaServer:
    """A model of the server at ``host``, which is ``OLLAMA_HOST`` or Ollama's own default.

    With ``system`` the system prompt is sent along; without, the Modelfile's has to do.
    """

    def __init__(self, host: str, model: str, *, timeout: float, system: bool = True) -> None:
        self._client = ollama.Client(host=host or None, **transport.bounded(timeout))
        self._model = model if ":" in model else f"{model}:latest"
        self._first = 0 if system else 1

    def identity(self) -> Identity:
        models = self.asked(self._client.list).models
        for one in models:
            if one.model == self._model and one.digest:
                digest = transport.hidden(one.digest.removeprefix("sha256:"))
                return Identity(self._model, digest, {"digest": digest})
        served = transport.shown(", ".join(one.model or "" for one in models)) or "none"
        raise CandidateError(f"ollama: has no model {self._model!r}. There are: {served}.")

    def complete(self, record: Record, max_new_tokens: int) -> Completion:
        found = self.asked(
            lambda: self._client.chat(
                self._model,
                chat.messages(record)[self._first :],
                options={"temperature": 0, "num_predict": max_new_tokens},
            )
        )
        if not found.done:
            raise TransientError("ollama: the answer was cut")
        return Completion(
            record.id,
            transport.hidden(found.message.content or ""),
            finish(found.done_reason),
            found.prompt_eval_count or 0,  # 0 where the whole prompt was in Ollama's cache
            found.eval_count or 0,
        )

    def rendered(self, record: Record) -> None:
        """Return nothing: the template is compared when the model is created."""

    def close(self) -> None:
        self._client.close()  # type: ignore[no-untyped-call] # the client leaves it untyped

    @property
    def client(self) -> ollama.Client:
        return self._client

    def asked(self, ask: Callable[[], _T]) -> _T:
        """Return what the client says, its many kinds of failure told as ``Served`` has them."""
        try:
            return ask()
        except ollama.ResponseError as error:
            why = f"ollama: HTTP {error.status_code}: {transport.shown(error.error)}"
            if error.status_code in transport.TRANSIENT:
                raise TransientError(why) from None
            raise CandidateError(f"{why}.") from None
        except ConnectionError:
            raise TransientError("ollama: no server answers at OLLAMA_HOST") from None
        except (ValidationError, RecursionError, json.JSONDecodeError, TypeError) as error:
            why = transport.shown(str(error))
            raise CandidateError(f"ollama: no answer of its protocol ({why}).") from None
