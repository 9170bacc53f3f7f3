"""The certificate of a green gate, written once its JUnit report is."""

from collections.abc import Generator
from pathlib import Path

import pytest

from web4.certification import certify_run, uncertify
from web4.errors import Web4Error
from web4.pytest_gate import ShipGate
from web4.report.junit import fit
from web4.run import Run


class Certifier:
    """Certifies what has passed, and withdraws the certificate of what no longer does."""

    def __init__(
        self, config: pytest.Config, run: Run, gate: ShipGate, folder: Path, key: Path | None
    ) -> None:
        self._config = config
        self._run = run
        self._gate = gate
        self._folder = folder
        self._key = key
        self._told = ""

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """Wait for whoever writes the report, then look at the verdict."""
        result = yield
        if not self._config.option.collectonly:
            uncertify(self._folder)
            if self._gate.verdict.passed:
                self._certify()
        return result

    def _certify(self) -> None:
        junit = Path(str(self._config.option.xmlpath))
        try:
            path = certify_run(self._run, self._folder, junit, self._key)
        except Web4Error as error:
            self._told = f"not certified: {error}"
        else:
            self._told = f"certified{' and signed' if self._key else ', not signed'}: {path}"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._told and terminalreporter.verbosity >= 0:
            terminalreporter.write_line(fit(self._told))
