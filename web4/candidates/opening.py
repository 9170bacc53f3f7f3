"""Opening a candidate from the artifacts and files that a step was given."""

from collections.abc import Mapping
from pathlib import Path

from web4.candidates.base import Candidate
from web4.errors import CandidateError
from web4.training import base_model

KINDS = ("base", "adapter", "transformers", "gguf", "unmerged")


SERVED = ("openai:", "ollama:")
"""How the kinds begin that are served somewhere: the rest of them says where."""


def open_candidate(
    kind: str, inputs: Mapping[str, Path], files: Mapping[str, Path], *, digest: str = ""
) -> Candidate:
    """Open a ``base``, an ``adapter`` on its base, a ``transformers`` folder or a ``gguf`` file.

    ``unmerged`` is a ``gguf`` of the base with the adapter in ``lora_gguf`` beside it. Files under
    ``model/`` are a candidate from outside the store. ``openai:URL#model`` and ``ollama:name`` are
    opened where they are served; ``digest`` is whom they have to be.
    """
    if kind.startswith(SERVED):
        from web4.candidates.endpoint import Endpoint, EndpointCandidate

        return EndpointCandidate(Endpoint.parse(kind).open(), digest=digest)
    model_files = [path for name, path in files.items() if name.startswith("model/")]
    if kind in ("gguf", "unmerged"):
        from web4.candidates.llama_cpp import LlamaCppCandidate

        path = _only(model_files or list(inputs["gguf"].glob("*.gguf")))
        if kind == "gguf":
            return LlamaCppCandidate(path)
        return LlamaCppCandidate(path, adapter=_only(list(inputs["lora_gguf"].glob("*.gguf"))))
    from web4.candidates.transformers import TransformersCandidate

    if kind == "transformers":
        return TransformersCandidate(files["model/config.json"].parent)
    if kind in ("base", "adapter"):
        adapter = None
        if kind == "adapter":
            outside = files.get("model/adapter_config.json")
            adapter = outside.parent if outside else inputs["adapter"] / "lora"
        return TransformersCandidate(base_model.model_dir(inputs["base"]), adapter, merge=True)
    raise CandidateError(f"unknown kind of candidate {kind!r}; known: {', '.join(KINDS)}")


def _only(paths: list[Path]) -> Path:
    if len(paths) != 1:
        raise CandidateError(f"expected one GGUF file, found {len(paths)}")
    return paths[0]
