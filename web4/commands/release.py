"""``web4 release``: the models that were accepted."""

import click

from web4.commands.opening import open_run, run_options


@click.group()
def release() -> None:
    """Keep the models that were accepted."""


@release.command("list")
def list_releases() -> None:
    """Print the releases, the oldest first; * marks the one in use."""
    from web4.release.kept import all_releases

    releases = all_releases()
    live = [kept for kept in releases if not kept.withdrawn]
    for kept in releases:
        state = "green" if kept.green else "red"
        line = f"{kept.version}  {kept.profile}  {kept.adapter_key[:12]}  gate {state}"
        line += f"  withdrawn {kept.withdrawn}" if kept.withdrawn else ""
        click.echo(f"{line}  *" if kept in live[-1:] else line)


@release.command("accept")
@click.argument("version")
@click.option("--red", is_flag=True, help="Keep it although the gate has not passed for it.")
@run_options
def accept_release(
    version: str,
    red: bool,  # noqa: FBT001 - click passes a flag by name
    profile: str | None,
    store: str | None,
) -> None:
    """Keep the gated run of a profile as release VERSION (for example v1.2.3).

    It has to be certified, and no worse than the last accepted release. Of older releases the last
    five are kept, and those that a profile goes on from.
    """
    from web4.acceptance import accept
    from web4.settings import Settings

    folder = Settings.from_environment(profile=profile).folder
    made, gone = accept(open_run(profile, store), folder, version, red=red)
    click.echo(made.path)
    for one in gone:
        click.echo(f"web4: {one} removed: the last five are kept", err=True)


@release.command("rollback")
@click.argument("version", required=False, default="")
@click.option("--why", default="", help="Kept with what is withdrawn.")
def rollback_release(version: str, why: str) -> None:
    """Go back to VERSION, or to the release before the one in use; newer ones are withdrawn.

    `--web4-candidate release` and `deploy --candidate release` take the release in use. Nothing is
    removed: rolling back to a newer version puts it in use again.
    """
    from web4.release.kept import rollback

    used = rollback(version, why)
    state = "green" if used.green else "red"
    click.echo(f"{used.version}  {used.profile}  {used.adapter_key[:12]}  gate {state}  *")
