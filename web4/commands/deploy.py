"""``web4 serve`` and ``web4 deploy``: the quantized model in a server's hands."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web4.commands.opening import open_run, run_options
from web4.errors import Web4Error

if TYPE_CHECKING:
    from web4.run import Run


@click.command()
@click.argument("gguf", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0: any free one."
)
@run_options
def serve(
    *, gguf: Path | None, host: str, port: int, profile: str | None, store: str | None
) -> None:
    """Serve GGUF, or the run's quantized model, behind an OpenAI-compatible API.

    The prompt template is the one that was gated, answers are greedy. Ends on Ctrl-C or SIGTERM.
    """
    from web4.deployment.server import serve as serve_file

    serve_file(gguf or _served_file(open_run(profile, store)), host, port)


@click.group()
def deploy() -> None:
    """Hand the run's quantized model on, if the gate has passed for it."""


def _deploy_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--force", is_flag=True, help="Also what has not passed; its tag says so."),
        click.option("--license", "license_file", type=click.Path(path_type=Path)),
        click.option("--candidate", help="release, for the newest one under data/releases/."),
    ):
        command = option(command)
    return run_options(command)


@deploy.command("ollama")
@click.option("--name", default="web4", show_default=True, help="The model's name in Ollama.")
@_deploy_options
def deploy_ollama(
    *, name: str, license_file: Path | None, force: bool, **chosen: str | None
) -> None:
    """Write the Modelfile; where a server answers at OLLAMA_HOST, create the model and ask it."""
    import os

    from web4.deployment import ollama, served_check

    run, gguf, tag, text = _deployable(license_file, force=force, **chosen)
    modelfile = ollama.write_modelfile(gguf, text, Path("outputs", "deploy", "ollama", tag))
    host = os.environ.get("OLLAMA_HOST", "")
    if not ollama.answers_at(host):
        click.echo(f"{modelfile}: written; no Ollama server answers at OLLAMA_HOST")
        return
    made = ollama.create(host, f"{name}:{tag}", gguf, modelfile)
    click.echo(f"{made.name} sha256={made.digest}")
    _, found = served_check.check(f"ollama:{made.name}", gguf, *_evaluated(run))
    different = [one.record_id for one in found.different]
    click.echo(f"{found.asked} records asked, {len(different)} answered otherwise than evaluated")
    sys.exit(1 if different else 0)


@deploy.command("docker")
@click.option("--push", "registry", metavar="REGISTRY/NAME", help="Push it there as well.")
@_deploy_options
def deploy_docker(
    *, registry: str | None, license_file: Path | None, force: bool, **chosen: str | None
) -> None:
    """Write the OCI artifact that `docker model pull` takes, and push it where asked for."""
    from web4.deployment import docker

    _, gguf, tag, text = _deployable(license_file, force=force, **chosen)
    layout = Path("outputs", "deploy", "docker", tag)
    digest = docker.write_layout(gguf, text, layout, tag)
    if registry:
        docker.push(layout, f"{registry}:{tag}")
        click.echo(f"{registry}:{tag}@{digest}")
    else:
        click.echo(f"{layout} {digest}")


@deploy.command("check")
@click.argument("spec", metavar="openai:URL#MODEL|ollama:NAME")
@click.option("--candidate", help="release, for the newest one under data/releases/.")
@run_options
def check_deployed(*, spec: str, **chosen: str | None) -> None:
    """Ask whoever serves SPEC, and compare with the run's evaluated answers.

    Exit with 1 where it is another model, or answers as another one would.
    """
    from web4.deployment import served_check

    run = open_run(**chosen)
    asked = _evaluated(run)
    identity, found = served_check.check(spec, _served_file(run), *asked)
    click.echo(json.dumps({"model": identity.to_dict(), **found.to_dict()}, indent=1))
    sys.exit(1 if found.different or found.faults else 0)


def _deployable(
    license_file: Path | None, *, force: bool, **chosen: str | None
) -> "tuple[Run, Path, str, str]":
    """Return the run, its quantized model, the tag it may have, and its licence."""
    from web4.deployment.permit import licence, permitted, tag
    from web4.digests import file_digest
    from web4.release.record import SCORECARD
    from web4.settings import Settings
    from web4.training.base_model import EMBEDDED

    run = open_run(**chosen)
    if run.outside:
        raise Web4Error(f"{run.spec}: only a profile's run or a release is deployed")
    if license_file is None and run.profile.base != EMBEDDED:
        raise Web4Error(f"{run.profile.base}: name the licence of this base with --license FILE")
    gguf = _served_file(run)
    digest = file_digest(gguf)
    record = Settings.from_environment(**chosen).folder / SCORECARD
    gated = permitted(record, digest, force=force)
    version = run.release.version if run.release else run.profile.name
    return run, gguf, tag(version, digest, gated=gated), licence(license_file)


def _served_file(run: "Run") -> Path:
    (gguf,) = run.artifact("quantize").path.glob("*.gguf")
    return gguf


def _evaluated(run: "Run") -> Any:
    """Return the records that a served model is asked, the evaluated answers, and their length."""
    from web4.dataset.frozen import load_eval
    from web4.deployment.served_check import first_records
    from web4.evaluation import PREDICTIONS
    from web4.records import EVAL_BUCKETS, read_completions

    frozen = load_eval(run.profile.eval.version)
    asked = first_records({bucket: frozen.records(bucket) for bucket in EVAL_BUCKETS})
    lines = read_completions(run.answers("quantized") / PREDICTIONS)
    return asked, {one.record_id: one for one in lines}, run.profile.eval.max_new_tokens
