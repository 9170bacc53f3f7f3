"""What is measured once of a run, and not of each candidate: data, training, packaging, serving."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from web4.catalog import catalog_path
from web4.dataset.frozen import load_eval
from web4.deployment import DEPLOYMENT
from web4.learned import LEARNED, read_learned, records_behind
from web4.metrics.scorecard import Reason, Score, Scorecard
from web4.packaging.ladder import OVERALL, drops
from web4.packaging.parity import PARITY
from web4.run import RUN_CANDIDATES, NotEvaluatedError, Run
from web4.targets import QUANTIZATION_DROP
from web4.training.curve import (
    PEAK,
    divergence,
    last_tenth,
    loss_change,
    loss_ratio,
    memory_growth,
    read_column,
    read_losses,
)

ITERATION = "iteration."
"""What the metrics are called that compare with a release: they are asked of any candidate."""

_EXAMPLES = 5

Measure = Callable[[Run], Score]


def _exact(metric: str, value: float, unit: str, *, passed: bool, n: int = 1) -> Score:
    """Return what was counted rather than sampled: an interval without width."""
    return Score(metric, value, n, n if passed else 0, value, value, unit)


def _sanity(key: str, metric: str, unit: str) -> Callable[[Run], Score]:
    def measure(run: Run) -> Score:
        report: dict[str, Any] = run.artifact("sanity").read_json("sanity.json")
        clean = not report["errors"]
        return _exact(metric, report[key], unit, passed=clean, n=report["records"])

    return measure


def _eval_outdated(run: Run) -> Score:
    frozen = load_eval(run.profile.eval.version)
    changed = frozen.outdated(catalog_path())
    refreshed = f"{frozen.version} is due as {frozen.next_version}"
    reasons = tuple(Reason(f"{what} changed: {refreshed}", 1, ()) for what in changed)
    found = _exact("dataset.eval_outdated", len(changed), "changes", passed=not changed)
    return replace(found, reasons=reasons)


def _loss_change(step: str) -> Callable[[Run], Score]:
    def measure(run: Run) -> Score:
        losses = read_losses(run.artifact(step).path / "loss.csv")
        return _exact(f"{step}.loss_change", loss_change(losses), "rate", passed=True)

    return measure


def _dry_run_loss(metric: str, unit: str, of: Callable[[list[float]], float]) -> Measure:
    def measure(run: Run) -> Score:
        losses = read_losses(run.artifact("dry_run").path / "loss.csv")
        return _exact(metric, of(losses), unit, passed=True)

    return measure


def _memory_growth(run: Run) -> Score:
    peaks = read_column(run.artifact("dry_run").path / "loss.csv", PEAK)
    if not peaks:
        raise NotEvaluatedError("the dry run wrote no memory down: --web4-rebuild=dry_run")
    return _exact("dry_run.memory_growth", memory_growth(peaks), "rate", passed=True)


def _divergence(run: Run) -> Score:
    losses = read_losses(run.artifact("full").path / "loss.csv")
    windows = divergence(losses)
    return _exact("full.divergence", windows, "windows", passed=not windows)


def _mini(family: str) -> Callable[[Run], Score]:
    def measure(run: Run) -> Score:
        card = run.scorecard("mini")
        n = card.scores["overall.stability"].n
        return _exact(f"mini.{family}", card.families[family], "rate", passed=True, n=n)

    return measure


def _full_records(metric: str) -> Measure:
    def measure(run: Run) -> Score:
        full = run.artifact("full").path
        listed = full / LEARNED  # an older training has none: at most so many as all repetitions
        learned = len(read_learned(listed)) if listed.is_file() else records_behind(full)
        return _exact(metric, learned, "records", passed=True)

    return measure


def _gguf_loads(run: Run) -> Score:
    """Count the quantized model when it is whole and gave at least one answer of its own."""
    scores = run.scorecard("quantized").scores
    whole = scores["overall.stability"].passed > 0
    return _exact("packaging.gguf_loads", float(whole), "models", passed=whole)


def _parity(run: Run) -> Score:
    """Return the share of the parity chain's links that hold, and where the others break."""
    links: list[dict[str, Any]] = run.artifact("parity").read_json(PARITY)["links"]
    held = sum(link["holds"] for link in links)
    reasons = tuple(
        Reason(
            "{}, position {position}: {what}".format(link["name"], **link["breaks"][0]),
            link["broken"],
            tuple(one["record_id"] for one in link["breaks"] if one["record_id"]),
        )
        for link in links
        if not link["holds"]
    )
    share = held / len(links)
    found = _exact("packaging.parity", share, "rate", passed=True, n=len(links))
    return replace(found, passed=held, reasons=reasons)


