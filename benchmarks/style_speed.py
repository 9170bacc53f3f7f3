"""What long-lived tools, tree-sitter and kept verdicts save: snippets a second, and their ratios.

    python -m benchmarks.style_speed [--snippets 1000] [--alone 5] [--workers 2]

The snippets are distinct golds of the style buckets. ``process_each`` starts the tools for every
snippet, as a shell loop over eslint, prettier and tsc would, and takes ``--alone`` of them;
``long_lived`` asks warm processes; ``warm_repeat`` asks the same again, with kept verdicts.
``tree_sitter`` is syntax, structure, naming, template and forbidden patterns in one process.
"""

import argparse
import itertools
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from web4.dataset import synth
from web4.metrics.style import style_metrics
from web4.metrics.style_patterns import pattern_metrics
from web4.records import Completion, Record
from web4.typescript.toolchain import Toolchain, toolchain_digest
from web4.typescript.verdicts import Verdicts

_WARM_UP = 4  # snippets for each process, not counted
_ROUNDS = 3


def main() -> None:
    """Print the rates and their ratios as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snippets", type=int, default=1000)
    parser.add_argument("--alone", type=int, default=5)
    parser.add_argument("--workers", type=int, default=None)
    asked = parser.parse_args()
    records = list(itertools.islice(_golds(), asked.snippets))
    golds = [record.output for record in records]
    rates = {"process_each": _rate(golds[: asked.alone], _each_alone)}
    with tempfile.TemporaryDirectory() as folder:
        kept = Verdicts(toolchain_digest(), Path(folder) / "verdicts.sqlite3")
        with Toolchain(workers=asked.workers, verdicts=kept) as tools:
            tools.check([f"{gold}\n" for gold in golds[: _WARM_UP * (os.cpu_count() or 1)]])
            rates["long_lived"] = _rate(golds, tools.check)
            rates["warm_repeat"] = max(_rate(golds, tools.check) for _ in range(_ROUNDS))
            passed = sum(report.ok for report in tools.check(golds))
            workers = len(tools.pids)
    judged = max(_judge(records) for _ in range(_ROUNDS))
    rates["tree_sitter"] = judged[0]
    ratios = {
        "long_lived/process_each": rates["long_lived"] / rates["process_each"],
        "warm_repeat/long_lived": rates["warm_repeat"] / rates["long_lived"],
    }
    print(
        json.dumps(
            {
                "snippets": len(golds),
                "passed": passed,
                "workers": workers,
                "cpus": os.cpu_count(),
                "snippets_per_second": {name: round(rate, 2) for name, rate in rates.items()},
                "tree_sitter_per_cpu_second": round(judged[1], 1),
                "ratios": {name: round(ratio, 1) for name, ratio in ratios.items()},
            }
        )
    )


def _golds() -> Iterator[Record]:
    """Yield records with distinct golds, of both buckets in turn."""
    seen: set[str] = set()
    for seed in itertools.count(1):
        for bucket in ("style_core", "style_refactor"):
            for record in synth.generate(bucket, 500, seed, "train"):
                if record.output not in seen:
                    seen.add(record.output)
                    yield record


def _each_alone(golds: list[str]) -> None:
    for gold in golds:
        with Toolchain(workers=1) as tools:
            tools.check([gold])


def _rate(golds: list[str], work: Callable[[list[str]], object]) -> float:
    begun = time.perf_counter()
    work(golds)
    return len(golds) / (time.perf_counter() - begun)


def _judge(records: list[Record]) -> tuple[float, float]:
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
