"""How many answers a second the tool metrics judge on one core: the first five, and all seven.

    python -m benchmarks.tool_metrics_speed [--answers 10000] [--rounds 5]

The answers are the evaluation bucket's gold plans, repeated: every other one is corrupted, each
differently, so that no judgement of an answer is met twice. Rates are to the process's own time;
of the rounds, in each of which both are measured one after the other, the best counts, for work of
others on the machine can only slow them. The gold plans' runs are counted: each is run once.
"""

import argparse
import json
import statistics
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
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    count: int = asked.answers
    records = list(read_records(data_dir() / "eval" / "v1.2" / "tool.jsonl"))
    pairs = []
    for number in range(count):
        record, turn = records[number % len(records)], number // len(records)
        text = answer(record, turn)
        pairs.append((record, Completion(record.id, text, "stop", 1, 1)))
    catalog = load_catalog(catalog_path())
    rounds = [
        (rate(tool_metrics(catalog)[:5], pairs), rate(tool_metrics(catalog), pairs))
        for _ in range(asked.rounds)
    ]
    best = dict(zip(_TARGETS, map(max, zip(*rounds, strict=True)), strict=True))
    ratios = [five / seven for five, seven in rounds]
    passed = {
        metric.name: round(sum(metric(*pair).passed for pair in pairs) / count, 3)
        for metric in tool_metrics(catalog)
    }
    told = {
        "answers": count,
        "answers_per_s": {name: round(found) for name, found in best.items()},
        "targets": _TARGETS,
        "rounds": [[round(found) for found in one] for one in rounds],
        "five_to_seven": round(statistics.median(ratios), 2),
        "passed": passed,
    }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
