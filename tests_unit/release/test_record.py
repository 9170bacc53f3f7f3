"""A record is read by one reader, which says in one way what is none."""

import json
import re
from pathlib import Path

import pytest

from tests_unit.gate_suite import ROOT
from web4.baseline import evaluated_on
from web4.deployment.permit import why_not
from web4.errors import ArtifactError
from web4.release.certificate import read_whole
from web4.release.kept import find_release
from web4.release.record import SCORECARD, read_record
from web4.report.evidence import gather

_CARD = {"candidate": "adapter", "digest": "ab", "eval_version": "v1.2", "scores": []}
_NONE = {
    "cut": b'{"verdict": "SHI',
    "no UTF-8": b"\xff\xfe{}",
    "deep": b"[" * 100_000,
    "list": b"[]",
    "no verdict": b'{"cards": []}',
    "no cards": b'{"verdict": "x"}',
    "no list of cards": b'{"verdict": "x", "cards": 1}',
    "no card": b'{"verdict": "x", "cards": [3]}',
    "card without a digest": json.dumps(
        {"verdict": "x", "cards": [_CARD, {**_CARD, "digest": None}]}
    ).encode(),
}


@pytest.mark.parametrize(
    "version", [path.name for path in sorted((ROOT / "data" / "releases").glob("v*"))]
)
def test_every_kept_record_is_read(version: str) -> None:
    record = read_record(ROOT / "data" / "releases" / version / SCORECARD)
    gated, stages = ["adapter", "quantized"], ["base", "dry_run", "mini"]
    assert [card["candidate"] for card in record["cards"]] in (gated, [*stages, *gated])
    assert evaluated_on(find_release(version)) == record["cards"][0]["eval_version"]


@pytest.mark.parametrize("raw", _NONE.values(), ids=_NONE)
def test_what_is_no_record_is_told_in_one_way_to_whoever_reads_it(
    raw: bytes, tmp_path: Path
) -> None:
    path = tmp_path / SCORECARD
    path.write_bytes(raw)
    form = (
        f"^{re.escape(str(path))}: cannot be read as a gated run's record \\(.+\\). Gate it again.$"
    )
    for reader, place in ((read_record, path), (read_whole, path), (gather, tmp_path)):
        with pytest.raises(ArtifactError, match=form):
            reader(place)
    assert re.match(form, why_not(path, "ab"))


def test_a_record_that_is_gone_is_told_so_too(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"record \(No such file or directory\). Gate it again"):
        read_record(tmp_path / SCORECARD)


def test_a_record_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web4.release.record._MOST_BYTES", 10)
    (tmp_path / SCORECARD).write_text(json.dumps({"verdict": "x", "cards": []}), encoding="utf-8")
    with pytest.raises(ArtifactError, match="larger than 10 bytes"):
        read_record(tmp_path / SCORECARD)
