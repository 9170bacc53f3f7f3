"""``web4 certificate``: proof that a model has passed the gate, held against its files."""

from pathlib import Path

import click


@click.group()
def certificate() -> None:
    """Look at the certificates of models that have passed the gate."""


@certificate.command("verify")
@click.argument("path", type=click.Path(path_type=Path), metavar="certificate.json")
@click.option("--key", type=click.Path(path_type=Path), help="Public key (PEM) of who signed it.")
@click.option("--unsigned", is_flag=True, help="Hold it against the files, whoever wrote it.")
@click.option(
    "--gguf",
    "--model",
    type=click.Path(path_type=Path),
    help="The GGUF, or the folder of a model from outside, if it lies elsewhere.",
)
@click.option("--adapter", type=click.Path(path_type=Path), help="The adapter's safetensors.")
@click.option("--scorecard", type=click.Path(path_type=Path), help="The scorecard.json.")
@click.option("--junit", type=click.Path(path_type=Path), help="The JUnit report.")
def verify_certificate(
    *, path: Path, key: Path | None, unsigned: bool, **given: Path | None
) -> None:
    """Check a certificate against the model and its evidence, beside it or named by options.

    Exit with 1 where a byte of any of them is not what was certified.
    """
    from web4.release import certificate as certificates
    from web4.release.record import SCORECARD

    if bool(key) == unsigned:
        raise click.UsageError(
            "give --key FILE, the public key of who has to have signed it, or --unsigned"
        )
    names = {
        "adapter": certificates.ADAPTER,
        "scorecard": SCORECARD,
        "junit": certificates.JUNIT,
        "gguf": certificates.model_of(path),
    }
    files = {names[option]: file for option, file in given.items() if file}
    found = certificates.verify(path, public=key, files=files)
    signed = f"signed with the key {found.signer[:16]}" if found.signer else "UNSIGNED"
    click.echo(f"{found.verdict}, {signed}")
    for name in found.checked:
        click.echo(f"same    {name}")
    for name in found.absent:
        click.echo(f"absent  {name}")
