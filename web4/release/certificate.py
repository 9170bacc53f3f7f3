"""``certificate.json``: an in-toto Statement that a model has passed the ship gate.

Its subjects are the weights, its predicate is a projection of the run's ``scorecard.json``:
targets, scores, intervals, evaluation, data, environment, and the digests of the evidence. It
holds only as long as every byte of all of that is what it was.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web4.digests import file_digest, files_digest
from web4.errors import ArtifactError
from web4.release import signing
from web4.release.record import SCORECARD, read_record, unreadable

CERTIFICATE = "certificate.json"
ENVELOPE = "certificate.dsse.json"
JUNIT = "shipgate.xml"
ADAPTER = "lora/adapter_model.safetensors"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:web4:ship-gate:1"
"""Rises when a field of the predicate goes or changes its meaning."""

_SCORE = ("metric", "value", "n", "passed", "low", "high", "unit")
_GATED = {".gguf": "quantized", ".safetensors": "adapter"}
_OUTSIDE = "candidate"
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verified:
    """What a certificate was held against: ``checked`` files, ``absent`` ones, and who signed."""

    verdict: str
    checked: tuple[str, ...]
    absent: tuple[str, ...]
    signer: str


def certify(folder: Path, gguf: Path, *, key: Path | None = None) -> Path:
    """Write the certificate of a green gate from what lies in a run's folder; return its path.

    With the ``key`` of an Ed25519 pair, a PEM file, the statement is signed as well. Raise
    ``ArtifactError`` where the gate has not passed or another model was gated.
    """
    record = read_whole(folder / SCORECARD)
    why = why_not(record)
    if why:
        raise ArtifactError(f"{folder / SCORECARD}: {why}")
    files = {gguf.name: gguf, ADAPTER: folder / ADAPTER}
    return _state(folder, record, {name: _digest(path) for name, path in files.items()}, key)


def certify_outside(folder: Path, name: str, *, key: Path | None = None) -> Path:
    """Write the certificate of a model from outside, of which only its answers were gated.

    Its one subject has ``name`` and the SHA-256 of the weights that answered. It is nothing to
    deploy or release by. Raises as ``certify`` does.
    """
    record = read_whole(folder / SCORECARD)
    why = _not_green(record)
    digests = [card["digest"] for card in record["cards"] if card["candidate"] == _OUTSIDE]
    if why or record["run"]["adapter"] or not digests:
        raise ArtifactError(f"{folder / SCORECARD}: {why or 'no model from outside was gated'}")
    return _state(folder, record, {name: digests[0]}, key)


def _state(
    folder: Path, record: Mapping[str, Any], subjects: Mapping[str, str], key: Path | None
) -> Path:
    """Write the statement about what answered, and sign it where there is a key."""
    evidence = {name: _digest(folder / name) for name in (SCORECARD, JUNIT)}
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": one, "digest": {"sha256": subjects[one]}} for one in subjects],
        "predicateType": PREDICATE_TYPE,
        "predicate": _predicate(record, evidence),
    }
    text = _canonical(statement)
    _check_form(statement, folder)
    _check_subjects(subjects, record, folder)
    path = folder / CERTIFICATE
    withdraw(folder)
    path.write_text(text, encoding="utf-8")
    if key:
        envelope = signing.sign(text.encode(), key)
        (folder / ENVELOPE).write_text(json.dumps(envelope, indent=1) + "\n", encoding="utf-8")
    return path


def withdraw(folder: Path) -> None:
    """Remove a certificate that no longer holds: its run was gated again."""
    for name in (CERTIFICATE, ENVELOPE):
        (folder / name).unlink(missing_ok=True)


def why_not(record: Mapping[str, Any]) -> str:
    """Say why a run's record is no green gate of this project's own run; "" if it is."""
    told = _not_green(record)
    if not told and not record["run"]["adapter"]:
        return "a model from outside was gated: not all targets were asked of it"
    return told


def _not_green(record: Mapping[str, Any]) -> str:
    gate = record["gate"]
    if gate["state"] != "PASSED" or gate["lowered"] or record["verdict"] != "SHIP GATE: PASSED":
        return f"{record['verdict']}. Only what has passed is certified."
    return ""


def verify(
    path: Path, *, public: Path | None = None, files: Mapping[str, Path] | None = None
) -> Verified:
    """Hold a certificate against everything there is; raise ``ArtifactError`` at what differs.

    ``public`` is the key of who has to have signed it. Files are looked for beside the certificate,
    or under ``files`` by subject name; a model's folder is all of its files. At least one subject
    has to be there; without a signature the scorecard too, of which the statement has to be the
    projection, byte for byte.
    """
    raw = _read(path)
    signer = signing.verify(_read(path.with_name(ENVELOPE)), raw, public) if public else ""
    statement = _parsed(path, raw)
    _check_form(statement, path)
    subjects = {one["name"]: one["digest"]["sha256"] for one in statement["subject"]}
    told = statement["predicate"]["evidence"]
    wanted = {**subjects, **{name: told[name]["sha256"] for name in (SCORECARD, JUNIT)}}
    places = {name: (files or {}).get(name, path.parent / name) for name in wanted}
    checked = [name for name, place in places.items() if place.is_file() or name in (files or {})]
    for name in checked:
        if _digest(places[name]) != wanted[name]:
            raise ArtifactError(f"{places[name]}: is not what {path.name} certifies (its SHA-256)")
    if not any(name in checked for name in subjects):
        raise ArtifactError(f"{path}: none of its subjects is here: {', '.join(subjects)}")
    if SCORECARD in checked:
        record = read_whole(places[SCORECARD])
        evidence = {name: wanted[name] for name in (SCORECARD, JUNIT)}
        if _not_green(record) or statement["predicate"] != _predicate(record, evidence):
            raise ArtifactError(f"{path}: does not say what {SCORECARD} says")
        _check_subjects(subjects, record, path)
    elif not signer:
        raise ArtifactError(f"{path}: without a signature {SCORECARD} has to be beside it")
    absent = tuple(name for name in wanted if name not in checked)
    return Verified(statement["predicate"]["verdict"], tuple(checked), absent, signer)


def model_of(path: Path) -> str:
    """Return the name of the model that a certificate is about: of its GGUF, or from outside."""
    names = [one["name"] for one in _parsed(path, _read(path))["subject"]]
    models = [name for name in names if name != ADAPTER]
    if len(models) != 1:
        raise ArtifactError(f"{path}: is about no one model")
    return str(models[0])


def read_whole(path: Path) -> dict[str, Any]:
    """Read a run's record; raise ``ArtifactError`` where it is none that says enough."""
    record = read_record(path)
    try:
        _predicate(record, {SCORECARD: "", JUNIT: ""})
        why_not(record)
    except (KeyError, TypeError, AttributeError) as error:
        raise unreadable(path, repr(error)) from error
    return record


