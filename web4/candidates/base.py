"""What every candidate can do, whatever engine runs it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from web4.records import Completion, Record


class Candidate(Protocol):
    """A model that answers records, greedily: the same model gives the same answers."""

    def answer(
        self,
        records: Sequence[Record],
        *,
        max_new_tokens: int,
        on_done: Callable[[Completion], None],
    ) -> None:
        """Answer each record and hand each answer to ``on_done`` as it ends, in any order.

        An answer has at most ``max_new_tokens`` tokens, the end-of-turn token included. Raises
        ``CandidateError`` where the engine fails.
        """
        ...

    def close(self) -> None:
        """Free the model; the candidate answers nothing afterwards. May be called twice."""
        ...
