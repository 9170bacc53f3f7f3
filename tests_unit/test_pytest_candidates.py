"""A model that a team already has is gated by its answers, and certified by its digest."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests_unit.gate_suite import GateSuite
from web4.acceptance import accept
from web4.cli import main
from web4.deployment.permit import why_not
from web4.digests import file_digest, files_digest
from web4.errors import ConfigError
from web4.release.record import SCORECARD
from web4.run import Run

pytest_plugins = ["pytester"]

_NOT_ASKED = (
    "not asked of a model from outside: the targets of dataset, training, packaging, and deployment"
)


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> GateSuite:
    return GateSuite(pytester, monkeypatch)


def _gguf(folder: Path) -> tuple[Path, str]:
    import numpy as np
    from gguf import GGUFWriter

    path = folder / "ours.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_tensor("one", np.arange(64, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path, file_digest(path)


def _folder(marker: str) -> Callable[[Path], tuple[Path, str]]:
    def write(folder: Path) -> tuple[Path, str]:
        path = folder / "ours"
        path.mkdir()
        (path / marker).write_text("{}", encoding="utf-8")
        (path / "model.safetensors").write_text("our weights", encoding="utf-8")
        return path, files_digest({f"model/{one.name}": one for one in path.iterdir()})

    return write


@pytest.mark.parametrize(
    "made",
    [_gguf, _folder("config.json"), _folder("adapter_config.json")],
    ids=["gguf", "transformers", "adapter"],
)
def test_what_a_team_has_is_gated_and_certified_by_its_digest(
    suite: GateSuite,
    tmp_path: Path,
    make_run: Callable[[str], Run],
    made: Callable[[Path], tuple[Path, str]],
) -> None:
    """Nothing is deployed or released by such a certificate: no training stands behind it."""
    path, digest = made(tmp_path)
    gated = suite.run("--web4-candidate", str(path), "--web4-run", "theirs")
    assert (gated.verdict, gated.code, gated.asked) == ("SHIP GATE: PASSED", 0, 9)
    assert _NOT_ASKED in gated.text
    assert "certified, not signed: outputs/theirs/certificate.json" in gated.text
    folder = suite.path / "outputs" / "theirs"
    statement = json.loads((folder / "certificate.json").read_text("utf-8"))
    assert statement["subject"] == [{"name": path.name, "digest": {"sha256": digest}}]
    told = statement["predicate"]
    assert (told["run"]["candidate"], told["run"]["adapter"]) == (str(path), "")
    assert {one["candidate_sha256"] for one in told["targets"]} == {digest}
    assert not {one["metric"].partition(".")[0] for one in told["targets"]} & {
        "dataset", "training", "packaging", "deployment",
    }  # fmt: skip
    assert "not all targets were asked of it" in why_not(folder / SCORECARD, digest)
    with pytest.raises(ConfigError, match="only a profile's own run is accepted"):
        accept(make_run(str(path)), folder, "v9.9.9")
    verify = ["certificate", "verify", str(folder / "certificate.json"), "--unsigned", "--model"]
    found = CliRunner().invoke(main, [*verify, str(path)])
    assert found.exit_code == 0, found.output
    assert f"same    {path.name}\n" in found.stdout
    weights = path if path.is_file() else path / "model.safetensors"
    weights.write_bytes(weights.read_bytes() + b"!")
    found = CliRunner().invoke(main, [*verify, str(path)])
    assert found.exit_code == 1
    assert "is not what certificate.json certifies" in found.stderr
