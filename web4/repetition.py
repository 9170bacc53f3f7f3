"""Repeating a training from its manifest: the same parameters on the same data and base."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from web4.device import choose_device
from web4.digests import file_digest
from web4.errors import ArtifactError, ConfigError
from web4.execution import environment, run_in_subprocess
from web4.pipeline import TRAINING, prompt_template, training_files
from web4.profile import TrainingOptions
from web4.run import Run
from web4.steps import STEPS
from web4.store import MANIFEST, Artifact, Manifest, Request, Runner

_ADAPTER = "lora/adapter_model.safetensors"
_SINCE = {"mix": None, "starts_from": ""}
"""Parameters that older manifests do not have, with what they meant."""

_MACHINE = ("python", "platform", "cpus", "device")


@dataclass(frozen=True)
class Repetition:
    """A training to be done again, its inputs, and what is not as it was then."""

    manifest: Manifest
    request: Request
    inputs: Mapping[str, Artifact]
    differences: tuple[str, ...]

    def train(self, folder: Path, run: Runner = run_in_subprocess) -> str:
        """Train into ``folder/out``; go on where that was cut. Say how the adapter compares."""
        out, scratch = folder / "out", folder / "scratch"
        for path in (out, scratch):
            path.mkdir(parents=True, exist_ok=True)
        run(self.request, self.inputs, out, scratch)
        before = self.manifest.files[_ADAPTER].sha256
        if file_digest(out / _ADAPTER) == before:
            return f"{out / 'lora'}: the same adapter, byte for byte"
        return f"{out / 'lora'}: another adapter than {before[:12]}"


def repetition(path: Path, run: Run) -> Repetition:
    """Read a training's manifest, a file or the folder that has it, and find what it learned from.

    Base and dataset come from the run's store, or are made as its profile says, if that makes the
    same ones. Raise a ``Web4Error`` where it is no training's manifest, or where something that it
    learned from is not to be had.
    """
    path = path / MANIFEST if path.is_dir() else path
    manifest = Manifest.read(path)
    if manifest.step not in TRAINING or _ADAPTER not in manifest.files:
        known = ", ".join(TRAINING)
        raise ConfigError(f"{path}: is of the step {manifest.step!r}; repeated is one of {known}")
    params = {**_SINCE, **manifest.params}
    inputs = {name: _input(path, name, key, run) for name, key in manifest.inputs.items()}
    files = training_files(run.profile, params)
    request = Request(manifest.step, manifest.version, params, inputs, files, resumable=True)
    made = {name: run.store.get(needed) for name, needed in inputs.items()}
    current = run.requests[manifest.step].params.keys() | TrainingOptions.model_fields.keys()
    return Repetition(
        manifest, request, made, tuple(_differences(manifest, request, made, current))
    )


def _input(path: Path, name: str, key: str, run: Run) -> Request:
    """Return the request of an input: as the profile makes it, or as the store holds it."""
    known = run.requests.get(name)
    if known is None:
        raise ArtifactError(f"{path}: no step makes its input {name!r}")
    if known.key == key:
        return known
    kept = replace(known, pinned_key=key)
    if run.store.where(kept) == "build":
        raise ArtifactError(
            f"{path}: it learned from the {name} {key[:12]}, which is not in the store, and the "
            f"profile {run.profile.name} makes another one ({known.key[:12]}). Name the profile "
            "of then with --profile, or the store that has it with --store."
        )
    return kept


def _differences(
    manifest: Manifest, request: Request, inputs: Mapping[str, Artifact], current: set[str]
) -> Iterator[str]:
    """Name in a line each what may lead to another adapter than that of the manifest."""
    now = STEPS[manifest.step].version
    if now != manifest.version:
        yield f"version of the step: {manifest.version} then, {now} now"
    for name in sorted(request.params.keys() - current):
        yield f"parameter {name} = {request.params[name]}: no longer known, and so without effect"
    template = manifest.params.get("prompt_template")
    if template != prompt_template():
        yield f"prompt template: {template} then, {prompt_template()} now"
    for name, artifact in inputs.items():
        content = manifest.input_contents.get(name)
        if content is None:
            yield f"{name}: its content was not written down; its key is the same"
        elif content != artifact.manifest.content_digest:
            yield f"{name}: made from the same, but its content differs"
    for name in sorted(manifest.input_files.keys() | request.file_digests.keys()):
        if manifest.input_files.get(name) != request.file_digests.get(name):
            yield f"file {name}: its content differs"
    yield from _machine_differences(manifest.environment)


def _machine_differences(then: Mapping[str, Any]) -> Iterator[str]:
    now = {**environment(), "device": choose_device().name}
    for name in _MACHINE:
        if name in then and then[name] != now[name]:
            yield f"{name}: {then[name]} then, {now[name]} now"
    packages: Mapping[str, str] = then.get("packages", {})
    for name, version in packages.items():
        found = now["packages"].get(name, "absent")
        if found != version:
            yield f"{name}: {version} then, {found} now"
