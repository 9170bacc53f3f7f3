"""Ways to have a model answer, each opened once and asked many times.

What a user would write first stands beside web4's candidates: a request at a time. All are greedy,
have as many threads as there are cores, and get the same prompts.
"""

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.side_by_side import PeerError
from web4.candidates.base import Candidate
from web4.chat import END_OF_TURN, render_prompt
from web4.device import choose_device
from web4.records import Completion, Record

_TIMEOUT = 600.0
_SAID = 400
_CONTEXT = 2048


@dataclass(frozen=True, slots=True)
class Answer:
    """A text without its end of turn, and how many tokens it took, that end included if known."""

    text: str
    tokens: int


Answers = Mapping[str, Answer]
"""By the record's id."""

Ask = Callable[[], Answers]
"""Answers all the prompts that an engine was opened for."""


def of_candidate(candidate: Candidate, records: Sequence[Record], limit: int) -> Ask:
    """Return one of web4's candidates, asked everything at once."""

    def ask() -> Answers:
        done: list[Completion] = []
        candidate.answer(records, max_new_tokens=limit, on_done=done.append)
        return {one.record_id: Answer(one.text, one.completion_tokens) for one in done}

    return ask


def transformers_generate(folder: Path, records: Sequence[Record], limit: int) -> Ask:
    """Return ``generate`` as transformers comes, in the precision that web4 has on this device."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    device = choose_device()
    untyped: Any = AutoTokenizer
    tokenizer = untyped.from_pretrained(folder, local_files_only=True)
    model: Any = AutoModelForCausalLM.from_pretrained(
        folder, dtype=device.dtype, local_files_only=True
    )
    model = model.to(device.name).eval()
    end = tokenizer.convert_tokens_to_ids(END_OF_TURN)

    def ask() -> Answers:
        found = {}
        for record in records:
            prompt = tokenizer(
                render_prompt(record), add_special_tokens=False, return_tensors="pt"
            ).to(device.name)
            grown = model.generate(
                **prompt, max_new_tokens=limit, do_sample=False, eos_token_id=end, pad_token_id=end
            )
            tokens = grown[0, prompt["input_ids"].shape[1] :]
            text = tokenizer.decode(
                tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
            found[record.id] = Answer(text, len(tokens))
        return found

    return ask


@contextlib.contextmanager
def create_completion(gguf: Path, records: Sequence[Record], limit: int) -> Iterator[Ask]:
    """Open llama-cpp-python's class as it comes, but for its threads, which are half the cores."""
    from web4.llama_log import open_llama

    threads = os.cpu_count() or 1
    llama = open_llama(
        gguf, n_ctx=_CONTEXT, n_threads=threads, n_threads_batch=threads, verbose=False
    )

    def ask() -> Answers:
        found = {}
        for record in records:
            said = llama.create_completion(
                render_prompt(record), max_tokens=limit, temperature=0.0, stop=[END_OF_TURN]
            )
            found[record.id] = Answer(
                said["choices"][0]["text"], said["usage"]["completion_tokens"]
            )
        return found

    try:
        yield ask
    finally:
        llama.close()


@contextlib.contextmanager
def llama_server(gguf: Path, records: Sequence[Record], limit: int) -> Iterator[Ask]:
    """Start llama.cpp's server as ``web4 serve`` does; it is asked one request after the other."""
    from web4.candidates.openai_api import OpenAIServer
    from web4.deployment.server import started

    with tempfile.TemporaryFile() as log, started(gguf, log) as serving:
        server = OpenAIServer(serving.url, serving.model, timeout=_TIMEOUT, system=False)

        def ask() -> Answers:
            done = [server.complete(record, limit) for record in records]
            return {one.record_id: Answer(one.text, one.completion_tokens) for one in done}

        try:
            yield ask
        finally:
            server.close()


class LmEval:
    """lm-eval's ``hf`` model in a process of its own environment; it is asked in any batch size."""

    def __init__(self, folder: Path, records: Sequence[Record], limit: int, scratch: Path) -> None:
        self._records = records
        job = {
            "model": str(folder),
            "dtype": str(choose_device().dtype).removeprefix("torch."),
            "device": choose_device().name,
            "prompts": [render_prompt(record) for record in records],
            "until": END_OF_TURN,
            "max_new_tokens": limit,
        }
        path = scratch / "job.json"
        path.write_text(json.dumps(job), encoding="utf-8")
        self._log = (scratch / "lm_eval.log").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [str(peers.python("lm-eval")), str(peers.SCRIPTS / "lm_eval_serve.py"), str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=peers.environment(scratch),
        )
        try:
            self._said()  # that it has loaded
        except PeerError:
            self.close()
            raise

    def ask(self, batch_size: int) -> Answers:
        """Return the answers; raise ``PeerError`` with the end of what it said where it ended."""
        if self._process.stdin is None:
            raise ValueError("lm-eval was started without a pipe")
        self._process.stdin.write(f"{batch_size}\n")
        self._process.stdin.flush()
        told = self._said()
        return {
            record.id: Answer(text, tokens)
            for record, (text, tokens) in zip(self._records, told, strict=True)
        }

    def _said(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self._process.wait()
            self._log.seek(0)
            told = " ".join(self._log.read().split())
            raise PeerError(f"lm-eval ended with {self._process.returncode}: …{told[-_SAID:]}")
        return json.loads(line)

    def close(self) -> None:
        """End the process."""
        if self._process.stdin and not self._process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._log.close()
