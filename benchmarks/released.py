"""The weights that generation is compared on: a release's, in every form, from the store."""

import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.side_by_side import PeerError
from web4.assets import cache_dir
from web4.digests import file_digest
from web4.packaging.quantize import quantize
from web4.release.kept import all_releases
from web4.settings import Settings

F16 = "f16"


@dataclass(frozen=True, slots=True)
class Weights:
    """One model: a transformers folder and a 16-bit GGUF file of the same weights."""

    name: str
    folder: Path
    gguf: Path

    def as_type(self, kind: str) -> Path:
        """Return the GGUF file in a type, quantized once and kept below the user's cache."""
        if kind == F16:
            return self.gguf
        kept = cache_dir() / "benchmarks" / "gguf" / file_digest(self.gguf)[:16]
        path = kept / f"model.{kind}.gguf"
        if not path.is_file():
            quantize(self.gguf, path, kind)
        return path


def weights(version: str = "") -> Weights:
    """Return those of a release, or of the newest that the store holds the GGUF file of.

    Nothing is built for it. Raises ``PeerError`` where the store holds none.
    """
    store = Path(Settings.from_environment().store).absolute()
    for release in reversed(all_releases()):
        if version and release.version != version:
            continue
        merged = made_from(store, "merge", release.adapter_key)
        gguf = made_from(store, "gguf", _key(merged)) if merged else None
        if merged and gguf:
            return Weights(release.version, merged / "model", next(gguf.glob("*.gguf")))
    wanted = version or "any release"
    raise PeerError(
        f"{store}: it holds no merged model and GGUF file of {wanted}. Build them with "
        "`pytest -m packaging --web4-candidate release`, or name a store in WEB4_STORE."
    )


def made_from(store: Path, step: str, parent: str) -> Path | None:
    """Return the artifact of a step that was made from the one with the key ``parent``."""
    for path in sorted((store / step).glob("*/manifest.json")):
        if parent in json.loads(path.read_text(encoding="utf-8"))["inputs"].values():
            return path.parent
    return None


def _key(artifact: Path) -> str:
    return str(json.loads((artifact / "manifest.json").read_text(encoding="utf-8"))["key"])
