"""What a green gate leaves in a run's folder, made from a kept record."""

import json
from pathlib import Path
from typing import Any

from tests_unit.gate_suite import ROOT
from web4.digests import file_digest
from web4.release.certificate import ADAPTER, JUNIT
from web4.release.record import SCORECARD

GGUF = "model.Q4_K_M.gguf"


def _record(gguf: Path, adapter: Path) -> dict[str, Any]:
    """Return a kept record as it would be had its gate been green for these weights."""
    path = ROOT / "data" / "releases" / "v0.3.0" / SCORECARD
    record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    record["verdict"] = "SHIP GATE: PASSED"
    record["gate"] |= {"state": "PASSED", "missed": 0, "unasked": 0, "limits": []}
    record["environment"] = {"finished": "2026-11-23T20:07:58Z", "packages": {"torch": "2.13.0"}}
    card = record["cards"][0]
    record["cards"] = [
        {**card, "candidate": "adapter", "digest": file_digest(adapter)},
        {**card, "candidate": "quantized", "digest": file_digest(gguf)},
    ]
    return record


def green_folder(made: Path) -> Path:
    """Write weights, report and record of a green gate."""
    (made / "lora").mkdir(parents=True)
    (made / GGUF).write_bytes(b"GGUF and weights")
    (made / ADAPTER).write_bytes(b"adapter")
    (made / JUNIT).write_text("<testsuites/>", encoding="utf-8")
    record = _record(made / GGUF, made / ADAPTER)
    (made / SCORECARD).write_text(json.dumps(record, indent=1), encoding="utf-8")
    return made
