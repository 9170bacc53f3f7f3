"""How many answers a second the tool metrics judge on one core: the first five, and all seven.

    python -m benchmarks.tool_metrics_speed [--answers 10000]

The answers are the evaluation bucket's gold plans, repeated: every other one is corrupted, each
differently, so that no judgement of an answer is met twice. Rates are to the process's own time,
which other work on the machine does not spoil. The gold plans' runs are counted: each is run once.
"""

import argparse
import json
import time
from collections.abc import Sequence

from web4.catalog import catalog_path, load_catalog
from web4.metrics.outcome import Metric
from web4.metrics.tool import tool_metrics
from web4.paths import data_dir
from web4.records import Completion, Record, read_records

_TARGETS = {"first five": 10_000, "all seven": 3_000}


def answer(record: Record, turn: int) -> str:
    """Return the gold plan in some turns, and one that differs somewhere in the others."""
    text = record.output
    if turn % 2 == 0:
        return text + " " * (turn // 2)  # the same plan, yet a text that was not judged before
    middle = (len(text) * turn) // 64 % len(text)
    cut = (
        text.replace('":"', f'":"{turn}', 1 + turn % 3),
        text.replace(">[0]", f">[{turn}]") + " " * turn,
        text.replace("<RESULTS:", f"<RESULTS:x{'y' * turn}"),
        text[:middle],
        text.replace("},{", f'}},{{"tool":"view_diff","args":{{}}}},{" " * turn}{{', 1),
        text.replace('"args":{', f'"args":{{"x{turn}":1,', 1).replace(",}", "}"),
    )
    return cut[turn // 2 % len(cut)]


def rate(metrics: Sequence[Metric], pairs: Sequence[tuple[Record, Completion]]) -> float:
    """Return the answers that all these metrics judge in a second of the process's time."""
    begun = time.process_time()
    for record, completion in pairs:
        for metric in metrics:
            metric(record, completion)
    return len(pairs) / (time.process_time() - begun)


def main() -> None:
    """Print answers per second and how many of them pass, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=10_000)
    count: int = parser.parse_args().answers
    records = list(read_records(data_dir() / "eval" / "v1.1" / "tool.jsonl"))
    pairs = []
    for number in range(count):
        record, turn = records[number % len(records)], number // len(records)
        text = answer(record, turn)
        pairs.append((record, Completion(record.id, text, "stop", 1, 1)))
    catalog = load_catalog(catalog_path())
    rates = {
        "first five": rate(tool_metrics(catalog)[:5], pairs),
        "all seven": rate(tool_metrics(catalog), pairs),
    }
    passed = {
        metric.name: round(sum(metric(*pair).passed for pair in pairs) / count, 3)
        for metric in tool_metrics(catalog)
    }
    told = {"answers": count, "answers_per_s": {n: round(r) for n, r in rates.items()}}
    print(json.dumps({**told, "targets": _TARGETS, "passed": passed}, indent=1))


if __name__ == "__main__":
    main()
