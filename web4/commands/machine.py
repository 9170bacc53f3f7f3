"""``web4 doctor``: what this machine has."""

import sys

import click


@click.command()
def doctor() -> None:
    """Tell what this machine has, what is missing, and what would be fetched."""
    from web4.doctor import findings

    faults = 0
    for finding in findings():
        faults += not finding.well
        click.echo(f"{'ok     ' if finding.well else 'MISSING'} {finding.what}")
    sys.exit(1 if faults else 0)
