"""Judges canned calls by web4's metrics: ``python web4_calls.py CALLS.json OUT.json METRICS``.

``METRICS`` is ``call`` for what the other scorers decide, right tools with right arguments, or
``all`` for all seven metrics.
"""

import json
import sys
import time
from pathlib import Path

from web4.catalog import catalog_path, load_catalog
from web4.metrics.tool import tool_metrics
from web4.records import Completion, Record

_CALL = ("tool.selection", "tool.arguments")


def main() -> None:
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    records = {raw["id"]: Record.from_dict(raw) for raw in told["records"]}
    every = tool_metrics(load_catalog(catalog_path()))
    metrics = [one for one in every if sys.argv[3] == "all" or one.name in _CALL]
    pairs = [
        (call["id"], records[call["record_id"]], Completion(call["id"], call["text"], "stop", 1, 1))
        for call in told["calls"]
    ]
    for record in records.values():  # what it wants is read before, as it is for the others
        gold = Completion(record.id, record.output, "stop", 1, 1)
        for metric in metrics:
            metric(record, gold)
    judges = [metric.judge for metric in metrics]
    verdicts: dict[str, str] = {}
    begun = time.perf_counter()
    for name, record, completion in pairs:
        verdict = ""
        for judge in judges:
            reason = judge(record, completion).reason
            verdict = verdict or reason
        verdicts[name] = verdict
    seconds = time.perf_counter() - begun
    found = {"seconds": seconds, "verdicts": verdicts}
    Path(sys.argv[2]).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
