"""What commands share: the options that name a run, opening it, and printing hostile text."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from web4.profile import Profile
    from web4.run import Run


def run_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--store", help="Where artifacts are kept (outputs/.store)."),
        click.option("--profile", help="Name or TOML file of a profile (embedded)."),
    ):
        command = option(command)
    return command


def open_run(profile: str | None, store: str | None, candidate: str | None = None) -> "Run":
    from web4.settings import Settings

    settings = Settings.from_environment(profile=profile, store=store, candidate=candidate)
    return settings.open_run(say=lambda line: click.echo(f"web4: {line}", err=True))


def print_text(text: str) -> None:
    """Print a text of which the terminal may not have every letter."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)


def profile_of(named: str | None) -> "Profile":
    """Return the profile of that name, else the one that the environment names."""
    from web4.profile import load_profile
    from web4.settings import Settings

    return load_profile(Settings.from_environment(profile=named).profile)
