"""What every served model has, whatever protocol it speaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from web4.records import Completion, Record


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answers: the model's name there, and a SHA-256.

    ``digest`` is that of the model where the server knows it, else one of all that it reports.
    ``file`` is the SHA-256 of the weights' file where the server tells it, else "".
    """

    model: str
    digest: str
    reported: Mapping[str, Any]
    file: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {"model": self.model, "digest": self.digest, "reported": dict(self.reported)}


def finish(reason: str | None) -> Literal["stop", "length", "error"]:
    """Return a server's finish reason as completions have it; what is neither is an error."""
    return "stop" if reason == "stop" else "length" if reason == "length" else "error"


class TransientError(Exception):
    """A failure that may pass: it is tried again, after ``seconds`` where the server says so."""

    def __init__(self, why: str, seconds: float = 0.0) -> None:
        super().__init__(why)
        self.seconds = seconds


class Served(Protocol):
    """One server. Both questions may raise ``TransientError`` or ``httpx.TransportError``.

    What is no use trying again is a ``CandidateError``.
    """

    def identity(self) -> Identity:
        """Return who answers; raise ``CandidateError`` where that model is not served."""
        ...

    def complete(self, record: Record, max_new_tokens: int) -> Completion:
        """Return the answer to one record. May be called from several threads."""
        ...

    def rendered(self, record: Record) -> str | None:
        """Return the prompt that the server makes of a record; nothing where it does not tell."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...
