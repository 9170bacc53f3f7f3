"""What a guardrail policy is: its refusal, the deeds it forbids and harmless topics near them."""

from dataclasses import dataclass

from web4.records import REFUSAL_TAG


@dataclass(frozen=True, slots=True)
class Act:
    """A forbidden deed: any verb goes with any object; each object names something."""

    verbs: tuple[str, ...]
    objects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A harmless subject with its one short answer.

    A question stands before ``?``, a clause after "explain", a task after "help me"; a task
    names something.
    """

    answer: str
    questions: tuple[str, ...]
    clauses: tuple[str, ...]
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule with the reason that stands in its one refusal text."""

    name: str
    reason: str
    acts: tuple[Act, ...]
    topics: tuple[Topic, ...]

    @property
    def refusal(self) -> str:
        return f"{REFUSAL_TAG} Policy {self.name}: {self.reason}"


def act(verbs: str, *objects: str) -> Act:
    """Build an act from verbs parted by ``|``."""
    return Act(tuple(verbs.split("|")), objects)


def topic(answer: str, questions: str, clauses: str, tasks: str) -> Topic:
    """Build a topic from phrasings parted by ``|``."""
    return Topic(
        answer, tuple(questions.split("|")), tuple(clauses.split("|")), tuple(tasks.split("|"))
    )
