"""What was edited in scores, outcomes or judging is found, however well its digests fit."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests_unit.compared import Bench, Told, small_data
from web4 import evaluation
from web4.audit import objections
from web4.digests import file_digest
from web4.evaluation import JUDGING, OUTCOMES, PREDICTIONS, SCORES
from web4.rejudging import differences
from web4.run import Run
from web4.steps import CALIBRATION, FLAGS, buckets_of
from web4.store import MANIFEST, Artifact, Request, Usage
from web4.typescript.toolchain import Report

_WRONG = "tool-0007"


def _inspect(sources: Sequence[str]) -> list[Report]:
    return [Report(()) for _ in sources]


class _Judged(Told):
    """Answers are told, and judged for real; only the TypeScript tools find nothing."""

    def __call__(
        self, request: Request, inputs: Mapping[str, Artifact], out: Path, scratch: Path
    ) -> tuple[Usage, Mapping[str, Any]]:
        if request.step != "score":
            return super().__call__(request, inputs, out, scratch)
        files = request.files
        evaluation.score_predictions(
            inputs["predict"].path,
            buckets_of(files),
            files["catalog"],
            out,
            inspect=_inspect,
            flags=files.get(FLAGS),
            calibration=files[CALIBRATION],
        )
        return Usage(1.0, 99.0, 1024), {}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Make a run of which one answer of the adapter is wrong."""
    folder = tmp_path_factory.mktemp("judged")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("web4.store._sync", lambda _: None)
        patch.setattr("web4.audit.differences", partial(differences, inspect=_inspect))
        patch.setenv("WEB4_DATA", str(small_data(folder, ["v0.1"])))
        bench = Bench(folder)
        bench.steps = _Judged(bench.broken)
        made = bench.run(broken=[_WRONG])
        made.artifact("score_adapter")
        yield made


@pytest.fixture
def edited(run: Run) -> Iterator[Callable[..., list[str]]]:
    """Give what changes a file of the scores, its digest too, and returns the objections."""
    folder = run.store.root / run.request("score_adapter").folder
    kept = {path: path.read_bytes() for path in folder.iterdir()}

    def edit(name: str, change: Callable[[str], str]) -> list[str]:
        path = folder / name
        before = path.read_text("utf-8")
        path.write_text(change(before), encoding="utf-8")
        assert path.read_text("utf-8") != before
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        manifest["files"][name] = {"sha256": file_digest(path), "bytes": path.stat().st_size}
        (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        return list(objections(run))

    yield edit
    for path, raw in kept.items():
        path.write_bytes(raw)


def _line(told: str) -> str:
    return f"score_adapter: {told}; judge the answers again: --web4-rebuild=score"


def test_honest_scores_are_what_the_answers_come_to(run: Run) -> None:
    assert list(objections(run)) == []


def test_a_raised_score_is_found(edited: Callable[..., list[str]]) -> None:
    def raised(text: str) -> str:
        scores = json.loads(text)
        (one,) = (one for one in scores["all"] if one["metric"] == "tool.selection")
        assert one["value"] < 1
        one |= {"value": 1.0, "passed": one["n"]}
        return json.dumps(scores)

    told = "scores.json tells other than its answers come to (tool.selection of all)"
    assert edited(SCORES, raised) == [_line(told)]


def test_an_outcome_that_passes_where_its_answer_fails_is_found(
    edited: Callable[..., list[str]],
) -> None:
    def passed(text: str) -> str:
        lines = [json.loads(line) for line in text.splitlines()]
        (one,) = (one for one in lines if one["metric"] == "tool.selection" and one["id"] == _WRONG)
        del one["reason"], one["detail"]
        return "".join(json.dumps(line) + "\n" for line in lines)

    told = f"outcomes.jsonl tells other than its answers come to (tool.selection of {_WRONG})"
    assert edited(OUTCOMES, passed) == [_line(told)]


def test_what_was_never_judged_is_found(edited: Callable[..., list[str]]) -> None:
    more = '{"metric":"tool.selection","id":"tool-9999","value":1.0}\n'
    told = "outcomes.jsonl tells other than its answers come to (what was never judged)"
    assert edited(OUTCOMES, lambda text: text + more) == [_line(told)]


def test_a_metric_called_unevaluable_is_found(edited: Callable[..., list[str]]) -> None:
    def excused(text: str) -> str:
        return json.dumps({**json.loads(text), "not_evaluated": {"tool.end_to_end": "no tool"}})

    told = "judging.json tells other than its answers come to (not_evaluated)"
    assert edited(JUDGING, excused) == [_line(told)]


def test_rounding_of_another_machine_is_no_difference(edited: Callable[..., list[str]]) -> None:
    def rounded(text: str) -> str:
        scores = json.loads(text)
        for found in scores.values():
            for one in found:
                one["value"] *= 1 + 1e-13
        return json.dumps(scores)

    assert edited(SCORES, rounded) == []


@pytest.mark.parametrize("text", ["{", "[]", "3", '{"all": [{}]}', "[" * 10_000])
def test_scores_that_cannot_be_read_are_told(edited: Callable[..., list[str]], text: str) -> None:
    (line,) = edited(SCORES, lambda _text: text)
    assert line.startswith(("score_adapter: what it tells cannot be read (", "score_adapter: sco"))


def test_answers_that_lack_a_record_are_told(run: Run, tmp_path: Path) -> None:
    request = run.request("score_adapter")
    answers, scored = (run.store.root / one.folder for one in (request.inputs["predict"], request))
    for path in answers.iterdir():
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = lines[:-1] if path.name == PREDICTIONS else lines
        (tmp_path / path.name).write_text("".join(kept), encoding="utf-8")
    (told,) = differences(request.files, tmp_path, scored, inspect=_inspect)
    assert told.startswith("its answers cannot be judged (KeyError('guardrail-0")
