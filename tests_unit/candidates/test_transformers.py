"""transformers answers greedily; padding and batches change no answer."""

from pathlib import Path

import pytest
import torch

from web4.candidates.transformers import TransformersCandidate
from web4.device import choose_device
from web4.errors import CandidateError
from web4.records import Completion, Record

_TOKENS = 24


@pytest.fixture(scope="module")
def candidate(tiny_base: Path) -> TransformersCandidate:
    return TransformersCandidate(tiny_base, batch_size=4, device="cpu")


def _answers(
    candidate: TransformersCandidate, records: list[Record], max_new_tokens: int = _TOKENS
) -> dict[str, Completion]:
    done: list[Completion] = []
    candidate.answer(records, max_new_tokens=max_new_tokens, on_done=done.append)
    assert len(done) == len(records)
    return {completion.record_id: completion for completion in done}


@pytest.fixture(scope="module")
def adapter(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a LoRA adapter that changes answers."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    folder = tmp_path_factory.mktemp("adapter")
    base = AutoModelForCausalLM.from_pretrained(tiny_base)
    torch.manual_seed(1)
    config = LoraConfig(r=4, target_modules=["q_proj", "up_proj"], init_lora_weights=False)
    get_peft_model(base, config).save_pretrained(str(folder))
    return folder


def test_batches_answer_as_one_at_a_time(
    candidate: TransformersCandidate, records: list[Record]
) -> None:
    together = _answers(candidate, records)
    assert {answer.finish_reason for answer in together.values()} == {"stop", "length"}
    for record in records:
        assert _answers(candidate, [record]) == {record.id: together[record.id]}


def test_order_changes_no_answer(candidate: TransformersCandidate, records: list[Record]) -> None:
    assert _answers(candidate, records) == _answers(candidate, records[::-1])


def test_answers_are_cut_at_the_limit(
    candidate: TransformersCandidate, records: list[Record]
) -> None:
    for answer in _answers(candidate, records, max_new_tokens=2).values():
        assert answer.completion_tokens <= 2
        assert answer.finish_reason == ("length" if answer.completion_tokens == 2 else "stop")


def test_prompt_beyond_the_context_is_an_error(candidate: TransformersCandidate) -> None:
    long = Record("long", "tool_call", "word " * 600, "", "")
    answer = _answers(candidate, [long])["long"]
    assert (answer.finish_reason, answer.text, answer.completion_tokens) == ("error", "", 0)


@pytest.mark.parametrize("merge", [False, True])
def test_adapter_changes_answers(
    candidate: TransformersCandidate,
    tiny_base: Path,
    adapter: Path,
    records: list[Record],
    merge: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    adapted = TransformersCandidate(tiny_base, adapter, device="cpu", merge=merge)
    assert _answers(adapted, records) != _answers(candidate, records)
    adapted.close()
    adapted.close()


@pytest.mark.parametrize("damage", ["no model", "no weights", "cut weights", "no adapter"])
def test_unusable_files_are_one_clear_error(tiny_base: Path, tmp_path: Path, damage: str) -> None:
    model = tmp_path / "model"
    adapter = tmp_path / "none" if damage == "no adapter" else None
    if damage != "no model":
        model.mkdir()
        for path in tiny_base.iterdir():
            (model / path.name).write_bytes(path.read_bytes())
    weights = model / "model.safetensors"
    if damage == "no weights":
        weights.unlink()
    if damage == "cut weights":
        weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(CandidateError, match="cannot be loaded") as caught:
        TransformersCandidate(model, adapter, device="cpu")
    assert "\n" not in str(caught.value)


def test_a_model_in_memory_answers_as_the_one_on_disk(
    candidate: TransformersCandidate, tiny_base: Path, records: list[Record]
) -> None:
    from web4.training.base_model import load_model, load_tokenizer

    model = load_model(tiny_base, choose_device("cpu").dtype).eval()
    around = TransformersCandidate.around(model, load_tokenizer(tiny_base), batch_size=4)
    assert _answers(around, records) == _answers(candidate, records)
    around.close()
    assert model.device.type == "cpu"  # the model itself is the caller's
