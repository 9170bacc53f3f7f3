"""What a merged model was made from: a model card, which the GGUF converter takes over."""

from pathlib import Path
from typing import Any

from web4.errors import ArtifactError
from web4.store import MANIFEST, Manifest
from web4.training import base_model

CARD = "README.md"
_WEIGHTS = "lora/adapter_model.safetensors"
_OTHER = "other"


def write_origin(model: Path, base: Path, adapter: Path) -> None:
    """Write ``README.md`` into a merged model's folder: base, adapter, dataset and licence.

    ``base`` and ``adapter`` are artifacts. The keys are those of Hugging Face's model cards and of
    llama.cpp's converter, which writes them as ``general.*`` into the GGUF file.
    """
    from huggingface_hub import ModelCardData

    made = Manifest.read(adapter / MANIFEST)
    parent = _parent(base_model.source_of(base))
    digest = made.files[_WEIGHTS].sha256
    told: dict[str, Any] = {
        "model_name": f"{parent['name']} web4",
        "model_finetune": "web4",
        "model_description": f"LoRA adapter sha256:{digest} merged onto {parent['name']}",
        "base_models": [parent],
        "datasets": [{"name": "web4 training records", "version": made.inputs["dataset"]}],
    }
    data = ModelCardData(license=licence_of(base), tags=["web4", "lora"], **told)
    (model / CARD).write_text(f"---\n{data.to_yaml()}\n---\n", encoding="utf-8")


def licence_of(base: Path) -> str:
    """Return the licence's identifier: that of the embedded model, or what a base's card says."""
    from huggingface_hub import ModelCard
    from yaml import YAMLError

    if base_model.source_of(base) in base_model.HUB_IDS:
        return base_model.EMBEDDED_LICENCE
    card = base_model.model_dir(base) / CARD
    if not card.is_file():
        return _OTHER
    try:
        found = ModelCard.load(card).data.to_dict().get("license")
    except (OSError, ValueError, YAMLError) as error:
        why = " ".join(str(error).split())
        told = f"{card}: the licence cannot be read ({why}). Mend the card."
        raise ArtifactError(told) from error
    return found if isinstance(found, str) else _OTHER


def _parent(source: str) -> dict[str, Any]:
    """Return what a base is called; of a folder only its own name, never where it lies."""
    named, _, revision = source.partition("@")
    organization, _, name = base_model.HUB_IDS.get(named, named).rpartition("/")
    if named not in base_model.HUB_IDS and not revision:
        return {"name": name}
    return {
        "name": name,
        "organization": organization,
        **({"version": revision} if revision else {}),
        "repo_url": f"https://huggingface.co/{organization}/{name}",
    }
