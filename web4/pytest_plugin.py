"""The pytest plugin: options, one test for each target and candidate, and the gate's verdict."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from web4 import __version__
from web4.errors import Web4Error
from web4.execution import run_in_subprocess
from web4.gate import Status, Verdict, decide
from web4.metrics.scorecard import Score
from web4.outlook import outlook
from web4.report.explain import explain
from web4.report.table import score_table
from web4.run import NotEvaluatedError, Run
from web4.settings import Settings
from web4.store import Artifact, Request, Usage
from web4.targets import Target
from web4.view import finished_cards, write_view

_RUN = pytest.StashKey[Run]()
_STATUS = "web4.status"
_BROKEN = "web4.broken"
_ASSERTED = ("ship", "quality", "optional")

_OPTIONS = (
    ("profile", "NAME|FILE", "profile of the run (default: embedded)"),
    ("candidate", "SPEC", "gate this model: release, embedded:smollm2, a GGUF file, a folder"),
    ("store", "DIR", "where artifacts are kept (default: outputs/.store)"),
    ("run", "NAME", "name of the folder under outputs/ (default: the profile's)"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("web4", "evaluation and ship gate of fine-tuned models")
    for name, metavar, text in _OPTIONS:
        variable = f"WEB4_{name.upper()}"
        group.addoption(
            f"--web4-{name}", metavar=metavar, default=None, help=f"{text}; also ${variable}"
        )
    group.addoption("--web4-data", metavar="DIR", default=None, help="data folder; also $WEB4_DATA")
    group.addoption(
        "--web4-rebuild",
        metavar="STEP",
        nargs="?",
        const="all",
        default=None,
        help="make STEP (or everything) again although it is in the store; also $WEB4_REBUILD",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    data = config.getoption("web4_data")
    if data:
        os.environ["WEB4_DATA"] = str(Path(data).resolve())
    settings = settings_of(config)
    if settings.rebuild and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("--web4-rebuild: each worker would rebuild; leave out -n")
    gating = _asks_for_the_gate(config)
    try:
        run = settings.open_run(say=_teller(config), runner=_uncaptured(config))
        if gating:
            run.check()
    except Web4Error as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[_RUN] = run
    if not gating:
        return
    if not config.option.xmlpath and not hasattr(config, "workerinput"):
        config.option.xmlpath = str(settings.folder / "shipgate.xml")
    config.pluginmanager.register(ShipGate(config, run, settings.folder), "web4-ship-gate")


def settings_of(config: pytest.Config) -> Settings:
    """Return what the options and the environment ask for."""
    given = {name: config.getoption(f"web4_{name}") for name, _, _ in _OPTIONS}
    given["run_name"] = given.pop("run")
    return Settings.from_environment(**given, rebuild=config.getoption("web4_rebuild"))


def _asks_for_the_gate(config: pytest.Config) -> bool:
    return "shipgate" in str(config.getoption("markexpr"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give ``test_target`` one parameter set for each target of its module's ``FAMILIES``."""
    if "target" not in metafunc.fixturenames:
        return
    run = metafunc.config.stash[_RUN]
    families = metafunc.module.FAMILIES
    asked = [pair for pair in targets_asked(run) if pair[0].family in families]
    metafunc.parametrize(
        ("target", "candidate"),
        [
            pytest.param(target, candidate, id=test_id(target, candidate), marks=_marks(target))
            for target, candidate in asked
        ],
    )


def targets_asked(run: Run) -> list[tuple[Target, str]]:
    """Return each target that is asserted, with each candidate it is asked of."""
    return [
        (target, candidate)
        for target in run.targets.target
        if target.gate in _ASSERTED and not (run.outside and target.scope == "run")
        for candidate in (run.candidates if target.scope == "candidate" else ("run",))
    ]


def test_id(target: Target, candidate: str) -> str:
    return f"{target.metric}-{candidate}"


test_id.__test__ = False  # type: ignore[attr-defined]  # a name of ours, no test


def _marks(target: Target) -> list[pytest.MarkDecorator]:
    marks = [pytest.mark.evaluation]
    return [*marks, pytest.mark.shipgate] if target.gate == "ship" else marks


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Run:
    """Return what is gated: its artifacts and scores, made when they are asked for."""
    opened = pytestconfig.stash[_RUN]
    if os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
        for line in outlook(opened):
            _teller(pytestconfig)(line)
    return opened


@pytest.fixture
def assert_target(run: Run, request: pytest.FixtureRequest) -> Callable[[Target, str], None]:
    """Measures a target for a candidate, notes the figures for JUnit, and fails with reasons."""

    def check(target: Target, candidate: str) -> None:
        notes = request.node.user_properties
        notes += [("candidate", candidate), ("target", target.wanted()), ("gate", target.gate)]
        try:
            score = measure(run, target, candidate)
        except (NotEvaluatedError, Web4Error) as error:
            notes.append((_STATUS, "not_evaluated"))
            notes.append((_BROKEN, int(isinstance(error, Web4Error))))
            pytest.fail(f"{target.metric} was not evaluated: {error}", pytrace=False)
        reached = target.reached_by(score.value)
        notes += _figures(score)
        notes.append((_STATUS, "reached" if reached else "missed"))
        if not reached:
            pytest.fail(_explanation(run, target, candidate, score), pytrace=False)

    return check


