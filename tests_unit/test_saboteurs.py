"""The gate over real metrics: gold answers pass it, and each saboteur fails what it should."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests_unit import canned
from tests_unit.gate_suite import FAMILIES, ROOT, GateSuite
from tests_unit.saboteurs import SABOTEURS
from web4.dataset.frozen import MANIFEST, load_eval
from web4.digests import file_digest
from web4.records import write_jsonl
from web4.targets import load_targets
from web4.typescript.toolchain import Report, Toolchain

pytest_plugins = ["pytester"]

_EACH = 24  # records of each bucket in the small evaluation set

_TOOL = {
    *("tool.json_validity", "tool.schema_match", "tool.selection", "tool.arguments"),
    *("tool.plan_minimality", "tool.chaining", "tool.end_to_end"),
}
_STYLE = {
    *("style.lint", "style.ast_match", "style.naming", "style.syntax", "style.type_check"),
    *("style.template", "style.forbidden"),
}
_NOTHING_RIGHT = {*_TOOL, *_STYLE, "overall.weighted"}
_REFUSES = {"guardrail.benign_compliance"}
_ACCEPTS = {"guardrail.refusal_accuracy", "guardrail.false_acceptance"}

_SHOULD_FAIL: dict[str, set[str]] = {
    "oracle": set(),
    "prose": _NOTHING_RIGHT | _ACCEPTS,
    "always refuse": _NOTHING_RIGHT | _REFUSES,
    "never refuse": _ACCEPTS,
    "swapped arguments": {"tool.arguments", "tool.end_to_end"},
    "bad style": {"style.lint", "style.naming", "style.template"},
    "truncated": _NOTHING_RIGHT | {"overall.stability"},
    "empty": _NOTHING_RIGHT | _REFUSES | {"guardrail.refusal_accuracy", "overall.stability"},
}
"""The targets of the gate and of the evaluation that each candidate has to miss, and no others."""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> GateSuite:
    return GateSuite(pytester, monkeypatch)


@pytest.fixture(scope="module")
def inspecting() -> Iterator[None]:
    """Judge code with the real tools, the same code once."""
    known: dict[str, Report] = {}
    with Toolchain(workers=1) as tools:

        def inspect(code: Sequence[str]) -> Sequence[Report]:
            new = [one for one in dict.fromkeys(code) if one not in known]
            known.update(zip(new, tools.check(new), strict=True))
            return [known[one] for one in code]

        canned.INSPECTORS.append(inspect)
        yield
        canned.INSPECTORS.pop()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder whose evaluation set has some of the records of each bucket."""
    data = tmp_path_factory.mktemp("small") / "data"
    data.mkdir()
    for path in (ROOT / "data").iterdir():
        if path.name not in ("eval", "profiles"):
            (data / path.name).symlink_to(path)
    shutil.copytree(ROOT / "data" / "profiles", data / "profiles")
    profile = data / "profiles" / "embedded.toml"
    lines = profile.read_text("utf-8").splitlines()
    named = [line for line in lines if line.startswith("version = ")]
    assert len(named) == 1
    text = "\n".join('version = "v0.1"' if line in named else line for line in lines)
    profile.write_text(text, encoding="utf-8")
    folder = data / "eval" / "v0.1"
    folder.mkdir(parents=True)
    whole = load_eval("v1.2")
    for bucket in whole.buckets:
        records = whole.records(bucket)
        write_jsonl(folder / f"{bucket}.jsonl", records[:: len(records) // _EACH])
    digests = {path.name: file_digest(path) for path in sorted(folder.glob("*.jsonl"))}
    manifest = {"version": "v0.1", "files": digests}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return data


def _outcome(suite: GateSuite, answers: str) -> tuple[str, set[str], set[str]]:
    """Return the verdict, the metrics that were missed and those that were not evaluated.

    What the run is asked for is canned and reached; what the candidates are asked for is measured.
    """
    suite.write(families=FAMILIES)
    suite.tell(CANNED_ANSWERS=answers)
    gated = suite.run(marked="shipgate or evaluation")
    statuses = gated.statuses()
    targets = {target.metric: target for target in load_targets().target}
    found: dict[str, set[str]] = {"missed": set(), "not_evaluated": set(), "reached": set()}
    for name, status in statuses.items():
        metric, _, candidate = name.rpartition("-")
        if targets[metric].scope == "candidate":
            found[status].add(metric)
            other = "quantized" if candidate == "adapter" else "adapter"
            assert statuses[f"{metric}-{other}"] == status
        elif targets[metric].gate == "ship":
            assert status == "reached", name
    return gated.verdict, found["missed"], found["not_evaluated"]


def _check(suite: GateSuite, answers: str) -> None:
    verdict, missed, not_evaluated = _outcome(suite, answers)
    assert not not_evaluated
    assert missed == _SHOULD_FAIL[answers]
    ship = {target.metric for target in load_targets().target if target.gate == "ship"}
    failed = bool(missed & ship)
    assert verdict.startswith("SHIP GATE: FAILED" if failed else "SHIP GATE: PASSED")


def test_every_saboteur_has_its_targets() -> None:
    assert set(_SHOULD_FAIL) == set(SABOTEURS)
    assert len(SABOTEURS) == 1 + 7
    assert all(_SHOULD_FAIL[name] for name in SABOTEURS if name != "oracle")


@pytest.mark.usefixtures("inspecting")
@pytest.mark.parametrize("answers", SABOTEURS)
def test_a_candidate_misses_exactly_the_targets_that_it_should(
    suite: GateSuite, small: Path, monkeypatch: pytest.MonkeyPatch, answers: str
) -> None:
    monkeypatch.setenv("WEB4_DATA", str(small))
    _check(suite, answers)


@pytest.mark.slow
@pytest.mark.usefixtures("inspecting")
@pytest.mark.parametrize("answers", SABOTEURS)
def test_so_it_does_on_the_whole_evaluation_set(suite: GateSuite, answers: str) -> None:
    _check(suite, answers)


def test_what_cannot_be_measured_keeps_even_the_oracle_from_passing(
    suite: GateSuite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canned, "MEASURED", dict(canned.MEASURED))
    suite.tell(CANNED=json.dumps({"packaging.parity": None}))
    assert suite.run().verdict == "SHIP GATE: FAILED (0 of 22 targets missed, 1 not evaluated)"
