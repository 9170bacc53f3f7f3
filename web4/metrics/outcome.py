"""What a metric says about one completion, and what a metric is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from web4.records import Completion, Record

_MAX_DETAIL = 300


class Outcome(NamedTuple):
    """The judgement of one metric on one completion.

    ``value`` is what the metric averages; ``reason`` is a word of the metric's closed list and
    empty when the completion passed; ``detail`` is printable ASCII that tells the place. A named
    tuple made by place, as there is one for each metric of each answer: half of the time.
    """

    record_id: str
    value: float
    passed: bool
    reason: str = ""
    detail: str = ""


_new = tuple.__new__  # what a named tuple calls itself, without the call: half of the time


def success(record: Record, value: float = 1.0) -> Outcome:
    """Return a passed outcome."""
    return _new(Outcome, (record.id, value, True, "", ""))


def failure(record: Record, reason: str, detail: str = "", value: float = 0.0) -> Outcome:
    """Return a failed outcome; what is not ASCII in ``detail`` is escaped, the end cut."""
    if len(detail) > _MAX_DETAIL or not detail.isascii():
        detail = _printable(detail)
    return _new(Outcome, (record.id, value, False, reason, detail))


def _printable(detail: str) -> str:
    escaped = detail[:_MAX_DETAIL].encode("ascii", "backslashreplace").decode("ascii")
    return escaped[:_MAX_DETAIL]


def always_evaluable(_records: Sequence[Record]) -> str:
    """Say what a metric lacks that needs nothing but the answers."""
    return ""


@dataclass(frozen=True, slots=True)
class Metric:
    """A named pure judgement over the records of one bucket that it applies to.

    ``lacking`` says in one line what keeps it from being evaluated on these records, else ``""``.
    """

    name: str
    bucket: str
    applies: Callable[[Record], bool]
    judge: Callable[[Record, Completion], Outcome]
    reasons: frozenset[str]
    unit: str = "rate"
    lacking: Callable[[Sequence[Record]], str] = always_evaluable

    def __call__(self, record: Record, completion: Completion) -> Outcome:
        """Judge one completion, and check the outcome."""
        outcome = self.judge(record, completion)
        self.check((outcome,))
        return outcome

    def check(self, outcomes: Iterable[Outcome]) -> None:
        """Raise ``ValueError`` at a reason outside the closed list, or a failure without one."""
        for outcome in outcomes:
            known = outcome.reason == "" if outcome.passed else outcome.reason in self.reasons
            if not known:
                raise ValueError(f"{self.name} gave the reason {outcome.reason!r}, which it lacks")