def _quantization_drop(run: Run) -> Score:
    """Return the largest drop over the families and the weighted score, on the same items."""
    before, after = (_composed(run.scorecard(name)) for name in RUN_CANDIDATES)
    drop = max(drops(before, after).values())
    n = run.scorecard("quantized").scores["overall.stability"].n
    return _exact(QUANTIZATION_DROP, max(0.0, drop), "rate", passed=True, n=n)


def _served(run: Run) -> Score:
    """Return the share of served answers that are the evaluated ones; none at a faulty server.

    Answers that only batches rounded differently are the same model's, and count.
    """
    found: dict[str, Any] = run.artifact("deploy").read_json(DEPLOYMENT)
    causes = Counter(one["why"] for one in found["different"])
    faulty = tuple(Reason(fault, found["asked"], ()) for fault in found["faults"])
    reasons = tuple(
        Reason(
            why, count, tuple(one["record_id"] for one in found["different"] if one["why"] == why)
        )
        for why, count in causes.most_common()
    )
    held = 0 if faulty else found["equal"] + len(found["rounded"])
    share = held / found["asked"]
    score = _exact("deployment.served", share, "rate", passed=True, n=found["asked"])
    return replace(score, passed=held, reasons=faulty + reasons)


def _regressions(run: Run) -> Score:
    """Count the metrics that are significantly worse than the release's on the same items."""
    found = run.regression
    worse = found.of("worse")
    reasons = tuple(
        Reason(
            f"{name}: {one.lost} worse and {one.gained} better of {one.n} than {found.baseline}",
            one.lost,
            tuple([flip.record_id for flip in found.lost if name in flip.metrics][:_EXAMPLES]),
        )
        for name, one in found.comparisons.items()
        if name in worse
    )
    score = _exact("iteration.regressions", len(worse), "metrics", passed=not worse)
    return replace(score, reasons=reasons)


def _family_drop(family: str) -> Measure:
    def measure(run: Run) -> Score:
        found = run.regression
        if family not in found.drops:
            raise NotEvaluatedError(f"the {family} score of one of the two was not measured")
        drop = max(0.0, found.drops[family])
        return _exact(f"iteration.{family}_drop", drop, "rate", passed=True, n=found.records)

    return measure


def _canaries(run: Run) -> Score:
    """Count the canary tasks that the release does rightly and the candidate does not."""
    found = run.regression
    reasons = tuple(
        Reason(f"breaks {', '.join(flip.metrics)}", 1, (flip.record_id,)) for flip in found.broken
    )
    broken, n = len(found.broken), len(found.canaries)
    score = _exact("iteration.canaries", broken, "tasks", passed=not broken, n=n)
    return replace(score, reasons=reasons)


def _composed(card: Scorecard) -> dict[str, float]:
    if OVERALL not in card.summary:
        raise NotEvaluatedError(f"{card.candidate}: a family of the overall score is missing")
    return card.summary


RUN_METRICS: Mapping[str, Callable[[Run], Score]] = {
    "dataset.errors": _sanity("errors", "dataset.errors", "errors"),
    "dataset.eval_outdated": _eval_outdated,
    "dataset.mean_tokens": _sanity("mean_tokens", "dataset.mean_tokens", "tokens"),
    "dry_run.final_loss": _dry_run_loss("dry_run.final_loss", "nats", last_tenth),
    "dry_run.loss_ratio": _dry_run_loss("dry_run.loss_ratio", "rate", loss_ratio),
    "dry_run.memory_growth": _memory_growth,
    "mini.loss_change": _loss_change("mini"),
    "mini.tool": _mini("tool"),
    "mini.style": _mini("style"),
    "mini.guardrail": _mini("guardrail"),
    "full.loss_change": _loss_change("full"),
    "full.divergence": _divergence,
    "full.records": _full_records("full.records"),
    "full.most_records": _full_records("full.most_records"),
    "packaging.gguf_loads": _gguf_loads,
    "packaging.parity": _parity,
    QUANTIZATION_DROP: _quantization_drop,
    "deployment.served": _served,
    "iteration.regressions": _regressions,
    "iteration.tool_drop": _family_drop("tool"),
    "iteration.style_drop": _family_drop("style"),
    "iteration.guardrail_drop": _family_drop("guardrail"),
    "iteration.canaries": _canaries,
}


def measure(run: Run, metric: str) -> Score:
    """Measure what is asked once of a run; raise ``NotEvaluatedError`` where that cannot be."""
    if run.outside and not metric.startswith(ITERATION):
        raise NotEvaluatedError(f"the candidate {run.spec} has no such step")
    return RUN_METRICS[metric](run)


def known_metrics(judged: Mapping[str, Any]) -> frozenset[str]:
    """Return every name that a target may have."""
    overall = ("overall.weighted", "overall.throughput")
    return frozenset({*judged, *overall, *RUN_METRICS})
