"""One part of the work on so many records: ``python scaling_work.py PART SIZE FOLDER``.

``generate`` writes training records into ``FOLDER/data``, ``sanity`` checks those and ``score``
judges them as their own right answers by every metric but the TypeScript tools'. Seconds of the
work alone, imports and what is loaded once not among them, go into ``FOLDER/seconds.json``.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from web4.catalog import catalog_path, load_catalog
from web4.dataset import synth
from web4.dataset.sanity import Options, check_folder
from web4.evaluation import metrics
from web4.metrics.scorecard import evaluable, judge
from web4.metrics.style_tools import tool_chain_metrics
from web4.paths import data_dir, digest_folder
from web4.profile import load_profile
from web4.records import Completion, read_records
from web4.settings import Settings
from web4.training import base_model

_SEED = 1
_BY_TOOLS = {metric.name for metric in tool_chain_metrics({})}


def main() -> None:
    part, size, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    work = {"generate": _generate, "sanity": _sanity, "score": _score}[part](size, folder / "data")
    begun = time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    (folder / "seconds.json").write_text(json.dumps(seconds), encoding="utf-8")


def _generate(size: int, data: Path) -> Callable[[], object]:
    data.mkdir(exist_ok=True)
    usual = load_profile("embedded").data.model_dump()
    counts = {name: round(size * count / sum(usual.values())) for name, count in usual.items()}
    return lambda: synth.write_train(data, counts, _SEED)


def _sanity(_size: int, data: Path) -> Callable[[], object]:
    run = Settings.from_environment().open_run()
    tokenizer = base_model.load_tokenizer(base_model.model_dir(run.artifact("base").path))
    evals = {path.stem: path for path in (data_dir() / "eval" / "v1.2").glob("*.jsonl")}
    catalog, options = load_catalog(catalog_path()), Options(benchmarks=digest_folder())
    return lambda: check_folder(data, evals, catalog, tokenizer, options)


def _score(_size: int, data: Path) -> Callable[[], object]:
    every = metrics(catalog_path())

    def work() -> object:
        records = [one for path in sorted(data.glob("*.jsonl")) for one in read_records(path)]
        answers = {one.id: Completion(one.id, one.output, "stop", 1, 1) for one in records}
        judging, _ = evaluable(every, records)
        alone = [metric for metric in judging if metric.name not in _BY_TOOLS]
        return judge(alone, records, answers)

    return work


if __name__ == "__main__":
    main()
