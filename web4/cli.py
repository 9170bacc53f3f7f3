"""``python -m web4 …``: every step by hand, the same code as the fixtures.

Results go to stdout, progress and logs to stderr. Exit codes: 0, 1 for findings or a failed step,
2 for usage.
"""

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web4 import __version__
from web4.errors import Web4Error

if TYPE_CHECKING:
    from web4.profile import Profile
    from web4.records import Record
    from web4.run import Run


class _Commands(click.Group):
    """Ends in one line where something is wrong that the user can mend."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Web4Error as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="web4")
def main() -> None:
    """Evaluate and gate fine-tuned code models. The gate itself is ``pytest -m shipgate``."""


def _run_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--store", help="Where artifacts are kept (outputs/.store)."),
        click.option("--profile", help="Name or TOML file of a profile (embedded)."),
    ):
        command = option(command)
    return command


def _open_run(profile: str | None, store: str | None, candidate: str | None = None) -> "Run":
    from web4.settings import Settings

    settings = Settings.from_environment(profile=profile, store=store, candidate=candidate)
    return settings.open_run(say=lambda line: click.echo(f"web4: {line}", err=True))


def _print(text: str) -> None:
    """Print a text of which the terminal may not have every letter."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)


@main.command()
@click.argument("name")
@click.argument("spec", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def step(name: str, spec: Path) -> None:
    """Run the step NAME as the SPEC file says; the store does this for every artifact."""
    from web4.execution import execute
    from web4.pipeline import STEPS

    if name not in STEPS:
        raise click.UsageError(f"no step {name!r}; known: {', '.join(STEPS)}")
    sys.exit(execute(spec, STEPS[name].run))


@main.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--profile", default="embedded", help="Name or TOML file of a profile (embedded).")
def synth(out: Path, profile: str) -> None:
    """Write the training records of a profile into OUT, one JSONL file a bucket."""
    from web4.dataset.synth import write_train
    from web4.digests import files_digest
    from web4.profile import load_profile

    chosen = load_profile(profile)
    out.mkdir(parents=True, exist_ok=True)
    counts = chosen.data.model_dump()
    write_train(out, counts, chosen.seed)
    digest = files_digest({f"{bucket}.jsonl": out / f"{bucket}.jsonl" for bucket in counts})
    click.echo(f"{sum(counts.values())} records in {out}, sha256 {digest}")


@main.command()
@click.argument("name", type=click.Choice(["dry_run", "mini", "full"]), default="full")
@click.option(
    "--manifest",
    type=click.Path(exists=True, path_type=Path),
    help="Repeat the training that this manifest.json tells of, in place of NAME.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where a repeated training goes (outputs/repeated-<key>).",
)
@_run_options
def train(
    name: str,
    manifest: Path | None,
    out: Path | None,
    profile: str | None,
    store: str | None,
) -> None:
    """Train the adapter NAME (full) unless it is there already; go on where a run was cut.

    With --manifest: what is not as it was then is named before the training starts.
    """
    run = _open_run(profile, store)
    if manifest is None:
        click.echo(run.artifact(name).path / "lora")
        return
    from web4.repetition import repetition

    again = repetition(manifest, run)
    for line in again.differences or ("everything is as it was then",):
        click.echo(f"web4: {line}", err=True)
    click.echo(again.train(out or Path("outputs") / f"repeated-{again.manifest.key[:16]}"))


@main.command()
@click.option("--candidate", help="release, embedded:smollm2, a GGUF file or a model folder.")
@click.option("--json", "as_json", is_flag=True, help="Print every score as JSON.")
@_run_options
def evaluate(
    candidate: str | None,
    as_json: bool,  # noqa: FBT001 - click passes a flag by name
    profile: str | None,
    store: str | None,
) -> None:
    """Ask a candidate every evaluation bucket and print its scores."""
    from web4.report.table import score_table

    run = _open_run(profile, store, candidate)
    cards = [run.scorecard(name) for name in run.candidates]
    if as_json:
        click.echo(json.dumps([card.to_dict() for card in cards], indent=1))
    else:
        click.echo(score_table(cards, run.targets))


@main.command()
@click.argument("gguf", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0: any free one."
)
@_run_options
def serve(
    *, gguf: Path | None, host: str, port: int, profile: str | None, store: str | None
) -> None:
    """Serve GGUF, or the run's quantized model, behind an OpenAI-compatible API.

    The prompt template is the one that was gated, answers are greedy. Ends on Ctrl-C or SIGTERM.
    """
    from web4.deployment.server import serve as serve_file

    serve_file(gguf or _served_file(_open_run(profile, store)), host, port)


@main.group()
def deploy() -> None:
    """Hand the run's quantized model on, if the gate has passed for it."""


def _deploy_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--force", is_flag=True, help="Also what has not passed; its tag says so."),
        click.option("--license", "license_file", type=click.Path(path_type=Path)),
        click.option("--candidate", help="release, for the newest one under data/releases/."),
    ):
        command = option(command)
    return _run_options(command)


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
@_run_options
def check_deployed(*, spec: str, **chosen: str | None) -> None:
    """Ask whoever serves SPEC, and compare with the run's evaluated answers.

    Exit with 1 where it is another model, or answers as another one would.
    """
    from web4.deployment import served_check

    run = _open_run(**chosen)
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
    from web4.release.kept import latest_release
    from web4.run import RELEASE
    from web4.settings import Settings
    from web4.training.base_model import EMBEDDED

    run = _open_run(**chosen)
    if run.outside:
        raise Web4Error(f"{run.spec}: only a profile's run or a release is deployed")
    if license_file is None and run.profile.base != EMBEDDED:
        raise Web4Error(f"{run.profile.base}: name the licence of this base with --license FILE")
    gguf = _served_file(run)
    digest = file_digest(gguf)
    record = Settings.from_environment(**chosen).folder / "scorecard.json"
    gated = permitted(record, digest, force=force)
    version = latest_release().version if run.spec == RELEASE else run.profile.name
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


