"""GGUF files: made from Hugging Face folders by the pinned converters, and checked by header."""

import contextlib
import json
import mmap
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from web4.assets import ADAPTER_CONVERTER, CONVERTER, fetch
from web4.errors import ArtifactError, StepFailedError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_STRING, _ARRAY = 8, 9
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q"}
_SCALARS[12] = "d"
_DEFAULT_ALIGNMENT = 32
_MAX_DIMENSIONS = 4
_UNKNOWN = ("not supported", "not recognized", "NotImplementedError")
_DESCRIBING = (".json", ".jinja", ".model", ".txt")
_INDEX = "model.safetensors.index.json"
_OTHER_SCALES = ("use_rslora", "use_dora", "alpha_pattern")


@dataclass(frozen=True, slots=True)
class GGUFHeader:
    """What a GGUF file says of itself.

    ``tensors`` are their names in the file's order, ``metadata`` the single values of
    ``general.*`` and of the architecture's own keys.
    """

    version: int
    tensors: tuple[str, ...]
    metadata: Mapping[str, Any]

    @property
    def architecture(self) -> str:
        return str(self.metadata["general.architecture"])


def check_convertible(model_dir: Path) -> None:
    """Let the converter read architecture and tokenizer alone, before weights are written.

    Takes the small files of a model folder; no weights need to be there. Raises
    ``StepFailedError`` that names an architecture or a tokenizer which the converter does not know.
    """
    with tempfile.TemporaryDirectory(prefix="web4-convertible-") as temporary:
        small = Path(temporary) / "model"
        small.mkdir()
        for path in sorted(model_dir.iterdir()):
            if path.is_file() and path.name.endswith(_DESCRIBING):
                shutil.copyfile(path, small / path.name)
        (small / _INDEX).unlink(missing_ok=True)  # it names weights that are not there
        _convert(model_dir, small, Path(temporary) / "vocabulary.gguf", "--vocab-only")


def convert(model_dir: Path, out_file: Path) -> None:
    """Write a model folder as one f16 GGUF file, with llama.cpp's own converter.

    The file appears only when it is whole and has tensors of every block. Raises
    ``StepFailedError`` with the converter's own words, which name an architecture or a tokenizer
    that it does not know.
    """

    def run(partial: Path) -> None:
        _convert(model_dir, model_dir, partial)
        _check_blocks(read_header(partial), out_file)

    _written_whole(out_file, run)


def _check_blocks(header: GGUFHeader, named: Path) -> None:
    wanted = header.metadata.get(f"{header.architecture}.block_count", 0)
    lacking = set(range(wanted)) - {
        int(tensor.split(".")[1]) for tensor in header.tensors if tensor.startswith("blk.")
    }
    if lacking:
        raise StepFailedError(
            f"{named}: the converter wrote no tensor of {len(lacking)} of {wanted} blocks, the "
            f"first {min(lacking)}. Check that the model's safetensors hold all its layers."
        )


def convert_adapter(base_dir: Path, adapter_dir: Path, out_file: Path) -> None:
    """Write a LoRA adapter as one f16 GGUF file, to be loaded beside a GGUF of its base.

    Of ``base_dir`` only the small files are read. The file appears only when it is whole. Raises
    ``StepFailedError`` as ``convert`` does, and for an adapter whose scale llama.cpp would not
    take as PEFT does: it knows alpha / rank alone.
    """
    config = json.loads((adapter_dir / "adapter_config.json").read_text(encoding="utf-8"))
    unknown = [name for name in _OTHER_SCALES if config.get(name)]
    if unknown:
        raise StepFailedError(
            f"{adapter_dir}: llama.cpp scales an adapter by alpha / rank and knows no "
            f"{', '.join(unknown)}. Serve this adapter merged."
        )
    script = fetch(ADAPTER_CONVERTER) / ADAPTER_CONVERTER.members[0]
    options = ("--outtype", "f16", "--base", str(base_dir))

    def run(partial: Path) -> None:
        _run(adapter_dir, script, str(adapter_dir), "--outfile", str(partial), *options)

    _written_whole(out_file, run)


def _written_whole(out_file: Path, run: Callable[[Path], None]) -> None:
    """Let ``run`` write a GGUF file elsewhere; move it into its place when its header is whole."""
    partial = out_file.with_name(f".{out_file.name}.{os.getpid()}.partial")
    out_file.parent.mkdir(parents=True, exist_ok=True)
    try:
        run(partial)
        read_header(partial)
        partial.replace(out_file)
    finally:
        partial.unlink(missing_ok=True)


def _convert(named: Path, model_dir: Path, out_file: Path, *options: str) -> None:
    """Run the model converter on ``model_dir``; errors tell of ``named``."""
    script = fetch(CONVERTER) / "convert_hf_to_gguf.py"
    _run(named, script, str(model_dir), "--outtype", "f16", "--outfile", str(out_file), *options)


