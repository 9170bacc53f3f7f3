"""JUnit properties: the gate's record as a release pipeline reads it."""

from collections.abc import Iterator, Mapping
from typing import Any

from web4.gate import Assessment
from web4.terminal import printable

_LONGEST = 500


def case_properties(assessment: Assessment) -> list[tuple[str, str]]:
    """Return what a ``testcase`` says: who was asked what, and what came of it."""
    target, score = assessment.target, assessment.score
    found = {
        "metric": target.metric,
        "candidate": assessment.candidate,
        "candidate_sha256": assessment.digest,
        "target": target.wanted(),
        "target_value": f"{target.value:.6g}",
        "target_compare": target.compare,
        "unit": target.unit,
        "gate": target.gate,
    }
    if score and assessment.interval:
        found |= {
            "value": f"{score.value:.6g}",
            "n": str(score.n),
            "k": str(score.passed),
            "interval_low": f"{assessment.interval.low:.6g}",
            "interval_high": f"{assessment.interval.high:.6g}",
            "interval_confidence": f"{assessment.confidence:g}",
        }
    return [(name, fit(value)) for name, value in found.items() if value]


def suite_properties(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what the ``testsuite`` says, out of the run's ``scorecard.json``."""
    gate, run = record["gate"], record["run"]
    yield "verdict", fit(record["verdict"])
    yield "gate", gate["state"]
    yield from ((f"targets_{name}", str(gate[name])) for name in ("asked", "missed"))
    yield from ((f"targets_{name}", str(gate[name])) for name in ("not_evaluated", "undecided"))
    yield "targets_not_asked", str(gate["unasked"])
    yield from (("objection", fit(line)) for line in gate["objections"])
    yield from (("lowered", fit(line)) for line in gate["lowered"])
    yield "web4", record["web4"]
    for name in ("profile", "base", "candidate", "adapter", "dataset", "eval_version"):
        yield name, fit(run[name])
    yield "eval_sha256", run["eval_sha256"]
    for card in record["cards"]:
        yield f"model_sha256.{card['candidate']}", card["digest"]


def fit(text: str) -> str:
    """Return any text as an XML attribute can hold it: printable, its end cut."""
    return printable(text[:_LONGEST]) + ("..." if len(text) > _LONGEST else "")
