"""What quantization costs: the step ``ladder`` judges every rung that was tried."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from web4.evaluation import OUTCOMES, SCORES, SPEED
from web4.metrics.scorecard import Scorecard
from web4.packaging.divergence import DIVERGENCE
from web4.packaging.ladder import (
    ADAPTER_GGUF,
    LADDER,
    LADDER_TEXT,
    OVERALL,
    Measured,
    Paired,
    Rung,
    choose,
    comparisons,
    drops,
)
from web4.records import read_jsonl, read_records
from web4.targets import QUANTIZATION_DROP, Target, Targets


def climb(  # noqa: PLR0913 - what was measured of whom, by what it is judged, and where to
    inputs: Mapping[str, Path],
    tried: Sequence[str],
    targets: Targets,
    buckets: Mapping[str, Path],
    out: Path,
    *,
    more: bool,
    beside: Sequence[str] = (),
) -> None:
    """Write ``ladder.json``: what was measured of each rung, and which one is served, if any yet.

    ``inputs`` holds the artifacts ``gguf`` and ``predict``, ``score`` of the unquantized model,
    and of each rung those whose names end in ``_<type>``. ``more`` says that there are rungs
    which were not tried. The forms ``beside`` the rungs are measured alike and never served;
    their files are those of ``quantize_<form>`` and ``lora_gguf``.
    """
    asked = {target.metric: target for target in targets.target}
    limit = asked[QUANTIZATION_DROP]
    families = {one.id: one.skeleton for path in buckets.values() for one in read_records(path)}
    before = _measured(inputs, "", targets, "gguf")

    def judged(kind: str, *files: str) -> Rung:
        after = _measured(inputs, f"_{kind}", targets, f"quantize_{kind}", *files)
        fallen = drops(before.scores, after.scores)
        drop = max(0.0, *fallen.values()) if OVERALL in fallen else None
        return Rung(
            kind,
            drop is not None and limit.reached_by(drop),
            drop,
            fallen,
            after,
            1 - after.bytes / before.bytes,
            comparisons(before.outcomes, after.outcomes, families, asked, limit.value),
            _json(inputs[f"divergence_{kind}"] / DIVERGENCE),
        )

    rungs = [judged(kind) for kind in tried]
    others = [judged(form, ADAPTER_GGUF) for form in beside]
    _write(out, before, rungs, others, limit, choose(rungs, more=more))


def _write(  # noqa: PLR0913, PLR0917 - everything that the record tells
    out: Path,
    before: Measured,
    rungs: Sequence[Rung],
    others: Sequence[Rung],
    limit: Target,
    chosen: str | None,
) -> None:
    found: dict[str, Any] = {
        "chosen": chosen,
        "holds": any(rung.holds for rung in rungs),
        "allowed_drop": limit.value,
        "unquantized": {
            "bytes_f16": before.bytes,
            "scores": dict(before.scores),
            "tokens_per_second": before.tokens_per_second,
        },
        "rungs": [rung.to_dict() for rung in rungs],
    }
    if others:
        found["beside"] = [other.to_dict() for other in others]
    text = json.dumps(found, indent=1, allow_nan=False) + "\n"
    (out / LADDER).write_text(text, encoding="utf-8")
    told = [rung.to_text() for rung in (*rungs, *others)]
    told.append(f"served: {chosen}" if chosen else "served: not decided, the next rung is asked")
    (out / LADDER_TEXT).write_text("\n".join(told) + "\n", encoding="utf-8")


def _measured(inputs: Mapping[str, Path], suffix: str, targets: Targets, *files: str) -> Measured:
    """Return what a form reached and cost; its bytes are those of the GGUF in each of ``files``."""
    scored, predicted = inputs[f"score{suffix}"], inputs[f"predict{suffix}"]
    card = Scorecard.read(suffix, "", "", _json(scored / SCORES), targets)
    paths = [path for file in files for path in inputs[file].glob("*.gguf")]
    return Measured(
        card.summary,
        read_outcomes(scored / OUTCOMES),
        sum(path.stat().st_size for path in paths),
        float(_json(predicted / SPEED)["tokens_per_s"]),
    )


def read_outcomes(path: Path) -> dict[str, Paired]:
    """Return what a file of the step ``score`` says of each record, by metric."""
    values: dict[str, dict[str, float]] = {}
    passed: dict[str, dict[str, bool]] = {}
    for _, line in read_jsonl(path):
        values.setdefault(line["metric"], {})[line["id"]] = line["value"]
        passed.setdefault(line["metric"], {})[line["id"]] = "reason" not in line
    return {metric: Paired(found, passed[metric]) for metric, found in values.items()}


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
