"""Making a new version of the evaluation set: generated, checked, and frozen with its digests."""

import json
import tempfile
from pathlib import Path

from web4.catalog import load_catalog
from web4.dataset import synth
from web4.dataset.frozen import MANIFEST, made_for_now
from web4.dataset.sanity import Source, check
from web4.digests import file_digest
from web4.errors import ConfigError, DataError
from web4.paths import data_dir
from web4.records import write_jsonl

EVAL_SEED = 1


def freeze(version: str, catalog: Path) -> Path:
    """Generate the evaluation buckets as a new version, which stands there whole or not at all.

    Raise ``ConfigError`` where it exists already, ``DataError`` where a gold answer does not fit
    the catalogue or the rules that the version is made for.
    """
    folder = data_dir() / "eval" / version
    if folder.exists():
        raise ConfigError(f"{folder}: this version is frozen already. Choose a new number.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".freezing-", dir=folder.parent) as scratch:
        made = Path(scratch, version)
        made.mkdir()
        for bucket in synth.EVAL_SIZES:
            write_jsonl(made / f"{bucket}.jsonl", synth.eval_records(bucket, EVAL_SEED))
        _check_gold(made, catalog)
        manifest = {
            "version": version,
            "generator": synth.EVAL_VERSION,
            "seed": EVAL_SEED,
            "made_for": made_for_now(catalog),
            "files": {path.name: file_digest(path) for path in sorted(made.glob("*.jsonl"))},
        }
        text = json.dumps(manifest, indent=2) + "\n"
        (made / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
        made.rename(folder)
    return folder


def _check_gold(folder: Path, catalog: Path) -> None:
    sources = [Source(path, path.name, "eval") for path in sorted(folder.glob("*.jsonl"))]
    report = check(sources, load_catalog(catalog), tokenizer=None)
    if report.errors:
        first = next(one for one in report.findings if one.level == "error")
        raise DataError(
            f"{folder.name} is not frozen: {report.errors} of its records are wrong for {catalog} "
            f"and the rules of today. The first: {first}. Let the generators make what fits."
        )
