"""DeepEval as a harness: ``evaluate`` with its exact match: ``python deepeval_items.py FOLDER``."""

import json
import sys
from pathlib import Path

from deepeval import evaluate  # type: ignore[import-not-found] # in an own environment
from deepeval.evaluate.configs import (  # type: ignore[import-not-found] # as above
    AsyncConfig,
    CacheConfig,
    DisplayConfig,
)
from deepeval.metrics import ExactMatchMetric  # type: ignore[import-not-found] # as above
from deepeval.test_case import LLMTestCase  # type: ignore[import-not-found] # as above


def main() -> None:
    folder = Path(sys.argv[1])
    items = json.loads((folder / "items.json").read_text(encoding="utf-8"))
    cases = [
        LLMTestCase(input=one["prompt"], actual_output=one["answer"], expected_output=one["gold"])
        for one in items
    ]
    found = evaluate(
        cases,
        [ExactMatchMetric()],
        async_config=AsyncConfig(run_async=False),
        display_config=DisplayConfig(
            show_indicator=False, print_results=False, inspect_after_run=False
        ),
        cache_config=CacheConfig(write_cache=False),
    )
    right = sum(bool(result.success) for result in found.test_results)
    (folder / "right.json").write_text(json.dumps(right), encoding="utf-8")


if __name__ == "__main__":
    main()
