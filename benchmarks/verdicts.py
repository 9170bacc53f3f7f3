"""How two judges' verdicts on the same answers agree, and what they differ over."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """Answers of one kind that one judge passed and the other failed, for one reason."""

    kind: str
    passed_by: str
    reason: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two judges said the same; ``differences`` come the most frequent first."""

    both_passed: int
    both_failed: int
    differences: tuple[Difference, ...]

    @property
    def total(self) -> int:
        return self.both_passed + self.both_failed + sum(one.count for one in self.differences)

    @property
    def share(self) -> float:
        """The share of answers that both judged alike."""
        return (self.both_passed + self.both_failed) / self.total


def compare(
    ours: Mapping[str, str],
    theirs: Mapping[str, str],
    kinds: Mapping[str, str],
    names: tuple[str, str],
) -> Agreement:
    """Compare verdicts by answer: an empty one passed, any other is the reason why not.

    ``kinds`` says of each answer how it was made. Raises ``ValueError`` where the two did not judge
    the same answers.
    """
    if ours.keys() != theirs.keys() or not ours:
        raise ValueError("two judges are compared on the same answers, and on some")
    passed = sum(not ours[name] and not theirs[name] for name in ours)
    failed = sum(bool(ours[name] and theirs[name]) for name in ours)
    counted: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], str] = {}
    for name, said in ours.items():
        other = theirs[name]
        if bool(said) == bool(other):
            continue
        key = (kinds[name], names[1] if said else names[0], said or other)
        counted[key] += 1
        examples.setdefault(key, name)
    found = [Difference(*key, count, examples[key]) for key, count in counted.most_common()]
    return Agreement(passed, failed, tuple(found))
