"""``python -m web4 …``: every step by hand, the same code as the fixtures.

Results go to stdout, progress and logs to stderr. Exit codes: 0, 1 for findings or a failed step,
2 for usage.
"""

from typing import Any

import click

from web4 import __version__
from web4.commands.certificate import certificate
from web4.commands.data import data
from web4.commands.deploy import deploy, serve
from web4.commands.evals import eval_
from web4.commands.iterate import iterate
from web4.commands.machine import doctor
from web4.commands.release import release
from web4.commands.report import report
from web4.commands.simulate import simulate
from web4.commands.steps import evaluate, step, synth, train
from web4.errors import Web4Error


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


for command in (
    certificate,
    data,
    deploy,
    doctor,
    eval_,
    evaluate,
    iterate,
    release,
    report,
    serve,
    simulate,
    step,
    synth,
    train,
):
    main.add_command(command)
