"""Base models: the embedded one, a local folder, or a hub id with a pinned revision.

A prepared base is a folder with ``base.json``: ``model`` (where the Hugging Face files lie,
relative to the folder or absolute) and ``source`` (what the profile named).
"""

import json
import re
from pathlib import Path
from typing import Any

from web4 import assets
from web4.chat import END_OF_TURN
from web4.errors import AssetError, ConfigError

EMBEDDED = "embedded:smollm2"
EMBEDDED_LICENCE = "apache-2.0"
HUB_IDS = {EMBEDDED: "HuggingFaceTB/SmolLM2-135M-Instruct"}
"""What an embedded base is called where its authors published it."""

_HUB_ID = re.compile(r"^[\w.-]+/[\w.-]+$")
_REVISION = re.compile(r"^[0-9a-f]{40}$")
_TOKENIZER = ("tokenizer*", "config.json", "special_tokens_map.json", "merges.txt", "vocab.json")
_WEIGHTS = ("*.safetensors", "*.safetensors.index.json")
_WANTED = (*_WEIGHTS, "*.json", "tokenizer*", "merges.txt", "README.md")


def source_files(base: str) -> dict[str, Path]:
    """Return the files of a local base, whose digests belong to its key; else nothing.

    Raise ``ConfigError`` where the base is neither known, a folder nor a pinned hub id.
    """
    if base == EMBEDDED or _hub_parts(base):
        return {}
    folder = Path(base).expanduser()
    if not (folder / "config.json").is_file():
        raise ConfigError(
            f"base {base!r}: not {EMBEDDED!r}, no folder with a config.json, and no hub id "
            "with a pinned revision (owner/name@<40 hexadecimal digits>). "
            "Correct 'base' in the profile."
        )
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in files}


def prepare(base: str, out: Path) -> None:
    """Make the base usable by transformers and write ``base.json`` into ``out``."""
    hub = _hub_parts(base)
    if base == EMBEDDED:
        _convert_embedded(assets.fetch(assets.SMOLLM2), out / "model")
        location = "model"
    elif hub:
        load_tokenizer(_download(*hub, _TOKENIZER))  # it may be the wrong one: gigabytes sooner
        location = str(_download(*hub, _WANTED))
    else:
        source_files(base)
        location = str(Path(base).expanduser().resolve())
    text = json.dumps({"source": base, "model": location}, indent=2)
    (out / "base.json").write_text(text + "\n", encoding="utf-8")


def model_dir(prepared: Path) -> Path:
    """Return the folder with the Hugging Face files of a prepared base."""
    return (prepared / _described(prepared)["model"]).resolve()


def source_of(prepared: Path) -> str:
    """Return what the profile named as the base."""
    return _described(prepared)["source"]


def _described(prepared: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((prepared / "base.json").read_text(encoding="utf-8"))
    return found


def load_tokenizer(folder: Path) -> Any:
    """Load a tokenizer that pads with a token of its own vocabulary."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(
        folder, trust_remote_code=False, local_files_only=True
    )
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    if tokenizer.convert_tokens_to_ids(END_OF_TURN) in (None, tokenizer.unk_token_id):
        raise ConfigError(
            f"{folder}: the tokenizer has no token {END_OF_TURN}: not a ChatML model. Take a base "
            "that speaks ChatML, or a folder with the model and a tokenizer that has its tokens."
        )
    return tokenizer


def load_model(
    folder: Path,
    dtype: Any,
    attention: str | None = None,
    *,
    quantized: Any = None,
    place: str | None = None,
) -> Any:
    """Load a causal language model from safetensors, and never run code that comes with it.

    ``attention`` is transformers' name of an implementation; left out, it takes its own choice.
    ``quantized`` is transformers' configuration of a quantization, done while loading onto the
    device ``place``.
    """
    from transformers import AutoModelForCausalLM

    onto = (
        {} if quantized is None else {"quantization_config": quantized, "device_map": {"": place}}
    )
    return AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=dtype,
        attn_implementation=attention,
        trust_remote_code=False,
        use_safetensors=True,
        local_files_only=True,
        **onto,
    )


def load_to_learn(folder: Path, dtype: Any, device: str) -> Any:
    """Load a model that an adapter will be trained on, on a CPU as it is fastest there."""
    if device != "cpu":
        return load_model(folder, dtype)
    from web4.attention import GROUPED

    model = load_model(folder, dtype, GROUPED)
    lay_out_for_the_forward_pass(model)
    return model


def lay_out_for_the_forward_pass(model: Any) -> None:
    """Store weights with more inputs than outputs by columns: the same values, other strides.

    Measured with bfloat16 on a CPU: 800 tokens through 1,536 to 576 take 5 ms in place of 16.
    """
    from torch.nn import Linear

    for layer in model.modules():
        if isinstance(layer, Linear) and layer.in_features > layer.out_features:
            layer.weight.data = layer.weight.data.t().contiguous().t()


def _hub_parts(base: str) -> tuple[str, str] | None:
    name, _, revision = base.partition("@")
    if not _HUB_ID.match(name) or Path(base).expanduser().exists():
        return None
    if not _REVISION.match(revision):
        raise ConfigError(
            f"base {base!r}: a hub id needs a pinned revision: {name}@<40 hexadecimal digits>"
        )
    return name, revision


def _download(name: str, revision: str, wanted: tuple[str, ...]) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=list(wanted)))
    except Exception as error:  # the hub client raises many kinds: all mean "not to be had"
        reason = " ".join(str(error).split())
        raise AssetError(
            f"base {name}@{revision[:12]}: the model hub could not give it ({reason}). Check the "
            "network and the name, or set 'base' to a local folder that holds the model."
        ) from error


def _convert_embedded(folder: Path, target: Path) -> None:
    """De-quantize the embedded GGUF into safetensors with a tokenizer that agrees with it.

    The tokenizer made from the GGUF loses the pre-tokenizer that splits digits; llama.cpp keeps
    it. Without the repair numbers would be tokenized differently in training and in serving.
    """
    import torch
    from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    (name,) = (path.name for path in folder.glob("*.gguf"))
    model = AutoModelForCausalLM.from_pretrained(
        folder,
        gguf_file=name,
        dtype=torch.float16,  # the GGUF's own scales are 16 bit
        quantization_config=GgufConfig(dequantize=True),
    )
    model.save_pretrained(target)
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    tokenizer.backend_tokenizer.pre_tokenizer = Sequence(
        [
            Digits(individual_digits=True),
            ByteLevel(add_prefix_space=False, trim_offsets=True, use_regex=True),
        ]
    )
    tokenizer.save_pretrained(target)
