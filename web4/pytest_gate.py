"""The ship gate as pytest runs it: who reported, what the gate objects to, and the verdict."""

import itertools
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from web4.assessment import assess, gate_names, targets_asked
from web4.audit import objections
from web4.errors import Web4Error
from web4.gate import Assessment, Status, Verdict, assessment_name, decide, exit_code
from web4.report.junit import fit, suite_properties
from web4.report.table import gate_table, score_table
from web4.run import Run
from web4.scorecard_file import described
from web4.specification import lowered
from web4.view import finished_cards, write_page, write_view

STATUS = "web4.status"
BROKEN = "web4.broken"
WHY = "web4.why"

_MARKED = re.compile(r"(?<!not )\bshipgate\b")
_STATUSES: tuple[Status, ...] = ("reached", "missed", "undecided", "not_evaluated")
_MEASURED = ("reached", "missed", "undecided")
_LEAVING_OUT = {
    "keyword": "-k",
    "deselect": "--deselect",
    "lf": "--lf",
    "stepwise": "--stepwise",
    "maxfail": "-x or --maxfail",
    "collectonly": "--collect-only",
    "setuponly": "--setup-only or --setup-plan",
}
"""Options that leave tests out. With one of them no gate has passed, whatever it did not find."""


def asks_for_the_gate(config: pytest.Config) -> bool:
    """Whether any ``-m`` asks for ``shipgate``: a later one may narrow it, not call it off."""
    arguments = [str(one) for one in config.invocation_params.args]
    given = [value for flag, value in itertools.pairwise(arguments) if flag == "-m"]
    given += [one[2:] for one in arguments if one.startswith("-m")]
    return any(_MARKED.search(one) for one in [str(config.getoption("markexpr")), *given])


class ShipGate:
    """Collects what the ship gate's tests report and says the verdict at the end.

    Under xdist it lives in the controller: what is asked, it computes itself; what was reached, it
    reads from the store again.
    """

    def __init__(
        self,
        config: pytest.Config,
        run: Run,
        folder: Path,
        *,
        confidence: float,
        allow_lowered: bool,
    ) -> None:
        self._config = config
        self._run = run
        self._folder = folder
        self._confidence = confidence
        self._names = gate_names(run)
        self._reported: dict[str, Status] = {}
        self._whys: dict[str, str] = {}
        self._broken = False
        self._begun = time.monotonic()
        self._record: Mapping[str, Any] = {}
        self._page = ""
        self._limits = [f"{flag} given" for flag in _given(config)]
        weaker = lowered(run.targets)
        self._lowered = weaker if allow_lowered else ()
        self._objections = [
            f"{line}; raise it, or say --web4-allow-lowered-targets"
            for line in (() if allow_lowered else weaker)
        ]

    @property
    def verdict(self) -> Verdict:
        return decide(
            self._names,
            self._reported,
            objections=dict.fromkeys(self._objections),
            limits=self._limits,
            lowered=self._lowered,
        )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._objections.append(f"{report.nodeid}: could not be collected")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.partition("[")[2].removesuffix("]")
        if name not in self._names:
            return
        said = dict(report.user_properties)
        self._broken |= bool(said.get(BROKEN))
        self._whys[name] = str(said.get(WHY, "its test was skipped, broke or contradicted itself"))
        if report.when == "call":
            status = said.get(STATUS)
            honest = report.passed == (status == "reached") and not hasattr(report, "wasxfail")
            self._note(name, status if honest and status in _STATUSES else "not_evaluated")
        elif not report.passed:
            self._note(name, "not_evaluated")

    def _note(self, name: str, status: Any) -> None:
        """Keep the worst of what was said under a name: no second test can mend the first."""
        before = self._reported.get(name, status)
        self._reported[name] = max(before, status, key=_STATUSES.index)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR):
            self._limits.append("the run was interrupted")
        if not self._config.option.collectonly:
            self._conclude()
        session.exitstatus = self.exit_code(exitstatus)

    def exit_code(self, code: int) -> int:
        """Return the exit code where pytest's own is ``code``: 0 only where the gate passed."""
        return exit_code(self.verdict, int(code), broken=self._broken)

    def _conclude(self) -> None:
        """Look at the evidence, then write the record and its projections."""
        assessments = list(self._assessments())
        if self._reported:
            self._objections += objections(self._run)
        record = described(self._run, self.verdict, assessments, self._confidence)
        self._add_suite_properties(record)
        write_view(self._run, self._folder, record, time.monotonic() - self._begun)
        self._record = record
        self._page = write_page(self._folder)

    def _assessments(self) -> Iterator[Assessment]:
        """Yield how each of the gate's targets came out, as the store has it."""
        for target, candidate in targets_asked(self._run):
            name = assessment_name(target, candidate)
            if name not in self._names:
                continue
            reported = self._reported.get(name)
            if reported not in _MEASURED:
                why = self._whys.get(name, "its test was not run")
                yield Assessment(target, candidate, "not_evaluated", why=why)
                continue
            found = assess(self._run, target, candidate, self._confidence)
            if found.status != reported:
                self._objections.append(f"{name}: reported as {reported}, and is {found.status}")
            yield found

    def _add_suite_properties(self, record: dict[str, Any]) -> None:
        xml: Any = self._config.pluginmanager.get_plugin("junitxml")
        log = self._config.stash.get(xml.xml_key, None) if xml else None
        if log is not None:
            for name, value in suite_properties(record):
                log.add_global_property(name, value)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell the verdict, every target, the scores, what the gate objects to, and the paths.

        With ``-q`` the verdict's own line says it all.
        """
        if self._config.option.collectonly or terminalreporter.verbosity < 0:
            return
        verdict = self.verdict
        terminalreporter.section(str(verdict).removeprefix("SHIP GATE: "))
        if self._record.get("targets"):
            terminalreporter.write_line(gate_table(self._record))
        self._show_scores(terminalreporter)
        for title, lines in (
            ("the gate objects", verdict.objections),
            ("below the specification", verdict.lowered),
        ):
            if lines:
                terminalreporter.section(title)
                for line in lines:
                    terminalreporter.write_line(fit(line))
        terminalreporter.section("kept")
        kept = (
            self._page,
            *(str(self._folder / name) for name in ("scorecard.json", "eval_log.md")),
        )
        for line in (*kept, str(self._config.option.xmlpath)):
            terminalreporter.write_line(fit(line))

    def _show_scores(self, terminalreporter: pytest.TerminalReporter) -> None:
        try:
            cards = [card for card in finished_cards(self._run) if card.candidate != "base"]
        except Web4Error:
            return  # an objection says it already
        if cards:
            terminalreporter.section("scores")
            terminalreporter.write_line(score_table(cards, self._run.targets))
        if self._run.outside:
            terminalreporter.write_line(
                "not asked of a model from outside: the targets of dataset, training, packaging, "
                "and deployment"
            )

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Say the verdict as the very last line."""
        terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
        verdict = self.verdict
        if terminal is None:
            sys.stdout.write(f"{verdict}\n")
            return
        colour = {"green": True} if verdict.passed else {"red": True}
        terminal.write_line(str(verdict), bold=True, **colour)


def _given(config: pytest.Config) -> Iterator[str]:
    """Yield the options in force that leave tests out."""
    for name, flag in _LEAVING_OUT.items():
        if config.getoption(name, None):
            yield flag
