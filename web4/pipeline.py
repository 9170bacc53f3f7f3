"""The requests that a profile makes of the steps, in the order of the training checklist."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web4 import assets, chat
from web4.catalog import catalog_path
from web4.dataset import synth
from web4.dataset.frozen import load_eval
from web4.learned import LEARNED
from web4.metrics.guardrail_calibration import calibration_path
from web4.metrics.manual_flags import MANUAL_FLAGS, read_flags
from web4.mini_set import composition
from web4.packaging.ladder import ADAPTER_GGUF, UNMERGED, rungs_from
from web4.paths import data_dir, digest_folder
from web4.profile import Profile, Training
from web4.records import EVAL_BUCKETS
from web4.release.kept import find_release
from web4.simulator.registry import added_digest
from web4.steps import ADAPTER_FILES, CALIBRATION, COMPOSITION, FLAGS, START, STEPS
from web4.store import Request
from web4.targets import load_targets, targets_path
from web4.training import base_model
from web4.typescript.pattern_data import patterns_digest
from web4.typescript.toolchain import toolchain_digest

TRAINING = ("dry_run", "mini", "full")
STAGES = ("base", *TRAINING)
"""What a model was before training and after each; all of them are asked the ``mini`` set."""


@dataclass(frozen=True)
class Judging:
    """What judges answers, whoever gave them: parameters and files of the step ``score``."""

    params: Mapping[str, Any]
    files: Mapping[str, Path]


def judging_of(profile: Profile) -> Judging:
    """Find out what judges a profile's answers; raise ``DataError`` at a flag that cannot be."""
    params = {"toolchain": toolchain_digest(), "patterns": patterns_digest()}
    added = added_digest()
    params |= {"added_tools": added} if added else {}
    return Judging(params, {**_catalog_file(), **_guardrail_files(profile)})


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
            **_added(profile),
        },
    )
    learned = {"base": graph["base"], "dataset": graph["dataset"]}
    everything = (*EVAL_BUCKETS, "mini")
    graph["sanity"] = _request(
        "sanity",
        {},
        learned,
        {
            **_eval_files(profile, everything),
            **_catalog_file(),
            **_benchmark_files(),
            "targets": targets_path(),
        },
    )
    for name, settings in zip(TRAINING, (profile.dry_run, profile.mini, profile.full), strict=True):
        params = _training_params(profile, settings, balanced=name != "full")
        pinned = adapter_key if name == "full" else ""
        files = training_files(profile, params)
        graph[name] = _request(name, params, learned, files, pinned_key=pinned)
    graph["merge"] = _request("merge", {}, {"base": graph["base"], "adapter": graph["full"]})
    graph["gguf"] = _request(
        "gguf", {"converter": assets.CONVERTER.sha256}, {"merge": graph["merge"]}
    )
    graph["parity"] = _request(
        "parity",
        {"max_new_tokens": profile.eval.max_new_tokens, "prompt_template": prompt_template()},
        {
            "base": graph["base"],
            "adapter": graph["full"],
            "merge": graph["merge"],
            "gguf": graph["gguf"],
        },
        _eval_files(profile, ("mini",)),
    )
    if profile.importance_records:
        graph["importance"] = _request(
            "importance",
            {
                "records": profile.importance_records,
                "seed": profile.seed,
                "prompt_template": prompt_template(),
            },
            {name: graph[name] for name in ("merge", "gguf", "dataset")},
        )
    graph["quantize"] = _quantize_request(profile.quantization, graph)
    base = {"base": graph["base"]}
    candidates = {
        "base": ("base", base, ("mini",)),
        **{name: ("adapter", {**base, "adapter": graph[name]}, ("mini",)) for name in TRAINING},
        "adapter": ("adapter", {**base, "adapter": graph["full"]}, EVAL_BUCKETS),
        "quantized": ("gguf", {"gguf": graph["quantize"]}, EVAL_BUCKETS),
    }
    judging = judging_of(profile)
    for name, (kind, inputs, buckets) in candidates.items():
        graph |= evaluated(profile, judging, name, kind, inputs, buckets=buckets)
    return graph | _ladder_requests(profile, judging, graph)


