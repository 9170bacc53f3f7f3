"""Docker Model Runner: a GGUF file as the OCI artifact that ``docker model pull`` takes.

Source of media types and config: https://github.com/docker/model-spec (``spec.md``,
``config.md``); ``rootfs`` stands in the config as https://github.com/docker/model-runner reads it.
"""

import hashlib
import json
import os
import re
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from web4.deployment.templates import jinja_template
from web4.digests import file_digest
from web4.errors import ArtifactError
from web4.packaging.gguf import read_header
from web4.packaging.quantize import TYPES

CONFIG_TYPE = "application/vnd.docker.ai.model.config.v0.1+json"
GGUF_TYPE = "application/vnd.docker.ai.gguf.v3"
LICENSE_TYPE = "application/vnd.docker.ai.license"
TEMPLATE_TYPE = "application/vnd.docker.ai.chat.template.jinja"

_MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
_INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
_TAG = "org.opencontainers.image.ref.name"
_CHUNK = 16 * 1024 * 1024
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Blob:
    """A content-addressed file of an image layout."""

    media_type: str
    digest: str
    size: int

    def to_dict(self) -> dict[str, Any]:
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}

    def path(self, layout: Path) -> Path:
        return layout / "blobs" / "sha256" / self.digest.removeprefix("sha256:")


