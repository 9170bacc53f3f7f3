"""``bom.cdx.json``: a CycloneDX bill of what a certified model is made of (an ML-BOM)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from web4.errors import ArtifactError

BILL = "bom.cdx.json"
_DATA = ("dataset", "evaluation")


def write_bill(folder: Path, record: Mapping[str, Any], subjects: Mapping[str, str]) -> Path:
    """Write the bill of a run: its weights, its base, its data and what was installed.

    Raise ``ArtifactError`` where CycloneDX's own validator finds a fault in it.
    """
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    told = _described(record, subjects)
    text = json.dumps(told, indent=1, sort_keys=True) + "\n"
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        raise ArtifactError(f"{folder / BILL}: is no CycloneDX 1.6 ({fault})")
    (folder / BILL).write_text(text, encoding="utf-8")
    return folder / BILL


def _described(record: Mapping[str, Any], subjects: Mapping[str, str]) -> dict[str, Any]:
    from cyclonedx.model import HashAlgorithm, HashType
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output.json import JsonV1Dot6
    from packageurl import PackageURL

    def made(kind: ComponentType, name: str, digest: str = "", version: str = "") -> Component:
        hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest)] if digest else []
        ref = f"{kind.value}:{name}"
        return Component(type=kind, name=name, bom_ref=ref, version=version or None, hashes=hashes)

    run, model = record["run"], ComponentType.MACHINE_LEARNING_MODEL
    weights = [made(model, name, digest) for name, digest in subjects.items()]
    base = made(model, run["base"])
    data = [
        made(ComponentType.DATA, "training records", run.get("dataset_sha256", ""), run["dataset"]),
        made(ComponentType.DATA, "evaluation records", run["eval_sha256"], run["eval_version"]),
    ]
    packages = [
        Component(
            type=ComponentType.LIBRARY,
            name=name,
            version=version,
            bom_ref=f"pkg:{name}",
            purl=PackageURL("pypi", name=name.lower(), version=version),
        )
        for name, version in record["environment"].get("packages", {}).items()
        if version != "absent"
    ]
    bom = Bom(components=[*weights[1:], base, *data, *packages])
    bom.metadata.component = weights[0]
    bom.register_dependency(weights[0], weights[1:])
    for one in weights[1:]:
        bom.register_dependency(one, [base, data[0]])
    told: dict[str, Any] = json.loads(JsonV1Dot6(bom).output_as_string())
    told["metadata"]["component"]["modelCard"] = _model_card(record)
    return told


def _model_card(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the card that the library has no class for yet; the validator knows it."""
    found = [one for one in record["targets"] if one["candidate"] == "quantized"]
    return {
        "modelParameters": {
            "task": "text-generation",
            "datasets": [{"ref": "data:training records"}],
        },
        "quantitativeAnalysis": {
            "performanceMetrics": [
                {
                    "type": one["metric"],
                    "value": f"{one['value']:.6g}",
                    "confidenceInterval": {
                        "lowerBound": f"{one['interval']['low']}",
                        "upperBound": f"{one['interval']['high']}",
                    },
                }
                for one in found
                if "value" in one
            ]
        },
    }
