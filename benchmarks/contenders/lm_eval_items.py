"""lm-eval as a harness, with exact match: ``python lm_eval_items.py FOLDER``."""

import json
import sys
from pathlib import Path
from typing import Any

from lm_eval import simple_evaluate  # type: ignore[import-not-found] # in an own environment
from lm_eval.api.model import LM  # type: ignore[import-not-found] # as above
from lm_eval.tasks import TaskManager  # type: ignore[import-not-found] # as above


class _Canned(LM):  # type: ignore[misc] # its base is untyped here
    def __init__(self, answers: dict[str, str]) -> None:
        super().__init__()
        self._answers = answers

    def generate_until(self, requests: list[Any]) -> list[str]:
        return [self._answers[request.args[0]] for request in requests]

    def loglikelihood(self, requests: list[Any]) -> list[tuple[float, bool]]:
        raise NotImplementedError

    def loglikelihood_rolling(self, requests: list[Any]) -> list[float]:
        raise NotImplementedError


def main() -> None:
    folder = Path(sys.argv[1])
    items = json.loads((folder / "items.json").read_text(encoding="utf-8"))
    task = {
        "task": "canned",
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(folder / "items.json")}},
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_text": "prompt",
        "doc_to_target": "gold",
        "generation_kwargs": {"until": ["<|im_end|>"], "do_sample": False},
        "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
    }
    found = simple_evaluate(
        model=_Canned({one["prompt"]: one["answer"] for one in items}),
        tasks=[task],
        task_manager=TaskManager(include_defaults=False),
        bootstrap_iters=0,
        log_samples=False,
    )
    right = round(found["results"]["canned"]["exact_match,none"] * len(items))
    (folder / "right.json").write_text(json.dumps(right), encoding="utf-8")


if __name__ == "__main__":
    main()
