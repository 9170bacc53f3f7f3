"""Where a release keeps answers: those of the weights on its card, among all that were tried."""

import json
from pathlib import Path

import pytest

from tests_unit.gate_suite import ROOT
from web4.release.record import SCORECARD
from web4.report.evidence import gather
from web4.report.sources import read_sources
from web4.store import MANIFEST, Manifest

_RELEASE = ROOT / "data" / "releases" / "v0.3.0"
_TRIED = {
    manifest.input_contents["gguf"]: path.parent.name
    for path in sorted(_RELEASE.glob(f"store/predict/*/{MANIFEST}"))
    if "gguf" in (manifest := Manifest.read(path)).input_contents
}


def _gated(folder: Path, digest: str) -> Path:
    """Copy the release's record as it would be had the weights with ``digest`` been served."""
    record = json.loads((_RELEASE / SCORECARD).read_text("utf-8"))
    for card in record["cards"]:
        card["digest"] = digest if card["candidate"] == "quantized" else card["digest"]
    (folder / SCORECARD).write_text(json.dumps(record), encoding="utf-8")
    (folder / "store").symlink_to(_RELEASE / "store")
    return folder


@pytest.mark.parametrize("digest", _TRIED)
def test_the_quantized_answers_are_those_of_the_weights_on_the_card(
    digest: str, tmp_path: Path
) -> None:
    found = read_sources(_gated(tmp_path, digest)).folders
    assert found["predict_quantized"].name == _TRIED[digest]
    assert len(_TRIED) == sum(name.startswith(("predict_gguf", "predict_q")) for name in found) == 3


def test_weights_that_nobody_kept_have_no_answers(tmp_path: Path) -> None:
    folder = _gated(tmp_path, "0" * 64)
    assert "predict_quantized" not in read_sources(folder).folders
    quantized = next(one for one in gather(folder).candidates if one.name == "quantized")
    assert not quantized.answers
    assert quantized.scores