def rung_names(profile: Profile, rung: str) -> dict[str, str]:
    """Return under which names the requests of a rung of the quantization ladder stand, by step.

    The first rung, the profile's own, has the names without a type.
    """
    first = rung == profile.quantization
    return {
        "quantize": "quantize" if first else f"quantize_{rung}",
        "divergence": f"divergence_{rung}",
        "predict": "predict_quantized" if first else f"predict_{rung}",
        "score": "score_quantized" if first else f"score_{rung}",
        "ladder": f"ladder_{rung}",
        "deploy": "deploy" if first else f"deploy_{rung}",
    }


def _ladder_requests(
    profile: Profile, judging: Judging, graph: Mapping[str, Request]
) -> dict[str, Request]:
    """Return every rung's requests; ``ladder_<type>`` needs those up to that type and no other."""
    rungs = rungs_from(profile.quantization)
    found = dict(graph)
    judged: dict[str, Request] = {
        "gguf": graph["gguf"],
        "predict": graph["predict_adapter"],
        "score": graph["score_adapter"],
    }
    files = {**_eval_files(profile, EVAL_BUCKETS), "targets": targets_path()}
    beside: dict[str, Any] = {}  # nothing where no form is asked for, so that no key changes
    if profile.unmerged:
        made = _unmerged_requests(profile, judging, graph)
        found |= made
        judged |= {name: made[name] for name in made if name != "base_gguf"}
        beside = {"beside": [UNMERGED]}
    for place, rung in enumerate(rungs):
        names = rung_names(profile, rung)
        if place:
            found[names["quantize"]] = _quantize_request(rung, graph)
            quantized = {"gguf": found[names["quantize"]]}
            found |= evaluated(profile, judging, rung, "gguf", quantized)
        found[names["deploy"]] = _request(
            "deploy",
            {
                "max_new_tokens": profile.eval.max_new_tokens,
                "prompt_template": prompt_template(),
                "server": assets.CONVERTER.requirement,
            },
            {"gguf": found[names["quantize"]], "predict": found[names["predict"]]},
            _eval_files(profile, EVAL_BUCKETS),
        )
        found[names["divergence"]] = _request(
            "divergence",
            {"prompt_template": prompt_template()},
            {"gguf": graph["gguf"], "quantize": found[names["quantize"]]},
            _eval_files(profile, ("mini",)),
        )
        judged = judged | {
            f"{step}_{rung}": found[names[step]]
            for step in ("quantize", "divergence", "predict", "score")
        }
        params = {"tried": list(rungs[: place + 1]), "more": place + 1 < len(rungs), **beside}
        found[names["ladder"]] = _request("ladder", params, judged, files)
    return found


def _unmerged_requests(
    profile: Profile, judging: Judging, graph: Mapping[str, Request]
) -> dict[str, Request]:
    """Return the requests of the unmerged form: what makes it, asks it and measures it.

    What enters the base's weights is the same with the adapter merged or beside them, so an
    importance matrix is that of the merged model.
    """
    converter = {"converter": assets.CONVERTER.sha256}
    base = {"base": graph["base"]}
    made = {
        "base_gguf": _request("base_gguf", converter, base),
        ADAPTER_GGUF: _request(ADAPTER_GGUF, converter, {**base, "adapter": graph["full"]}),
    }
    by = {name: graph[name] for name in ("importance",) if name in graph}
    quantized = _quantize_request(profile.quantization, {"gguf": made["base_gguf"], **by})
    made[f"quantize_{UNMERGED}"] = quantized
    adapter = {ADAPTER_GGUF: made[ADAPTER_GGUF]}
    made |= evaluated(profile, judging, UNMERGED, UNMERGED, {"gguf": quantized, **adapter})
    made[f"divergence_{UNMERGED}"] = _request(
        "divergence",
        {"prompt_template": prompt_template()},
        {"gguf": graph["gguf"], "quantize": quantized, **adapter},
        _eval_files(profile, ("mini",)),
    )
    return made


