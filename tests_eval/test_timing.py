"""Steps 1 to 8: what each costs from a cold build, and the whole run again when it is warm."""

import resource
import time
from collections.abc import Callable
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from web4.errors import Web4Error
from web4.timing.budgets import Limit, judged
from web4.timing.cold import GROUP_OF, WARM, ColdRun
from web4.timing.costs import Pair, compared
from web4.timing.figures import doubts

pytestmark = pytest.mark.timing


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _once(benchmark: BenchmarkFixture, act: Callable[..., Any], *args: Any, rounds: int = 1) -> Any:
    """Measure what is too long to repeat as it is: no warming up, no calibration."""
    untyped: Any = benchmark
    return untyped.pedantic(act, args=args, rounds=rounds, iterations=1)


def test_step(benchmark: BenchmarkFixture, timed_step: str, cold: ColdRun) -> None:
    benchmark.group = GROUP_OF[timed_step]
    try:
        cold.prepare(timed_step)
        before, begun = _children_seconds(), time.perf_counter()
        made = _once(benchmark, cold.make, timed_step)
        seconds, computed = time.perf_counter() - begun, _children_seconds() - before
        timing = cold.keep(timed_step, made, seconds)
    except Web4Error as error:
        pytest.fail(f"{timed_step} was not measured: {error}", pytrace=False)
    benchmark.extra_info |= timing.to_dict()
    told = list(doubts(timing.usage, seconds, computed))
    assert not told, f"{timed_step}: the manifest is wrong: {'; '.join(told)}"


def test_warm_run(benchmark: BenchmarkFixture, warm_rounds: int, cold: ColdRun) -> None:
    """Nothing is made again; every artifact is opened and verified."""
    benchmark.group = GROUP_OF[WARM]
    try:
        before, begun = time.process_time(), time.perf_counter()
        opened = _once(benchmark, cold.again, rounds=warm_rounds)
        seconds, computed = time.perf_counter() - begun, time.process_time() - before
    except Web4Error as error:
        pytest.fail(f"the warm run was not measured: {error}", pytrace=False)
    timing = cold.keep_warm(seconds / warm_rounds, computed / warm_rounds, opened)
    benchmark.extra_info |= timing.to_dict()


def test_cost_order(cost_pair: Pair, cold: ColdRun) -> None:
    order, told = compared(cost_pair, cold.timings)
    if order == "not comparable":
        pytest.skip(f"not comparable: {told}")
    assert order == "as stated", told


def test_budget(limit: Limit | None, cold: ColdRun) -> None:
    if limit is None:
        pytest.skip(f"profile {cold.profile.name} sets no budgets")
    if limit.step not in cold.timings:
        pytest.fail(f"{limit}; the step was not measured", pytrace=False)
    kept, told = judged(limit, cold.timings[limit.step])
    if kept == "not comparable":
        pytest.skip(f"not comparable: {told}")
    assert kept == "kept", told
