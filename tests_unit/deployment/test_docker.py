"""A model as an OCI artifact: to Docker's specification, the same bytes after a round trip."""

import json
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests_unit.candidates.canned_server import Reply, canned
from web4.deployment import docker
from web4.deployment.templates import jinja_template
from web4.digests import file_digest
from web4.errors import ArtifactError

_LICENCE = "Apache License\nVersion 2.0\n"


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    """Write a GGUF file that says it is quantized, with one tensor: nothing here computes."""
    import numpy as np
    from gguf import GGUFWriter

    path = tmp_path / "model.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_file_type(15)
    writer.add_tensor("one", np.arange(64, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def layout(gguf: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "layout"
    docker.write_layout(gguf, _LICENCE, folder, "v1")
    return folder


def test_a_layout_is_what_the_specification_asks(layout: Path, gguf: Path) -> None:
    manifest, blobs = docker.read_layout(layout)
    assert [blob.media_type for blob in blobs] == [
        "application/vnd.docker.ai.gguf.v3",
        "application/vnd.docker.ai.license",
        "application/vnd.docker.ai.chat.template.jinja",
        "application/vnd.docker.ai.model.config.v0.1+json",
    ]
    weights, licence, template, config = (blob.path(layout) for blob in blobs)
    assert file_digest(weights) == file_digest(gguf)
    assert licence.read_text(encoding="utf-8") == _LICENCE
    assert template.read_text(encoding="utf-8") == jinja_template()
    said = json.loads(config.read_bytes())
    assert said["config"]["format"] == "gguf"
    assert said["config"]["gguf"] == {"architecture": "llama", "quantization": "Q4_K_M"}
    assert said["config"]["size"] == str(gguf.stat().st_size)
    assert [one["type"] for one in said["files"]] == [blob.media_type for blob in blobs[:3]]
    assert [one["diffID"] for one in said["files"]] == [blob.digest for blob in blobs[:3]]
    raw = json.loads(manifest.path(layout).read_bytes())
    assert raw["schemaVersion"] == 2
    assert raw["mediaType"] == "application/vnd.oci.image.manifest.v1+json"


def test_the_same_model_gives_the_same_digest(gguf: Path, tmp_path: Path) -> None:
    digests = {
        docker.write_layout(gguf, text, tmp_path / f"l{place}", "v1")
        for place, text in enumerate((_LICENCE, _LICENCE, "MIT"))
    }
    assert len(digests) == 2


@pytest.mark.parametrize("damage", ["changed", "missing", "index"])
def test_a_damaged_layout_is_named(layout: Path, damage: str) -> None:
    _, blobs = docker.read_layout(layout)
    victim = blobs[1].path(layout)
    if damage == "changed":
        victim.write_text("MIT" * 9, encoding="utf-8")
    elif damage == "missing":
        victim.unlink()
    else:
        (layout / "index.json").write_text('{"manifests": [{"digest": "../../x"}]}')
    with pytest.raises(ArtifactError, match=r"not what its digest|missing|no whole OCI layout"):
        docker.read_layout(layout)


def test_a_registry_that_is_not_there_is_told(layout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ArtifactError, match="could not be reached"):
        docker.push(layout, f"127.0.0.1:{port}/web4/tiny:v1")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """Start Debian's ``docker-registry`` on loopback."""
    binary = shutil.which("docker-registry")
    if binary is None:
        pytest.skip("docker-registry is not installed (apt-get install docker-registry)")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    config = tmp_path / "registry.yml"
    storage = tmp_path / "registry"
    config.write_text(
        "version: 0.1\n"
        f"storage: {{filesystem: {{rootdirectory: {storage}}}}}\n"
        f"http: {{addr: '{address}'}}\n",
        encoding="utf-8",
    )
    with (tmp_path / "registry.log").open("wb") as log:
        process = subprocess.Popen([binary, "serve", str(config)], stdout=log, stderr=log)
    try:
        _wait_for(address)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait_for(address: str) -> None:
    host, _, port = address.partition(":")
    for _ in range(300):
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"docker-registry did not come up at {address}")


@pytest.mark.slow
def test_a_real_registry_gives_back_every_byte(registry: str, layout: Path, tmp_path: Path) -> None:
    reference = f"{registry}/web4/tiny:v1-0123"
    pushed = docker.push(layout, reference)
    assert docker.push(layout, reference) == pushed
    assert docker.pull(reference, tmp_path / "pulled") == pushed
    before, after = docker.read_layout(layout), docker.read_layout(tmp_path / "pulled")
    assert before == after
    for blob in (before[0], *before[1]):
        assert blob.path(layout).read_bytes() == blob.path(tmp_path / "pulled").read_bytes()
    with pytest.raises(ArtifactError, match="could not be pulled"):
        docker.pull(f"{registry}/web4/tiny:other", tmp_path / "none")


def test_a_registrys_digest_becomes_no_path(tmp_path: Path) -> None:
    evil = {"mediaType": "x", "digest": "sha256:../../../../evil", "size": 1}
    manifest = {"schemaVersion": 2, "layers": [], "config": evil}
    with canned(lambda _: Reply(manifest)) as server:
        reference = f"{server.url.removeprefix('http://')}/web4/tiny:v1"
        with pytest.raises(ArtifactError, match="is no SHA-256 digest"):
            docker.pull(reference, tmp_path / "pulled")
    assert len(server.asked) == 1
