"""Hugging Face models, with or without a LoRA adapter, on transformers."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from web4.chat import END_OF_TURN, render_prompt
from web4.device import choose_device
from web4.errors import CandidateError
from web4.generation import generate
from web4.records import Completion, Record


class TransformersCandidate:
    """A model folder, with the adapter of ``adapter_dir`` where one is given.

    Loads safetensors only, from disk only, and never runs code that comes with a model. ``merge``
    adds the adapter to the weights in memory: faster, but rounded differently.
    """

    def __init__(
        self,
        model_dir: Path,
        adapter_dir: Path | None = None,
        *,
        batch_size: int = 64,
        device: str | None = None,
        merge: bool = False,
    ) -> None:
        chosen = choose_device(device)
        try:
            tokenizer, model = _load(model_dir, chosen.dtype)
            if adapter_dir is not None:
                model = _adapted(model, adapter_dir, merge=merge)
        except Exception as error:  # the libraries raise many kinds, and all mean this
            what = model_dir if adapter_dir is None else f"{model_dir} with {adapter_dir}"
            reason = " ".join(str(error).split())
            raise CandidateError(f"{what}: cannot be loaded ({reason}).") from error
        placed = model.to(chosen.name).eval()
        self._hold(placed, tokenizer, chosen.name, batch_size, model_dir)

    @classmethod
    def around(cls, model: Any, tokenizer: Any, *, batch_size: int = 64) -> Self:
        """Return a candidate around a model that is in memory, and leave that where it is.

        Whether it answers as in training or as in evaluation is the caller's choice.
        """
        made = cls.__new__(cls)
        named = Path(tokenizer.name_or_path)
        made._hold(model, tokenizer, str(model.device), batch_size, named)  # noqa: SLF001 - its own
        return made

    def _hold(
        self, model: Any, tokenizer: Any, device: str, batch_size: int, model_dir: Path
    ) -> None:
        self._model: Any = model
        self._tokenizer = tokenizer
        self._device = device
        self._batch_size = batch_size
        self._ends = _end_tokens(tokenizer, model_dir)
        self._context = int(getattr(model.config, "max_position_embeddings", 1 << 30))

    def answer(
        self,
        records: Sequence[Record],
        *,
        max_new_tokens: int,
        on_done: Callable[[Completion], None],
    ) -> None:
        fitting = []
        for record in records:
            prompt = self._tokenize(record)
            if len(prompt) < self._context:
                fitting.append((record, prompt))
            else:
                on_done(Completion(record.id, "", "error", len(prompt), 0))
        # A batch takes as long as its longest answer, and is padded to its longest prompt: kinds
        # of request differ most in the first, so they do not share a batch.
        fitting.sort(key=lambda pair: (pair[0].task_type, len(pair[1]), pair[0].id), reverse=True)
        for start in range(0, len(fitting), self._batch_size):
            batch = fitting[start : start + self._batch_size]
            longest = max(len(prompt) for _, prompt in batch)
            room = min(max_new_tokens, self._context - longest)
            answers = generate(self._model, [prompt for _, prompt in batch], self._ends, room)
            for (record, prompt), tokens in zip(batch, answers, strict=True):
                on_done(self._completion(record.id, prompt, tokens))

    def close(self) -> None:
        """Free the model, and what it held of a GPU's memory."""
        import torch

        self._model = None
        if self._device.startswith("cuda"):
            torch.cuda.empty_cache()

    def _tokenize(self, record: Record) -> list[int]:
        ids = self._tokenizer(render_prompt(record), add_special_tokens=False)["input_ids"]
        return [int(token) for token in ids]

    def _completion(
        self, record_id: str, prompt: Sequence[int], tokens: Sequence[int]
    ) -> Completion:
        end = next((place for place, token in enumerate(tokens) if token in self._ends), None)
        text = self._tokenizer.decode(
            tokens[:end], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        if end is None:
            return Completion(record_id, text, "length", len(prompt), len(tokens))
        return Completion(record_id, text, "stop", len(prompt), end + 1)


def _load(model_dir: Path, dtype: Any) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    local = {"trust_remote_code": False, "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(model_dir, **local)
    model = AutoModelForCausalLM.from_pretrained(
        model_dir, dtype=dtype, use_safetensors=True, **local
    )
    return tokenizer, model


def _adapted(model: Any, adapter_dir: Path, *, merge: bool) -> Any:
    from peft import PeftModel

    adapted = PeftModel.from_pretrained(model, str(adapter_dir), local_files_only=True)
    return adapted.merge_and_unload() if merge else adapted


def _end_tokens(tokenizer: Any, model_dir: Path) -> list[int]:
    """Return the tokens that end an answer, the end of turn first."""
    end = tokenizer.convert_tokens_to_ids(END_OF_TURN)
    if end is None or end == tokenizer.unk_token_id:
        raise CandidateError(f"{model_dir}: its vocabulary has no {END_OF_TURN}; no ChatML model.")
    others = {tokenizer.eos_token_id, tokenizer.convert_tokens_to_ids("<|endoftext|>")}
    return [end, *sorted(others - {None, end})]
