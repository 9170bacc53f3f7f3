"""ESLint, Prettier and the TypeScript compiler over snippets that nobody vouches for.

The tools run in long-lived processes of Node.js. A snippet is only ever text there: it is never
run, and nothing that it names is resolved or read. The house configuration in ``data/style`` is the
only one; comments that would silence a tool have no effect, and count as problems themselves.
"""

import os
import queue
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, Self, get_args

from web4 import node_packages
from web4.digests import files_digest
from web4.paths import data_dir
from web4.typescript.syntax import MAX_BYTES, SyntaxFault, parse
from web4.typescript.worker import Worker

if TYPE_CHECKING:
    from web4.typescript.verdicts import Verdicts

Tool = Literal["eslint", "prettier", "tsc"]
TOOLS: Final[tuple[Tool, ...]] = get_args(Tool)
Failure = Literal["", "empty", "too_large", "not_unicode", "too_deep", "timeout", "crash"]
SECONDS: Final = 10.0
HEAP_MB: Final = 1024
RECYCLED_AFTER: Final = 2000

_MAX_WORKERS = 8
_UNFIT: Final[Mapping[SyntaxFault, Failure]] = {  # the tools name the other faults themselves
    "empty": "empty",
    "too_large": "too_large",
    "too_deep": "too_deep",
}
_NODE = Path(__file__).parent / "node"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a tool objects to; ``line`` and ``column`` count from 1."""

    tool: Tool
    rule: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the tools say of one snippet; ``failure`` where they cannot say all.

    At most the first 100 problems of each tool.
    """

    problems: tuple[Problem, ...]
    failure: Failure = ""

    @property
    def ok(self) -> bool:
        return not self.problems and not self.failure


def toolchain_digest() -> str:
    """Return one digest of all that decides what a report says: lock, configuration, worker."""
    files = {
        **{f"node/{path.name}": path for path in _NODE.iterdir() if path.is_file()},
        **{f"style/{path.name}": path for path in _style().iterdir() if path.is_file()},
    }
    return files_digest(files)


