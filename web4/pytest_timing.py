"""Timing in pytest: its option, which of its tests are run when, and what the terminal says."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from web4.errors import Web4Error
from web4.pytest_plugin import RUN
from web4.timing.budgets import Limit, judged, limits
from web4.timing.cold import GROUP_OF, WARM, ColdRun, rows
from web4.timing.costs import pairs
from web4.timing.figures import Timing
from web4.timing.scale import fraction_of

_SCALE = pytest.StashKey[float]()
_LIMITS = pytest.StashKey[list[Limit]]()
_COLD = pytest.StashKey[ColdRun]()
_LEFT_OUT = pytest.StashKey[int]()
_MARK = "timing"
_MARKED = re.compile(r"(?<!not )\btiming\b")
_WARM_ROUNDS = 3
_VARIABLE = "WEB4_TIMING_SCALE"
_COLUMNS = "{:<18} {:>10} {:>6} {:>9} {:>11} {:>10} {:>10} {:>9}"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("web4")
    group.addoption(
        "--web4-timing-scale",
        metavar="FRACTION",
        default=None,
        help="time the steps with this share of all records (default: 1, hours); also "
        f"${_VARIABLE}",
    )
    group.addoption(
        "--web4-timing-folder",
        type=Path,
        metavar="FOLDER",
        help="keep what timing makes in FOLDER, its store as FOLDER/store (default: a folder that "
        "is deleted); what it holds already is not timed again",
    )


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    told = config.getoption("web4_timing_scale") or os.environ.get(_VARIABLE) or "1"
    try:
        config.stash[_SCALE] = fraction_of(told)
        config.stash[_LIMITS] = list(limits(config.stash[RUN].profile, frozenset(GROUP_OF)))
    except Web4Error as error:
        raise pytest.UsageError(str(error)) from error
    if asked(config) and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("timing: workers would slow each other down; leave out -n")


def asked(config: pytest.Config) -> bool:
    """Whether timing is asked for; it takes hours, and never runs because nothing was said."""
    named = _MARKED.search(str(config.getoption("markexpr")))
    return bool(named or config.getoption("benchmark_only", default=False))


def scale_of(config: pytest.Config) -> float:
    return config.stash[_SCALE]


def folder_of(config: pytest.Config) -> Path | None:
    """Return where what is made is kept; ``None`` where it is deleted."""
    kept: Path | None = config.getoption("web4_timing_folder")
    return kept.resolve() if kept else None


def show(config: pytest.Config, cold: ColdRun) -> None:
    """Let the terminal end with what a cold run cost."""
    config.stash[_COLD] = cold


def pytest_report_header(config: pytest.Config) -> str | None:
    if not asked(config):
        return None
    return f"web4 timing: {_of(scale_of(config))}, from a cold build in a store of its own"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the timing tests that are still selected although nobody asked for them."""
    if asked(config):
        return
    timing = [item for item in items if item.get_closest_marker(_MARK)]
    if timing:
        config.hook.pytest_deselected(items=timing)
        items[:] = [item for item in items if not item.get_closest_marker(_MARK)]
        config.stash[_LEFT_OUT] = len(timing)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the timing tests their steps, budgets and pairs of costs.

    A name tells the fraction where it is not 1: figures of other fractions are never compared.
    """
    names, scale = metafunc.fixturenames, scale_of(metafunc.config)
    at = "" if scale == 1 else f"-at-{scale:g}"
    if "timed_step" in names:
        found = rows(metafunc.config.stash[RUN].profile)
        metafunc.parametrize("timed_step", found, ids=[f"{name}{at}" for name in found])
    if "warm_rounds" in names:
        metafunc.parametrize("warm_rounds", [_WARM_ROUNDS], ids=[f"{WARM}{at}"])
    if "limit" in names:
        bounds = metafunc.config.stash[_LIMITS]
        told = [one.name for one in bounds] or ["none"]
        metafunc.parametrize("limit", bounds or [None], ids=told)
    if "cost_pair" in names:
        every = list(pairs())
        metafunc.parametrize("cost_pair", every, ids=[one.name for one in every])


@pytest.hookimpl(tryfirst=True)  # pytest-benchmark ends the summary at a regression
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    left_out = config.stash.get(_LEFT_OUT, 0)
    if left_out:
        terminalreporter.write_line(
            f"web4: {left_out} timing tests left out, for they train: ask with -m timing"
        )
    cold = config.stash.get(_COLD, None)
    if cold is None or not cold.timings:
        return
    terminalreporter.section(f"timing: {_of(cold.fraction)}, {cold.machine}")
    for line in _table(list(cold.timings.values())):
        terminalreporter.write_line(line)
    for limit in config.stash[_LIMITS]:
        if limit.step in cold.timings:
            kept, told = judged(limit, cold.timings[limit.step])
            terminalreporter.write_line(f"budget {kept}: {told}")


def _of(scale: float) -> str:
    return "all records" if scale == 1 else f"{scale:g} of all records"


def _table(timings: Sequence[Timing]) -> list[str]:
    heads = (
        "step",
        "wall s",
        "CPU %",
        "peak MB",
        "written MB",
        "tokens/s",
        "updates/s",
        "records/s",
    )
    lines = [_COLUMNS.format(*heads)]
    for one in timings:
        rates = (one.figure(f"{name}_per_s") for name in ("tokens", "updates", "records"))
        lines.append(
            _COLUMNS.format(
                one.step if one.state == "cold" else f"{one.step} (warm)",
                f"{one.usage.wall_seconds:.2f}",
                f"{one.usage.cpu_percent:.0f}",
                f"{one.megabytes:.0f}",
                f"{one.bytes_written / 1e6:.1f}",
                *("-" if rate is None else f"{rate:.2f}" for rate in rates),
            )
        )
    return lines
