"""GGUF files on llama.cpp, with continuous batching: many answers grow in each step."""

import ctypes
import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from web4.chat import END_OF_TURN, PREFIX, render_prompt
from web4.errors import CandidateError
from web4.llama_log import engine_log
from web4.records import Completion, Record

_PREFIX_SEQUENCE = 0
_BATCH_TOKENS = 2048
_PIECE_BYTES = 64
_CACHED_NUMBER = 2  # bytes
_CELLS = 256
"""A sequence has a whole number of as many tokens."""
_GROUP, _FEWEST = 4, 8
"""llama.cpp multiplies quantized weights with groups of tokens, with what is left over one by one,
and with fewer than eight by yet another kernel; each way rounds otherwise. In whole groups, of at
least eight, an answer does not depend on who else is asked: measured, bit by bit."""


@dataclass(slots=True)
class _Slot:
    """One growing answer: ``pending`` tokens are fed at ``position`` in the next step."""

    sequence: int
    record_id: str
    prompt: list[int]
    pending: list[int]
    position: int
    answer: list[int] = field(default_factory=list)

    def take(self, token: int) -> None:
        self.position += len(self.pending)
        self.pending = [token]
        self.answer.append(token)


class LlamaCppCandidate:
    """A GGUF file. Each slot holds one prompt with its answer.

    ``adapter`` is a LoRA adapter as a GGUF file, applied while the model computes, never merged.
    ``n_ctx_per_seq`` is the most tokens that a prompt and its answer have together; longer prompts
    finish with ``error``. There are ``n_parallel`` slots where ``n_ctx`` tokens are enough for as
    many of the longest that is asked, else fewer, down to eight. What all prompts share is computed
    once.
    """

    def __init__(  # noqa: PLR0913 - most have a default
        self,
        path: Path,
        *,
        adapter: Path | None = None,
        n_parallel: int = 48,
        n_ctx_per_seq: int = 768,
        n_ctx: int = 25_600,
        n_threads: int | None = None,
    ) -> None:
        self._n_parallel = n_parallel
        self._n_ctx_per_seq = n_ctx_per_seq
        self._n_ctx = n_ctx
        batch_tokens = max(_BATCH_TOKENS, n_ctx_per_seq, _filled(n_parallel))
        self._engine = _Engine(path, adapter, batch_tokens, n_threads or os.cpu_count() or 1)

    def answer(
        self,
        records: Sequence[Record],
        *,
        max_new_tokens: int,
        on_done: Callable[[Completion], None],
    ) -> None:
        prompts: list[tuple[str, list[int]]] = []
        for record in records:
            prompt = self._engine.tokenize(render_prompt(record))
            if len(prompt) < self._n_ctx_per_seq:
                prompts.append((record.id, prompt))
            else:
                on_done(Completion(record.id, "", "error", len(prompt), 0))
        # What is long stands together: beside it every answer's attention costs as much as its own.
        waiting = deque(sorted(prompts, key=lambda one: len(one[1]), reverse=True))
        if not waiting:
            return
        slots = self._opened(len(waiting[0][1]) + max_new_tokens)
        shared = _common_prefix(self._engine.tokenize(PREFIX), (prompt for _, prompt in waiting))
        self._engine.start(shared)
        active: list[_Slot] = []
        while waiting or active:
            active = self._arranged(active, waiting, len(shared), slots)
            for slot, token in zip(active, self._engine.step(active), strict=True):
                slot.take(token)
            growing = []
            for slot in active:
                completion = self._completion(slot, max_new_tokens)
                if completion is None:
                    growing.append(slot)
                else:
                    self._engine.forget(slot.sequence)
                    on_done(completion)
            active = growing

    def _opened(self, longest: int) -> int:
        """Make room for as many answers as there may be; return their number."""
        tokens = -(-min(longest, self._n_ctx_per_seq) // _CELLS) * _CELLS
        room = self._n_ctx // tokens - 1  # one sequence holds what all share
        answers = min(self._n_parallel, max(_FEWEST, room // _GROUP * _GROUP))
        self._engine.open(answers, tokens)
        return answers

    def _arranged(
        self,
        active: Sequence[_Slot],
        waiting: deque[tuple[str, list[int]]],
        shared: int,
        count: int,
    ) -> list[_Slot]:
        """Give free sequences to those that wait, and close the gaps that are left then.

        llama.cpp computes together only what lies in neighbouring sequences, in their order.
        """
        slots = {slot.sequence: slot for slot in active}
        for sequence in range(1, count + 1):
            if waiting and sequence not in slots:
                record_id, prompt = waiting.popleft()
                slots[sequence] = _Slot(sequence, record_id, prompt, prompt[shared:], shared)
        gaps = [number for number in range(1, len(slots) + 1) if number not in slots]
        late = [sequence for sequence in slots if sequence > len(slots)]
        for sequence, gap in zip(late, gaps, strict=True):
            self._engine.move(sequence, gap)
            slots[gap] = slots.pop(sequence)
            slots[gap].sequence = gap
        return [slots[sequence] for sequence in sorted(slots)]

    @property
    def cache_bytes(self) -> int:
        """What keys and values of the slots that were last open take, beside the weights."""
        return self._engine.cache_bytes

    def close(self) -> None:
        self._engine.close()

    def _completion(self, slot: _Slot, max_new_tokens: int) -> Completion | None:
        """Return the answer if it has ended."""
        count = len(slot.answer)
        room = min(max_new_tokens, self._n_ctx_per_seq - len(slot.prompt))
        if self._engine.ends(slot.answer[-1]):
            text = self._engine.text(slot.answer[:-1])
            return Completion(slot.record_id, text, "stop", len(slot.prompt), count)
        if count >= room:
            text = self._engine.text(slot.answer)
            return Completion(slot.record_id, text, "length", len(slot.prompt), count)
        return None


def _common_prefix(prefix: list[int], prompts: Iterable[list[int]]) -> list[int]:
    """Return how much of ``prefix`` every prompt starts with; each keeps a token of its own.

    Compared by token, as the last token of a text may become another one when more text follows.
    """
    length = len(prefix)
    for prompt in prompts:
        length = min(length, len(prompt) - 1)
        while prompt[:length] != prefix[:length]:
            length -= 1
    return prefix[:length]


def _filled(count: int) -> int:
    """Return how many tokens a step has so that ``count`` answers round as in any other."""
    return max(_FEWEST, -(-count // _GROUP) * _GROUP)


class _Engine:
    """llama.cpp's C interface, as far as greedy batches need it.

    Sequence 0 holds what all prompts share, 1 to ``answers`` hold an answer each, and those behind
    them fill a step up.
    """

    def __init__(self, path: Path, adapter: Path | None, batch_tokens: int, threads: int) -> None:
        import llama_cpp

        self._api: Any = llama_cpp
        self._path = path
        self._threads = threads
        self._model: Any = None
        self._adapter: Any = None
        self._context: Any = None
        self._batch: Any = None
        self._room = (0, 0)
        self._pieces: dict[int, bytes] = {}
        self._log = engine_log()
        self._log.clear()
        self._shared = 0
        self._batch_tokens = batch_tokens
        if not path.is_file():
            raise CandidateError(f"{path}: no such file. Check the path of the GGUF file.")
        llama_cpp.llama_backend_init()
        self._model = self._loaded(path)
        self._vocab = self._api.llama_model_get_vocab(self._model)
        self._n_vocab = self._api.llama_vocab_n_tokens(self._vocab)
        self._end = self._end_of_turn(path)
        self._token_bytes = self._bytes_of_a_token()
        if adapter is not None:
            self._adapter = self._adapting(adapter)
        self._batch = self._api.llama_batch_init(self._batch_tokens, 0, 1)

    def _loaded(self, path: Path) -> Any:
        params = self._api.llama_model_default_params()
        model = self._api.llama_model_load_from_file(os.fsencode(path), params)
        if not model:
            raise CandidateError(f"{path}: llama.cpp cannot load it ({self._log.reason()}).")
        return model

    def _end_of_turn(self, path: Path) -> int:
        tokens = self.tokenize(END_OF_TURN)
        if len(tokens) != 1:
            self.close()
            raise CandidateError(f"{path}: its vocabulary has no {END_OF_TURN}; no ChatML model.")
        return tokens[0]

    def _adapting(self, path: Path) -> Any:
        """Return a LoRA adapter for the model; it is freed with the model."""
        self._log.clear()
        found = None
        if path.is_file():
            found = self._api.llama_adapter_lora_init(self._model, os.fsencode(path))
        if not found:
            why = self._log.reason() if path.is_file() else "there is no such file"
            self.close()
            raise CandidateError(f"{path}: no adapter for {self._path} ({why}).")
        return found

    def open(self, answers: int, tokens: int) -> None:
        """Make room for ``answers``, of as many tokens with its prompt each."""
        room = (_filled(answers) + 1, tokens)
        if room != self._room:
            self._shut()
            self._context = self._opened(*room)
            if self._adapter is not None:
                self._adapt()
            self._memory = self._api.llama_get_memory(self._context)
            self._room = room

    def _opened(self, sequences: int, tokens: int) -> Any:
        params = self._api.llama_context_default_params()
        params.n_ctx = sequences * tokens
        params.n_batch = self._batch_tokens
        params.n_seq_max = sequences
        params.n_threads = params.n_threads_batch = self._threads
        # Each sequence has cells of its own: in shared ones, where its tokens come to lie depends
        # on the other answers, and with that how its attention is rounded.
        params.kv_unified = False
        params.no_perf = True
        self._log.clear()
        context = self._api.llama_init_from_model(self._model, params)
        if not context:
            raise CandidateError(
                f"{self._path}: no room for {sequences} answers of {tokens} tokens "
                f"({self._log.reason()}). Lower n_ctx."
            )
        return context

    def _adapt(self) -> None:
        """Compute with the adapter from now on."""
        adapters = (self._api.llama_adapter_lora_p_ctypes * 1)(self._adapter)
        scales = (ctypes.c_float * 1)(1.0)
        if self._api.llama_set_adapters_lora(self._context, adapters, 1, scales):
            raise CandidateError(f"{self._path}: its adapter cannot be set ({self._log.reason()}).")

    @property
    def cache_bytes(self) -> int:
        """What the keys and values of all sequences take."""
        sequences, tokens = self._room
        return sequences * tokens * self._token_bytes

    def _bytes_of_a_token(self) -> int:
        """Return what the keys and values of one token take in all layers."""
        api, model = self._api, self._model
        size = api.llama_model_n_embd(model) // api.llama_model_n_head(model)
        numbers = 2 * api.llama_model_n_layer(model) * api.llama_model_n_head_kv(model) * size
        return int(numbers) * _CACHED_NUMBER

    def tokenize(self, text: str) -> list[int]:
        """Return token ids; control tokens in the text count as such, and none is added."""
        raw = text.encode("utf-8")
        tokens = (ctypes.c_int32 * (len(raw) + 1))()
        count = self._api.llama_tokenize(
            self._vocab, raw, len(raw), tokens, len(tokens), False, True
        )
        return list(tokens[:count])

    def text(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens without control tokens; broken UTF-8 becomes U+FFFD."""
        return b"".join(map(self._piece, tokens)).decode("utf-8", errors="replace")

    def _piece(self, token: int) -> bytes:
        if token not in self._pieces:
            size = _PIECE_BYTES
            count = -size
            while count < 0:
                size = max(size, -count)
                buffer = ctypes.create_string_buffer(size)
                count = self._api.llama_token_to_piece(self._vocab, token, buffer, size, 0, False)
            self._pieces[token] = buffer.raw[:count]
        return self._pieces[token]

    def ends(self, token: int) -> bool:
        return token == self._end or bool(self._api.llama_vocab_is_eog(self._vocab, token))

    def start(self, shared: Sequence[int]) -> None:
        """Forget everything, compute the shared tokens once and give them to every sequence."""
        self._api.llama_memory_clear(self._memory, True)
        self._shared = len(shared)
        self._feed(shared, 0, _PREFIX_SEQUENCE)
        for sequence in range(1, self._room[0]):
            self._api.llama_memory_seq_cp(self._memory, _PREFIX_SEQUENCE, sequence, -1, -1)

    def step(self, slots: Sequence[_Slot]) -> list[int]:
        """Feed what is pending and return the likeliest next token of each slot.

        A prompt goes alone, but for its last token; then one token of each slot goes together. The
        slots' sequences follow each other from 1 on.
        """
        import numpy as np

        for slot in slots:
            self._feed(slot.pending[:-1], slot.position, slot.sequence)
        fillers = range(len(slots) + 1, _filled(len(slots)) + 1)
        self._batch.n_tokens = 0
        for slot in slots:
            place = slot.position + len(slot.pending) - 1
            self._add(slot.pending[-1], place, slot.sequence, last=True)
        for sequence in fillers:
            self._add(self._end, self._shared, sequence, last=True)
        self._decode()
        for sequence in fillers:
            self.forget(sequence)
        logits = self._api.llama_get_logits(self._context)
        rows = np.ctypeslib.as_array(logits, shape=(len(slots), self._n_vocab))
        return [int(token) for token in rows.argmax(axis=1)]

    def _feed(self, tokens: Sequence[int], position: int, sequence: int) -> None:
        if not tokens:
            return
        self._batch.n_tokens = 0
        for offset, token in enumerate(tokens):
            self._add(token, position + offset, sequence, last=False)
        self._decode()

    def forget(self, sequence: int) -> None:
        """Drop all of a sequence but the shared tokens."""
        self._api.llama_memory_seq_rm(self._memory, sequence, self._shared, -1)

    def move(self, sequence: int, to: int) -> None:
        """Give all that a sequence holds to another one, which loses its own."""
        self._api.llama_memory_seq_rm(self._memory, to, -1, -1)
        self._api.llama_memory_seq_cp(self._memory, sequence, to, -1, -1)
        self.forget(sequence)

    def _add(self, token: int, position: int, sequence: int, *, last: bool) -> None:
        batch, index = self._batch, self._batch.n_tokens
        batch.token[index] = token
        batch.pos[index] = position
        batch.n_seq_id[index] = 1
        batch.seq_id[index][0] = sequence
        batch.logits[index] = last
        batch.n_tokens = index + 1

    def _decode(self) -> None:
        self._log.clear()
        code = self._api.llama_decode(self._context, self._batch)
        if code != 0:
            raise CandidateError(f"llama.cpp failed with code {code} ({self._log.reason()}).")

    def close(self) -> None:
        self._shut()
        if self._batch is not None:
            self._api.llama_batch_free(self._batch)
        if self._model is not None:
            self._api.llama_model_free(self._model)
        self._model = self._batch = None

    def _shut(self) -> None:
        if self._context is not None:
            self._api.llama_free(self._context)
        self._context, self._room = None, (0, 0)
