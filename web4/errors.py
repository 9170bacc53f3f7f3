"""The exceptions that end in one clear message for the user, never in a traceback."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class Web4Error(Exception):
    """Something is wrong that the user can mend; the message says what, where and how."""


class DataError(Web4Error):
    """A data file breaks its format; the message names file and line."""


class ConfigError(Web4Error):
    """A profile, the targets or an option cannot be used as it stands."""


class AssetError(Web4Error):
    """Something that is fetched once could not be had, or is not what was pinned."""


class ArtifactError(Web4Error):
    """An artifact is missing, damaged or could not be published."""


class StepFailedError(Web4Error):
    """A step of the pipeline ended without its artifact."""


class CandidateError(Web4Error):
    """A candidate cannot be opened or cannot answer."""


def faults_of(error: "ValidationError") -> str:
    """Return a validation's faults in one line: each key with what is wrong with it."""
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'top level'}: {fault['msg']}"
        for fault in error.errors()
    )
