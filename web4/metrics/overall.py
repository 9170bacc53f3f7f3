"""Metrics over all buckets: does the model answer at all, and how fast."""

from collections.abc import Sequence

from web4.metrics.outcome import Metric, Outcome
from web4.metrics.scorecard import Score
from web4.records import Completion, Record

_REPEATED = 8  # a phrase that an answer ends in, this many times over, is a loop
_LONGEST_PHRASE = 40


def _stable(record: Record, completion: Completion) -> Outcome:
    text = completion.text.strip()
    if completion.finish_reason == "error":
        return Outcome.failure(record, "error", "the candidate gave no answer")
    if not text:
        return Outcome.failure(record, "empty")
    if is_loop(completion.text):
        return Outcome.failure(record, "loop", f"ends in repetitions: {text[-60:]}")
    if completion.finish_reason == "length":
        return Outcome.failure(record, "unfinished", f"cut after {completion.completion_tokens}")
    return Outcome.success(record)


def is_loop(text: str) -> bool:
    """Whether the text ends in at least eight copies of a phrase of at most 40 characters."""
    for length in range(1, _LONGEST_PHRASE + 1):
        phrase = text[-length:]
        if phrase.strip() and text.endswith(phrase * _REPEATED):
            return True
    return False


STABILITY = Metric(
    name="overall.stability",
    bucket="mixed",
    applies=lambda _record: True,
    judge=_stable,
    reasons=frozenset({"error", "empty", "loop", "unfinished"}),
)


def throughput(completions: Sequence[Completion], seconds: float) -> Score:
    """Return generated tokens per second of wall time, prompts included in the time."""
    tokens = sum(completion.completion_tokens for completion in completions)
    rate = tokens / seconds if seconds else 0.0
    n = len(completions)
    return Score("overall.throughput", rate, n, n, rate, rate, "tokens/s")