def _predicate(record: Mapping[str, Any], evidence: Mapping[str, str]) -> dict[str, Any]:
    return {
        "verdict": record["verdict"],
        "web4": record["web4"],
        "schema_version": record["schema_version"],
        "gate": record["gate"],
        "run": record["run"],
        "targets": record["targets"],
        "scores": [
            {
                "candidate": card["candidate"],
                "sha256": card["digest"],
                "families": card["families"],
                "scores": [{name: one[name] for name in _SCORE} for one in card["scores"]],
            }
            for card in record["cards"]
        ],
        "environment": record["environment"],
        "evidence": {name: {"sha256": digest} for name, digest in evidence.items()},
    }


def _check_subjects(subjects: Mapping[str, str], record: Mapping[str, Any], path: Path) -> None:
    """Raise where weights are certified that did not answer."""
    answered = {card["candidate"]: card["digest"] for card in record["cards"]}
    outside = not record["run"]["adapter"]
    for name, digest in subjects.items():
        candidate = _OUTSIDE if outside else _GATED.get(Path(name).suffix, "")
        if answered.get(candidate) != digest:
            raise ArtifactError(f"{path}: another model was gated than {name} {digest[:12]}")


def _check_form(statement: Mapping[str, Any], path: Path) -> None:
    """Raise where it is no Statement v1 by in-toto's own definition, or is of another kind."""
    from google.protobuf.json_format import ParseDict, ParseError
    from in_toto_attestation.v1 import statement_pb2
    from in_toto_attestation.v1.statement import Statement

    try:
        message = ParseDict(statement, statement_pb2.Statement())
        Statement.copy_from_pb(message).validate()
    except (ParseError, ValueError) as error:
        raise ArtifactError(f"{path}: is no in-toto Statement v1 ({error})") from error
    if statement["predicateType"] != PREDICATE_TYPE:
        raise ArtifactError(f"{path}: certifies {statement['predicateType']!r}, not a ship gate")


def _parsed(path: Path, raw: bytes) -> dict[str, Any]:
    try:
        statement: dict[str, Any] = json.loads(raw)
        told = statement["predicate"]["evidence"]
        _ = [told[name]["sha256"] for name in (SCORECARD, JUNIT)], statement["predicate"]["verdict"]
        _ = [(one["name"], one["digest"]["sha256"]) for one in statement["subject"]]
        whole = raw == _canonical(statement).encode()
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArtifactError(f"{path}: is no certificate ({error!r})") from error
    if not whole:
        raise ArtifactError(f"{path}: was changed: it is not spelled as web4 writes it")
    return statement


def _canonical(statement: Mapping[str, Any]) -> str:
    return json.dumps(statement, indent=1, allow_nan=False) + "\n"


def _digest(path: Path) -> str:
    try:
        if path.is_dir():  # as a candidate's folder is named where it answers
            return files_digest(
                {f"model/{one.name}": one for one in path.iterdir() if one.is_file()}
            )
        return file_digest(path)
    except OSError as error:
        raise ArtifactError(f"{path}: cannot be read ({error.strerror})") from error


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ArtifactError(f"{path}: is larger than {_MOST_BYTES} bytes")
        return path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"{path}: cannot be read ({error.strerror})") from error
