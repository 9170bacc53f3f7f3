"""Runs on a small evaluation set whose answers and scores are told, and a release to compare with.

Only the steps pretend: an answer is the gold one or, for a broken record, another; a metric passes
where it is the gold one.
"""

import json
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from tests_unit.conftest import _FakeSteps
from tests_unit.gate_suite import ROOT
from web4 import evaluation
from web4.dataset.frozen import MANIFEST, load_eval
from web4.digests import file_digest
from web4.metrics.outcome import Outcome, failure, success
from web4.metrics.scorecard import score
from web4.pipeline import TRAINING
from web4.profile import Profile, load_profile
from web4.records import Completion, Record, read_completions, read_records, write_jsonl
from web4.release.kept import Release, all_releases, keep
from web4.run import Run
from web4.store import Artifact, Request, Store, Usage
from web4.targets import load_targets

EACH = 60
_FAMILIES = {"tool_call": "tool", "style_sft": "style", "style_refactor": "style"}


def small_data(folder: Path, versions: Collection[str] = ("v0.1", "v0.2")) -> Path:
    """Make a data folder without releases whose evaluation sets have some of each bucket."""
    data = folder / "data"
    data.mkdir()
    for path in (ROOT / "data").iterdir():
        if path.name not in ("eval", "profiles", "releases"):
            (data / path.name).symlink_to(path)
    (data / "profiles").mkdir()
    text = (ROOT / "data" / "profiles" / "embedded.toml").read_text("utf-8")
    lines = [one for one in text.splitlines() if not one.startswith("starts_from")]
    told = "\n".join(lines).replace('version = "v1.2"', 'version = "v0.1"') + "\n"
    (data / "profiles" / "embedded.toml").write_text(told, encoding="utf-8")
    for place, version in enumerate(versions):
        whole, made = load_eval("v1.2"), data / "eval" / version
        made.mkdir(parents=True)
        for bucket in whole.buckets:
            write_jsonl(made / f"{bucket}.jsonl", whole.records(bucket)[place : EACH + place])
        digests = {path.name: file_digest(path) for path in sorted(made.glob("*.jsonl"))}
        manifest = {"version": version, "files": digests}
        (made / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return data


class Told(_FakeSteps):
    """Steps that pretend; ``broken`` tells by adapter key which records are answered wrongly."""

    def __init__(self, broken: Mapping[str, Collection[str]]) -> None:
        super().__init__({}, {}, {"errors": 0, "mean_tokens": 90.0, "records": 25_000}, {})
        self._broken = broken

    def __call__(
        self, request: Request, inputs: Mapping[str, Artifact], out: Path, scratch: Path
    ) -> tuple[Usage, Mapping[str, Any]]:
        asked = [
            record
            for name, path in request.files.items()
            if name.startswith("eval/")
            for record in read_records(path)
        ]
        if request.step == "predict":
            self.ran.append(f"predict {request.params['candidate']}")
            key = inputs["adapter"].key if "adapter" in inputs else ""
            write_jsonl(out / evaluation.PREDICTIONS, (self._answer(one, key) for one in asked))
            (out / evaluation.SPEED).write_text('{"tokens_per_s": 100.0}', encoding="utf-8")
        elif request.step == "score":
            _judge(asked, inputs["predict"].path, out)
        else:
            self.names = {**self.names, request.key: self.names.get(request.key, request.step)}
            return super().__call__(request, inputs, out, scratch)
        return Usage(1.0, 99.0, 1024), {}

    def _files(self, request: Request, name: str) -> dict[str, str]:
        files = super()._files(request, name)
        if request.step in TRAINING:  # each training its own weights
            files["lora/adapter_model.safetensors"] = request.key
            files["lora/adapter_config.json"] = "{}"
        return files

    def _answer(self, record: Record, key: str) -> Completion:
        wrong = record.id in self._broken.get(key, ())
        return Completion(record.id, "\x1b[31mwrong" if wrong else record.output, "stop", 9, 9)


def _judge(asked: list[Record], predictions: Path, out: Path) -> None:
    """Let each metric of a record's family pass where its answer is the gold one."""
    targets = load_targets()
    answers = {
        one.record_id: one.text for one in read_completions(predictions / evaluation.PREDICTIONS)
    }
    outcomes: dict[str, list[Outcome]] = {}
    for record in asked:
        family = _FAMILIES.get(record.task_type, "guardrail")
        for name in (*targets.composition(family), "overall.stability"):
            right = answers[record.id] == record.output
            made = success(record) if right else failure(record, "wrong")
            outcomes.setdefault(name, []).append(made)
    scores = [score(name, "rate", found).to_dict() for name, found in outcomes.items()]
    (out / evaluation.SCORES).write_text(json.dumps({"all": scores}), encoding="utf-8")
    (out / evaluation.JUDGING).write_text("{}", encoding="utf-8")
    lines = [
        {
            "metric": name,
            "id": one.record_id,
            "value": one.value,
            **({} if one.passed else {"reason": one.reason}),
        }
        for name, found in outcomes.items()
        for one in found
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (out / evaluation.OUTCOMES).write_text(text, encoding="utf-8")


class Bench:
    """A data folder, a store, and runs of trainings that differ in their learning rate."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broken: dict[str, Collection[str]] = {}
        self.steps = Told(self.broken)

    def run(
        self,
        rate: float = 1e-3,
        *,
        broken: Collection[str] = (),
        version: str = "v0.1",
        baseline: str = "",
        spec: str = "",
    ) -> Run:
        return self.open(self.profile(rate, version), spec, baseline, broken)

    def open(
        self, profile: Profile, spec: str = "", baseline: str = "", broken: Collection[str] = ()
    ) -> Run:
        seeds = [one.store for one in all_releases()]
        store = Store(self.folder / "store", self.steps, seeds=seeds)
        run = Run(profile, load_targets(), store, spec, baseline)
        if broken:
            self.broken[run.requests["full"].key] = broken
        return run

    def profile(self, rate: float, version: str) -> Profile:
        own = load_profile("embedded")
        full = own.full.model_copy(update={"learning_rate": rate, "starts_from": ""})
        eval_ = own.eval.model_copy(update={"version": version})
        return own.model_copy(update={"full": full, "eval": eval_})

    def release(self, version: str, run: Run, *, green: bool = True) -> Release:
        """Keep a run's adapter and its answers, as accepting it does."""
        kept = [run.artifact("full"), run.artifact("predict_adapter")]
        card = self.folder / "scorecard.json"
        cards = [run.scorecard("adapter").to_dict()]
        record = {"verdict": "SHIP GATE: PASSED", "cards": cards}
        card.write_text(json.dumps(record), encoding="utf-8")
        made = Release(version, "embedded", run.requests["full"].key, green, 80.0)
        keep(made, kept, card)
        return made

    def forget(self) -> None:
        """Begin with an empty store, as another machine does."""
        shutil.rmtree(self.folder / "store")
