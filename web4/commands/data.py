"""``web4 data``: training data, checked and shown."""

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web4.commands.opening import open_run, print_text, profile_of, run_options
from web4.errors import Web4Error

if TYPE_CHECKING:
    from web4.records import Record


@click.group()
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
@run_options
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
    from web4.dataset.sanity import Options, check_paths, require_paths
    from web4.paths import digest_folder
    from web4.targets import load_targets

    require_paths((*paths, *evals))
    asked = [*evals, *([] if no_eval else _frozen_evals(profile))]
    tokenizer = None if no_tokens else _base_tokenizer(profile, store)
    options = Options(max_tokens, load_targets(), digest_folder())
    report = check_paths(paths, asked, load_catalog(catalog_path()), tokenizer, options)
    written = {"text": report.to_text, "json": report.to_json, "github": report.to_github}[form]()
    print_text(written)
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

    records = records_of(source, profile)
    if record_id is not None:
        chosen = [record for record in records if record.id == record_id]
        if not chosen:
            raise Web4Error(f"{source}: holds no record {record_id!r}")
    else:
        chosen = random.Random(seed).sample(records, min(sample, len(records)))  # noqa: S311
    click.echo("\n\n".join(described(record, prompt=prompt) for record in chosen))


def records_of(source: str, profile: str | None) -> "list[Record]":
    from web4.dataset import synth
    from web4.dataset.frozen import load_eval
    from web4.records import TRAIN_BUCKETS, read_records

    if Path(source).is_file():
        return list(read_records(Path(source)))
    chosen = profile_of(profile)
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

    prepared = open_run(profile, store).artifact("base").path
    return base_model.load_tokenizer(base_model.model_dir(prepared))


def _frozen_evals(profile: str | None) -> list[Path]:
    from web4.dataset.frozen import load_eval

    return list(load_eval(profile_of(profile).eval.version).buckets.values())
