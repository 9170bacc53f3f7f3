"""One run: a profile, a store and the candidates that are gated, with everything they measure."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from web4.baseline import answered, baseline_of
from web4.candidates.opening import SERVED
from web4.catalog import catalog_path
from web4.dataset.frozen import load_eval
from web4.deployment import DEPLOYMENT
from web4.digests import files_digest, joint_digest
from web4.errors import CandidateError, ConfigError, Web4Error
from web4.evaluation import JUDGING, OUTCOMES, PREDICTIONS, SCORES
from web4.metrics.scorecard import Reason, Score, Scorecard
from web4.packaging.gguf import read_header
from web4.packaging.ladder import LADDER, OVERALL, drops, rungs_from
from web4.packaging.parity import PARITY
from web4.pipeline import evaluated, judging_of, requests, rung_names
from web4.profile import Profile
from web4.quantized import read_outcomes
from web4.records import EVAL_BUCKETS, read_completions
from web4.release.kept import Release, find_release, latest_release
from web4.release.regression import Regression, Side, compare
from web4.store import Artifact, Request, Store
from web4.targets import Targets
from web4.training import base_model
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

RUN_CANDIDATES = ("adapter", "quantized")
"""What a whole run is gated on: what training gave, and what will be served."""

OUTSIDE = "candidate"
_EXAMPLES = 5
RELEASE = "release"
_RELEASE_OF = f"{RELEASE}:"
ITERATION = "iteration."
"""What the metrics are called that compare with a release: they are asked of any candidate."""

_SERVED = {
    "quantize": "quantize",
    "predict_quantized": "predict",
    "score_quantized": "score",
    "ladder": "ladder",
    "deploy": "deploy",
}
"""The steps of what is served: those of the rung that the quantization ladder chose."""


class NotEvaluatedError(Exception):
    """A metric that cannot be measured for this run; the message says why."""


@dataclass(frozen=True)
class Run:
    """Artifacts and scores of one run, made when they are asked for.

    ``spec`` is empty for the profile's own run, ``release`` for the current committed release,
    ``release:VERSION`` for any, or names a model from outside: then only what can be asked of that
    model is measured. ``baseline`` is the release to compare with, the last accepted one if empty.
    """

    profile: Profile
    targets: Targets
    store: Store
    spec: str = ""
    baseline: str = ""
    _cards: dict[str, Scorecard] = field(default_factory=dict, repr=False)
    _failed: dict[str, Web4Error] = field(default_factory=dict, repr=False)

    @property
    def candidates(self) -> tuple[str, ...]:
        return (OUTSIDE,) if self.outside else RUN_CANDIDATES

    @property
    def outside(self) -> bool:
        return bool(self.spec) and self.spec != RELEASE and not self.spec.startswith(_RELEASE_OF)

    @property
    def release(self) -> Release | None:
        """The release that is gated, if one is."""
        if not self.spec or self.outside:
            return None
        named = self.spec.removeprefix(_RELEASE_OF)
        return latest_release() if named == RELEASE else find_release(named)

    @cached_property
    def requests(self) -> dict[str, Request]:
        if release := self.release:
            return requests(self.profile, adapter_key=release.adapter_key)
        graph = requests(self.profile)
        if self.outside:
            graph |= _outside(self.profile, self.spec, graph["base"])
        return graph

    def check(self) -> None:
        """Raise a ``Web4Error`` now where base, data or candidate cannot be what was asked for."""
        _ = self.requests

    @property
    def rung(self) -> str:
        """The quantization that is served, as far as the store holds the choice; else ""."""
        return self._choice()[1]

    def _choice(self) -> tuple[str, str]:
        """Return the name of the ladder's request that chose, and which rung it chose."""
        for rung in rungs_from(self.profile.quantization):
            name = rung_names(self.profile, rung)["ladder"]
            if self.store.where(self.requests[name]) != "store":
                break
            chosen = self.store.get(self.requests[name]).read_json(LADDER)["chosen"]
            if chosen:
                return name, chosen
        return "", ""

    def request(self, step: str) -> Request:
        """Return a step's request; until a rung is chosen, the profile's own stands for it."""
        if step in _SERVED:
            ladder, rung = self._choice()
            names = rung_names(self.profile, rung or self.profile.quantization)
            step = ladder or names["ladder"] if step == "ladder" else names[_SERVED[step]]
        return self.requests[step]

    def finished(self, step: str) -> bool:
        """Whether the store holds what a step is to make; nothing is built to tell."""
        chosen = step not in _SERVED or bool(self.rung)
        return chosen and self.store.where(self.request(step)) == "store"

    def _climb(self) -> None:
        """Let rungs be made and evaluated, one after the other, until one is chosen."""
        for rung in rungs_from(self.profile.quantization):
            found = self.store.get(self.requests[rung_names(self.profile, rung)["ladder"]])
            if found.read_json(LADDER)["chosen"]:
                return

    def artifact(self, step: str) -> Artifact:
        """Return a step's artifact; what failed once in this run fails again at once.

        What is served is known when the quantization ladder was climbed, which is done first.
        """
        if step in self._failed:
            raise self._failed[step]
        try:
            if step in _SERVED:
                self._climb()
            return self.store.get(self.request(step))
        except Web4Error as error:
            self._failed[step] = error
            raise

    def scorecard(self, candidate: str) -> Scorecard:
        """Return a candidate's scores, asking and judging it first where that was not done."""
        if candidate not in self._cards:
            scored = self.artifact(f"score_{candidate}")
            raw, judging = scored.read_json(SCORES), scored.read_json(JUDGING)
            digest = self._digest(candidate)
            version = self.profile.eval.version
            self._cards[candidate] = Scorecard.read(
                candidate, digest, version, raw, self.targets, judging
            )
        return self._cards[candidate]

    def measure(self, metric: str) -> Score:
        """Measure what is asked once of a run; raise ``NotEvaluatedError`` where that cannot be."""
        if metric not in RUN_METRICS:
            raise NotEvaluatedError("web4 does not compute this metric yet")
        if self.outside and not metric.startswith(ITERATION):
            raise NotEvaluatedError(f"the candidate {self.spec} has no such step")
        return RUN_METRICS[metric](self)

    @cached_property
    def regression(self) -> Regression:
        """The candidate's unquantized answers against those of the release to compare with."""
        name = self.candidates[0]
        key = "" if self.outside else self.requests["full"].key
        release = baseline_of(self.baseline, self.requests["base"].key, key)
        predict, score = answered(release, self.profile, self.store)
        before = self._side(release.version, "", self.store.get(predict), self.store.get(score))
        asked, judged = (self.artifact(f"{step}_{name}") for step in ("predict", "score"))
        shown = self.release.version if self.release else self.spec or name
        after = self._side(shown, name, asked, judged)
        frozen = load_eval(self.profile.eval.version)
        buckets = {bucket: frozen.records(bucket) for bucket in EVAL_BUCKETS}
        return compare(before, after, buckets, self.targets, frozen.version)

    def _side(self, shown: str, candidate: str, predict: Artifact, score: Artifact) -> Side:
        raw = score.read_json(SCORES)
        card = Scorecard.read(candidate, "", self.profile.eval.version, raw, self.targets)
        texts = {one.record_id: one.text for one in read_completions(predict.path / PREDICTIONS)}
        outcomes = read_outcomes(score.path / OUTCOMES)
        return Side(shown, card.summary, outcomes, texts)

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
        completions = read_completions(self.answers(candidate) / PREDICTIONS)
        return wanted, {completion.record_id: completion.text for completion in completions}

    def _digest(self, candidate: str) -> str:
        """Return the SHA-256 of the weights that answered."""
        request = self.request(f"predict_{candidate}")
        weights = {name: path for name, path in request.files.items() if name.startswith("model/")}
        if weights:
            return files_digest(weights)
        if "served" in request.params:
            return str(request.params["served"]["digest"])
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
    judging = judging_of(profile)
    if spec == base_model.EMBEDDED:
        return evaluated(profile, judging, OUTSIDE, "base", {"base": base})
    if spec.startswith(SERVED):
        from web4.candidates.endpoint import identify

        return evaluated(profile, judging, OUTSIDE, spec, {}, served=identify(spec).to_dict())
    path = Path(spec).expanduser()
    if path.suffix == ".gguf" and path.is_file():
        read_header(path)
        return evaluated(profile, judging, OUTSIDE, "gguf", {}, files={"model/model.gguf": path})
    for marker, kind in (("adapter_config.json", "adapter"), ("config.json", "transformers")):
        if (path / marker).is_file():
            files = {f"model/{file.name}": file for file in path.iterdir() if file.is_file()}
            inputs = {"base": base} if kind == "adapter" else {}
            return evaluated(profile, judging, OUTSIDE, kind, inputs, files=files)
    raise CandidateError(
        f"{spec}: no candidate. Give 'release', {base_model.EMBEDDED!r}, a GGUF file, a folder "
        "with a config.json (a model) or an adapter_config.json (a LoRA adapter), openai:URL#model "
        "or ollama:name."
    )


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
        facts = run.artifact("full").read_json("training.json")
        learned = facts["records"] + facts.get("records_before", 0)
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
    return _exact("packaging.quantization_drop", max(0.0, drop), "rate", passed=True, n=n)


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
    "packaging.quantization_drop": _quantization_drop,
    "deployment.served": _served,
    "iteration.regressions": _regressions,
    "iteration.tool_drop": _family_drop("tool"),
    "iteration.style_drop": _family_drop("style"),
    "iteration.guardrail_drop": _family_drop("guardrail"),
    "iteration.canaries": _canaries,
}

PLANNED_METRICS: tuple[str, ...] = ()
"""What the specification asks and web4 does not compute yet: never passed, always said."""


def known_metrics(judged: Mapping[str, Any]) -> frozenset[str]:
    """Return every name that a target may have."""
    overall = ("overall.weighted", "overall.throughput")
    return frozenset({*judged, *overall, *RUN_METRICS, *PLANNED_METRICS})


def check_profile(profile: Profile) -> None:
    """Raise ``ConfigError`` early where a profile asks for what cannot be."""
    for name in ("mini", "full"):
        wanted = getattr(profile, name).records
        made = [*profile.data.model_dump().values(), *(one.records for one in profile.added)]
        if wanted > sum(made):
            raise ConfigError(f"profile {profile.name}: {name}.records exceeds the data's counts")