def write_layout(gguf: Path, license_text: str, layout: Path, tag: str) -> str:
    """Write an OCI image layout with the model, and return its manifest's digest.

    Template and licence are layers of their own. The same model gives the same digests anywhere.
    """
    header = read_header(gguf)
    _make(layout)
    layers = [
        _file_blob(layout, GGUF_TYPE, gguf),
        _text_blob(layout, LICENSE_TYPE, license_text),
        _text_blob(layout, TEMPLATE_TYPE, jinja_template()),
    ]
    kinds = {number: name for name, number in TYPES.items()}
    described = {
        "architecture": header.architecture,
        "quantization": kinds.get(header.metadata.get("general.file_type", -1), "unknown"),
    }
    config = {
        "config": {
            "format": "gguf",
            "format_version": str(header.version),
            "gguf": described,
            "size": str(gguf.stat().st_size),
        },
        "files": [{"diffID": blob.digest, "type": blob.media_type} for blob in layers],
        "rootfs": {"type": "rootfs", "diff_ids": [blob.digest for blob in layers]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST_TYPE,
        "config": _text_blob(layout, CONFIG_TYPE, _json(config)).to_dict(),
        "layers": [blob.to_dict() for blob in layers],
    }
    written = _text_blob(layout, _MANIFEST_TYPE, _json(manifest))
    _write_index(layout, written, tag)
    return written.digest


def push(layout: Path, reference: str) -> str:
    """Push a layout to ``registry/name:tag``; return the digest under which the registry has it.

    Credentials are those of ``docker login``. Only a registry on loopback is spoken to without TLS.
    """
    manifest, blobs = read_layout(layout)
    provider = _registry(reference)
    container = provider.get_container(reference)
    try:
        for blob in blobs:
            provider._check_200_response(  # noqa: SLF001 - as its own layout does
                provider.upload_blob(
                    str(blob.path(layout)),
                    container,
                    blob.to_dict(),
                    do_chunked=True,
                    chunk_size=_CHUNK,
                )
            )
        # As bytes: a manifest that is written anew has another digest.
        response = provider.do_request(
            f"{provider.prefix}://{container.manifest_url()}",
            "PUT",
            headers={"Content-Type": manifest.media_type},
            data=manifest.path(layout).read_bytes(),
        )
        provider._check_200_response(response)  # noqa: SLF001 - as above
    except (OSError, ValueError) as error:
        raise _failed("pushed to", reference, error) from error
    found = response.headers.get("Docker-Content-Digest", "")
    if found != manifest.digest:
        raise ArtifactError(f"{reference}: the registry has {found}, pushed was {manifest.digest}")
    return manifest.digest


def pull(reference: str, layout: Path) -> str:
    """Pull an artifact into a layout, check every digest, and return that of its manifest."""
    provider = _registry(reference)
    container = provider.get_container(reference)
    _make(layout)
    try:
        response = provider.do_request(
            f"{provider.prefix}://{container.manifest_url()}",
            "GET",
            headers={"Accept": _MANIFEST_TYPE},
        )
        provider._check_200_response(response)  # noqa: SLF001 - as in ``push``
        raw = json.loads(response.content)
        for one in (*raw["layers"], raw["config"]):
            blob = _blob(one)  # no digest of a registry becomes a path unchecked
            provider.download_blob(container, blob.digest, str(blob.path(layout)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _failed("pulled from", reference, error) from error
    manifest = _bytes_blob(layout, _MANIFEST_TYPE, response.content)
    _write_index(layout, manifest, container.tag)
    return read_layout(layout)[0].digest


def read_layout(layout: Path) -> tuple[Blob, tuple[Blob, ...]]:
    """Return a layout's manifest and its blobs; raise ``ArtifactError`` where one is not whole."""
    try:
        index = json.loads((layout / "index.json").read_bytes())
        (entry,) = index["manifests"]
        manifest = _blob(entry)
        _check(layout, manifest)
        raw = json.loads(manifest.path(layout).read_bytes())
        blobs = tuple(map(_blob, (*raw["layers"], raw["config"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactError(f"{layout}: no whole OCI layout of one artifact ({error})") from error
    for blob in blobs:
        _check(layout, blob)
    return manifest, blobs


def _blob(raw: dict[str, Any]) -> Blob:
    digest = str(raw["digest"])
    algorithm, _, digits = digest.partition(":")
    if algorithm != "sha256" or not re.fullmatch("[0-9a-f]{64}", digits):
        raise ValueError(f"{digest!r} is no SHA-256 digest")
    return Blob(str(raw["mediaType"]), digest, int(raw["size"]))


def _check(layout: Path, blob: Blob) -> None:
    path = blob.path(layout)
    if not path.is_file():
        raise ArtifactError(f"{path}: is missing from the layout")
    if path.stat().st_size != blob.size or f"sha256:{file_digest(path)}" != blob.digest:
        raise ArtifactError(f"{path}: is not what its digest says")


def _registry(reference: str) -> Any:
    """Return oras's client; where nobody listens, say so now: it would try for minutes."""
    from oras.provider import Registry

    host = urlsplit(f"//{reference}")
    insecure = host.hostname in _LOOPBACK
    try:
        address = (host.hostname or "", host.port or (80 if insecure else 443))
        socket.create_connection(address, timeout=_CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:
        raise _failed("reached", reference, error) from error
    return Registry(insecure=insecure)


def _failed(how: str, reference: str, error: Exception) -> ArtifactError:
    why = " ".join(str(error).split())
    return ArtifactError(
        f"{reference}: could not be {how} ({why}). Is the registry up, and are you"
        " logged in to it (docker login)?"
    )


def _file_blob(layout: Path, media_type: str, source: Path) -> Blob:
    blob = Blob(media_type, f"sha256:{file_digest(source)}", source.stat().st_size)
    try:
        os.link(source, blob.path(layout))
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(source, blob.path(layout))
    return blob


def _text_blob(layout: Path, media_type: str, text: str) -> Blob:
    return _bytes_blob(layout, media_type, text.encode())


def _bytes_blob(layout: Path, media_type: str, content: bytes) -> Blob:
    blob = Blob(media_type, f"sha256:{hashlib.sha256(content).hexdigest()}", len(content))
    blob.path(layout).write_bytes(content)
    return blob


def _make(layout: Path) -> None:
    shutil.rmtree(layout, ignore_errors=True)
    (layout / "blobs" / "sha256").mkdir(parents=True)


def _write_index(layout: Path, manifest: Blob, tag: str) -> None:
    entry = {**manifest.to_dict(), "annotations": {_TAG: tag}}
    index = {"schemaVersion": 2, "mediaType": _INDEX_TYPE, "manifests": [entry]}
    (layout / "index.json").write_text(_json(index), encoding="utf-8")
    (layout / "oci-layout").write_text(_json({"imageLayoutVersion": "1.0.0"}), encoding="utf-8")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2) + "\n"
