"""``README.md`` of a certified model, as Hugging Face reads it: ``model-index`` and prose."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from web4.training.base_model import HUB_IDS

CARD = "README.md"
_SERVED = "quantized"


def write_card(
    folder: Path, record: Mapping[str, Any], subjects: Mapping[str, str], licence: str
) -> Path:
    """Write the card of a gated run: the scores of what is served, by metric, and what gated it.

    ``licence`` is the identifier of the base's.
    """
    from huggingface_hub import EvalResult, ModelCard, ModelCardData

    run = record["run"]
    name = f"web4-{run['profile']}"
    results = [
        EvalResult(
            task_type="text-generation",
            dataset_type="web4-eval",
            dataset_name=f"web4 evaluation {run['eval_version']}",
            dataset_revision=run["eval_sha256"],
            metric_type=score["metric"],
            metric_name=score["metric"],
            metric_value=score["value"],
        )
        for card in record["cards"]
        if card["candidate"] == _SERVED
        for score in card["scores"]
    ]
    data = ModelCardData(
        model_name=name,
        base_model=HUB_IDS.get(run["base"], run["base"].partition("@")[0]),
        license=licence,
        language="en",
        library_name="gguf",
        pipeline_tag="text-generation",
        tags=["code", "lora", "gguf", "web4"],
        eval_results=results,
    )
    card = ModelCard(f"---\n{data.to_yaml()}\n---\n\n{_prose(name, record, subjects)}")
    card.save(folder / CARD)
    return folder / CARD


def _prose(name: str, record: Mapping[str, Any], subjects: Mapping[str, str]) -> str:
    run = record["run"]
    rows = [
        f"| {one['metric']} | {one['value']:.4g} | {one['compare']} {one['target']:g} |"
        for one in record["targets"]
        if "value" in one and one["candidate"] in {_SERVED, "run"}
    ]
    return "\n".join(
        [
            f"# {name}",
            "",
            f"A LoRA adapter on `{run['base']}` and the quantized model made of it.",
            f"web4 {record['web4']}, evaluation {run['eval_version']}: **{record['verdict']}**.",
            "",
            "`certificate.json` is an in-toto statement of it; hold it against the files with",
            "`python -m web4 certificate verify certificate.json --key PUBLIC.pem`.",
            "",
            *(f"* `{file}`: SHA-256 `{digest}`" for file, digest in subjects.items()),
            f"* training records: `{run.get('dataset_sha256') or run['dataset']}`",
            f"* evaluation records: `{run['eval_sha256']}`",
            "",
            "| metric | value | target |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )
