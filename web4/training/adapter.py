"""The LoRA adapter: put on its base, taken from an earlier training, written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peft import LoraConfig, PeftModel, get_peft_model, set_peft_model_state_dict
from peft.tuners.lora import Linear
from safetensors.torch import load_file, save_file

from web4.errors import ConfigError


def lora_config(params: dict[str, Any]) -> LoraConfig:
    """Return the adapter's configuration: always on all linear layers."""
    return LoraConfig(
        r=params["r"],
        lora_alpha=params["alpha"],
        lora_dropout=params["dropout"],
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def with_adapter(base: Any, params: dict[str, Any], start: Path | None) -> Any:
    """Put a new adapter on the base, or the one of the artifact ``start``, to be trained."""
    if start is None:
        return get_peft_model(base, lora_config(params))
    folder = start / "lora"
    trained = LoraConfig.from_pretrained(str(folder))
    for name, wanted in (("r", params["r"]), ("lora_alpha", params["alpha"])):
        if getattr(trained, name) != wanted:
            raise ConfigError(
                f"{folder}: its adapter has {name} = {getattr(trained, name)}, the profile asks "
                f"for {wanted}. Set [lora] as it was, or leave out starts_from."
            )
    return PeftModel.from_pretrained(base, folder, is_trainable=True)


@contextmanager
def folded_in(model: Any) -> Iterator[None]:
    """Let a model on the CPU answer with its adapter merged; put the very same weights back.

    Generating token by token, a CPU spends most of its time on calling the adapter's small
    products. Elsewhere a second copy of the weights costs more than it gains.
    """
    if model.device.type != "cpu":
        yield
        return
    layers: list[Any] = [layer for layer in model.modules() if isinstance(layer, Linear)]
    kept = [layer.get_base_layer().weight.data for layer in layers]
    try:
        for layer, weight in zip(layers, kept, strict=True):
            merged = weight.float() + layer.get_delta_weight("default").float()
            layer.get_base_layer().weight.data = merged.to(weight.dtype)
        with model.disable_adapter():
            yield
    finally:
        for layer, weight in zip(layers, kept, strict=True):
            layer.get_base_layer().weight.data = weight


def write_adapter(model: Any, folder: Path, base: str) -> None:
    """Write the adapter in 16 bits, half the size, and name its base as the profile does."""
    state = model.state_dict()
    half = {name: tensor.half() for name, tensor in state.items() if "lora_" in name}
    config = model.peft_config["default"]
    config.base_model_name_or_path = base
    config.target_modules = sorted(config.target_modules)  # a set is written in any order
    model.save_pretrained(folder, state_dict=half, safe_serialization=True)
    (folder / "README.md").unlink(missing_ok=True)  # peft's template, without a word of ours


def keep_weights(model: Any, path: Path) -> None:
    """Write the adapter's weights as they are, so that ``take_weights`` gives the same ones."""
    state = {name: tensor.cpu() for name, tensor in model.state_dict().items() if "lora_" in name}
    path.parent.mkdir(exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, path)


def take_weights(model: Any, path: Path) -> None:
    """Give the adapter the weights that ``keep_weights`` wrote."""
    kept = {name.replace(".default.", "."): tensor for name, tensor in load_file(path).items()}
    set_peft_model_state_dict(model, kept)
