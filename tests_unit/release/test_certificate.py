"""A certificate holds until one byte of the model, the evidence or itself is another."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests_unit.certified import GGUF, green_folder
from web4.cli import main
from web4.deployment.permit import why_not as why_not_deployed
from web4.digests import file_digest
from web4.errors import ArtifactError, ConfigError
from web4.release.bill_of_materials import BILL, write_bill
from web4.release.certificate import (
    ADAPTER,
    CERTIFICATE,
    ENVELOPE,
    JUNIT,
    certify,
    verify,
)
from web4.release.model_card import CARD, write_card
from web4.release.record import SCORECARD

_ALL = (GGUF, ADAPTER, SCORECARD, JUNIT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return green_folder(tmp_path / "run")


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    return _pair(tmp_path, "mine")


def _pair(folder: Path, name: str) -> tuple[Path, Path]:
    private = Ed25519PrivateKey.generate()
    paths = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    paths[0].write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    paths[1].write_bytes(
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return paths


def _flip(path: Path, place: int) -> None:
    """Change one bit of one byte."""
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(bytes(raw))


def test_a_certificate_says_what_was_gated(folder: Path) -> None:
    statement = json.loads(certify(folder, folder / GGUF).read_text("utf-8"))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert {one["name"]: one["digest"]["sha256"] for one in statement["subject"]} == {
        GGUF: file_digest(folder / GGUF),
        ADAPTER: file_digest(folder / ADAPTER),
    }
    told = statement["predicate"]
    assert told["verdict"] == "SHIP GATE: PASSED"
    assert len(told["targets"]) == 22
    assert told["run"]["eval_sha256"]
    assert told["evidence"][JUNIT]["sha256"] == file_digest(folder / JUNIT)
    assert {"value", "low", "high"} <= told["scores"][0]["scores"][0].keys()
    found = verify(folder / CERTIFICATE)
    assert (found.checked, found.absent, found.signer) == (_ALL, (), "")


def test_a_signed_one_is_verified_on_another_machine(
    folder: Path, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    certify(folder, folder / GGUF, key=keys[0])
    there = tmp_path / "there"
    there.mkdir()
    for name in (CERTIFICATE, ENVELOPE, GGUF):
        shutil.copy(folder / name, there)
    found = verify(there / CERTIFICATE, public=keys[1])
    assert found.checked == (GGUF,)
    assert found.absent == (ADAPTER, SCORECARD, JUNIT)
    assert found.signer


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("name", [*_ALL, CERTIFICATE])
@pytest.mark.parametrize("place", [0, -2], ids=["first byte", "last byte"])
def test_one_byte_changed_is_refused(
    folder: Path, keys: tuple[Path, Path], name: str, place: int, *, signed: bool
) -> None:
    certify(folder, folder / GGUF, key=keys[0])
    public = keys[1] if signed else None
    verify(folder / CERTIFICATE, public=public)
    _flip(folder / name, place)
    with pytest.raises(ArtifactError):
        verify(folder / CERTIFICATE, public=public)


def test_each_byte_of_a_statement_counts(folder: Path) -> None:
    certify(folder, folder / GGUF)
    size = (folder / CERTIFICATE).stat().st_size
    for place in range(0, size, size // 40):
        _flip(folder / CERTIFICATE, place)
        with pytest.raises(ArtifactError):
            verify(folder / CERTIFICATE)
        _flip(folder / CERTIFICATE, place)
    verify(folder / CERTIFICATE)


def test_a_whole_other_claim_is_refused(folder: Path, keys: tuple[Path, Path]) -> None:
    certify(folder, folder / GGUF, key=keys[0])
    statement = json.loads((folder / CERTIFICATE).read_text("utf-8"))
    statement["predicate"]["targets"][0]["value"] = 1.0
    (folder / CERTIFICATE).write_text(json.dumps(statement, indent=1) + "\n", encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"does not say what scorecard\.json says"):
        verify(folder / CERTIFICATE)
    with pytest.raises(ArtifactError, match="another statement was signed"):
        verify(folder / CERTIFICATE, public=keys[1])


def test_somebody_elses_signature_is_refused(
    folder: Path, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    certify(folder, folder / GGUF, key=_pair(tmp_path, "other")[0])
    with pytest.raises(ArtifactError, match="the signature is not one of"):
        verify(folder / CERTIFICATE, public=keys[1])
    (folder / ENVELOPE).unlink()
    with pytest.raises(ArtifactError, match=r"certificate\.dsse\.json: cannot be read"):
        verify(folder / CERTIFICATE, public=keys[1])


def test_a_key_of_another_kind_is_told(folder: Path, tmp_path: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "ec.pem"
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ConfigError, match="is no Ed25519 key"):
        certify(folder, folder / GGUF, key=path)
    with pytest.raises(ConfigError, match="no private key"):
        certify(folder, folder / GGUF, key=tmp_path / "none.pem")


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (("gate", "state"), "FAILED", "Only what has passed is certified"),
        (("gate", "lowered"), ["tool.selection asks less"], "Only what has passed is certified"),
        (("verdict",), "SHIP GATE: FAILED (1 of 22)", "Only what has passed is certified"),
        (("run", "adapter"), "", "a model from outside was gated"),
        (("cards", 1, "digest"), "0" * 64, "another model was gated than model"),
        (("cards", 0, "digest"), "0" * 64, "another model was gated than lora"),
        (("cards",), 3, "cannot be read as a gated run's record"),
    ],
    ids=str,
)
def test_what_is_not_green_is_not_certified(
    folder: Path, place: tuple[Any, ...], value: object, told: str
) -> None:
    record = json.loads((folder / SCORECARD).read_text("utf-8"))
    inner: Any = record
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    (folder / SCORECARD).write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ArtifactError, match=told):
        certify(folder, folder / GGUF)
    assert not (folder / CERTIFICATE).exists()


def test_only_what_is_certified_is_deployed(folder: Path) -> None:
    digest = file_digest(folder / GGUF)
    assert "certificate.json: cannot be read" in why_not_deployed(folder / SCORECARD, digest)
    certify(folder, folder / GGUF)
    assert why_not_deployed(folder / SCORECARD, digest) == ""
    assert "another model was gated" in why_not_deployed(folder / SCORECARD, "0" * 64)
    _flip(folder / JUNIT, 0)
    assert "is not what certificate.json certifies" in why_not_deployed(folder / SCORECARD, digest)


def test_the_command_says_what_it_checked(folder: Path, keys: tuple[Path, Path]) -> None:
    path = str(certify(folder, folder / GGUF, key=keys[0]))
    moved = folder.parent / "model.gguf"
    (folder / GGUF).rename(moved)
    ran = CliRunner().invoke
    good = ran(main, ["certificate", "verify", path, "--key", str(keys[1]), "--gguf", str(moved)])
    assert good.exit_code == 0
    assert good.stdout.splitlines()[0].startswith("SHIP GATE: PASSED, signed with the key ")
    assert f"same    {GGUF}" in good.stdout
    assert ran(main, ["certificate", "verify", path]).exit_code == 2
    assert "UNSIGNED" in ran(main, ["certificate", "verify", path, "--unsigned"]).stdout
    _flip(moved, 3)
    bad = ran(main, ["certificate", "verify", path, "--unsigned", "--gguf", str(moved)])
    assert bad.exit_code == 1
    assert bad.stderr.startswith(f"Error: {moved}: is not what certificate.json certifies")
    assert bad.stderr.count("\n") == 1


# ── Beside the certificate ────────────────────────────────────────────────────────────────────


def _subjects(folder: Path) -> dict[str, str]:
    return {name: file_digest(folder / name) for name in (GGUF, ADAPTER)}


def test_the_bill_of_materials_is_valid_and_names_what_there_is(folder: Path) -> None:
    record = json.loads((folder / SCORECARD).read_text("utf-8"))
    told = json.loads(write_bill(folder, record, _subjects(folder)).read_text("utf-8"))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    kinds = [one["type"] for one in told["components"]]
    assert kinds.count("machine-learning-model") == 2
    assert {"data", "library"} <= set(kinds)
    model = told["metadata"]["component"]
    assert model["hashes"] == [{"alg": "SHA-256", "content": file_digest(folder / GGUF)}]
    record["run"]["eval_sha256"] = "no digest"
    with pytest.raises(ArtifactError, match=r"is no CycloneDX 1\.6"):
        write_bill(folder, record, _subjects(folder))
    assert (folder / BILL).is_file()


def test_the_model_card_is_read_back_with_its_scores(folder: Path) -> None:
    from huggingface_hub import ModelCard

    record = json.loads((folder / SCORECARD).read_text("utf-8"))
    card = ModelCard.load(write_card(folder, record, _subjects(folder), "mit"))
    assert card.data.license == "mit"
    assert card.data.base_model == "HuggingFaceTB/SmolLM2-135M-Instruct"
    scores = {one["metric"]: one["value"] for one in record["cards"][1]["scores"]}
    assert {one.metric_type: one.metric_value for one in card.data.eval_results} == scores
    assert file_digest(folder / GGUF) in (folder / CARD).read_text("utf-8")