def _run(named: Path, script: Path, *arguments: str) -> None:
    """Run a converter beside upstream's own packages; errors tell of ``named``."""
    folder = fetch(CONVERTER)
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join((str(folder / "gguf-py"), str(folder))),
    }
    command = [sys.executable, str(script), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StepFailedError(_converter_message(named, done.stderr))


def _converter_message(model_dir: Path, stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    last = lines[-1] if lines else "it said nothing"
    if any(sign in last for sign in _UNKNOWN):
        advice = (
            f"{CONVERTER.requirement} does not know this architecture or tokenizer: take a base "
            "that it knows, and tokenizer.json as it came with that."
        )
    else:
        advice = "Check that the folder holds config.json, safetensors and tokenizer.json."
    return f"{model_dir}: the conversion to GGUF failed ({last}). {advice}"


def read_header(path: Path) -> GGUFHeader:
    """Read a header and check that every tensor lies inside the file.

    Reads no tensor data. Raises ``ArtifactError`` where the file is missing, cut short or no GGUF.
    """
    try:
        with path.open("rb") as handle, _mapped(handle.fileno()) as data:
            return _parse(_Cursor(data))
    except OSError as error:
        raise ArtifactError(f"{path}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise ArtifactError(
            f"{path}: no whole GGUF file ({error}). It was cut short or damaged; make or fetch it "
            "again."
        ) from error


@contextlib.contextmanager
def _mapped(descriptor: int) -> Iterator[mmap.mmap]:
    if os.fstat(descriptor).st_size == 0:
        raise ValueError("the file is empty")
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as data:
        yield data


class _Cursor:
    """Reads little-endian values one after the other, never past the end."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.position = 0

    def bytes(self, count: int) -> bytes:
        start = self.position
        self.skip(count)
        return self.data[start : self.position]

    def skip(self, count: int) -> None:
        if count > len(self.data) - self.position:
            raise ValueError(f"it ends after {len(self.data)} bytes, inside the header")
        self.position += count

    def number(self, code: str) -> Any:
        return struct.unpack(f"<{code}", self.bytes(struct.calcsize(f"<{code}")))[0]

    def text(self) -> str:
        return self.bytes(self.number("Q")).decode("utf-8")

    def value(self, kind: int) -> Any:
        """Read one value; an array is passed over and gives ``None``."""
        if kind == _STRING:
            return self.text()
        if kind in _SCALARS:
            return self.number(_SCALARS[kind])
        if kind != _ARRAY:
            raise ValueError(f"unknown value type {kind}")
        item, count = self.number("I"), self.number("Q")
        if item in _SCALARS:
            self.skip(count * struct.calcsize(f"<{_SCALARS[item]}"))
        elif item == _STRING:
            for _ in range(count):
                self.skip(self.number("Q"))
        else:
            raise ValueError(f"unknown array type {item}")
        return None


def _parse(cursor: _Cursor) -> GGUFHeader:
    magic = cursor.bytes(min(4, len(cursor.data)))
    if magic != _MAGIC:
        raise ValueError(f"it starts with {magic!r}, not with {_MAGIC!r}")
    version = cursor.number("I")
    if version not in _VERSIONS:
        raise ValueError(f"version {version} is none of {_VERSIONS}")
    tensor_count, value_count = cursor.number("Q"), cursor.number("Q")
    values: dict[str, Any] = {}
    for _ in range(value_count):
        key = cursor.text()
        values[key] = cursor.value(cursor.number("I"))
    architecture = values.get("general.architecture")
    if not isinstance(architecture, str):
        raise ValueError("it names no architecture")  # noqa: TRY004 - one type for the caller
    alignment = values.get("general.alignment", _DEFAULT_ALIGNMENT)
    tensors = _checked_tensors(cursor, tensor_count, alignment)
    own = ("general.", f"{architecture}.")
    metadata = {k: v for k, v in values.items() if k.startswith(own) and v is not None}
    return GGUFHeader(version, tensors, metadata)


def _checked_tensors(cursor: _Cursor, count: int, alignment: int) -> tuple[str, ...]:
    """Return the tensors' names; raise ``ValueError`` where one reaches beyond the end."""
    from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

    if count == 0:
        raise ValueError("it holds no tensors")
    if not isinstance(alignment, int) or alignment <= 0:
        raise ValueError(f"its alignment is {alignment!r}")
    ends = []
    for _ in range(count):
        name, dimensions = cursor.text(), cursor.number("I")
        if dimensions > _MAX_DIMENSIONS:
            raise ValueError(f"tensor {name} has {dimensions} dimensions")
        elements = prod(cursor.number("Q") for _ in range(dimensions))
        block, size = GGML_QUANT_SIZES[GGMLQuantizationType(cursor.number("I"))]
        ends.append((cursor.number("Q") + elements * size // block, name))
    start = -(-cursor.position // alignment) * alignment
    end, name = max(ends)
    if start + end > len(cursor.data):
        raise ValueError(f"{len(cursor.data)} bytes long, tensor {name} ends at {start + end}")
    return tuple(name for _, name in ends)
