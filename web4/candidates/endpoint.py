"""Models behind an API as candidates: bounded requests at a time, retries, one model throughout."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import Literal, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import tenacity

from web4.candidates.served import Identity, Served, TransientError
from web4.candidates.transport import shown
from web4.errors import CandidateError
from web4.records import Completion, Record

_IN_FLIGHT = 8
_TIMEOUT = 180.0
_ATTEMPTS = 5
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What ``openai:URL#model`` and ``ollama:name`` name. A key never stands in them."""

    kind: Literal["openai", "ollama"]
    url: str
    model: str

    @classmethod
    def parse(cls, spec: str) -> Self:
        """Read a candidate's spec; raise ``CandidateError`` that says what is wrong with it."""
        kind, _, rest = spec.partition(":")
        if kind == "ollama" and rest:
            return cls("ollama", os.environ.get("OLLAMA_HOST", ""), rest)
        url, _, model = rest.partition("#")
        try:
            parts = urlsplit(url)
            well = kind == "openai" and parts.scheme in ("http", "https") and bool(parts.hostname)
            secret = bool(parts.username or parts.password or parts.query)
        except ValueError:
            well, secret = False, "@" in url
        if secret:
            raise CandidateError(
                f"{kind}: the URL carries a user, a password or a query. A key belongs into the "
                "environment variable OPENAI_API_KEY, nowhere else."
            )
        if not well:
            raise CandidateError(
                f"{spec}: no endpoint. Give openai:http://host:port/v1#model, or ollama:name"
            )
        return cls("openai", url.rstrip("/"), model)

    def open(self, *, timeout: float = _TIMEOUT, system: bool = True) -> Served:
        """Open the server; nothing is asked of it yet."""
        if self.kind == "openai":
            from web4.candidates.openai_api import OpenAIServer

            return OpenAIServer(self.url, self.model, timeout=timeout, system=system)
        from web4.candidates.ollama_api import OllamaServer

        return OllamaServer(self.url, self.model, timeout=timeout, system=system)


def identify(spec: str) -> Identity:
    """Return who answers at a spec now."""
    candidate = EndpointCandidate(Endpoint.parse(spec).open(), attempts=2)
    candidate.close()
    return candidate.identity


class EndpointCandidate:
    """Asks a server over HTTP: ``in_flight`` requests at a time, each tried ``attempts`` times.

    ``digest`` is whom it has to be: another model is refused, before and after the answers. The
    first record without an answer ends the run with ``CandidateError``, once all that was answered
    has been handed on.
    """

    def __init__(
        self,
        served: Served,
        *,
        digest: str = "",
        in_flight: int = _IN_FLIGHT,
        attempts: int = _ATTEMPTS,
        first_wait: float = _FIRST_WAIT,
    ) -> None:
        self._served = served
        self._in_flight = in_flight
        self._stopped = threading.Event()
        self._retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(attempts),
            wait=_Backoff(first_wait),
            retry=tenacity.retry_if_exception(self._may_pass),
            sleep=tenacity.sleep_using_event(self._stopped),
            reraise=True,
        )
        self.identity = self._tried(served.identity)
        self._check(self.identity, digest or self.identity.digest)

    def answer(
        self,
        records: Sequence[Record],
        *,
        max_new_tokens: int,
        on_done: Callable[[Completion], None],
    ) -> None:
        def ask(record: Record) -> Completion:
            return self._tried(lambda: self._served.complete(record, max_new_tokens))

        waiting = iter(records)
        with ThreadPoolExecutor(self._in_flight, thread_name_prefix="endpoint") as pool:
            flying = {pool.submit(ask, record) for record in islice(waiting, self._in_flight)}
            try:
                while flying:
                    done, flying = wait(flying, return_when=FIRST_COMPLETED)
                    _hand_on(done, on_done)
                    flying |= {pool.submit(ask, record) for record in islice(waiting, len(done))}
            except BaseException:
                self._stopped.set()  # what waits to try again does not
                for completion in _answered(wait(flying).done):
                    on_done(completion)
                raise
        self._check(self._tried(self._served.identity), self.identity.digest)

    def rendered(self, record: Record) -> str | None:
        """Return the prompt that the server makes of a record; nothing where it does not tell."""
        return self._tried(lambda: self._served.rendered(record))

    def close(self) -> None:
        self._stopped.set()
        self._served.close()

    def _check(self, found: Identity, digest: str) -> None:
        if found.digest != digest:
            raise CandidateError(
                f"{shown(found.model)}: another model is served than before ({found.digest[:12]}, "
                f"it was {digest[:12]}). Its answers would be mixed up; start again."
            )

    def _may_pass(self, error: BaseException) -> bool:
        passing = isinstance(error, (TransientError, httpx.TransportError))
        return passing and not self._stopped.is_set()

    def _tried(self, ask: Callable[[], _T]) -> _T:
        try:
            return self._retrying.copy()(ask)
        except (TransientError, httpx.TransportError) as error:
            why = shown(str(error)) or type(error).__name__
            raise CandidateError(
                f"the server gives no answer ({why}). Is it up, and well?"
            ) from None


def _hand_on(done: set[Future[Completion]], on_done: Callable[[Completion], None]) -> None:
    """Hand on what was answered, then raise the first failure."""
    for completion in _answered(done):
        on_done(completion)
    for future in done:
        future.result()


def _answered(done: set[Future[Completion]]) -> list[Completion]:
    return [future.result() for future in done if future.exception() is None]


class _Backoff(tenacity.wait.wait_base):
    """Waits twice as long each time, with jitter, or as long as the server asks; at most 30 s."""

    def __init__(self, first: float) -> None:
        self._own = tenacity.wait_exponential_jitter(first, max=_LONGEST_WAIT, jitter=first)

    def __call__(self, retry_state: tenacity.RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked = error.seconds if isinstance(error, TransientError) else 0.0
        return min(_LONGEST_WAIT, max(asked, self._own(retry_state)))
