"""The pins of the peers, and what of the caller's environment reaches them."""

from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.harness import PROMPTFOO, promptfoo_version


def test_each_peer_is_pinned_exactly() -> None:
    found = peers.pins(peers.PINS.read_text(encoding="utf-8"))
    assert set(found) == {"bfcl-eval", "deepeval", "inspect-ai", "lm-eval"}
    for name in found:
        assert peers.version(name)
    assert f'"promptfoo": "{promptfoo_version()}"' in (
        PROMPTFOO.folder / "package-lock.json"
    ).read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["# [a]\nloose>=1\n", "early==1\n# [a]\n"])
def test_a_loose_pin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"peers\.txt:\d: "):
        peers.pins(text)


def test_no_peer_is_among_the_project_s_constraints() -> None:
    kept = (Path(peers.PINS).parents[1] / "constraints.txt").read_text(encoding="utf-8").lower()
    for name in ("bfcl-eval", "deepeval", "inspect-ai", "inspect_ai", "lm-eval", "lm_eval"):
        assert f"\n{name}==" not in kept


def test_telemetry_is_off_and_settings_stay_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("WEB4_STORE", "/elsewhere")
    found = peers.environment(tmp_path, MORE="1")
    assert found["DEEPEVAL_TELEMETRY_OPT_OUT"] == "YES"
    assert found["HOME"] == str(tmp_path)
    assert found["MORE"] == "1"
    assert not {"PYTHONPATH", "WEB4_STORE"} & found.keys()
