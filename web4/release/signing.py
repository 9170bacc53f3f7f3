"""Ed25519 signatures in a DSSE envelope, by securesystemslib."""

import json
from pathlib import Path
from typing import Any

from web4.errors import ArtifactError, ConfigError

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def sign(payload: bytes, key: Path) -> dict[str, Any]:
    """Return the envelope of a payload; raise ``ConfigError`` where the key cannot sign."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined] # re-exported

    try:
        private = load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"{key}: no private key without a passphrase in PEM ({error})") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise ConfigError(
            f"{key}: is no Ed25519 key. Make one: openssl genpkey -algorithm ed25519 -out {key}"
        )
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(CryptoSigner(private))
    made: dict[str, Any] = envelope.to_dict()
    return made


def verify(envelope: bytes, payload: bytes, public: Path) -> str:
    """Return the id of the key that signed; raise ``ArtifactError`` where it is not ``public``."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import Error as SignatureError
    from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined] # re-exported

    try:
        loaded = load_pem_public_key(public.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{public}: no public key in PEM ({error})") from error
    if not isinstance(loaded, Ed25519PublicKey):
        raise ConfigError(f"{public}: is no Ed25519 public key")
    key = SSlibKey.from_crypto(loaded)
    try:
        found = Envelope.from_dict(json.loads(envelope))
        found.verify([key], 1)
    except (SignatureError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArtifactError(f"the signature is not one of {public}: {error}") from error
    if found.payload_type != PAYLOAD_TYPE or found.payload != payload:
        raise ArtifactError("another statement was signed than the certificate")
    keyid: str = key.keyid
    return keyid
