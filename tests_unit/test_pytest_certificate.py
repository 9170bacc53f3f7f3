"""A green gate leaves a certificate that holds; a red one takes it away."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests_unit.gate_suite import GateSuite
from web4.release.certificate import verify

pytest_plugins = ["pytester"]

_LEFT = ("certificate.json", "certificate.dsse.json", "bom.cdx.json", "README.md")


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> GateSuite:
    return GateSuite(pytester, monkeypatch)


def _left(folder: Path) -> list[str]:
    return [name for name in _LEFT if (folder / name).exists()]


def test_a_green_gate_certifies_and_a_red_one_withdraws(suite: GateSuite, tmp_path: Path) -> None:
    private = Ed25519PrivateKey.generate()
    key, public = tmp_path / "key.pem", tmp_path / "public.pem"
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    folder = suite.path / "outputs" / "embedded"
    gated = suite.run("--web4-signing-key", str(key), f"--junitxml={tmp_path / 'elsewhere.xml'}")
    assert gated.verdict == "SHIP GATE: PASSED"
    assert "certified and signed: outputs/embedded/certificate.json" in gated.text
    assert _left(folder) == list(_LEFT)
    found = verify(folder / "certificate.json", public=public)
    assert (found.verdict, found.absent) == ("SHIP GATE: PASSED", ())
    statement = json.loads((folder / "certificate.json").read_text("utf-8"))
    assert len(statement["predicate"]["targets"]) == 22
    suite.tell(CANNED='{"tool.selection": 0.5}')
    assert suite.run("--web4-rebuild=score").verdict.startswith("SHIP GATE: FAILED")
    assert _left(folder) == []
