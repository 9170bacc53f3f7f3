"""``web4 iterate``: one pass of the improvement cycle."""

import sys
from pathlib import Path

import click

from web4.commands.opening import open_run, run_options


@click.command()
@click.option("--release", "version", help="The release to improve (the one in use).")
@click.option("--plan", "plan_only", is_flag=True, help="Write the plan and its profile, and end.")
@run_options
def iterate(
    *, version: str | None, plan_only: bool, profile: str | None, store: str | None
) -> None:
    """Answer what a release misses: add records, learn on from it, evaluate, compare.

    Reads the release's scorecard, applies the remedy of each missed target (data/remedies.toml) and
    writes a profile of its own under outputs/iterations. Exit with 1 where the pass made anything
    worse; then it is not accepted.
    """
    from web4.commands.opening import profile_of
    from web4.iteration import go, opened, plan
    from web4.release.kept import find_release, latest_release
    from web4.remedies import load_remedies
    from web4.targets import load_targets

    release = find_release(version) if version else latest_release()
    targets = load_targets()
    planned = plan(release, profile_of(profile), targets, load_remedies())
    folder = Path("outputs", "iterations", planned.profile.name)
    path = planned.write(folder)
    click.echo(planned.to_text(), nl=False)
    click.echo(f"profile {path}")
    if plan_only:
        return
    done = go(planned, opened(open_run(str(path), store), release), folder)
    click.echo(done.to_text(targets), nl=False)
    if done.accepted:
        click.echo(
            f"web4: now gate it: pytest -m shipgate --web4-profile {path}; then "
            f"python -m web4 release accept VERSION --profile {path}",
            err=True,
        )
    sys.exit(0 if done.accepted else 1)
