"""The importance matrix: how strongly training texts drive each input of each weight."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from web4.chat import render_answer, render_prompt
from web4.packaging.gguf import read_header
from web4.progress import progress
from web4.records import Record
from web4.training import base_model

IMPORTANCE = "importance.safetensors"


def write_importance(
    model_dir: Path, gguf: Path, records: Sequence[Record], out_file: Path
) -> None:
    """Write, by the GGUF's names of weights, the mean square of what enters each of their columns.

    The model of ``model_dir`` reads prompts and wanted answers. A quantization that knows which
    columns carry large inputs rounds those the least: it weighs each error by the square of the
    input that it is multiplied with, which is llama.cpp's own importance matrix.
    """
    import torch
    from safetensors.numpy import save_file

    tokenizer = base_model.load_tokenizer(model_dir)
    model = base_model.load_model(model_dir, torch.float32).eval()
    tokens = 0
    bar = progress(len(records), "importance matrix", "record")
    with bar, _watched(model) as squares, torch.inference_mode():
        for record in records:
            text = render_prompt(record) + render_answer(record)
            ids = tokenizer(text, add_special_tokens=False)["input_ids"]
            model(input_ids=torch.tensor([ids]), use_cache=False)
            tokens += len(ids)
            bar.update()
    names = _gguf_names(gguf, squares)
    means = {names[name]: (total / tokens).numpy() for name, total in squares.items()}
    save_file(means, out_file)


@contextmanager
def _watched(model: Any) -> Iterator[dict[str, Any]]:
    """Yield the sums, by linear layer, of the squares of whatever enters it."""
    import torch

    squares: dict[str, Any] = {}

    def watch(name: str, layer: Any) -> Any:
        squares[name] = torch.zeros(layer.in_features)

        def add(_: Any, inputs: tuple[Any, ...]) -> None:
            squares[name] += inputs[0].float().square().flatten(0, -2).sum(0)

        return layer.register_forward_pre_hook(add)

    layers = [
        (n, layer) for n, layer in model.named_modules() if isinstance(layer, torch.nn.Linear)
    ]
    hooks = [watch(name, layer) for name, layer in layers]
    try:
        yield squares
    finally:
        for hook in hooks:
            hook.remove()


def _gguf_names(path: Path, layers: Mapping[str, Any]) -> dict[str, str]:
    """Return what llama.cpp calls the weight of each layer; a tied output is the embedding."""
    import gguf

    header = read_header(path)
    (kind,) = (k for k, name in gguf.MODEL_ARCH_NAMES.items() if name == header.architecture)
    blocks = int(header.metadata[f"{header.architecture}.block_count"])
    known = gguf.get_tensor_name_map(kind, blocks)
    found = {layer: f"{known.get_name(layer)}.weight" for layer in layers}
    if "output.weight" not in header.tensors:
        found = {k: v.replace("output.weight", "token_embd.weight") for k, v in found.items()}
    return found
