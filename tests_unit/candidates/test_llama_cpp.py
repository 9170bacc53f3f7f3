"""llama.cpp answers greedily, in batches that change no answer."""

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from web4.assets import SMOLLM2, SMOLLM2_FILE, fetch
from web4.candidates.llama_cpp import LlamaCppCandidate, _common_prefix, _Slot
from web4.candidates.transformers import TransformersCandidate
from web4.chat import END_OF_TURN, PREFIX, render_prompt
from web4.errors import CandidateError
from web4.packaging.gguf import convert
from web4.packaging.quantize import quantize
from web4.paths import data_dir
from web4.records import Completion, Record

_TOKENS = 24


@pytest.fixture(scope="module")
def candidate(tiny_gguf: Path) -> Iterator[LlamaCppCandidate]:
    with contextlib.closing(_open(tiny_gguf)) as opened:
        yield opened


def _open(path: Path, n_parallel: int = 3, n_ctx_per_seq: int = 256) -> LlamaCppCandidate:
    return LlamaCppCandidate(path, n_parallel=n_parallel, n_ctx_per_seq=n_ctx_per_seq, n_threads=1)


def _answers(
    candidate: LlamaCppCandidate | TransformersCandidate,
    records: list[Record],
    max_new_tokens: int = _TOKENS,
) -> dict[str, Completion]:
    done: list[Completion] = []
    candidate.answer(records, max_new_tokens=max_new_tokens, on_done=done.append)
    assert len(done) == len(records)
    return {completion.record_id: completion for completion in done}


def test_answers_equal_those_of_transformers(
    candidate: LlamaCppCandidate, tiny_base: Path, records: list[Record]
) -> None:
    reference = TransformersCandidate(tiny_base, batch_size=4, device="cpu")
    answers = _answers(candidate, records)
    assert answers == _answers(reference, records)
    assert {answer.finish_reason for answer in answers.values()} == {"stop", "length"}
    assert len({answer.text for answer in answers.values()}) > 3


def test_refilled_slots_answer_as_one_at_a_time(
    candidate: LlamaCppCandidate, records: list[Record]
) -> None:
    together = _answers(candidate, records)
    for record in records:
        assert _answers(candidate, [record]) == {record.id: together[record.id]}


def test_order_changes_no_answer(candidate: LlamaCppCandidate, records: list[Record]) -> None:
    assert _answers(candidate, records) == _answers(candidate, records[::-1])


def _watch(
    candidate: LlamaCppCandidate,
    monkeypatch: pytest.MonkeyPatch,
    look: Callable[[Sequence[_Slot]], None],
) -> None:
    """Look at the slots of every step once it is computed."""
    step = candidate._engine.step

    def watched(slots: Sequence[_Slot]) -> list[int]:
        tokens = step(slots)
        look(slots)
        return tokens

    monkeypatch.setattr(candidate._engine, "step", watched)


