"""``web4 eval``: evaluation sets."""

import re

import click


@click.group("eval")
def eval_() -> None:
    """Look after evaluation sets."""


@eval_.command("freeze")
@click.argument("version")
def freeze_eval(version: str) -> None:
    """Generate the evaluation buckets and freeze them as VERSION (for example v1.1)."""
    from web4.catalog import catalog_path
    from web4.dataset.freezing import freeze

    if not re.fullmatch(r"v\d+\.\d+", version):
        raise click.UsageError(f"{version!r}: an evaluation version reads like v1.3")
    click.echo(freeze(version, catalog_path()))
    click.echo(
        f"web4: name it in the profile ([eval] version = {version!r}), and let the last release be "
        "asked it: python -m web4 evaluate --candidate release --profile NAME",
        err=True,
    )
