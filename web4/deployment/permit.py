"""Nothing is deployed that is not certified, unless its name says so."""

import re
from importlib.metadata import distribution
from pathlib import Path

from web4.errors import ArtifactError, ConfigError
from web4.release import certificate

UNGATED = "ungated"
_SHORT = 12


def why_not(scorecard: Path, digest: str) -> str:
    """Say why a model's weights may not be deployed: what its certificate lacks; "" if nothing."""
    if not scorecard.is_file():
        return f"{scorecard}: the run was not gated. Run pytest -m shipgate first."
    try:
        record = certificate.read_whole(scorecard)
        told = certificate.why_not(record)
        if told:
            return f"{scorecard}: {told}"
        if digest not in {str(card["digest"]) for card in record["cards"]}:
            return f"{scorecard}: another model was gated than {digest[:_SHORT]}. Gate this one."
        certificate.verify(scorecard.with_name(certificate.CERTIFICATE))
    except ArtifactError as error:
        why = str(error).removesuffix(" Gate it again.").rstrip(".")
        return f"{why}. Gate it again."
    return ""


def permitted(scorecard: Path, digest: str, *, force: bool) -> bool:
    """Return whether the gate has passed; raise ``ConfigError`` where it has not, unless forced."""
    why = why_not(scorecard, digest)
    if why and not force:
        raise ConfigError(f"{why} With --force the tag says {UNGATED}.")
    return not why


def licence(path: Path | None) -> str:
    """Return a licence file's text, else the one that web4 and the embedded model have."""
    if path is None:
        name = "LICENSE"
        own = Path(__file__).parents[2] / name
        found = own.read_text(encoding="utf-8") if own.is_file() else None
        found = found or distribution("web4").read_text(f"licenses/{name}")
        if found:
            return found
        raise ConfigError("web4's own licence is not installed with it. Name one with --license.")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: the licence cannot be read ({error})") from error


def tag(version: str, digest: str, *, gated: bool) -> str:
    """Return a tag with version and digest, as registries and Ollama take it."""
    well = re.sub(r"[^A-Za-z0-9_.-]+", "-", version).strip("-.") or "dev"
    return "-".join([well[:64], digest[:_SHORT], *([] if gated else [UNGATED])])
