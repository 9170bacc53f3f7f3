"""``web4 simulate``: a plan run in memory."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web4.commands.data import records_of
from web4.commands.opening import print_text
from web4.errors import Web4Error

if TYPE_CHECKING:
    from web4.records import Record


@click.command()
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
    print_text(f"{written}\n")
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
        records = records_of(source, profile)
    chosen = [one for one in records if record_id in {None, one.id}]
    if not chosen:
        raise Web4Error(f"{source}: holds no record {record_id or ''!r}".replace(" ''", ""))
    if len(chosen) > 1 and record_id is None:
        raise Web4Error(f"{source}: holds {len(chosen)} records. Choose one with --id.")
    return chosen[0]
