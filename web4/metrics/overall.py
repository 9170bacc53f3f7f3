"""Metrics over all buckets: does the model answer at all, and how fast."""

from collections.abc import Sequence

from web4.metrics.outcome import Metric, Outcome, failure, success
from web4.metrics.scorecard import Score
from web4.records import Completion, Record

_LOOPS = ((40, 8), (400, 4))
"""How long a repeated phrase may be at most, and how many copies of it are a loop."""

_LONGEST_LOOP = max(longest * copies for longest, copies in _LOOPS)
_CLOSERS = " \t\r\n\"'`;.,)]}>"


def _stable(record: Record, completion: Completion) -> Outcome:
    text = completion.text.strip()
    if completion.finish_reason == "error":
        return failure(record, "error", "the candidate gave no answer")
    if not text:
        return failure(record, "empty")
    if is_loop(completion.text):
        return failure(record, "loop", f"ends in repetitions: {text[-60:]}")
    if completion.finish_reason == "length":
        return failure(record, "unfinished", f"cut after {completion.completion_tokens}")
    return success(record)


def is_loop(text: str) -> bool:
    """Whether a text ends in a loop: as it stands, or but for the marks that close it.

    A loop is eight copies of a phrase of at most 40 characters, or four of one of at most 400.
    """
    tails = {text[-_LONGEST_LOOP:], text.rstrip(_CLOSERS)[-_LONGEST_LOOP:]}
    return any(_ends_in_copies(tail) for tail in tails)


def _ends_in_copies(text: str) -> bool:
    shortest = 1
    for longest, copies in _LOOPS:
        for length in range(shortest, min(longest, len(text) // copies) + 1):
            phrase = text[-length:]
            if phrase != text[-2 * length : -length]:
                continue  # not even two copies, as nearly always
            if phrase.strip() and text.endswith(phrase * copies):
                return True
        shortest = longest + 1
    return False


STABILITY = Metric(
    name="overall.stability",
    bucket="mixed",
    applies=lambda _record: True,
    judge=_stable,
    reasons=frozenset({"error", "empty", "loop", "unfinished"}),
)


def tokens_per_second(completions: Sequence[Completion], seconds: float) -> float:
    """Return generated tokens per second of wall time, prompts included in the time."""
    tokens = sum(completion.completion_tokens for completion in completions)
    return tokens / seconds if seconds else 0.0


def throughput(rate: float, n: int) -> Score:
    """Return the score of a measured rate in tokens per second over ``n`` answers."""
    return Score("overall.throughput", rate, n, n, rate, rate, "tokens/s")
