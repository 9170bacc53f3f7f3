"""The pytest plugin: options, one test for each target and candidate, and the ship gate."""

import contextlib
import os
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from web4.assessment import assess, targets_asked
from web4.errors import DataError, Web4Error
from web4.gate import Assessment, assessment_name
from web4.outlook import outlook
from web4.pytest_certificate import Certifier
from web4.pytest_gate import BROKEN, STATUS, WHY, ShipGate, asks_for_the_gate
from web4.pytest_terminal import teller, uncaptured
from web4.report.explain import explain
from web4.report.junit import case_properties
from web4.run import Run
from web4.settings import Settings
from web4.targets import Target

RUN = pytest.StashKey[Run]()
_CONFIDENCE = pytest.StashKey[float]()
_GATE = "web4-ship-gate"

_OPTIONS = (
    ("profile", "NAME|FILE", "profile of the run (default: embedded)"),
    ("candidate", "SPEC", "gate this model: release, embedded:smollm2, a GGUF file, a folder"),
    ("store", "DIR", "where artifacts are kept (default: outputs/.store)"),
    ("run", "NAME", "name of the folder under outputs/ (default: the profile's)"),
    ("baseline", "RELEASE", "compare with this release (default: the last accepted one)"),
    ("confidence", "P", "the interval at P, not just the value, has to clear each target"),
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
        "--web4-signing-key",
        metavar="FILE",
        default=None,
        help="sign the certificate of a green gate with this Ed25519 key (PEM); also "
        "$WEB4_SIGNING_KEY",
    )
    group.addoption(
        "--web4-rebuild",
        metavar="STEP",
        nargs="?",
        const="all",
        default=None,
        help="make STEP and what follows from it (or everything) again although it is in the "
        "store; also $WEB4_REBUILD",
    )
    group.addoption(
        "--web4-allow-lowered-targets",
        action="store_const",
        const="1",
        default=None,
        help="gate although targets ask less than the specification; the verdict then says "
        "LOWERED; also $WEB4_ALLOW_LOWERED_TARGETS",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    data = config.getoption("web4_data")
    if data:
        os.environ["WEB4_DATA"] = str(Path(data).resolve())
    settings = settings_of(config)
    if settings.rebuild and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("--web4-rebuild: each worker would rebuild; leave out -n")
    gating = asks_for_the_gate(config)
    try:
        run = settings.open_run(say=teller(config), runner=uncaptured(config))
        config.stash[_CONFIDENCE] = settings.confidence_of(run.profile)
        if gating:
            _check(run)
    except Web4Error as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[RUN] = run
    if gating and not hasattr(config, "workerinput"):
        _open_gate(config, run, settings)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Spare a run without property tests the second in which Hypothesis is loaded for a summary.

    With workers it is they that have loaded it, and what they found is still to be told.
    """
    plugins = session.config.pluginmanager
    hypothesis = plugins.get_plugin("hypothesispytest")
    alone = not session.config.getoption("numprocesses", None)
    if hypothesis and alone and "hypothesis" not in sys.modules:
        plugins.unregister(hypothesis)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, Any, Any]:
    """Have the last word on the exit code: no other hook can turn it green afterwards."""
    code = yield
    gate = config.pluginmanager.get_plugin(_GATE)
    return gate.exit_code(code or 0) if isinstance(gate, ShipGate) else code


def settings_of(config: pytest.Config) -> Settings:
    """Return what the options and the environment ask for."""
    names = [*(name for name, _, _ in _OPTIONS), "rebuild", "allow_lowered_targets", "signing_key"]
    given = {name: config.getoption(f"web4_{name}") for name in names}
    given["run_name"] = given.pop("run")
    return Settings.from_environment(**given)


def _check(run: Run) -> None:
    """Raise early at a wrong option; a fault in the data is no wrong usage but a red gate."""
    try:
        run.check()
    except DataError:
        return  # each test will say it, and the gate objects


def _open_gate(config: pytest.Config, run: Run, settings: Settings) -> None:
    if not getattr(config.option, "xmlpath", "-"):
        config.option.xmlpath = str(settings.folder / "shipgate.xml")
    gate = ShipGate(
        config,
        run,
        settings.folder,
        confidence=config.stash[_CONFIDENCE],
        allow_lowered=settings.allows_lowered_targets,
    )
    if config.pluginmanager.register(gate, _GATE) is None:
        raise pytest.UsageError(f"-p no:{_GATE}: the ship gate cannot do without its verdict")
    key = Path(settings.signing_key) if settings.signing_key else None
    config.pluginmanager.register(Certifier(config, run, gate, settings.folder, key))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give ``test_target`` one parameter set for each target of its module's ``FAMILIES``."""
    families = getattr(metafunc.module, "FAMILIES", ())
    if not families or not {"target", "candidate"} <= set(metafunc.fixturenames):
        return
    run = metafunc.config.stash[RUN]
    metafunc.parametrize(
        ("target", "candidate"),
        [
            pytest.param(*pair, id=assessment_name(*pair), marks=_marks(pair[0]))
            for pair in targets_asked(run)
            if pair[0].family in families
        ],
    )


def _marks(target: Target) -> list[pytest.MarkDecorator]:
    marks = [pytest.mark.evaluation]
    return [*marks, pytest.mark.shipgate] if target.gate == "ship" else marks


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Run:
    """Return what is gated: its artifacts and scores, made when they are asked for."""
    opened = pytestconfig.stash[RUN]
    if os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
        say = teller(pytestconfig)
        try:
            for line in outlook(opened):
                say(line)
        except Web4Error as error:
            say(str(error))  # whoever asks for an artifact hears it again
    return opened


@pytest.fixture
def assert_target(run: Run, request: pytest.FixtureRequest) -> Callable[[Target, str], None]:
    """Measures a target for a candidate, notes the figures for JUnit, and fails with reasons."""

    def check(target: Target, candidate: str) -> None:
        found = assess(run, target, candidate, request.config.stash[_CONFIDENCE])
        notes = request.node.user_properties
        notes += [*case_properties(found), (STATUS, found.status)]
        if found.status == "not_evaluated":
            notes += [(BROKEN, int(found.broken)), (WHY, found.why)]
            pytest.fail(f"{target.metric} was not evaluated: {found.why}", pytrace=False)
        if found.status != "reached":
            pytest.fail(_explanation(run, found), pytrace=False)

    return check


def _explanation(run: Run, found: Assessment) -> str:
    """Return why a target was missed; without texts where the answers cannot be read."""
    if found.score is None:
        raise ValueError(f"{found.name} was not measured")
    texts: tuple[dict[str, str], dict[str, str]] = ({}, {})
    if found.target.scope == "candidate":
        with contextlib.suppress(Web4Error):
            texts = run.record_texts(found.candidate)
    return explain(found.target, found.candidate, found.score, *texts, undecided=found.why)
