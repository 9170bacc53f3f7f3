"""What others say is shown as text in the terminal, in JUnit and in Markdown; HTML has its own."""

import json
from pathlib import Path

import pytest
from lxml import etree

from tests_unit.report.hostile import HOSTILE
from tests_unit.report.synthetic import evidence
from web4.metrics.scorecard import Reason, Score
from web4.release.ledger import append
from web4.report.explain import explain
from web4.report.junit import fit
from web4.report.table import gate_table
from web4.targets import load_targets
from web4.terminal import printable

_TEXTS = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
_LONGEST = 2_000


@_TEXTS
def test_in_the_terminal(text: str) -> None:
    target = load_targets().target[0]
    score = Score(target.metric, 0.5, 2, 1, 0.1, 0.9, reasons=(Reason("prose", 1, ("r1",)),))
    told = explain(target, "adapter", score, {"r1": "wanted"}, {"r1": text})
    lines = told.split("\n")
    assert all(line.isprintable() for line in lines)
    assert len(lines) == 7
    assert len(told) < _LONGEST
    assert printable(text[:20]) in told


@_TEXTS
def test_in_junit(text: str) -> None:
    element = etree.Element("failure", message=fit(text))
    element.text = fit(text)
    again = etree.fromstring(etree.tostring(element))
    assert (again.get("message"), again.text, len(again)) == (fit(text), fit(text), 0)
    assert len(fit(text)) < _LONGEST


@_TEXTS
def test_in_markdown(text: str, tmp_path: Path) -> None:
    record = json.loads(json.dumps(evidence(9).record))
    record |= {"verdict": text[:200], "environment": {"finished": "2026-11-23T20:09:00Z"}}
    record["run"] |= {"base": text[:200], "candidate": text[:200]}
    append(tmp_path / "eval_log.md", text[:200], record, ("adapter", "quantized"))
    lines = (tmp_path / "eval_log.md").read_text("utf-8").splitlines()
    assert len(lines) == 3
    assert lines[2].count("|") - lines[2].count("\\|") == lines[0].count("|")
    assert all(line.isprintable() for line in lines)


def test_a_table_of_targets_fits_80_columns_failures_first() -> None:
    lines = gate_table(evidence(90).record).splitlines()
    assert max(map(len, lines)) <= 80
    marks = ["MISSED" in line for line in lines[1:]]
    assert marks == sorted(marks, reverse=True)
    assert any(marks)
    assert not all(marks)
