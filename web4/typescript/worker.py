"""One Node.js process that judges snippets for as long as it lives: a JSON line in, one out."""

import json
import math
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import psutil

from web4.errors import StepFailedError

START_SECONDS: Final = 120.0  # on a machine that is busy with other things
_PATIENCE = 6.0  # a process may wait for its turn: its time over the clock's, at most
_TICK = 0.05
_LOG_BYTES = 600  # of what a worker said before it died: enough for the last error

Ended = Literal["timeout", "crash"]


class Worker:
    """A process of its own, killed by its own id where it is stuck.

    It may compute for ``timeout`` seconds an answer. That is its own time, so that other work on
    the machine changes no verdict; by the clock it has six times as long.
    ``served`` counts the requests that it has answered; a worker that failed one is gone.
    """

    def __init__(
        self, command: Sequence[str], cwd: Path, environment: Mapping[str, str], timeout: float
    ) -> None:
        """Start the process and wait until it says that it is ready.

        Raises ``StepFailedError`` with what it said where it does not.
        """
        self.served = 0
        self._late = False
        self._timeout = timeout
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        try:
            self._process = subprocess.Popen(
                command,
                cwd=cwd,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                start_new_session=os.name == "posix",  # Ctrl-C is for us: we end the worker
            )
        except OSError as error:
            self._log.close()
            raise StepFailedError(f"{command[0]} does not start: {error}") from error
        answer = self._read(START_SECONDS)
        if answer != {"ready": True}:
            said = self._said()
            self.close()
            raise StepFailedError(f"the TypeScript tools do not start ({answer}): {said}")

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, request: Mapping[str, Any]) -> Mapping[str, Any] | Ended:
        """Return the answer, or why there is none; then the process is dead."""
        line = json.dumps(request).encode("ascii") + b"\n"  # lone surrogates become escapes
        answer = self._read(self._timeout, line)
        if isinstance(answer, str):
            self.close()
        else:
            self.served += 1
        return answer

    def close(self) -> None:
        """Kill the process and wait for its end; safe to call twice and from another thread."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # what was still to be written has no reader any more
                    continue

    def _read(self, seconds: float, line: bytes = b"") -> Mapping[str, Any] | Ended:
        """Send a line and read one; kill the process when its time is over."""
        answered = threading.Event()
        watch = threading.Thread(target=self._watch, args=(seconds, answered), daemon=True)
        watch.start()
        try:
            answer = self._exchange(line)
        finally:
            answered.set()
            watch.join()
        if answer.endswith(b"\n"):
            parsed: Mapping[str, Any] = json.loads(answer)
            return parsed
        return "timeout" if self._late else "crash"

    def _watch(self, seconds: float, answered: threading.Event) -> None:
        """Wait for the answer, as long as the process may still compute or wait for its turn."""
        begun, used = time.monotonic(), self._used()
        left = seconds
        while not answered.wait(left):
            waited = time.monotonic() - begun
            left = min(seconds - (self._used() - used), _PATIENCE * seconds - waited)
            if left <= 0:
                self._late = True
                self._process.kill()
                return
            left = max(left, _TICK)

    def _used(self) -> float:
        """Return the seconds that the process has computed; more than all where it is gone."""
        try:
            times = psutil.Process(self._process.pid).cpu_times()
        except psutil.Error:
            return math.inf
        return times.user + times.system

    def _exchange(self, line: bytes) -> bytes:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:  # never: both are pipes
            return b""
        try:
            stdin.write(line)
            stdin.flush()
            return stdout.readline()
        except (OSError, ValueError):  # it is dead, or closed by another thread
            return b""

    def _said(self) -> str:
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - _LOG_BYTES))
        return " ".join(self._log.read().decode("utf-8", "replace").split()) or "it said nothing"
