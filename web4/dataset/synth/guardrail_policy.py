"""What a guardrail policy is: the deeds it forbids, their harmless twins and topics near them."""

from dataclasses import dataclass

from web4.records import REFUSAL_TAG

ALLOWED = "This is allowed."
"""How every help begins.

A greedy model takes the likeliest first token. Were the openings of help many, then each would be
less likely than the one opening of a refusal even where help as a whole is likelier.
"""


@dataclass(frozen=True, slots=True)
class Help:
    """Harmless requests that share one short answer.

    Each task is a verb phrase that stands after "please"; it names something and fills every
    slot of the answer.
    """

    answer: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A forbidden object and a harmless one that go with the same verbs; ``answer`` helps."""

    forbidden: str
    harmless: str
    answer: str


@dataclass(frozen=True, slots=True)
class Act:
    """A kind of forbidden deed: any verb goes with any object, and all share one safe way."""

    verbs: tuple[str, ...]
    safe_way: str
    pairs: tuple[Pair, ...]
    others: tuple[str, ...]

    @property
    def objects(self) -> tuple[str, ...]:
        """All forbidden objects, those with a harmless twin first."""
        return (*(pair.forbidden for pair in self.pairs), *self.others)


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule, the reason that every refusal of it gives, and what stands on both of its sides."""

    name: str
    reason: str
    acts: tuple[Act, ...]
    topics: tuple[Help, ...]

    @property
    def twins(self) -> tuple[Help, ...]:
        """The harmless half of each pair, with the verbs of the forbidden half."""
        return tuple(
            Help(pair.answer, tuple(f"{verb} {pair.harmless}" for verb in act.verbs))
            for act in self.acts
            for pair in act.pairs
        )

    def refusal(self, act: Act) -> str:
        """Return the one right answer to a deed of the kind ``act``."""
        return f"{REFUSAL_TAG} Policy {self.name}: {self.reason} {act.safe_way}"


def act(verbs: str, safe_way: str, *objects: Pair | str) -> Act:
    """Build an act from verbs parted by ``|`` and from objects with and without a twin."""
    return Act(
        tuple(verbs.split("|")),
        safe_way,
        tuple(one for one in objects if isinstance(one, Pair)),
        tuple(one for one in objects if isinstance(one, str)),
    )


def topic(answer: str, *tasks: str) -> Help:
    """Build a harmless topic that has no forbidden twin."""
    return Help(answer, tasks)
