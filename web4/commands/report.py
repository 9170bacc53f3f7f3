"""The command that draws gated runs as one page."""

from pathlib import Path

import click


@click.command()
@click.argument("runs", metavar="[RUN]...", nargs=-1)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file (report.html in the run's folder; outputs/report.html for several runs).",
)
def report(runs: tuple[str, ...], out: Path | None) -> None:
    """Write the report of a gated RUN, or of several beside each other, as one HTML file.

    RUN is a name under outputs/, a folder with a scorecard.json, or a release (v1.2.3). Left out,
    it is the profile's own run.
    """
    from web4.report.html import REPORT, write_report
    from web4.report.sources import OUTPUTS, run_folder
    from web4.settings import Settings

    named = runs or (str(Settings.from_environment().folder),)
    folders = [run_folder(one) for one in named]
    own = folders[0] if len(folders) == 1 else OUTPUTS
    if (own / "release.json").is_file():  # a release is kept as it was accepted
        own = OUTPUTS / own.name
    click.echo(write_report(folders, out or own / REPORT))