def _quantize_request(kind: str, graph: Mapping[str, Request]) -> Request:
    inputs = {name: graph[name] for name in ("gguf", "importance") if name in graph}
    return _request("quantize", {"type": kind}, inputs)


def evaluated(  # noqa: PLR0913 - what is asked, of whom, on what, and who judges
    profile: Profile,
    judging: Judging,
    name: str,
    kind: str,
    inputs: Mapping[str, Request],
    *,
    files: Mapping[str, Path] | None = None,
    buckets: tuple[str, ...] = EVAL_BUCKETS,
    served: Mapping[str, Any] | None = None,
) -> dict[str, Request]:
    """Return the requests that ask one candidate the evaluation buckets and judge its answers.

    ``served`` is who answers at an endpoint, as it says itself.
    """
    asked = _eval_files(profile, buckets)
    params: dict[str, Any] = {
        "candidate": kind,
        "max_new_tokens": profile.eval.max_new_tokens,
        "prompt_template": prompt_template(),
    }
    if served:
        params["served"] = dict(served)
    predict = _request("predict", params, inputs, {**asked, **(files or {})})
    score = _request("score", judging.params, {"predict": predict}, {**asked, **judging.files})
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


def _added(profile: Profile) -> dict[str, Any]:
    """Return what remedies add to the data; nothing where none does, so that no key changes."""
    added = [one.model_dump(exclude_defaults=True, mode="json") for one in profile.added]
    return {"added": added} if added else {}


def _training_params(profile: Profile, settings: Training, *, balanced: bool) -> dict[str, Any]:
    return {
        **settings.params(),
        **profile.lora.model_dump(),
        "balanced": balanced,
        "seed": profile.seed,
        "prompt_template": prompt_template(),
        **_asking(settings),
    }


def _asking(settings: Training) -> dict[str, Any]:
    """Return how the mini set is judged within a training.

    ``evaluation.VERSION`` is no part of it: a later judge makes no training stale.
    """
    return {COMPOSITION: composition(load_targets())} if settings.evaluations else {}


def training_files(profile: Profile, params: Mapping[str, Any]) -> dict[str, Path]:
    """Return the files that a training reads: the adapter it starts from, what it is asked."""
    files = _start_files(params["starts_from"])
    if COMPOSITION in params:
        files |= {**_eval_files(profile, ("mini",)), **_catalog_file()}
    return files


def _start_files(release: str) -> dict[str, Path]:
    if not release:
        return {}
    started = find_release(release)
    files = {f"{START}{name}": started.adapter / name for name in ADAPTER_FILES}
    return files | ({f"{START}{LEARNED}": started.learned} if started.learned else {})


def prompt_template() -> str:
    """Return the digest of what every prompt starts with."""
    return hashlib.sha256(chat.PREFIX.encode()).hexdigest()[:16]


def _eval_files(profile: Profile, buckets: tuple[str, ...]) -> dict[str, Path]:
    frozen = load_eval(profile.eval.version)
    return {f"eval/{bucket}": frozen.buckets[bucket] for bucket in buckets}


def _guardrail_files(profile: Profile) -> dict[str, Path]:
    """Return what guardrail answers are judged by; raise ``DataError`` at a flag that cannot be."""
    files = {CALIBRATION: calibration_path()}
    frozen = load_eval(profile.eval.version)
    flags = data_dir() / "eval" / frozen.version / MANUAL_FLAGS
    if flags.is_file():
        records = {one.id: one for bucket in frozen.buckets for one in frozen.records(bucket)}
        read_flags(flags, records)
        files[FLAGS] = flags
    return files


def _catalog_file() -> dict[str, Path]:
    return {"catalog": catalog_path()}


def _benchmark_files() -> dict[str, Path]:
    files = sorted(digest_folder().glob("*.txt"))
    return {f"benchmark/{path.stem}": path for path in files}


def _asset_digest(base: str) -> str:
    return assets.SMOLLM2.sha256 if base == base_model.EMBEDDED else ""
