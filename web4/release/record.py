"""``scorecard.json`` as everyone reads it: the record of a gated run, or why it is none."""

import json
from pathlib import Path
from typing import Any

from web4.errors import ArtifactError

SCORECARD = "scorecard.json"
_MOST_BYTES = 64 * 1024 * 1024


def read_record(path: Path) -> dict[str, Any]:
    """Read what every record of a gated run says: its verdict, and the cards of its candidates.

    What else a record holds depends on its ``schema_version``. Raise ``ArtifactError`` where the
    file is no record.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise unreadable(path, f"it is larger than {_MOST_BYTES} bytes")
        record = json.loads(path.read_bytes())
    except OSError as error:
        raise unreadable(path, error.strerror) from error
    except (ValueError, RecursionError) as error:
        raise unreadable(path, f"it is no JSON: {error}") from error
    why = _lacking(record)
    if why:
        raise unreadable(path, why)
    found: dict[str, Any] = record
    return found


def unreadable(path: Path, why: object) -> ArtifactError:
    """Return the error of a file that is no record, or not all of one."""
    return ArtifactError(f"{path}: cannot be read as a gated run's record ({why}). Gate it again.")


def _lacking(record: object) -> str:
    """Say what keeps JSON from being a record; "" if nothing does."""
    if not isinstance(record, dict) or not isinstance(record.get("verdict"), str):
        return "it is no object with a verdict"
    cards = record.get("cards")
    if not isinstance(cards, list):
        return "it has no cards"
    for place, card in enumerate(cards):
        names = ("candidate", "digest", "eval_version")
        told = isinstance(card, dict) and all(isinstance(card.get(name), str) for name in names)
        if not told or not isinstance(card.get("scores"), list):
            return f"card {place} tells no candidate, digest, eval_version and scores"
    return ""
