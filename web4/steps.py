"""The steps as one table: what each reads, runs and writes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from web4 import evaluation, quantized
from web4.catalog import load_catalog
from web4.dataset import synth
from web4.execution import StepContext
from web4.learned import LEARNED
from web4.mini_set import MiniSet
from web4.paths import digest_folder
from web4.profile import TrainingOptions
from web4.records import read_completions, read_records
from web4.remedies import write_added
from web4.targets import load_targets
from web4.training import base_model

# Names of parameters and files by which the steps are asked, and prefixes of such names.
START = "start/"
FLAGS = "manual_flags"
CALIBRATION = "guardrail_calibration"
COMPOSITION = "composition"
ADAPTER_FILES = ("lora/adapter_model.safetensors", "lora/adapter_config.json", "training.json")


@dataclass(frozen=True)
class Step:
    """One row: what runs, its version (part of the key), whether it can go on after a kill."""

    run: Callable[[StepContext], None]
    version: int = 1
    resumable: bool = False


def _base(context: StepContext) -> None:
    base_model.prepare(context.params["base"], context.out)


def _dataset(context: StepContext) -> None:
    synth.write_train(context.out, context.params["counts"], context.params["seed"])
    write_added(context.out, context.params.get("added", ()), context.params["seed"])


def _sanity(context: StepContext) -> None:
    from web4.dataset import sanity

    report = sanity.check_folder(
        context.inputs["dataset"],
        buckets_of(context.files),
        load_catalog(context.files["catalog"]),
        base_model.load_tokenizer(base_model.model_dir(context.inputs["base"])),
        sanity.Options(
            targets=load_targets(path=context.files["targets"]),
            benchmarks=digest_folder(),
        ),
    )
    (context.out / "sanity.json").write_text(report.to_json(), encoding="utf-8")


def _train(context: StepContext) -> None:
    from web4.packaging.gguf import check_convertible
    from web4.training import sft

    if context.name == "dry_run":  # where a fault is cheap: what is trained has to be packaged
        check_convertible(base_model.model_dir(context.inputs["base"]))
    facts = sft.train(
        context.inputs["base"],
        context.inputs["dataset"],
        context.out,
        context.scratch,
        dict(context.params),
        context.name,
        _start(context),
        _mini_set(context),
        context.files.get(f"{START}{LEARNED}"),
    )
    stopped = facts["stopped_early"]
    context.notes.update({"stopped_early": stopped} if stopped else {})
    together = facts.get("processes")
    context.notes.update({"processes": together} if together else {})


def _mini_set(context: StepContext) -> MiniSet | None:
    """Return what asks the mini set within a training, where its parameters want that."""
    if COMPOSITION not in context.params:
        return None
    return MiniSet(
        list(read_records(context.files["eval/mini"])),
        context.files["catalog"],
        context.params[COMPOSITION],
        TrainingOptions.among(context.params).evaluation_tokens,
    )


def _start(context: StepContext) -> Path | None:
    """Return the artifact of the training that this one goes on from."""
    weights = context.files.get(f"{START}{ADAPTER_FILES[0]}")
    return weights.parents[1] if weights else None


def _merge(context: StepContext) -> None:
    from web4.packaging.gguf import check_convertible
    from web4.training.merge import merge
    from web4.training.origin import write_origin

    check_convertible(base_model.model_dir(context.inputs["base"]))  # before anything is written
    base, adapter, model = context.inputs["base"], context.inputs["adapter"], context.out / "model"
    merge(base, adapter / "lora", model)
    write_origin(model, base, adapter)


def _gguf(context: StepContext) -> None:
    from web4.packaging.gguf import convert

    convert(context.inputs["merge"] / "model", context.out / "model.f16.gguf")


def _base_gguf(context: StepContext) -> None:
    from web4.packaging.gguf import convert

    convert(base_model.model_dir(context.inputs["base"]), context.out / "model.f16.gguf")


def _lora_gguf(context: StepContext) -> None:
    from web4.packaging.gguf import convert_adapter

    base, adapter = base_model.model_dir(context.inputs["base"]), context.inputs["adapter"]
    convert_adapter(base, adapter / "lora", context.out / "adapter.f16.gguf")


def _parity(context: StepContext) -> None:
    from web4.packaging import parity

    forms = parity.Forms(
        base_model.model_dir(context.inputs["base"]),
        context.inputs["adapter"] / "lora",
        context.inputs["merge"] / "model",
        context.inputs["gguf"] / "model.f16.gguf",
    )
    records = list(read_records(context.files["eval/mini"]))
    links = parity.check(forms, records, context.scratch, context.params["max_new_tokens"])
    parity.write(links, context.out)


def _importance(context: StepContext) -> None:
    from web4.packaging.importance import IMPORTANCE, write_importance
    from web4.training.examples import select

    write_importance(
        context.inputs["merge"] / "model",
        context.inputs["gguf"] / "model.f16.gguf",
        select(context.inputs["dataset"], context.params["records"], context.params["seed"]),
        context.out / IMPORTANCE,
    )


def _quantize(context: StepContext) -> None:
    from web4.packaging.importance import IMPORTANCE
    from web4.packaging.quantize import quantize

    kind = context.params["type"]
    source = context.inputs["gguf"] / "model.f16.gguf"
    by = context.inputs.get("importance")
    quantize(source, context.out / f"model.{kind}.gguf", kind, by / IMPORTANCE if by else None)


def _divergence(context: StepContext) -> None:
    from web4.packaging.divergence import DIVERGENCE, READ_EACH, divergence

    f16 = context.inputs["gguf"] / "model.f16.gguf"
    (rung,) = context.inputs["quantize"].glob("*.gguf")
    beside = context.inputs.get("lora_gguf")
    adapter = next(beside.glob("*.gguf")) if beside else None
    records = list(read_records(context.files["eval/mini"]))[::READ_EACH]
    found = divergence(f16, rung, records, adapter)
    (context.out / DIVERGENCE).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _ladder(context: StepContext) -> None:
    params, targets = context.params, load_targets(path=context.files["targets"])
    quantized.climb(
        context.inputs,
        params["tried"],
        targets,
        buckets_of(context.files),
        context.out,
        more=params["more"],
        beside=params.get("beside", ()),
    )


def _predict(context: StepContext) -> None:
    from web4.candidates.opening import open_candidate

    served = context.params.get("served", {}).get("digest", "")
    candidate = open_candidate(
        context.params["candidate"], context.inputs, context.files, digest=served
    )
    try:
        evaluation.predict(
            candidate,
            [
                record
                for path in buckets_of(context.files).values()
                for record in read_records(path)
            ],
            context.out,
            context.scratch,
            max_new_tokens=context.params["max_new_tokens"],
            what=f"predict {context.params['candidate']}",
        )
    finally:
        candidate.close()


def _score(context: StepContext) -> None:
    evaluation.score_predictions(
        context.inputs["predict"],
        buckets_of(context.files),
        context.files["catalog"],
        context.out,
        flags=context.files.get(FLAGS),
        calibration=context.files[CALIBRATION],
    )


def _deploy(context: StepContext) -> None:
    from web4.deployment import served_check

    asked = {name: list(read_records(path)) for name, path in buckets_of(context.files).items()}
    answers = read_completions(context.inputs["predict"] / evaluation.PREDICTIONS)
    (gguf,) = context.inputs["gguf"].glob("*.gguf")
    found = served_check.check_embedded(
        gguf,
        served_check.first_records(asked),
        {answer.record_id: answer for answer in answers},
        context.params["max_new_tokens"],
    )
    served_check.write(found, context.out)


def buckets_of(files: Mapping[str, Path]) -> dict[str, Path]:
    """Return the evaluation files among those that a step reads, by bucket."""
    found = {name: path for name, path in files.items() if name.startswith("eval/")}
    return {name.removeprefix("eval/"): path for name, path in found.items()}


STEPS: Mapping[str, Step] = {
    "base": Step(_base),
    "dataset": Step(_dataset),
    "sanity": Step(_sanity, version=3),
    "dry_run": Step(_train, resumable=True),
    "mini": Step(_train, resumable=True),
    "full": Step(_train, resumable=True),
    "merge": Step(_merge, version=2),
    "gguf": Step(_gguf),
    "base_gguf": Step(_base_gguf),
    "lora_gguf": Step(_lora_gguf),
    "parity": Step(_parity),
    "importance": Step(_importance),
    "quantize": Step(_quantize),
    "divergence": Step(_divergence, version=2),
    "predict": Step(_predict, resumable=True),
    "score": Step(_score, version=evaluation.VERSION),
    "ladder": Step(_ladder),
    "deploy": Step(_deploy, version=2),
}
