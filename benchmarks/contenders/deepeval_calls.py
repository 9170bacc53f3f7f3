"""Judges canned calls by DeepEval's tool metric: ``python deepeval_calls.py CALLS.json OUT.json``.

``ToolCorrectnessMetric`` with arguments, order and exact match: its deterministic part. The model
that it wants to be given says that it must not be asked.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from deepeval.metrics import ToolCorrectnessMetric  # type: ignore[import-not-found] # in an own environment
from deepeval.models import DeepEvalBaseLLM  # type: ignore[import-not-found] # as above
from deepeval.test_case import (  # type: ignore[import-not-found] # as above
    LLMTestCase,
    ToolCall,
    ToolCallParams,
)


class _NoModel(DeepEvalBaseLLM):  # type: ignore[misc] # its base is untyped here
    def load_model(self, *_given: object, **_named: object) -> "_NoModel":
        return self

    def get_model_name(self, *_given: object, **_named: object) -> str:
        return "none"

    def generate(self, *_given: object, **_named: object) -> str:
        raise RuntimeError("a model was asked for a deterministic verdict")

    async def a_generate(self, *_given: object, **_named: object) -> str:
        raise RuntimeError("a model was asked for a deterministic verdict")


def main() -> None:
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    wanted = {raw["id"]: _calls(raw["output"]) for raw in told["records"]}
    metric = ToolCorrectnessMetric(
        model=_NoModel(),
        async_mode=False,
        include_reason=False,
        should_exact_match=True,
        should_consider_ordering=True,
        evaluation_params=[ToolCallParams.INPUT_PARAMETERS],
    )
    verdicts: dict[str, str] = {}
    begun = time.perf_counter()
    for call in told["calls"]:
        verdicts[call["id"]] = _judge(metric, call["text"], wanted[call["record_id"]])
    seconds = time.perf_counter() - begun
    found = {"seconds": seconds, "verdicts": verdicts}
    Path(sys.argv[2]).write_text(json.dumps(found), encoding="utf-8")


def _judge(metric: Any, text: str, expected: list[Any]) -> str:
    try:
        called = _calls(text)
    except (ValueError, TypeError, KeyError):
        return "undecodable"
    case = LLMTestCase(
        input="asked", actual_output=text, tools_called=called, expected_tools=expected
    )
    metric.measure(case, _show_indicator=False)
    return "" if metric.score == 1 else "incorrect"


def _calls(text: str) -> list[Any]:
    steps = json.loads(text)["steps"]
    return [ToolCall(name=step["tool"], input_parameters=step["args"]) for step in steps]


if __name__ == "__main__":
    main()
