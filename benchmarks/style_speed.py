"""What long-lived tools, tree-sitter and kept verdicts save: snippets a second, and their ratios.

    python -m benchmarks.style_speed [--snippets 1000] [--alone 5] [--workers 2]

The snippets are distinct golds of the style buckets. ``process_each`` starts the tools for every
snippet, one process for all three of them, and takes ``--alone`` snippets; ``long_lived`` asks warm
processes; ``warm_repeat`` asks the same again, with kept verdicts. ``tree_sitter`` is syntax,
structure, naming, template and forbidden patterns in one process: each round judges answers to
records that it has not seen. Exits with 1 where a rate or a ratio is less than ``WANTED``.
"""

import argparse
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from web4.dataset import synth
from web4.metrics.style import style_metrics
from web4.metrics.style_patterns import pattern_metrics
from web4.records import Completion, Record
from web4.typescript.toolchain import Toolchain, toolchain_digest
from web4.typescript.verdicts import Verdicts

WANTED: Final = {
    "long_lived/process_each": 50.0,
    "warm_repeat/long_lived": 20.0,
    "tree_sitter_per_cpu_second": 2000.0,
}
_WARM_UP = 4  # snippets for each process, not counted
_ROUNDS = 3


def main() -> None:
    """Print the rates and their ratios as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snippets", type=int, default=1000)
    parser.add_argument("--alone", type=int, default=5)
    parser.add_argument("--workers", type=int, default=None)
    asked = parser.parse_args()
    records = _golds()
    rounds = [list(itertools.islice(records, asked.snippets)) for _ in range(_ROUNDS)]
    judged = [_judge(one) for one in rounds]
    golds = [record.output for record in rounds[0]]
    rates = {
        "process_each": _rate(golds[: asked.alone], _each_alone),
        "tree_sitter": max(rate for rate, _ in judged),
    }
    with tempfile.TemporaryDirectory() as folder:
        kept = Verdicts(toolchain_digest(), Path(folder) / "verdicts.sqlite3")
        with Toolchain(workers=asked.workers, verdicts=kept) as tools:
            tools.check([f"{gold}\n" for gold in golds[: _WARM_UP * (os.cpu_count() or 1)]])
            rates["long_lived"] = _rate(golds, tools.check)
            rates["warm_repeat"] = max(_rate(golds, tools.check) for _ in range(_ROUNDS))
            passed = sum(report.ok for report in tools.check(golds))
            workers = len(tools.pids)
    reached = {
        "long_lived/process_each": rates["long_lived"] / rates["process_each"],
        "warm_repeat/long_lived": rates["warm_repeat"] / rates["long_lived"],
        "tree_sitter_per_cpu_second": max(rate for _, rate in judged),
    }
    missed = [name for name, wanted in WANTED.items() if reached[name] < wanted]
    told = {
        "snippets": len(golds),
        "passed": passed,
        "workers": workers,
        "cpus": os.cpu_count(),
        "snippets_per_second": {name: round(rate, 2) for name, rate in rates.items()},
        "reached": {name: round(found, 1) for name, found in reached.items()},
        "missed": missed,
    }
    print(json.dumps(told))
    sys.exit(1 if missed else 0)


def _golds() -> Iterator[Record]:
    """Yield records with distinct golds, of both buckets in turn."""
    seen: set[str] = set()
    for seed in itertools.count(1):
        for bucket in ("style_core", "style_refactor"):
            for record in synth.generate(bucket, 500, seed, "train"):
                if record.output not in seen:
                    seen.add(record.output)
                    yield record


def _each_alone(golds: Sequence[str]) -> None:
    for gold in golds:
        with Toolchain(workers=1) as tools:
            tools.check([gold])


def _rate(golds: Sequence[str], work: Callable[[Sequence[str]], object]) -> float:
    begun = time.perf_counter()
    work(golds)
    return len(golds) / (time.perf_counter() - begun)


def _judge(records: Sequence[Record]) -> tuple[float, float]:
    """Return how many answers the tree-sitter metrics judge in a second, and in one of the CPU."""
    metrics = (*style_metrics(), *pattern_metrics())
    answers = [Completion(one.id, f"{one.output}\n", "stop", 1, 1) for one in records]
    for metric in metrics:
        metric(records[0], answers[0])  # patterns are read once
    begun, used = time.perf_counter(), time.process_time()
    for record, answer in zip(records, answers, strict=True):
        for metric in metrics:
            metric(record, answer)
    count = len(records)
    return count / (time.perf_counter() - begun), count / (time.process_time() - used)


if __name__ == "__main__":
    main()
