"""Quantized copies of a GGUF file, made by llama.cpp."""

import ctypes
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.numpy import load_file

from web4.errors import ConfigError, StepFailedError
from web4.llama_log import engine_log
from web4.packaging.gguf import read_header

# llama.cpp's numbers of file types (enum llama_ftype), which are part of the GGUF format.
TYPES = {"Q4_K_M": 15, "Q5_K_M": 17, "Q6_K": 18, "Q8_0": 7}


def quantize(source: Path, target: Path, type_name: str, importance: Path | None = None) -> None:
    """Write ``source``, an f16 GGUF file, as a quantized ``target``.

    ``importance`` is a safetensors file with the importance of each column, by name of the weight.
    The target appears only when it is whole. Raises ``ConfigError`` for an unknown type,
    ``ArtifactError`` for a damaged source and ``StepFailedError`` where llama.cpp gives up.
    """
    if type_name not in TYPES:
        raise ConfigError(f"unknown quantization {type_name!r}; known are {', '.join(TYPES)}")
    wanted = sorted(read_header(source).tensors)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        _run(source, partial, type_name, load_file(importance) if importance else {})
        header = read_header(partial)
        written = header.metadata.get("general.file_type")
        if written != TYPES[type_name]:
            raise StepFailedError(f"{target}: llama.cpp wrote file type {written}, not {type_name}")
        if sorted(header.tensors) != wanted:
            raise StepFailedError(
                f"{target}: llama.cpp wrote {len(header.tensors)} tensors, {source.name} has "
                f"{len(wanted)} of other names. Take another version of llama-cpp-python."
            )
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _run(source: Path, target: Path, type_name: str, importance: Mapping[str, Any]) -> None:
    import llama_cpp

    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = TYPES[type_name]
    if importance:
        params.imatrix = _matrix(importance)
    log = engine_log()
    log.clear()
    code = llama_cpp.llama_model_quantize(
        os.fsencode(source), os.fsencode(target), ctypes.byref(params)
    )
    if code != 0:
        raise StepFailedError(
            f"{source}: llama.cpp cannot write it as {type_name} ({log.reason()}). "
            f"Check the room on the disk of {target.parent}."
        )


def _matrix(importance: Mapping[str, Any]) -> Any:
    """Return the importance of each column as llama.cpp takes it: a row a weight, then an end."""
    import llama_cpp

    rows = (llama_cpp.llama_model_imatrix_data * (len(importance) + 1))()
    for row, (name, values) in zip(rows, importance.items(), strict=False):
        row.name = name.encode()
        row.data = values.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        row.size = values.size
    return rows
