"""Two candidates on the same records: how far apart they are, and whether that is chance."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from web4.packaging.ladder import Paired, comparisons
from web4.report.evidence import Candidate
from web4.stats import Comparison
from web4.targets import Targets


@dataclass(frozen=True, slots=True)
class Pair:
    """Two candidates by name, and by metric how the second differs from the first."""

    before: str
    after: str
    found: Mapping[str, Comparison]


def pairs(
    candidates: Sequence[Candidate], families: Mapping[str, str], targets: Targets
) -> Iterator[Pair]:
    """Yield each candidate beside the one before it that was asked the same records."""
    for place, after in enumerate(candidates):
        for before in reversed(candidates[:place]):
            if found := compared(before, after, families, targets):
                yield Pair(before.name, after.name, found)
                break


def compared(
    before: Candidate, after: Candidate, families: Mapping[str, str], targets: Targets
) -> dict[str, Comparison]:
    """Compare the metrics that both were judged by on exactly the same records.

    ``families`` holds each record's skeleton by id.
    """
    asked = {target.metric: target for target in targets.target}
    both = [
        metric
        for metric, judged in before.judged.items()
        if metric in after.judged
        and judged.keys() == after.judged[metric].keys()
        and not any(
            math.isnan(one.value) for one in (*judged.values(), *after.judged[metric].values())
        )
    ]
    return comparisons(_paired(before, both), _paired(after, both), families, asked, targets.margin)


def _paired(candidate: Candidate, metrics: Sequence[str]) -> dict[str, Paired]:
    return {
        metric: Paired(
            {id_: one.value for id_, one in candidate.judged[metric].items()},
            {id_: one.passed for id_, one in candidate.judged[metric].items()},
        )
        for metric in metrics
    }
