"""inspect_ai as a harness: its mock model and exact scorer: ``python inspect_items.py FOLDER``."""

import json
import sys
from pathlib import Path

from inspect_ai import Task, eval  # type: ignore[import-not-found] # noqa: A004 - its name; in an own environment
from inspect_ai.dataset import MemoryDataset, Sample  # type: ignore[import-not-found] # as above
from inspect_ai.model import (  # type: ignore[import-not-found] # as above
    ModelOutput,
    ModelUsage,
    get_model,
)
from inspect_ai.scorer import exact  # type: ignore[import-not-found] # as above
from inspect_ai.solver import generate  # type: ignore[import-not-found] # as above


def main() -> None:
    folder = Path(sys.argv[1])
    items = json.loads((folder / "items.json").read_text(encoding="utf-8"))
    answers = {one["prompt"]: one["answer"] for one in items}

    def answer(asked: list, *_given: object) -> ModelOutput:  # type: ignore[type-arg] # theirs
        output = ModelOutput.from_content("mockllm", answers[asked[-1].text])
        output.usage = ModelUsage()  # else it counts tokens, with a vocabulary from the network
        return output

    task = Task(
        dataset=MemoryDataset([Sample(input=one["prompt"], target=one["gold"]) for one in items]),
        solver=generate(),
        scorer=exact(),
    )
    model = get_model("mockllm/model", custom_outputs=answer)
    (log,) = eval(
        task, model=model, display="none", log_dir=str(folder / "logs"), log_realtime=False
    )
    if log.status != "success":
        raise SystemExit(f"inspect_ai: {log.status}: {log.error}")
    (score,) = log.results.scores
    right = round(score.metrics["mean"].value * len(items))
    (folder / "right.json").write_text(json.dumps(right), encoding="utf-8")


if __name__ == "__main__":
    main()
