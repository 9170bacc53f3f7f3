"""Asks a model that is still learning the ``mini`` set, and judges its answers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from web4.errors import StepFailedError
from web4.evaluation import metrics
from web4.metrics.outcome import Outcome
from web4.metrics.scorecard import evaluable, judge, weighted_mean
from web4.records import Completion, Record
from web4.targets import Targets
from web4.terminal import printable
from web4.training.evaluations import MiniScores

_BATCH = 32
_SHOWN = 10
_LONGEST = 4000
_KEPT = "\n\t"


def composition(targets: Targets) -> dict[str, Any]:
    """Return what makes families out of metrics, and the weighted score out of families.

    It is part of a training's parameters: which adapter is the best depends on it.
    """
    families = dict(targets.family_weights)
    return {"families": families, "parts": {name: targets.composition(name) for name in families}}


class MiniSet:
    """The records, and how the answers to them are judged; called with a model and a tokenizer."""

    def __init__(
        self,
        records: Sequence[Record],
        catalog: Path,
        weights: Mapping[str, Any],
        max_new_tokens: int,
    ) -> None:
        self._records = records
        self._max_new_tokens = max_new_tokens
        self._families: Mapping[str, float] = weights["families"]
        self._parts: Mapping[str, Mapping[str, float]] = weights["parts"]
        wanted = {name for parts in self._parts.values() for name in parts}
        every = [metric for metric in metrics(catalog) if metric.name in wanted]
        self._metrics, lacking = evaluable(every, records)
        if lacking:
            name, why = next(iter(lacking.items()))
            raise StepFailedError(f"the mini set cannot be judged: {name}: {why}")

    def __call__(self, model: Any, tokenizer: Any) -> MiniScores:
        """Ask every record, greedily; return the scores and some answers to be read."""
        from web4.candidates.transformers import TransformersCandidate

        answers: dict[str, Completion] = {}
        candidate = TransformersCandidate.around(model, tokenizer, batch_size=_BATCH)
        candidate.answer(
            self._records,
            max_new_tokens=self._max_new_tokens,
            on_done=lambda completion: answers.update({completion.record_id: completion}),
        )
        return self.scored(answers)

    def scored(self, answers: Mapping[str, Completion]) -> MiniScores:
        """Judge answers, by record id."""
        outcomes = judge(self._metrics, self._records, answers)
        families = {
            family: weighted_mean({name: _mean(outcomes[name]) for name in parts}, parts)
            for family, parts in self._parts.items()
        }
        json_outcomes = outcomes["tool.json_validity"]
        return MiniScores(
            families,
            weighted_mean(families, self._families),
            sum(not outcome.passed for outcome in json_outcomes),
            len(json_outcomes),
            _to_read(self._records, answers),
        )


def _mean(outcomes: Sequence[Outcome]) -> float:
    return fmean(outcome.value for outcome in outcomes)


def _to_read(records: Sequence[Record], answers: Mapping[str, Completion]) -> str:
    """Return ten tool and ten style answers as text that steers no terminal."""
    tools = [record for record in records if record.task_type == "tool_call"]
    style = [record for record in records if record.task_type.startswith("style")]
    shown = (*tools[:_SHOWN], *style[:_SHOWN])
    return "\n".join(_one(record, answers[record.id]) for record in shown)


def _one(record: Record, answer: Completion) -> str:
    parts = (f"asks: {record.instruction}", f"wants: {record.output}", f"answers: {answer.text}")
    told = "\n".join(printable(part[:_LONGEST], _KEPT) for part in parts)
    return f"== {record.id} ({record.task_type}), ended by {answer.finish_reason}\n{told}\n"
