"""The quantization ladder: how many bits it takes until nothing that matters is lost.

No type is taken to be better for having more bits: each is measured, and only where the one before
it lost too much.

The unmerged form, a quantized base with the adapter as a GGUF file of its own, stands beside the
rungs where a profile asks for it: measured as they are and against the same model, and never what
is served, as only merged files are packaged for serving.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from web4.stats import Comparison, compare_means, compare_rates
from web4.targets import Target

RUNGS = ("Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0")
"""In the order in which they are tried."""

UNMERGED = "unmerged"
"""The base in the first rung's type, and the adapter beside it in 16 bits."""

ADAPTER_GGUF = "lora_gguf"
"""The step that makes the unmerged form's adapter."""

OVERALL = "overall"
LADDER = "ladder.json"
LADDER_TEXT = "ladder.txt"


@dataclass(frozen=True, slots=True)
class Paired:
    """One metric's outcomes: the value of each record and whether it is faultless, by id."""

    values: Mapping[str, float]
    passed: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one form of the model reached and cost.

    ``scores`` are those of the families and ``overall``; ``outcomes`` stand by metric.
    ``tokens_per_second`` is that of its evaluation, whatever engine ran it.
    """

    scores: Mapping[str, float]
    outcomes: Mapping[str, Paired]
    bytes: int
    tokens_per_second: float


@dataclass(frozen=True, slots=True)
class Rung:
    """What a quantization lost against the unquantized model on the same items.

    ``drops`` are the scores' falls, ``drop`` is the largest, and ``holds`` whether that is little
    enough; there is no drop where a score of either was not measured. ``smaller_by`` is the share
    of bytes saved against the 16-bit file. ``comparisons`` stand by metric: which of the losses
    are more than chance.
    """

    type: str
    holds: bool
    drop: float | None
    drops: Mapping[str, float]
    measured: Measured
    smaller_by: float
    comparisons: Mapping[str, Comparison]
    divergence: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the outcomes of single records, as JSON can hold it."""
        return {
            "type": self.type,
            "holds": self.holds,
            "drop": self.drop,
            "drops": dict(self.drops),
            "scores": dict(self.measured.scores),
            "bytes": self.measured.bytes,
            "smaller_by": self.smaller_by,
            "tokens_per_second": self.measured.tokens_per_second,
            "divergence": dict(self.divergence),
            "comparisons": {name: one.to_dict() for name, one in self.comparisons.items()},
        }

    def to_text(self) -> str:
        """Return the rung in one line, and each metric that is significantly worse in its own."""
        lost = "a drop that was not measured"
        if self.drop is not None:
            lost = f"{'holds' if self.holds else 'loses too much'}: {100 * self.drop:.2f} points"
        told = [
            f"{self.type:<7} {lost}",
            f"{self.measured.bytes} bytes, {100 * self.smaller_by:.1f}% smaller",
            f"{self.measured.tokens_per_second:.0f} tokens/s",
            *(f"{name} {value:.4g}" for name, value in self.divergence.items()),
        ]
        worse = [
            f"  {metric}: {found.lost} worse, {found.gained} better of {found.n}, "
            f"difference {found.difference:+.4f}"
            + ("" if found.p_value is None else f", p {found.p_value:.3g}")
            for metric, found in self.comparisons.items()
            if found.verdict == "worse"
        ]
        return "\n".join([", ".join(told), *worse])


def rungs_from(first: str) -> tuple[str, ...]:
    """Return the types to try, ``first`` first."""
    return RUNGS[RUNGS.index(first) :]


def choose(tried: Sequence[Rung], *, more: bool) -> str | None:
    """Return the type that is served: the first that holds, or whose drop cannot be measured.

    Where none does and there are no ``more`` to try, it is the one that lost least; where there
    are, nothing is chosen yet.
    """
    for rung in tried:
        if rung.holds or rung.drop is None:
            return rung.type
    return None if more else min(tried, key=lambda rung: rung.drop or 0.0).type


def drops(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Return how far each score fell that both have; what rose counts as negative."""
    return {name: before[name] - after[name] for name in before if name in after}


def comparisons(
    before: Mapping[str, Paired],
    after: Mapping[str, Paired],
    families: Mapping[str, str],
    targets: Mapping[str, Target],
    margin: float,
) -> dict[str, Comparison]:
    """Compare every metric that both have on the same records.

    What is right or wrong goes through McNemar's exact test, other numbers through the bootstrap
    over ``families``, which names each record's. ``targets``, by metric, tell rates from other
    numbers and which way is better; ``margin`` is the difference that would not matter.
    """
    found = {}
    for metric, one in before.items():
        if metric not in after:
            continue
        other = after[metric]
        ids = sorted(one.values)
        values = [side.values[record] for side in (one, other) for record in ids]
        if all(value in (0, 1) for value in values):
            passed = [side.passed[record] for side in (one, other) for record in ids]
            found[metric] = compare_rates(passed[: len(ids)], passed[len(ids) :], margin=margin)
        else:
            made_from = [families.get(record, "") for record in ids]
            target = targets.get(metric)
            found[metric] = compare_means(
                values[: len(ids)],
                values[len(ids) :],
                made_from,
                margin=margin,
                bounded=target is not None and target.unit == "rate",
                larger_is_better=target is None or target.compare != "<=",
            )
    return found
