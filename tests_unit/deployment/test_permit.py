"""What has not passed the gate is not deployed, or its tag says so."""

import json
from pathlib import Path
from typing import Any

import pytest

from web4.deployment.permit import licence, permitted, tag
from web4.errors import ConfigError

_DIGEST = "a" * 64


def _record(path: Path, state: str = "PASSED", digest: str = _DIGEST, **gate: Any) -> Path:
    record = {
        "verdict": f"SHIP GATE: {state}",
        "gate": {"state": state, "lowered": [], **gate},
        "cards": [{"candidate": "quantized", "digest": digest}],
    }
    path.write_text(json.dumps(record), encoding="utf-8")
    return path


def test_what_has_passed_is_permitted(tmp_path: Path) -> None:
    assert permitted(_record(tmp_path / "s.json"), _DIGEST, force=False)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"state": "FAILED"}, "SHIP GATE: FAILED. Only what has passed is deployed"),
        ({"lowered": ["tool.selection asks less"]}, "Only what has passed"),
        ({"digest": "b" * 64}, "another model was gated than aaaaaaaaaaaa"),
    ],
)
def test_what_has_not_is_refused_unless_forced(
    tmp_path: Path, changed: dict[str, Any], told: str
) -> None:
    record = _record(tmp_path / "s.json", **changed)
    with pytest.raises(ConfigError, match=told):
        permitted(record, _DIGEST, force=False)
    assert not permitted(record, _DIGEST, force=True)


@pytest.mark.parametrize("content", [None, "", "[]", '{"verdict": 1}'])
def test_no_record_is_no_permit(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "s.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"was not gated|cannot be read"):
        permitted(path, _DIGEST, force=False)


def test_a_tag_says_version_digest_and_that_nothing_was_gated() -> None:
    assert tag("v0.3.0", _DIGEST, gated=True) == "v0.3.0-aaaaaaaaaaaa"
    assert tag("my run/1", _DIGEST, gated=False) == "my-run-1-aaaaaaaaaaaa-ungated"


def test_a_licence_is_there_or_told(tmp_path: Path) -> None:
    assert "Apache License" in licence(None)
    with pytest.raises(ConfigError, match="cannot be read"):
        licence(tmp_path / "none")
