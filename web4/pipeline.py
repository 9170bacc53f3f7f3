"""The steps as one table, and the requests that a profile makes of them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web4 import assets, chat, evaluation
from web4.catalog import catalog_path, load_catalog
from web4.dataset import sanity, synth
from web4.dataset.frozen import load_eval
from web4.execution import StepContext
from web4.profile import Profile, Training
from web4.records import EVAL_BUCKETS, read_records
from web4.release.kept import find_release
from web4.store import Request
from web4.training import base_model
from web4.typescript.toolchain import toolchain_digest

TRAINING = ("dry_run", "mini", "full")
_START = "start/"
_ADAPTER_FILES = ("lora/adapter_model.safetensors", "lora/adapter_config.json", "training.json")


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


def _sanity(context: StepContext) -> None:
    report = sanity.check_folder(
        context.inputs["dataset"],
        _buckets(context),
        load_catalog(context.files["catalog"]),
        base_model.load_tokenizer(base_model.model_dir(context.inputs["base"])),
    )
    (context.out / "sanity.json").write_text(report.to_json(), encoding="utf-8")


def _train(context: StepContext) -> None:
    from web4.training import sft

    sft.train(
        context.inputs["base"],
        context.inputs["dataset"],
        context.out,
        context.scratch,
        dict(context.params),
        context.name,
        _start(context),
    )


def _start(context: StepContext) -> Path | None:
    """Return the artifact of the training that this one goes on from."""
    weights = context.files.get(f"{_START}{_ADAPTER_FILES[0]}")
    return weights.parents[1] if weights else None


def _merge(context: StepContext) -> None:
    from web4.training.merge import merge

    merge(context.inputs["base"], context.inputs["adapter"] / "lora", context.out / "model")


def _gguf(context: StepContext) -> None:
    from web4.packaging.gguf import convert

    convert(context.inputs["merge"] / "model", context.out / "model.f16.gguf")


def _quantize(context: StepContext) -> None:
    from web4.packaging.quantize import quantize

    kind = context.params["type"]
    source = context.inputs["gguf"] / "model.f16.gguf"
    quantize(source, context.out / f"model.{kind}.gguf", kind)


def _predict(context: StepContext) -> None:
    from web4.candidates.opening import open_candidate

    candidate = open_candidate(context.params["candidate"], context.inputs, context.files)
    try:
        evaluation.predict(
            candidate,
            [record for path in _buckets(context).values() for record in read_records(path)],
            context.out,
            context.scratch,
            max_new_tokens=context.params["max_new_tokens"],
            what=f"predict {context.params['candidate']}",
        )
    finally:
        candidate.close()


def _score(context: StepContext) -> None:
    evaluation.score_predictions(
        context.inputs["predict"], _buckets(context), context.files["catalog"], context.out
    )


def _buckets(context: StepContext) -> dict[str, Path]:
    """Return the evaluation files of a step, by bucket."""
    found = {name: path for name, path in context.files.items() if name.startswith("eval/")}
    return {name.removeprefix("eval/"): path for name, path in found.items()}


STEPS: Mapping[str, Step] = {
    "base": Step(_base),
    "dataset": Step(_dataset),
    "sanity": Step(_sanity, version=2),
    "dry_run": Step(_train, resumable=True),
    "mini": Step(_train, resumable=True),
    "full": Step(_train, resumable=True),
    "merge": Step(_merge),
    "gguf": Step(_gguf),
    "quantize": Step(_quantize),
    "predict": Step(_predict, resumable=True),
    "score": Step(_score, version=evaluation.VERSION),
}


def requests(profile: Profile, *, adapter_key: str = "") -> dict[str, Request]:
    """Return every step of a profile as a request, in the order of the training checklist.

    ``predict_…`` and ``score_…`` stand there once for each candidate. ``adapter_key`` pins the
    adapter to one that is kept, as a release's is.
    """
    graph: dict[str, Request] = {}
    graph["base"] = _request(
        "base",
        {"base": profile.base, "asset": _asset_digest(profile.base)},
        files=base_model.source_files(profile.base),
    )
    graph["dataset"] = _request(
        "dataset",
        {
            "seed": profile.seed,
            "counts": profile.data.model_dump(),
            "generator": synth.VERSION,
        },
    )
    learned = {"base": graph["base"], "dataset": graph["dataset"]}
    everything = (*EVAL_BUCKETS, "mini")
    graph["sanity"] = _request(
        "sanity",
        {},
        learned,
        {**_eval_files(profile, everything), **_catalog_file(), **_benchmark_files()},
    )
    for name, settings in zip(TRAINING, (profile.dry_run, profile.mini, profile.full), strict=True):
        params = _training_params(profile, settings, balanced=name != "full")
        pinned = adapter_key if name == "full" else ""
        start = _start_files(settings.starts_from)
        graph[name] = _request(name, params, learned, start, pinned_key=pinned)
    graph["merge"] = _request("merge", {}, {"base": graph["base"], "adapter": graph["full"]})
    graph["gguf"] = _request(
        "gguf", {"converter": assets.CONVERTER.sha256}, {"merge": graph["merge"]}
    )
    graph["quantize"] = _request(
        "quantize", {"type": profile.quantization}, {"gguf": graph["gguf"]}
    )
    base = {"base": graph["base"]}
    candidates = {
        "base": ("base", base, ("mini",)),
        "mini": ("adapter", {**base, "adapter": graph["mini"]}, ("mini",)),
        "adapter": ("adapter", {**base, "adapter": graph["full"]}, EVAL_BUCKETS),
        "quantized": ("gguf", {"gguf": graph["quantize"]}, EVAL_BUCKETS),
    }
    for name, (kind, inputs, buckets) in candidates.items():
        graph |= evaluated(profile, name, kind, inputs, buckets=buckets)
    return graph


def evaluated(  # noqa: PLR0913 - what is asked, of whom, on what
    profile: Profile,
    name: str,
    kind: str,
    inputs: Mapping[str, Request],
    *,
    files: Mapping[str, Path] | None = None,
    buckets: tuple[str, ...] = EVAL_BUCKETS,
) -> dict[str, Request]:
    """Return the requests that ask one candidate the evaluation buckets and judge its answers."""
    asked = _eval_files(profile, buckets)
    params = {
        "candidate": kind,
        "max_new_tokens": profile.eval.max_new_tokens,
        "prompt_template": _prompt_template(),
    }
    predict = _request("predict", params, inputs, {**asked, **(files or {})})
    judged_by = {"toolchain": toolchain_digest()}
    score = _request("score", judged_by, {"predict": predict}, {**asked, **_catalog_file()})
    return {f"predict_{name}": predict, f"score_{name}": score}


def _request(
    step: str,
    params: Mapping[str, Any],
    inputs: Mapping[str, Request] | None = None,
    files: Mapping[str, Path] | None = None,
    *,
    pinned_key: str = "",
) -> Request:
    row = STEPS[step]
    return Request(step, row.version, params, inputs or {}, files or {}, row.resumable, pinned_key)


def _training_params(profile: Profile, settings: Training, *, balanced: bool) -> dict[str, Any]:
    return {
        **settings.model_dump(),
        **profile.lora.model_dump(),
        "balanced": balanced,
        "seed": profile.seed,
        "prompt_template": _prompt_template(),
    }


def _start_files(release: str) -> dict[str, Path]:
    if not release:
        return {}
    folder = find_release(release).adapter
    return {f"{_START}{name}": folder / name for name in _ADAPTER_FILES}


def _prompt_template() -> str:
    return hashlib.sha256(chat.PREFIX.encode()).hexdigest()[:16]


def _eval_files(profile: Profile, buckets: tuple[str, ...]) -> dict[str, Path]:
    frozen = load_eval(profile.eval.version)
    return {f"eval/{bucket}": frozen.buckets[bucket] for bucket in buckets}


def _catalog_file() -> dict[str, Path]:
    return {"catalog": catalog_path()}


def _benchmark_files() -> dict[str, Path]:
    files = sorted(sanity.digest_folder().glob("*.txt"))
    return {f"benchmark/{path.stem}": path for path in files}


def _asset_digest(base: str) -> str:
    return assets.SMOLLM2.sha256 if base == base_model.EMBEDDED else ""