def measure(run: Run, target: Target, candidate: str) -> Score:
    """Return the score that a target is about; raise ``NotEvaluatedError`` where there is none."""
    if target.scope == "run":
        return run.measure(target.metric)
    score = run.scorecard(candidate).scores.get(target.metric)
    if score is None:
        raise NotEvaluatedError("web4 does not compute this metric yet")
    return score


def _figures(score: Score) -> list[tuple[str, object]]:
    return [
        ("value", f"{score.value:.6g}"),
        ("n", score.n),
        ("passed", score.passed),
        ("interval_low", f"{score.low:.6g}"),
        ("interval_high", f"{score.high:.6g}"),
    ]


def _explanation(run: Run, target: Target, candidate: str, score: Score) -> str:
    wanted: Mapping[str, str] = {}
    answered: Mapping[str, str] = {}
    if target.scope == "candidate":
        wanted, answered = run.record_texts(candidate)
    return explain(target, candidate, score, wanted, answered)


class ShipGate:
    """Collects what the ship gate's tests report and says the verdict at the end."""

    def __init__(self, config: pytest.Config, run: Run, folder: Path) -> None:
        self._config = config
        self._run = run
        self._folder = folder
        self._reported: dict[str, Status] = {}
        self._broken = False

    @property
    def verdict(self) -> Verdict:
        asked = [
            test_id(target, candidate)
            for target, candidate in targets_asked(self._run)
            if target.gate == "ship"
        ]
        return decide(asked, self._reported)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        status = dict(report.user_properties).get(_STATUS)
        self._broken |= bool(dict(report.user_properties).get(_BROKEN))
        if report.when == "call" and status in ("reached", "missed", "not_evaluated"):
            honest = report.passed == (status == "reached")
            name = report.nodeid.partition("[")[2].removesuffix("]")
            self._reported[name] = status if honest else "not_evaluated"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if hasattr(self._config, "workerinput") or self._config.option.collectonly:
            return
        self._add_suite_properties()
        write_view(self._run, self._folder, str(self.verdict))
        if self._broken:
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        elif exitstatus == pytest.ExitCode.OK and not self.verdict.passed:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _add_suite_properties(self) -> None:
        xml: Any = self._config.pluginmanager.get_plugin("junitxml")
        log = self._config.stash.get(xml.xml_key, None) if xml else None
        if log is None:
            return
        run = self._run
        for name, value in {
            "web4": __version__,
            "verdict": str(self.verdict),
            "profile": run.profile.name,
            "base": run.profile.base,
            "candidate": run.spec or "the profile's own run",
            "eval_version": run.profile.eval.version,
            "dataset": run.requests["dataset"].key,
            "adapter": run.requests["full"].key,
        }.items():
            log.add_global_property(name, value)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._config.option.collectonly:
            return
        cards = [card for card in finished_cards(self._run) if card.candidate != "base"]
        if cards and terminalreporter.verbosity >= 0:
            terminalreporter.section("scores")
            terminalreporter.write_line(score_table(cards, self._run.targets))
            terminalreporter.write_line(f"kept in {self._folder}/")
        if self._run.outside:
            terminalreporter.write_line(
                "not asked of a model from outside: the targets of dataset, training, packaging, "
                "deployment and iteration"
            )

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Say the verdict as the very last line."""
        terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None or config.option.collectonly or hasattr(config, "workerinput"):
            return
        verdict = self.verdict
        colour = {"green": True} if verdict.passed else {"red": True}
        terminal.write_line(str(verdict), bold=True, **colour)


def _teller(config: pytest.Config) -> Callable[[str], None]:
    """Return what writes a line to the terminal although output is being captured."""

    def say(line: str) -> None:
        _shown(config, lambda: sys.stderr.write(f"web4: {line}\n"))

    return say


def _shown(config: pytest.Config, act: Callable[[], Any]) -> Any:
    capture: Any = config.pluginmanager.get_plugin("capturemanager")
    if capture is None:
        return act()
    with capture.global_and_fixture_disabled():
        return act()


def _uncaptured(
    config: pytest.Config,
) -> Callable[[Request, Mapping[str, Artifact], Path, Path], tuple[Usage, Mapping[str, Any]]]:
    """Return a runner whose step shows its progress on the terminal."""

    def runner(
        request: Request, inputs: Mapping[str, Artifact], out: Path, scratch: Path
    ) -> tuple[Usage, Mapping[str, Any]]:
        result: tuple[Usage, Mapping[str, Any]] = _shown(
            config, lambda: run_in_subprocess(request, inputs, out, scratch)
        )
        return result

    return runner
