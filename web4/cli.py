"""``python -m web4 …``: every step by hand, the same code as the fixtures."""

import sys
from pathlib import Path

import click

from web4 import __version__
from web4.errors import Web4Error


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Web4Error as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="web4")
def main() -> None:
    """Evaluate and gate fine-tuned code models."""


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
