"""Single steps by hand: one of the table, the training records, a training, an evaluation."""

import json
import sys
from pathlib import Path

import click

from web4.commands.opening import open_run, run_options


@click.command()
@click.argument("name")
@click.argument("spec", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def step(name: str, spec: Path) -> None:
    """Run the step NAME as the SPEC file says; the store does this for every artifact."""
    from web4.execution import execute
    from web4.steps import STEPS

    if name not in STEPS:
        raise click.UsageError(f"no step {name!r}; known: {', '.join(STEPS)}")
    sys.exit(execute(spec, STEPS[name].run))


@click.command()
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


@click.command()
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
@run_options
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
    run = open_run(profile, store)
    if manifest is None:
        click.echo(run.artifact(name).path / "lora")
        return
    from web4.repetition import repetition

    again = repetition(manifest, run)
    for line in again.differences or ("everything is as it was then",):
        click.echo(f"web4: {line}", err=True)
    click.echo(again.train(out or Path("outputs") / f"repeated-{again.manifest.key[:16]}"))


@click.command()
@click.option("--candidate", help="release, embedded:smollm2, a GGUF file or a model folder.")
@click.option("--json", "as_json", is_flag=True, help="Print every score as JSON.")
@click.option("--stages", is_flag=True, help="Base, dry run, mini and full abreast (mini set).")
@run_options
def evaluate(
    *,
    candidate: str | None,
    as_json: bool,
    stages: bool,
    profile: str | None,
    store: str | None,
) -> None:
    """Ask a candidate every evaluation bucket and print its scores.

    With --stages, the model before training and after each training is asked the mini set.
    """
    from web4.pipeline import STAGES
    from web4.report.table import score_table, stage_table

    run = open_run(profile, store, candidate)
    cards = [run.scorecard(name) for name in (STAGES if stages else run.candidates)]
    if as_json:
        click.echo(json.dumps([card.to_dict() for card in cards], indent=1))
    else:
        click.echo((stage_table if stages else score_table)(cards, run.targets))