class Toolchain:
    """The tools, ready for any number of snippets; a context manager that ends its processes.

    A snippet's report depends on nothing but its text: not on the order, the other snippets, the
    number of workers, the age of a process or the load of the machine. A process that a snippet
    kills, or that computes longer than ``seconds``, is replaced; where it had served others, the
    snippet gets another chance in a fresh one, so that nobody pays for memory that others used.
    One check runs at a time.
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        seconds: float = SECONDS,
        recycled_after: int = RECYCLED_AFTER,
        verdicts: "Verdicts | None" = None,
    ) -> None:
        """Start nothing yet: packages are fetched and processes started by the first check.

        What ``verdicts`` knows is not asked again, and what is found out is kept there.
        """
        self._verdicts = verdicts
        self._workers: list[Worker | None] = [None] * (
            workers or min(os.cpu_count() or 1, _MAX_WORKERS)
        )
        self._seconds = seconds
        self._recycled_after = recycled_after
        self._command: list[str] = []
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._stopped = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """The ids of the processes that are alive."""
        return [worker.pid for worker in self._workers if worker is not None]

    def check(self, sources: Sequence[str], tools: Sequence[Tool] = TOOLS) -> list[Report]:
        """Return a report for each source, in their order.

        A final newline is no part of an answer: one is added where there is none. Raises
        ``AssetError`` where Node.js or the packages are not to be had, ``StepFailedError`` where
        the tools do not start; a source raises nothing.
        """
        known = self._verdicts.of(dict.fromkeys(sources), tools) if self._verdicts else {}
        reports = {source: known.get(source) or _unfit(source) for source in dict.fromkeys(sources)}
        waiting = [source for source, report in reports.items() if report is None]
        if waiting:
            self._prepare()
            jobs: queue.SimpleQueue[str] = queue.SimpleQueue()
            for source in waiting:
                jobs.put(source)
            try:
                reports.update(self._share_out(jobs, min(len(self._workers), len(waiting)), tools))
            except BaseException:
                self.close()  # also what a thread had started meanwhile
                raise
            if self._verdicts:
                made = {source: reports[source] for source in waiting}
                self._verdicts.keep({source: one for source, one in made.items() if one}, tools)
        return [reports[source] or Report((), "crash") for source in sources]

    def close(self) -> None:
        """End the processes."""
        self._stopped.set()
        for at, worker in enumerate(self._workers):
            if worker is not None:
                worker.close()
                self._workers[at] = None
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def _prepare(self) -> None:
        self._stopped.clear()
        if not self._command:
            reads = [node_packages.fetch(node_packages.STYLE_TOOLS), _style()]
            options = [f"--max-old-space-size={HEAP_MB}"]
            command = node_packages.node_command(_NODE / "worker.mjs", reads, options)
            self._command = [*command, *(str(folder.resolve()) for folder in reads)]
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="web4-style-")

    def _share_out(
        self, jobs: "queue.SimpleQueue[str]", threads: int, tools: Sequence[Tool]
    ) -> Mapping[str, Report]:
        done: dict[str, Report] = {}
        with ThreadPoolExecutor(threads) as pool:
            served = [pool.submit(self._serve, at, jobs, tools) for at in range(threads)]
            try:
                for future in served:
                    done.update(future.result())
            except BaseException:
                self.close()  # the other threads end at once
                raise
        return done

    def _serve(
        self, at: int, jobs: "queue.SimpleQueue[str]", tools: Sequence[Tool]
    ) -> Mapping[str, Report]:
        """Judge jobs with one worker until there are none; what one thread does."""
        done: dict[str, Report] = {}
        try:
            while not self._stopped.is_set():
                source = jobs.get_nowait()
                done[source] = self._judge(at, source, tools)
        except queue.Empty:
            pass
        except BaseException:
            self._stopped.set()
            raise
        return done

    def _judge(self, at: int, source: str, tools: Sequence[Tool]) -> Report:
        text = source if source.endswith("\n") else f"{source}\n"
        while True:
            worker = self._worker(at)
            fresh = worker.served == 0
            answer = worker.ask({"source": text, "tools": list(tools)})
            if not isinstance(answer, str):
                return _report(answer)
            self._workers[at] = None
            if fresh or self._stopped.is_set():
                return Report((), answer)

    def _worker(self, at: int) -> Worker:
        worker = self._workers[at]
        if worker is not None and worker.served >= self._recycled_after:
            worker.close()
            worker = None
        if worker is None:
            worker = Worker(self._command, self._folder(), _environment(), self._seconds)
            self._workers[at] = worker
        return worker

    def _folder(self) -> Path:
        """Return an empty folder to work in: nothing lies there that a tool could find."""
        if self._scratch is None:
            raise RuntimeError("the tool chain was closed while it was used")
        return Path(self._scratch.name)


def _style() -> Path:
    return data_dir() / "style"


def _environment() -> dict[str, str]:
    """Return what a process needs to start; nothing of the user's reaches it."""
    kept = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR")  # all but the last are Windows'
    return {"LANG": "C.UTF-8", **{name: os.environ[name] for name in kept if name in os.environ}}


def _unfit(source: str) -> Report | None:
    """Return the report of a source that no tool needs to see."""
    if len(source) <= MAX_BYTES:  # otherwise it is too large in any encoding
        try:
            source.encode()
        except UnicodeEncodeError:
            return Report((), "not_unicode")
    parsed = parse(source)
    failure = None if parsed.fault is None else _UNFIT.get(parsed.fault)
    if failure is not None:
        return Report((), failure)
    if parsed.root is not None and all(child.is_extra for child in parsed.root.children):
        return Report((), "empty")  # comments only: there is nothing to judge
    return None


def _report(answer: Mapping[str, Any]) -> Report:
    problems = tuple(Problem(**problem) for problem in answer.get("problems", ()))
    return Report(problems, answer.get("failure", ""))
