"""The patterns that lie as data: the folders of ``data/style/`` with one TOML file a pattern."""

import os
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from web4.digests import files_digest
from web4.errors import ConfigError, faults_of
from web4.paths import data_dir

FORBIDDEN: Final = "forbidden"
TEMPLATES: Final = "templates"

Data = TypeVar("Data", bound=BaseModel)


def pattern_folder(name: str) -> Path:
    return _folder(name, os.environ.get("WEB4_DATA"))


@lru_cache(maxsize=8)  # asked with every answer: the disk is looked at once for each setting
def _folder(name: str, _configured: str | None) -> Path:
    return data_dir() / "style" / name


def pattern_files(folder: Path) -> list[Path]:
    """Return a folder's patterns in name order; raise ``ConfigError`` where there is none."""
    found = sorted(folder.glob("*.toml"))
    if not found:
        raise ConfigError(f"{folder}: no pattern lies here (*.toml)")
    return found


def read_pattern_file(path: Path, model: type[Data]) -> Data:
    """Read one pattern; raise ``ConfigError`` that names the file and its faults."""
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    except ValidationError as error:
        raise ConfigError(f"{path}: mend {faults_of(error)}") from error


def patterns_digest() -> str:
    """Return one digest of all patterns: they decide what two metrics say."""
    folders = [pattern_folder(name) for name in (FORBIDDEN, TEMPLATES)]
    return files_digest(
        {f"{path.parent.name}/{path.name}": path for one in folders for path in pattern_files(one)}
    )