@main.command()
def doctor() -> None:
    """Tell what this machine has, what is missing, and what would be fetched."""
    from web4.doctor import findings

    faults = 0
    for finding in findings():
        faults += not finding.well
        click.echo(f"{'ok     ' if finding.well else 'MISSING'} {finding.what}")
    sys.exit(1 if faults else 0)


@main.group()
def data() -> None:
    """Look at training data."""


def _print_codes(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    from web4.dataset.sanity.findings import code_list

    if wanted and not context.resilient_parsing:
        click.echo(code_list(), nl=False)
        context.exit()


@data.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text")
@click.option("--max-tokens", type=click.IntRange(min=1), default=2048, show_default=True)
@click.option("--fail-on", type=click.Choice(["error", "warning"]), default="error")
@click.option(
    "--eval",
    "evals",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Also an evaluation set: a file or a folder of them.",
)
@click.option("--no-eval", is_flag=True, help="Leave the profile's own evaluation sets out.")
@click.option("--no-tokens", is_flag=True, help="Leave the tokenizer out; needs no base model.")
@click.option(
    "--codes",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_codes,
    help="Print everything that can be found, and end.",
)
@_run_options
def check_data(  # noqa: PLR0913 - each is an option of the command
    *,
    paths: tuple[Path, ...],
    form: str,
    max_tokens: int,
    fail_on: str,
    evals: tuple[Path, ...],
    no_eval: bool,
    no_tokens: bool,
    profile: str | None,
    store: str | None,
) -> None:
    """Check training data: each of PATHS is a JSONL file or a folder of them.

    Exit with 1 where an error is found, or a warning with --fail-on=warning.
    """
    from web4.catalog import catalog_path, load_catalog
    from web4.dataset.sanity import Options, check_paths, digest_folder, require_paths
    from web4.targets import load_targets

    require_paths((*paths, *evals))
    asked = [*evals, *([] if no_eval else _frozen_evals(profile))]
    tokenizer = None if no_tokens else _base_tokenizer(profile, store)
    options = Options(max_tokens, load_targets(), digest_folder())
    report = check_paths(paths, asked, load_catalog(catalog_path()), tokenizer, options)
    written = {"text": report.to_text, "json": report.to_json, "github": report.to_github}[form]()
    _print(written)
    sys.exit(1 if report.errors or (fail_on == "warning" and report.warnings) else 0)


@data.command("show")
@click.argument("source", metavar="BUCKET|FILE")
@click.option("--sample", type=click.IntRange(min=1), default=10, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Draws another sample.")
@click.option("--id", "record_id", help="Show this one record.")
@click.option(
    "--prompt", is_flag=True, help="Show the trained text, in ⟦brackets⟧ what the loss is taken on."
)
@click.option("--profile", help="Name or TOML file of a profile (embedded).")
def show_data(  # noqa: PLR0913 - each is an option of the command
    *, source: str, sample: int, seed: int, record_id: str | None, prompt: bool, profile: str | None
) -> None:
    """Print records to be read by a person.

    BUCKET is an evaluation bucket of the profile (tool, style, guardrail, mini) or a training
    bucket (train/tool_core, train/guardrail, ...); FILE is any JSONL file of records.
    """
    from web4.dataset.show import described

    records = _records_of(source, profile)
    if record_id is not None:
        chosen = [record for record in records if record.id == record_id]
        if not chosen:
            raise Web4Error(f"{source}: holds no record {record_id!r}")
    else:
        chosen = random.Random(seed).sample(records, min(sample, len(records)))  # noqa: S311
    click.echo("\n\n".join(described(record, prompt=prompt) for record in chosen))


def _records_of(source: str, profile: str | None) -> "list[Record]":
    from web4.dataset import synth
    from web4.dataset.frozen import load_eval
    from web4.records import TRAIN_BUCKETS, read_records

    if Path(source).is_file():
        return list(read_records(Path(source)))
    chosen = _profile(profile)
    frozen = load_eval(chosen.eval.version)
    if source in frozen.buckets:
        return frozen.records(source)
    bucket = source.removeprefix("train/")
    if bucket in TRAIN_BUCKETS:
        count: int = getattr(chosen.data, bucket)
        return list(synth.generate(bucket, count, chosen.seed, "train"))
    known = ", ".join((*frozen.buckets, *(f"train/{name}" for name in TRAIN_BUCKETS)))
    raise Web4Error(f"{source}: neither a file nor a bucket; known: {known}")


def _base_tokenizer(profile: str | None, store: str | None) -> Any:
    from web4.training import base_model

    prepared = _open_run(profile, store).artifact("base").path
    return base_model.load_tokenizer(base_model.model_dir(prepared))


def _frozen_evals(profile: str | None) -> list[Path]:
    from web4.dataset.frozen import load_eval

    return list(load_eval(_profile(profile).eval.version).buckets.values())


def _profile(named: str | None) -> "Profile":
    """Return the profile of that name, else the one that the environment names."""
    from web4.profile import load_profile
    from web4.settings import Settings

    return load_profile(Settings.from_environment(profile=named).profile)


@main.command()
@click.argument("source", metavar="RECORD")
@click.option("--id", "record_id", help="Which record, where RECORD holds several.")
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Run this plan (a JSON file) and judge it; the record's own one otherwise.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the trace as JSON.")
@click.option("--profile", help="Name or TOML file of a profile (embedded).")
def simulate(
    *,
    source: str,
    record_id: str | None,
    plan_file: Path | None,
    as_json: bool,
    profile: str | None,
) -> None:
    """Run a plan in memory on its record's files, and print what each step did.

    RECORD is a file with one record, a JSONL file of records, or a bucket of the profile (tool,
    train/tool_core, ...). Exit with 1 where the plan fails.
    """
    from web4.catalog import catalog_path, load_catalog
    from web4.metrics.rehearsal import rehearse

    record = _one_record(source, record_id, profile)
    try:
        text = plan_file.read_text(encoding="utf-8") if plan_file else None
    except (OSError, ValueError) as error:
        raise Web4Error(f"{plan_file}: cannot be read ({error})") from error
    rehearsal = rehearse(record, text, load_catalog(catalog_path()))
    written = rehearsal.to_json() if as_json else rehearsal.to_text()
    _print(f"{written}\n")
    sys.exit(0 if rehearsal.passed else 1)


def _one_record(source: str, record_id: str | None, profile: str | None) -> "Record":
    from web4.records import Record

    path = Path(source)
    try:
        whole = json.loads(path.read_bytes()) if path.is_file() else None
    except (OSError, ValueError, RecursionError):
        whole = None  # not one JSON document: a line may be, and reading lines tells what is wrong
    if isinstance(whole, dict):
        try:
            records = [Record.from_dict(whole)]
        except (TypeError, ValueError) as error:
            raise Web4Error(f"{source}: {error}. Mend the record.") from error
    else:
        records = _records_of(source, profile)
    chosen = [one for one in records if record_id in {None, one.id}]
    if not chosen:
        raise Web4Error(f"{source}: holds no record {record_id or ''!r}".replace(" ''", ""))
    if len(chosen) > 1 and record_id is None:
        raise Web4Error(f"{source}: holds {len(chosen)} records. Choose one with --id.")
    return chosen[0]


@main.group("eval")
def eval_() -> None:
    """Look after evaluation sets."""


@eval_.command("freeze")
@click.argument("version")
def freeze_eval(version: str) -> None:
    """Generate the evaluation buckets and freeze them as VERSION (for example v1.1)."""
    from web4.catalog import catalog_path
    from web4.dataset.frozen import freeze

    click.echo(freeze(version, catalog_path()))


@main.group()
def release() -> None:
    """Keep the models that were accepted."""


@release.command("list")
def list_releases() -> None:
    """Print the releases, the oldest first."""
    from web4.release.kept import all_releases

    for kept in all_releases():
        state = "green" if kept.green else "red"
        click.echo(f"{kept.version}  {kept.profile}  {kept.adapter_key[:12]}  gate {state}")


@release.command("accept")
@click.argument("version")
@click.option("--red", is_flag=True, help="Keep it although the gate has not passed for it.")
@_run_options
def accept_release(
    version: str,
    red: bool,  # noqa: FBT001 - click passes a flag by name
    profile: str | None,
    store: str | None,
) -> None:
    """Keep the gated run of a profile as release VERSION (for example v1.2.3)."""
    from web4.outlook import probe_gflops
    from web4.release.kept import Release, keep
    from web4.settings import Settings

    run = _open_run(profile, store)
    scorecard = Settings.from_environment(profile=profile).folder / "scorecard.json"
    if not scorecard.is_file():
        raise Web4Error(f"{scorecard}: the run was not gated. Run pytest -m shipgate first.")
    verdict = json.loads(scorecard.read_text(encoding="utf-8"))["verdict"]
    green = verdict == "SHIP GATE: PASSED"
    if not green and not red:
        raise Web4Error(f"{scorecard}: {verdict}. Only what has passed is accepted.")
    steps = ("dry_run", "mini", "full", "predict_mini", "predict_adapter")
    kept = [run.artifact(name) for name in steps if run.store.where(run.requests[name]) == "store"]
    adapter = run.requests["full"].key
    made = Release(version, run.profile.name, adapter, green, round(probe_gflops(), 1))
    keep(made, kept, scorecard)
    click.echo(made.path)
