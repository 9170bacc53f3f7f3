"""What a green gate leaves behind: certificate, bill of materials and model card, side by side."""

import shutil
from pathlib import Path

from web4.digests import file_digest
from web4.errors import ArtifactError
from web4.release.bill_of_materials import BILL, write_bill
from web4.release.certificate import (
    ADAPTER,
    CERTIFICATE,
    ENVELOPE,
    JUNIT,
    certify,
    certify_outside,
    read_whole,
    verify,
    withdraw,
)
from web4.release.model_card import CARD, write_card
from web4.release.record import SCORECARD
from web4.run import Run
from web4.training.origin import licence_of

EVIDENCE = (CERTIFICATE, ENVELOPE, JUNIT, BILL, CARD)
"""What a release keeps beside its scorecard."""


def certify_run(run: Run, folder: Path, junit: Path, key: Path | None) -> Path:
    """Certify the run whose record lies in ``folder``; return the certificate's path.

    Of a model from outside there is neither bill of materials nor card: web4 did not make it.
    ``junit`` is the report of the very run that was green. Raise a ``Web4Error`` where anything is
    not what was gated; then there is no certificate.
    """
    if junit.is_file() and junit.resolve() != (folder / JUNIT).resolve():
        shutil.copyfile(junit, folder / JUNIT)
    if run.outside:
        path = Path(run.spec).expanduser()
        return certify_outside(folder, path.resolve().name if path.exists() else run.spec, key=key)
    gguf = folder / f"model.{run.rung}.gguf"
    licence = licence_of(run.artifact("base").path)
    path = certify(folder, gguf, key=key)
    record = read_whole(folder / SCORECARD)
    subjects = {gguf.name: file_digest(gguf), ADAPTER: file_digest(folder / ADAPTER)}
    write_bill(folder, record, subjects)
    write_card(folder, record, subjects, licence)
    return path


def uncertify(folder: Path) -> None:
    """Remove what an earlier green gate left behind."""
    withdraw(folder)
    for name in (BILL, CARD):
        (folder / name).unlink(missing_ok=True)


def evidence_of(folder: Path, gguf: Path) -> list[Path]:
    """Return the files that a release keeps; raise ``ArtifactError`` where they do not hold."""
    found = verify(folder / CERTIFICATE, files={gguf.name: gguf})
    if found.absent:
        raise ArtifactError(f"{folder}: lacks {', '.join(found.absent)} of the certificate")
    return [folder / name for name in EVIDENCE if (folder / name).is_file()]
