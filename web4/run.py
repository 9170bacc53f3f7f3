"""One run: a profile, a store and the candidates that are gated, with everything they measure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from web4.catalog import catalog_path
from web4.dataset.frozen import load_eval
from web4.digests import files_digest, joint_digest
from web4.errors import CandidateError, ConfigError, Web4Error
from web4.evaluation import SCORES
from web4.metrics.scorecard import Reason, Score, Scorecard
from web4.packaging.gguf import read_header
from web4.pipeline import evaluated, requests
from web4.profile import Profile
from web4.release.kept import latest_release
from web4.store import Artifact, Request, Store
from web4.targets import Targets
from web4.training import base_model
from web4.training.curve import loss_change, read_losses

RUN_CANDIDATES = ("adapter", "quantized")
"""What a whole run is gated on: what training gave, and what will be served."""

OUTSIDE = "candidate"
RELEASE = "release"


class NotEvaluatedError(Exception):
    """A metric that cannot be measured for this run; the message says why."""


@dataclass(frozen=True)
class Run:
    """Artifacts and scores of one run, made when they are asked for.

    ``spec`` is empty for the profile's own run, ``release`` for the newest committed release, or
    names a model from outside: then only what can be asked of that model is measured.
    """

    profile: Profile
    targets: Targets
    store: Store
    spec: str = ""
    _cards: dict[str, Scorecard] = field(default_factory=dict, repr=False)
    _failed: dict[str, Web4Error] = field(default_factory=dict, repr=False)

    @property
    def candidates(self) -> tuple[str, ...]:
        return (OUTSIDE,) if self.outside else RUN_CANDIDATES

    @property
    def outside(self) -> bool:
        return bool(self.spec) and self.spec != RELEASE

    @cached_property
    def requests(self) -> dict[str, Request]:
        if self.spec == RELEASE:
            return requests(self.profile, adapter_key=latest_release().adapter_key)
        graph = requests(self.profile)
        if self.outside:
            graph |= _outside(self.profile, self.spec, graph["base"])
        return graph

    def check(self) -> None:
        """Raise a ``Web4Error`` now where base, data or candidate cannot be what was asked for."""
        _ = self.requests

    def artifact(self, step: str) -> Artifact:
        """Return a step's artifact; what failed once in this run fails again at once."""
        if step in self._failed:
            raise self._failed[step]
        try:
            return self.store.get(self.requests[step])
        except Web4Error as error:
            self._failed[step] = error
            raise

    def scorecard(self, candidate: str) -> Scorecard:
        """Return a candidate's scores, asking and judging it first where that was not done."""
        if candidate not in self._cards:
            raw = self.artifact(f"score_{candidate}").read_json(SCORES)
            digest = self._digest(candidate)
            version = self.profile.eval.version
            self._cards[candidate] = Scorecard.read(candidate, digest, version, raw, self.targets)
        return self._cards[candidate]

    def measure(self, metric: str) -> Score:
        """Measure what is asked once of a run; raise ``NotEvaluatedError`` where that cannot be."""
        if metric not in RUN_METRICS:
            raise NotEvaluatedError("web4 does not compute this metric yet")
        if self.outside:
            raise NotEvaluatedError(f"the candidate {self.spec} has no such step")
        return RUN_METRICS[metric](self)

    def answers(self, candidate: str) -> Path:
        return self.artifact(f"predict_{candidate}").path

    def record_texts(self, candidate: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return what was wanted and what was answered, by record id."""
        frozen = load_eval(self.profile.eval.version)
        wanted = {
            record.id: record.output
            for bucket in frozen.buckets
            for record in frozen.records(bucket)
        }
        lines = (self.answers(candidate) / "predictions.jsonl").read_text(encoding="utf-8")
        answered = {raw["record_id"]: raw["text"] for raw in map(json.loads, lines.splitlines())}
        return wanted, answered

    def _digest(self, candidate: str) -> str:
        """Return the SHA-256 of the weights that answered."""
        request = self.requests[f"predict_{candidate}"]
        weights = {name: path for name, path in request.files.items() if name.startswith("model/")}
        if weights:
            return files_digest(weights)
        source = next(name for name in ("gguf", "adapter", "base") if name in request.inputs)
        files = self.store.get(request.inputs[source]).manifest.files
        chosen = {
            name: entry.sha256
            for name, entry in files.items()
            if name.endswith((".gguf", ".safetensors"))
        }
        return joint_digest(chosen)


def _outside(profile: Profile, spec: str, base: Request) -> dict[str, Request]:
    """Return the requests that evaluate a model from outside the store."""
    if spec == base_model.EMBEDDED:
        return evaluated(profile, OUTSIDE, "base", {"base": base})
    if spec.startswith(("openai:", "ollama:")):
        raise CandidateError(f"{spec}: served candidates are not supported by this version of web4")
    path = Path(spec).expanduser()
    if path.suffix == ".gguf" and path.is_file():
        read_header(path)
        return evaluated(profile, OUTSIDE, "gguf", {}, files={"model/model.gguf": path})
    for marker, kind in (("adapter_config.json", "adapter"), ("config.json", "transformers")):
        if (path / marker).is_file():
            files = {f"model/{file.name}": file for file in path.iterdir() if file.is_file()}
            inputs = {"base": base} if kind == "adapter" else {}
            return evaluated(profile, OUTSIDE, kind, inputs, files=files)
    raise CandidateError(
        f"{spec}: no candidate. Give 'release', {base_model.EMBEDDED!r}, a GGUF file, or a folder "
        "with a config.json (a model) or an adapter_config.json (a LoRA adapter)."
    )


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


def _final_loss(run: Run) -> Score:
    losses = read_losses(run.artifact("dry_run").path / "loss.csv")
    tail = losses[-max(1, len(losses) // 10) :]
    return _exact("dry_run.final_loss", sum(tail) / len(tail), "nats", passed=True)


def _mini(family: str) -> Callable[[Run], Score]:
    def measure(run: Run) -> Score:
        card = run.scorecard("mini")
        n = card.scores["overall.stability"].n
        return _exact(f"mini.{family}", card.families[family], "rate", passed=True, n=n)

    return measure


def _full_records(run: Run) -> Score:
    facts = run.artifact("full").read_json("training.json")
    learned = facts["records"] + facts.get("records_before", 0)
    return _exact("full.records", learned, "records", passed=True)


def _gguf_loads(run: Run) -> Score:
    """Count the quantized model when it is whole and gave at least one answer of its own."""
    scores = run.scorecard("quantized").scores
    whole = scores["overall.stability"].passed > 0
    return _exact("packaging.gguf_loads", float(whole), "models", passed=whole)


def _quantization_drop(run: Run) -> Score:
    """Return the largest drop over the families and the weighted score, on the same items."""
    before, after = (_compared(run.scorecard(name)) for name in RUN_CANDIDATES)
    drop = max(before[name] - after[name] for name in before)
    n = run.scorecard("quantized").scores["overall.stability"].n
    return _exact("packaging.quantization_drop", max(0.0, drop), "rate", passed=True, n=n)


def _compared(card: Scorecard) -> dict[str, float]:
    if "overall.weighted" not in card.scores:
        raise NotEvaluatedError(f"{card.candidate}: a family of the overall score is missing")
    return {**card.families, "overall": card.scores["overall.weighted"].value}


RUN_METRICS: Mapping[str, Callable[[Run], Score]] = {
    "dataset.errors": _sanity("errors", "dataset.errors", "errors"),
    "dataset.eval_outdated": _eval_outdated,
    "dataset.mean_tokens": _sanity("mean_tokens", "dataset.mean_tokens", "tokens"),
    "dry_run.final_loss": _final_loss,
    "mini.loss_change": _loss_change("mini"),
    "mini.tool": _mini("tool"),
    "mini.style": _mini("style"),
    "mini.guardrail": _mini("guardrail"),
    "full.loss_change": _loss_change("full"),
    "full.records": _full_records,
    "packaging.gguf_loads": _gguf_loads,
    "packaging.quantization_drop": _quantization_drop,
}

PLANNED_METRICS = (
    "style.template",
    "style.forbidden",
    "packaging.parity",
    "deployment.served",
    "iteration.regressions",
)
"""What the specification asks and web4 does not compute yet: never passed, always said."""


def known_metrics(judged: Mapping[str, Any]) -> frozenset[str]:
    """Return every name that a target may have."""
    overall = ("overall.weighted", "overall.throughput")
    return frozenset({*judged, *overall, *RUN_METRICS, *PLANNED_METRICS})


def check_profile(profile: Profile) -> None:
    """Raise ``ConfigError`` early where a profile asks for what cannot be."""
    for name in ("mini", "full"):
        wanted = getattr(profile, name).records
        if wanted > sum(profile.data.model_dump().values()):
            raise ConfigError(f"profile {profile.name}: {name}.records exceeds the data's counts")
