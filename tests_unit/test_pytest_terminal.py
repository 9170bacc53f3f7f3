"""A gated run ends with its verdict, every target, what it objects to, and where all that lies."""

import re

import pytest

from tests_unit.gate_suite import GateSuite

pytest_plugins = ["pytester"]
_WIDTH = 80


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> GateSuite:
    made = GateSuite(pytester, monkeypatch)
    monkeypatch.setenv("COLUMNS", str(_WIDTH))
    made.tell(CANNED='{"tool.selection": 0.8, "packaging.parity": null}')
    return made


def test_the_end_tells_verdict_targets_and_paths_in_80_columns(suite: GateSuite) -> None:
    lines = suite.run().result.outlines
    starts = (
        r"=+ FAILED \(",
        r"  target +wanted +adapter +quantized$",
        r"=+ scores =+$",
        r"=+ kept =+$",
        r"SHIP GATE: FAILED \(",
    )
    places = [
        next(at for at, line in enumerate(lines) if re.match(start, line)) for start in starts
    ]
    assert places == sorted(places)
    own = lines[places[0] :]
    shown = [line for line in own if not line.startswith(("FAILED ", "ERROR "))]
    assert max(len(line) for line in shown) <= _WIDTH
    assert "\x1b" not in "".join(own)
    kept = lines[places[3] + 1 : places[3] + 5]
    assert kept == [
        f"outputs/embedded/{name}"
        for name in ("report.html", "scorecard.json", "eval_log.md", "shipgate.xml")
    ]
    assert all((suite.path / path).is_file() for path in kept if not path.endswith("xml"))


def test_targets_that_failed_stand_first(suite: GateSuite) -> None:
    lines = suite.run().result.outlines
    head = next(at for at, line in enumerate(lines) if line.split()[:2] == ["target", "wanted"])
    rows = [line.split() for line in lines[head + 1 : head + 14]]
    assert rows[0][:1] == ["tool.selection"]
    assert rows[0][3:] == ["80.0%", "MISSED", "80.0%", "MISSED"]
    assert rows[1][0] == "packaging.parity"
    assert rows[1][-2:] == ["not", "evaluated"]
    assert all(row[-1] == "ok" for row in rows[2:])


def test_a_quiet_run_says_one_line(suite: GateSuite) -> None:
    lines = suite.run("-q").result.outlines
    assert sum("SHIP GATE" in line for line in lines) == 1
    for word in (" scores ", " kept ", "report.html", "wanted      "):
        assert not any(line.startswith("=") and word in line for line in lines)
        assert not any(line.startswith("outputs/") for line in lines)