def test_every_step_takes_neighbouring_sequences_in_their_order(
    candidate: LlamaCppCandidate, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[list[int]] = []
    _watch(candidate, monkeypatch, lambda slots: taken.append([slot.sequence for slot in slots]))
    _answers(candidate, records)
    assert all(found == [1, 2, 3][: len(found)] for found in taken)
    assert {len(found) for found in taken} == {1, 2, 3}


@pytest.mark.parametrize(("words", "most", "tokens"), [(1, 12, 13 * 256), (400, 8, 9 * 512)])
def test_there_are_as_many_slots_as_the_longest_leaves_room_for(
    tiny_gguf: Path, words: int, most: int, tokens: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [Record(str(n), "tool_call", "word " * (words if n else 1), "", "") for n in range(16)]
    taken: list[int] = []
    opened = LlamaCppCandidate(tiny_gguf, n_parallel=16, n_ctx=13 * 256 + 100, n_threads=1)
    with contextlib.closing(opened):
        _watch(opened, monkeypatch, lambda slots: taken.append(len(slots)))
        _answers(opened, asked, max_new_tokens=2)
        assert opened.cache_bytes == tokens * 2 * 2 * 2 * 16 * 2  # K and V, layers, heads, size
    assert max(taken) == most


@pytest.fixture(scope="module")
def quantized(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Quantize a random Llama that is wide enough for K-quants, whose blocks hold 256 weights."""
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("wide") / "base"
    shutil.copytree(tiny_base, folder)
    config = LlamaConfig.from_pretrained(folder, hidden_size=256, intermediate_size=512)
    LlamaForCausalLM(config).half().save_pretrained(folder)  # type: ignore[no-untyped-call] # torch's
    whole, path = folder.with_name("f16.gguf"), folder.with_name("q4.gguf")
    convert(folder, whole)
    quantize(whole, path, "Q4_K_M")
    return path


@pytest.mark.parametrize("n_parallel", [1, 3, 5])
def test_no_logit_depends_on_who_else_is_asked(
    quantized: Path, records: list[Record], n_parallel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def logits(asked: list[Record], slots_opened: int) -> dict[tuple[str, int], bytes]:
        found: dict[tuple[str, int], bytes] = {}
        with contextlib.closing(_open(quantized, n_parallel=slots_opened)) as opened:
            engine = opened._engine

            def look(slots: Sequence[_Slot]) -> None:
                first = engine._api.llama_get_logits(engine._context)
                rows = np.ctypeslib.as_array(first, shape=(len(slots), engine._n_vocab))
                for slot, row in zip(slots, rows, strict=True):
                    found[slot.record_id, len(slot.answer)] = row.tobytes()

            _watch(opened, monkeypatch, look)
            _answers(opened, asked)
        return found

    many = [replace(record, id=f"{record.id}/{n}") for record in records for n in range(2)]
    together = logits(many, 12)
    assert len(together) > 2 * len(many)
    assert logits(many[::-1], n_parallel) == together


def test_answers_are_cut_at_the_limit(candidate: LlamaCppCandidate, records: list[Record]) -> None:
    whole = _answers(candidate, records)
    for name, answer in _answers(candidate, records, max_new_tokens=2).items():
        assert answer.completion_tokens <= 2
        if whole[name].completion_tokens > 2:
            assert answer.finish_reason == "length"
        assert whole[name].text.startswith(answer.text)


def test_context_cuts_answers_and_refuses_long_prompts(
    tiny_gguf: Path, records: list[Record]
) -> None:
    long = Record("long", "tool_call", "word " * 300, "", "")
    with contextlib.closing(_open(tiny_gguf, n_ctx_per_seq=128)) as small:
        counts = {r.id: len(small._engine.tokenize(render_prompt(r))) for r in records}
        answers = _answers(small, [long, *records], max_new_tokens=1000)
    refused = answers.pop("long")
    assert (refused.finish_reason, refused.text) == ("error", "")
    assert refused.prompt_tokens > 300
    assert refused.completion_tokens == 0
    for name, answer in answers.items():
        assert answer.prompt_tokens == counts[name]
        assert counts[name] + answer.completion_tokens <= 128


def test_no_records_no_answers(candidate: LlamaCppCandidate) -> None:
    assert _answers(candidate, []) == {}


@pytest.mark.parametrize(
    "text",
    [
        "1234567890 1,234.56 0x1F",
        "Grüße, 日本語, हिन्दी, عربى, 🎉👩‍👩‍👧 e\u0301",
        " leading\n\n\n  three\ttabs\t\t\r\n trailing  ",
        "export const f = <T,>(x: T[]): T => x[0]!; // don't\n\treturn `${a}`;",
        "<REFUSAL> is text, <|im_end|> is not",
        "it's we'll I'D _snake_case camelCase...!?",
        PREFIX,
    ],
)
def test_tokens_equal_those_of_transformers(
    candidate: LlamaCppCandidate, tiny_base: Path, text: str
) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    tokens = candidate._engine.tokenize(text)
    assert tokens == tokenizer(text, add_special_tokens=False)["input_ids"]
    assert candidate._engine.text(tokens) == text.replace(END_OF_TURN, "").replace(
        "<|im_start|>", ""
    )


def test_common_prefix_leaves_each_prompt_a_token() -> None:
    assert _common_prefix([1, 2, 3], [[1, 2, 3, 4], [1, 2, 9, 9]]) == [1, 2]
    assert _common_prefix([1, 2, 3], [[1, 2]]) == [1]
    assert _common_prefix([1, 2, 3], [[5, 6]]) == []
    assert _common_prefix([1, 2, 3], []) == [1, 2, 3]


@pytest.mark.parametrize("size", [0, 3, 30, 5000, -1, -500_000])
def test_truncated_file_is_one_clear_error(tiny_gguf: Path, tmp_path: Path, size: int) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(tiny_gguf.read_bytes()[:size])
    with pytest.raises(CandidateError, match=r"cut\.gguf: llama\.cpp cannot load it") as caught:
        _open(path)
    assert "\n" not in str(caught.value)
    assert "no reason" not in str(caught.value)


def test_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CandidateError, match="no such file"):
        _open(tmp_path / "none.gguf")


def test_closing_twice_is_harmless(tiny_gguf: Path) -> None:
    opened = _open(tiny_gguf)
    opened.close()
    opened.close()


_ASKED_BY_ITSELF = """
import json, sys
from pathlib import Path
from web4.candidates.llama_cpp import LlamaCppCandidate
from web4.records import read_records
candidate = LlamaCppCandidate(Path(sys.argv[1]))
records = list(read_records(Path(sys.argv[2])))[:40]
candidate.answer(records, max_new_tokens=4, on_done=lambda _: None)
status = Path("/proc/self/status").read_text()
peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
print(json.dumps({"peak": peak, "cache": candidate.cache_bytes}))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from Linux's /proc")
def test_memory_stays_within_half_again_of_file_and_cache() -> None:
    path, mini = fetch(SMOLLM2) / SMOLLM2_FILE, data_dir() / "eval" / "v1.2" / "mini.jsonl"
    command = [sys.executable, "-c", _ASKED_BY_ITSELF, str(path), str(mini)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = json.loads(said.splitlines()[-1])
    assert found["cache"] == 49 * 256 * 30 * 2 * 3 * 64 * 2  # slots, tokens, layers, K and V
    assert found["peak"] <= 1.5 * (path.stat().st_size + found["cache"])
