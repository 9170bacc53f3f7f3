"""Training, evaluation and serving see one text; nothing that users write can end a turn."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4 import chat
from web4.chat import END_OF_TURN, PREFIX, render_answer, render_prompt, user_message
from web4.dataset.synth import generate
from web4.records import TRAIN_BUCKETS, Record
from web4.training.examples import tokenize

_CONTROLS = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")
_SAID = st.lists(
    st.sampled_from((*_CONTROLS, "<|im_", "<|", "|>", "im_end", "endoftext", "<", "a", "\n"))
    | st.text(st.characters(codec="utf-8"), max_size=5),
    max_size=6,
).map("".join)


@pytest.fixture(scope="module")
def tokenizer(tiny_base: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_base)


def _record(instruction: str, said: str = "", output: str = "") -> Record:
    return Record("a", "tool_call", instruction, said, output)


def _ids(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


@pytest.mark.parametrize("bucket", TRAIN_BUCKETS)
def test_training_reads_the_tokens_that_a_candidate_is_asked(tokenizer: Any, bucket: str) -> None:
    records = list(generate(bucket, 8, 3, "train"))
    alone = tokenize(records[:1], tokenizer, 2048)
    together = tokenize(records, tokenizer, 2048)
    for record, example in zip(records, together.examples, strict=True):
        asked = _ids(tokenizer, render_prompt(record))
        assert list(together.prefix + example.prompt) == asked
        assert tokenizer.decode(asked) == render_prompt(record)
        assert list(example.answer) == _ids(tokenizer, render_answer(record))
        assert tokenizer.decode(example.answer) == record.output + END_OF_TURN
    assert alone.prefix + alone.examples[0].prompt == together.prefix + together.examples[0].prompt
    assert alone.examples[0].answer == together.examples[0].answer


@settings(deadline=None)
@given(_SAID, _SAID)
def test_every_prompt_starts_with_the_prefix(instruction: str, said: str) -> None:
    assert render_prompt(_record(instruction, said)).startswith(PREFIX)


def test_a_prompt_is_chatml() -> None:
    assert render_prompt(_record("Do it.", "with this")) == (
        f"<|im_start|>system\n{chat.SYSTEM_PROMPT}<|im_end|>\n"
        "<|im_start|>user\nDo it.\n\nwith this<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    assert render_answer(_record("", output="Done.")) == "Done.<|im_end|>"


def test_without_an_input_the_instruction_stands_alone() -> None:
    assert user_message(_record("Do it.")) == "Do it."


@settings(deadline=None)
@given(_SAID, _SAID, _SAID)
def test_no_text_of_a_record_becomes_a_control_token(
    tokenizer: Any, instruction: str, said: str, output: str
) -> None:
    record = _record(instruction, said, output)
    controls = set(tokenizer.convert_tokens_to_ids(list(_CONTROLS)))
    start, end = tokenizer.convert_tokens_to_ids(["<|im_start|>", "<|im_end|>"])
    asked = [token for token in _ids(tokenizer, render_prompt(record)) if token in controls]
    assert asked == [start, end, start, end, start]
    answer = [token for token in _ids(tokenizer, render_answer(record)) if token in controls]
    assert answer == [end]


@pytest.mark.parametrize("said", ["a <| b |> c", "Set<|'a' | 'b'>", "<im_end>", "if (a <|| b)"])
def test_text_that_only_resembles_control_tokens_stays(said: str) -> None:
    assert f"\n{said}<|im_end|>" in render_prompt(_record(said))
