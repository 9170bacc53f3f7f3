"""One run: a profile, a store and the candidates that are gated, with artifacts and scores."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from web4.baseline import answered, baseline_of
from web4.candidates.opening import SERVED
from web4.dataset.frozen import load_eval
from web4.digests import files_digest, joint_digest
from web4.errors import CandidateError, ConfigError, Web4Error
from web4.evaluation import JUDGING, OUTCOMES, PREDICTIONS, SCORES
from web4.metrics.scorecard import Scorecard
from web4.packaging.gguf import read_header
from web4.packaging.ladder import LADDER, rungs_from
from web4.pipeline import evaluated, judging_of, requests, rung_names
from web4.profile import Profile
from web4.quantized import read_outcomes
from web4.records import EVAL_BUCKETS, read_completions
from web4.release.kept import Release, find_release, latest_release
from web4.release.regression import Regression, Side, compare
from web4.store import Artifact, Request, Store
from web4.targets import Targets
from web4.training import base_model

RUN_CANDIDATES = ("adapter", "quantized")
"""What a whole run is gated on: what training gave, and what will be served."""

OUTSIDE = "candidate"
RELEASE = "release"
_RELEASE_OF = f"{RELEASE}:"

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


def check_profile(profile: Profile) -> None:
    """Raise ``ConfigError`` early where a profile asks for what cannot be."""
    made = Counter(profile.data.model_dump())
    for one in profile.added:
        made[one.bucket] += one.records
    for name in ("mini", "full"):
        training = getattr(profile, name)
        if training.records > made.total():
            raise ConfigError(f"profile {profile.name}: {name}.records exceeds the data's counts")
        mix = training.mix.model_dump() if training.mix else {}
        for bucket, wanted in mix.items():
            if wanted > made[bucket]:
                told = f"{name}.mix.{bucket} exceeds the {made[bucket]} records of that bucket"
                raise ConfigError(f"profile {profile.name}: {told}")
