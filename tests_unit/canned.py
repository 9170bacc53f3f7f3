"""A gated run whose steps only pretend, for the conftest of a pytest run inside a test.

``CANNED`` holds scores by metric as JSON (``null``: not measured), ``CANNED_BROKEN`` a step that
fails. ``CANNED_ANSWERS`` names a saboteur: then the gated candidates' answers are made from the
gold ones and judged for real, with what ``INSPECTORS`` holds to look at TypeScript.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import web4.audit
import web4.pytest_plugin
import web4.run_metrics
import web4.store
from tests_unit.conftest import _FakeSteps
from tests_unit.saboteurs import SABOTEURS
from web4 import evaluation
from web4.errors import StepFailedError, Web4Error
from web4.metrics.scorecard import Score
from web4.metrics.style_tools import Inspect
from web4.outlook import outlook
from web4.records import read_records, write_jsonl
from web4.rejudging import differences
from web4.run import NotEvaluatedError, Run
from web4.settings import Settings
from web4.stats import wilson
from web4.store import Artifact, Request, Usage

INSPECTORS: list[Inspect] = []
OPEN_RUN = Settings.open_run
OUTLOOK = outlook
DIFFERENCES = differences
MEASURED = dict(web4.run_metrics.RUN_METRICS)
_JUDGED = ("adapter", "quantized", "candidate")
_CLEAN = {"errors": 0, "mean_tokens": 90.5, "records": 25_000}
_LOWEST = {
    "tool.plan_minimality": 0.0,
    "style.forbidden": 0.0,
    "guardrail.false_acceptance": 0.0,
}
_ITERATION = [name for name in MEASURED if name.startswith(web4.run_metrics.ITERATION)]
_BEST = {"packaging.parity": 1.0, "deployment.served": 1.0, **dict.fromkeys(_ITERATION, 0.0)}
"""What needs a real model: told by ``CANNED`` or taken as its best."""


class CannedSteps(_FakeSteps):
    """Steps that pretend, one of which may break, and answers that a saboteur gives."""

    def __init__(self, told: Mapping[str, float | None]) -> None:
        rates = {name: {**_LOWEST, **told} for name in (*_JUDGED, "mini")}
        super().__init__({}, rates, _CLEAN, {})
        self._broken = os.environ.get("CANNED_BROKEN", "")
        self._answers = SABOTEURS.get(os.environ.get("CANNED_ANSWERS", ""))

    def __call__(
        self, request: Request, inputs: Mapping[str, Artifact], out: Path, scratch: Path
    ) -> tuple[Usage, Mapping[str, Any]]:
        if request.step == self._broken:
            raise StepFailedError(f"{request.step}: ended by SIGKILL")
        buckets = {
            name.removeprefix("eval/"): path
            for name, path in request.files.items()
            if name.startswith("eval/")
        }
        judged = self._answers and self.names.get(request.key, "").endswith(_JUDGED)
        if self._answers and judged and request.step == "predict":
            records = [record for path in buckets.values() for record in read_records(path)]
            write_jsonl(out / evaluation.PREDICTIONS, map(self._answers, records))
            speed = {"answers": len(records), "seconds": 1.0, "tokens_per_s": 100.0}
            (out / evaluation.SPEED).write_text(json.dumps(speed), encoding="utf-8")
        elif judged and request.step == "score":
            answers, catalog = inputs["predict"].path, request.files["catalog"]
            evaluation.score_predictions(answers, buckets, catalog, out, inspect=INSPECTORS[-1])
        else:
            return self._pretended(request, inputs, out, scratch)
        return Usage(1.0, 99.0, 1024), {}

    def _pretended(
        self, request: Request, inputs: Mapping[str, Artifact], out: Path, scratch: Path
    ) -> tuple[Usage, Mapping[str, Any]]:
        """Pretend, and let what is told to have failed have failed at the record ``r1``."""
        made = super().__call__(request, inputs, out, scratch)
        if request.step == "score":
            path = out / evaluation.SCORES
            slices = json.loads(path.read_text("utf-8"))
            for score in slices["all"]:
                if score["unit"] == "rate" and 0 < score["value"] < 1:
                    missed = score["n"] - score["passed"]
                    why = {"reason": "wrong", "count": missed, "examples": ["r1"]}
                    bounds = asdict(wilson(score["passed"], score["n"]))
                    score |= {"reasons": [why], "failing": ["r1"], **bounds}
            path.write_text(json.dumps(slices), encoding="utf-8")
        return made


def _nothing(_what: object) -> None:
    """Do nothing."""


def _no_difference(*_artifacts: object) -> list[str]:
    """Find nothing."""
    return []


def install() -> None:
    """Let every run that pytest opens pretend."""
    told: dict[str, float | None] = json.loads(os.environ.get("CANNED", "{}"))
    steps = CannedSteps(told)

    def open_run(
        self: Settings, *, say: Callable[[str], None] = lambda _line: None, **_given: object
    ) -> Run:
        run = OPEN_RUN(self, say=say, runner=steps)
        try:
            steps.names = {request.key: name for name, request in run.requests.items()}
        except Web4Error:
            steps.names = {}  # the test is about data that cannot be read
        return run

    Settings.open_run = open_run  # type: ignore[method-assign] # for this process only
    setattr(web4.store, "_sync", _nothing)  # noqa: B010 - nothing here outlives the test
    setattr(os, "fsync", _nothing)  # noqa: B010 - as above
    setattr(web4.audit, "differences", _no_difference)  # noqa: B010 - what is told has no answers
    setattr(web4.settings, "all_releases", list)  # noqa: B010 - as above; nothing is restored
    setattr(web4.pytest_plugin, "outlook", lambda _run: iter(()))  # noqa: B010 - as above
    measured = {**MEASURED, **{name: _told(name, best) for name, best in _BEST.items()}}
    measured |= {name: _told(name, value) for name, value in told.items() if name in measured}
    web4.run_metrics.RUN_METRICS = measured


def _told(metric: str, value: float | None) -> Callable[[Run], Score]:
    def measure(_run: Run) -> Score:
        if value is None:
            raise NotEvaluatedError("web4 does not compute this metric yet")
        return Score(metric, value, 1, int(value), value, value, "models")

    return measure
