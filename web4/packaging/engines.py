"""Two engines behind one interface, made for comparing them: tokens, logits, greedy answers.

Both compute in 32 bits on the CPU, so that what is left of a difference is the file's.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, Self

from web4.chat import END_OF_TURN
from web4.generation import generate
from web4.llama_log import open_llama
from web4.training import base_model

_GENERATED_TOGETHER = 32
_READ_TOGETHER = 512  # tokens; each has a row of logits in llama.cpp's buffer
_F32 = 0  # llama.cpp's number of the type (enum ggml_type)


class Engine(Protocol):
    """A model with its tokenizer. ``vocabulary`` is the number of logits a position has.

    ``name`` says in a word or two which link of the chain it is. ``chat_template`` is the Jinja
    text that comes with the model, empty where none does.
    """

    name: str
    vocabulary: int
    chat_template: str

    def tokens(self, text: str) -> list[int]:
        """Return token ids; control tokens in the text count as such, and none is added."""
        ...

    def text(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens, control tokens spelled out."""
        ...

    def logits(self, prompt: Sequence[int], answer: Sequence[int]) -> Any:
        """Return what the model says of each token of ``answer``: (tokens, vocabulary), float32."""
        ...

    def greedy(self, prompt: Sequence[int], count: int) -> list[int]:
        """Return the likeliest next tokens, up to the end of the turn and ``count`` at most."""
        ...


def log_softmax(logits: Any) -> Any:
    """Return the logarithms of the probabilities that rows of logits stand for."""
    import numpy as np

    moved = logits - logits.max(axis=1, keepdims=True)
    return moved - np.log(np.exp(moved).sum(axis=1, keepdims=True))


def kl_divergence(before: Any, after: Any) -> Any:
    """Return how far rows of log-probabilities diverge from those ``before``, in nats."""
    import numpy as np

    return (np.exp(before) * (before - after)).sum(axis=1)


class TransformersEngine:
    """A Hugging Face folder, with the adapter of ``adapter`` beside its weights, never merged."""

    def __init__(self, name: str, folder: Path, adapter: Path | None = None) -> None:
        import torch

        self.name = name
        self._tokenizer = base_model.load_tokenizer(folder)
        self.chat_template = str(self._tokenizer.chat_template or "")
        model = base_model.load_model(folder, torch.float32)
        if adapter is not None:
            from peft import PeftModel

            model = PeftModel.from_pretrained(model, str(adapter), local_files_only=True)
        self._model: Any = model.eval()
        self._end = int(self._tokenizer.convert_tokens_to_ids(END_OF_TURN))
        self.vocabulary = int(model.get_output_embeddings().weight.shape[0])

    def close(self) -> None:
        """Free the weights; what the tokenizer knows stays."""
        self._model = None

    def tokens(self, text: str) -> list[int]:
        ids = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return [int(token) for token in ids]

    def text(self, tokens: Sequence[int]) -> str:
        return str(self._tokenizer.decode(tokens, clean_up_tokenization_spaces=False))

    def logits(self, prompt: Sequence[int], answer: Sequence[int]) -> Any:
        import torch

        read = [*prompt, *answer[:-1]]
        with torch.inference_mode():
            found = self._model(
                input_ids=torch.tensor([read]), use_cache=False, logits_to_keep=len(answer)
            )
        return found.logits[0].float().numpy()

    def greedy(self, prompt: Sequence[int], count: int) -> list[int]:
        return self.answers([prompt], count)[0]

    def answers(self, prompts: Sequence[Sequence[int]], count: int) -> list[list[int]]:
        """Return the greedy answer to each prompt, its end of turn included."""
        order = sorted(range(len(prompts)), key=lambda place: len(prompts[place]))
        found: dict[int, list[int]] = {}
        for start in range(0, len(order), _GENERATED_TOGETHER):
            places = order[start : start + _GENERATED_TOGETHER]
            asked = [prompts[place] for place in places]
            answers = generate(self._model, asked, [self._end], count)
            ended = [_up_to(answer, self._end) for answer in answers]
            found |= dict(zip(places, ended, strict=True))
        return [found[place] for place in range(len(prompts))]


class LlamaCppEngine:
    """A GGUF file in llama.cpp, its attention cache in 32 bits; to be closed.

    ``adapter`` is a LoRA adapter as a GGUF file, applied unmerged.
    """

    def __init__(self, name: str, path: Path, *, n_ctx: int, adapter: Path | None = None) -> None:
        self.name = name
        threads = os.cpu_count() or 1
        self._llama = open_llama(
            path,
            lora_path=None if adapter is None else str(adapter),
            n_ctx=n_ctx,
            n_batch=min(n_ctx, _READ_TOGETHER),
            n_threads=threads,
            n_threads_batch=threads,
            logits_all=True,
            type_k=_F32,
            type_v=_F32,
            no_perf=True,
            verbose=False,
        )
        self.chat_template = str(self._llama.metadata.get("tokenizer.chat_template", ""))
        self.vocabulary = int(self._llama.n_vocab())
        (self._end,) = self.tokens(END_OF_TURN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._llama.close()

    def tokens(self, text: str) -> list[int]:
        found = self._llama.tokenize(text.encode("utf-8"), add_bos=False, special=True)
        return [int(token) for token in found]

    def text(self, tokens: Sequence[int]) -> str:
        raw = self._llama.detokenize(list(tokens), special=True)
        return str(raw.decode("utf-8", errors="replace"))

    def logits(self, prompt: Sequence[int], answer: Sequence[int]) -> Any:
        self._llama.reset()
        self._llama.eval([*prompt, *answer[:-1]])
        start = len(prompt) - 1
        return self._llama.scores[start : start + len(answer)].copy()

    def greedy(self, prompt: Sequence[int], count: int) -> list[int]:
        self._llama.reset()
        self._llama.eval(list(prompt))
        answer: list[int] = []
        while len(answer) < count and answer[-1:] != [self._end]:
            if answer:
                self._llama.eval(answer[-1:])
            answer.append(int(self._llama.scores[self._llama.n_tokens - 1].argmax()))
        return answer


def _up_to(tokens: Sequence[int], end: int) -> list[int]:
    """Return the tokens up to the first ``end``, which is kept."""
    place = next((place for place, token in enumerate(tokens) if token == end), len(tokens) - 1)
    return [int(token) for token in tokens[: place + 1]]
