"""``scorecard.json``: the canonical record of a gated run; every report is a projection of it."""

import math
from collections.abc import Iterable
from typing import Any

from web4 import __version__
from web4.dataset.frozen import load_eval
from web4.errors import Web4Error
from web4.execution import environment
from web4.gate import Assessment, Verdict
from web4.run import Run
from web4.view import finished_cards

SCHEMA_VERSION = 1
"""Rises when a field of ``data/schemas/scorecard.schema.json`` goes or changes its meaning."""


def described(
    run: Run, verdict: Verdict, assessments: Iterable[Assessment], confidence: float
) -> dict[str, Any]:
    """Return a run's record as JSON holds it: what is not finite becomes ``None``.

    Where the evaluation set cannot be read, what depends on it is empty.
    """
    try:
        cards = [card.to_dict() for card in finished_cards(run)]
        adapter, dataset = run.requests["full"].key, run.requests["dataset"].key
        trained = run.store.manifest(run.requests["dataset"])
        eval_sha256 = load_eval(run.profile.eval.version).digest
    except Web4Error:
        cards, adapter, dataset, eval_sha256, trained = [], "", "", "", None
    record = {
        "schema_version": SCHEMA_VERSION,
        "web4": __version__,
        "verdict": str(verdict),
        "gate": {
            "state": verdict.state,
            "asked": verdict.asked,
            "missed": verdict.missed,
            "not_evaluated": verdict.not_evaluated,
            "undecided": verdict.undecided,
            "unasked": verdict.unasked,
            "objections": list(verdict.objections),
            "limits": list(verdict.limits),
            "lowered": list(verdict.lowered),
            "confidence": confidence or None,
        },
        "run": {
            "profile": run.profile.name,
            "base": run.profile.base,
            "candidate": run.spec or "the profile's own run",
            "adapter": "" if run.outside else adapter,
            "dataset": "" if run.outside else dataset,
            "dataset_sha256": trained.content_digest if trained and not run.outside else "",
            "eval_version": run.profile.eval.version,
            "eval_sha256": eval_sha256,
        },
        "targets": [_target(one) for one in assessments],
        "cards": cards,
        "environment": environment(),
    }
    return {name: _finite(value) for name, value in record.items()}


def _target(one: Assessment) -> dict[str, Any]:
    target, score, interval = one.target, one.score, one.interval
    found = {
        "metric": target.metric,
        "candidate": one.candidate,
        "candidate_sha256": one.digest,
        "compare": target.compare,
        "target": target.value,
        "unit": target.unit,
        "gate": target.gate,
        "status": one.status,
        "why": one.why,
    }
    if score and interval:
        found |= {
            "value": score.value,
            "n": score.n,
            "k": score.passed,
            "interval": {
                "low": interval.low,
                "high": interval.high,
                "confidence": one.confidence,
            },
        }
    return found


def _finite(value: Any) -> Any:
    """Return a JSON value without what JSON has no word for: infinities become ``None``."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return value
