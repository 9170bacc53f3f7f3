"""A suite of the gate's tests in a folder of its own, run by pytester."""

import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import scipy.stats  # noqa: F401 - pytester forgets what a run imports, and C modules load only once
import statsmodels.stats.proportion  # noqa: F401 - as above

import web4.report.html  # noqa: F401 - as above
from tests_unit import canned
from web4 import store
from web4.release.kept import all_releases
from web4.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
FAMILIES = ("dataset", "tool", "style", "guardrail", "overall", "packaging", "deployment")
VARIABLES = (
    *("PROFILE", "CANDIDATE", "STORE", "RUN", "REBUILD", "CONFIDENCE"),
    *("ALLOW_LOWERED_TARGETS", "BASELINE", "SIGNING_KEY"),
)

_CONFTEST = """
from tests_unit import canned

pytest_plugins = ["web4.pytest_plugin"]
canned.install()
"""
_SUITE = """
import pytest

FAMILIES = {families}

def test_target(target, candidate, assert_target):
    {before}
    assert_target(target, candidate)
"""


class GateSuite:
    """Writes the suite and runs it; ``told`` are scores by metric, ``None`` where not measured."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = pytester.path
        self._pytester = pytester
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("WEB4_DATA", str(ROOT / "data"))
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.setenv("COLUMNS", "160")
        for name in VARIABLES:
            monkeypatch.delenv(f"WEB4_{name}", raising=False)
        # A run in this process installs its canned steps here: put back what stood there.
        monkeypatch.setattr(Settings, "open_run", canned.OPEN_RUN)
        monkeypatch.setattr("web4.audit.differences", canned.DIFFERENCES)
        monkeypatch.setattr("web4.pytest_plugin.outlook", canned.OUTLOOK)
        monkeypatch.setattr("web4.run_metrics.RUN_METRICS", canned.MEASURED)
        monkeypatch.setattr("web4.settings.all_releases", all_releases)
        monkeypatch.setattr("web4.store._sync", store._sync)
        monkeypatch.setattr("os.fsync", os.fsync)
        monkeypatch.setattr("web4.report.chart.draw", lambda _spec: "")  # its tests draw
        monkeypatch.setattr("web4.report.evidence.all_releases", list)  # nor 1,300 answers beside
        pytester.makefile(".ini", pytest=(ROOT / "pytest.ini").read_text(encoding="utf-8"))
        self.hook("")
        self.write()

    def tell(self, **values: str) -> None:
        """Set environment variables of the canned steps."""
        for name, value in values.items():
            self._monkeypatch.setenv(name, value)

    def hook(self, code: str) -> None:
        """Add code of one's own to the suite's conftest."""
        self._pytester.makeconftest(_CONFTEST + code)

    def write(
        self, families: tuple[str, ...] = FAMILIES, before: str = "pass", after: str = ""
    ) -> None:
        text = _SUITE.format(families=families, before=before)
        self._pytester.makepyfile(test_gate=text + after)

    def run(self, *options: str, marked: str = "shipgate", apart: bool = False) -> "Gated":
        """Run the gate: in this process, or ``apart`` in one of its own."""
        arguments = ["test_gate.py", "-m", marked, "-W", "ignore::pytest.PytestWarning", *options]
        if apart:
            return Gated(self.path, self._pytester.runpytest_subprocess(*arguments))
        return Gated(self.path, self._pytester.runpytest_inprocess(*arguments))


class Gated:
    """A finished run of the gate."""

    def __init__(self, path: Path, result: pytest.RunResult) -> None:
        self.result = result
        self.code = int(result.ret)
        self._path = path

    @property
    def verdict(self) -> str:
        """The one verdict line, which has to be the last."""
        (line,) = (line for line in self.result.outlines if line.startswith("SHIP GATE"))
        assert line == [line for line in self.result.outlines if line][-1]
        return line

    @property
    def asked(self) -> int:
        counts = self.result.parseoutcomes()
        return sum(counts.get(kind, 0) for kind in ("passed", "failed"))

    @property
    def text(self) -> str:
        return "\n".join([*self.result.outlines, *self.result.errlines])

    def xml(self, name: str = "outputs/embedded/shipgate.xml") -> ET.Element:
        return ET.parse(self._path / name).getroot()  # noqa: S314 - written by the test itself

    def statuses(self) -> dict[str, str]:
        """Return each test's status as JUnit has it, by metric and candidate."""
        found = {}
        for case in self.xml().iter("testcase"):
            said = {one.get("name"): one.get("value") for one in case.iterfind("properties/*")}
            name = str(case.get("name")).removeprefix("test_target[").removesuffix("]")
            found[name] = str(said.get("web4.status"))
        return found
