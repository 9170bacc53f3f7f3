"""How many gold answers a second the TypeScript tools judge, each alone and all together.

    python -m benchmarks.toolchain_speed [--rounds 3] [--workers 2]

The processes are warm: their start and the first snippet of each are not counted. Rates are the
median of the rounds, which take the tools in turn; ratios are to the slowest tool of the same run.
"""

import argparse
import json
import os
import statistics
import time

from web4.paths import data_dir
from web4.typescript.toolchain import TOOLS, Tool, Toolchain


def main() -> None:
    """Print snippets per second, and their ratio, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=None)
    asked = parser.parse_args()
    path = data_dir() / "eval" / "v1.2" / "style.jsonl"
    golds = [json.loads(line)["output"] for line in path.read_text("utf-8").splitlines()]
    sets: dict[str, tuple[Tool, ...]] = {**{tool: (tool,) for tool in TOOLS}, "all": TOOLS}
    rates: dict[str, list[float]] = {name: [] for name in sets}
    with Toolchain(workers=asked.workers) as tools:
        passed = sum(report.ok for report in tools.check(golds))
        for _ in range(asked.rounds):
            for name, chosen in sets.items():
                begun = time.perf_counter()
                tools.check(golds, chosen)
                rates[name].append(len(set(golds)) / (time.perf_counter() - begun))
        workers = len(tools.pids)
    medians = {name: round(statistics.median(found), 1) for name, found in rates.items()}
    slowest = min(medians[tool] for tool in TOOLS)
    print(
        json.dumps(
            {
                "snippets": len(golds),
                "passed": passed,
                "workers": workers,
                "cpus": os.cpu_count(),
                "snippets_per_second": medians,
                "ratio_to_the_slowest": {
                    n: round(rate / slowest, 2) for n, rate in medians.items()
                },
            }
        )
    )


if __name__ == "__main__":
    main()
