"""A base GGUF with the adapter beside it is the model that PEFT makes of the two."""

import contextlib
import json
import shutil
from pathlib import Path

import pytest

from web4.candidates.base import Candidate
from web4.candidates.llama_cpp import LlamaCppCandidate
from web4.candidates.opening import open_candidate
from web4.candidates.transformers import TransformersCandidate
from web4.chat import render_prompt
from web4.errors import CandidateError, StepFailedError
from web4.packaging.divergence import divergence
from web4.packaging.engines import LlamaCppEngine, TransformersEngine
from web4.packaging.gguf import convert_adapter, read_header
from web4.packaging.links import Asked, Link, compare_logits
from web4.records import Record

_TOKENS = 6  # few: the longer a random model talks, the surer two tokens come to lie close
_TOLERANCE = 0.1


@pytest.fixture(scope="module")
def adapter(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a random adapter of the tiny model, strong enough to change its answers."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    config = LoraConfig(
        r=4, lora_alpha=8, target_modules=["q_proj", "up_proj"], init_lora_weights=False
    )
    folder = tmp_path_factory.mktemp("unmerged") / "lora"
    model = AutoModelForCausalLM.from_pretrained(tiny_base)
    get_peft_model(model, config).save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def adapter_gguf(tiny_base: Path, adapter: Path) -> Path:
    path = adapter.parent / "gguf" / "adapter.f16.gguf"
    convert_adapter(tiny_base, adapter, path)
    return path


def _answers(candidate: Candidate, records: list[Record]) -> dict[str, str]:
    found: dict[str, str] = {}
    with contextlib.closing(candidate):
        candidate.answer(
            records,
            max_new_tokens=_TOKENS,
            on_done=lambda done: found.update({done.record_id: done.text}),
        )
    return found


def _link(base: Path, adapter: Path, gguf: Path, beside: Path, records: list[Record]) -> Link:
    """Let base and adapter answer, and the unmerged form read the answers."""
    peft = TransformersEngine("base + adapter", base, adapter)
    prompts = [peft.tokens(render_prompt(record)) for record in records]
    asked = [
        Asked(record.id, tuple(prompt), tuple(answer))
        for record, prompt, answer in zip(
            records, prompts, peft.answers(prompts, _TOKENS), strict=True
        )
    ]

    def logits(place: int) -> object:
        return peft.logits(asked[place].prompt, asked[place].answer)

    with LlamaCppEngine("unmerged", gguf, n_ctx=512, adapter=beside) as unmerged:
        return compare_logits("unmerged", logits, (peft, unmerged), asked, _TOLERANCE)


def test_a_converted_adapter_says_what_it_is(adapter_gguf: Path) -> None:
    header = read_header(adapter_gguf)
    assert header.metadata["general.type"] == "adapter"
    assert header.architecture == "llama"
    assert {name.rpartition(".")[2] for name in header.tensors} == {"lora_a", "lora_b"}
    assert len(header.tensors) == 8  # two weights in each of two layers
    assert [path.name for path in adapter_gguf.parent.iterdir()] == [adapter_gguf.name]


def test_the_unmerged_form_answers_as_base_and_adapter_do(
    tiny_base: Path, tiny_gguf: Path, adapter: Path, adapter_gguf: Path, records: list[Record]
) -> None:
    inputs = {"gguf": tiny_gguf.parent, "lora_gguf": adapter_gguf.parent}
    answers = _answers(open_candidate("unmerged", inputs, {}), records)
    merged = TransformersCandidate(tiny_base, adapter, merge=True, batch_size=4, device="cpu")
    assert answers == _answers(merged, records)
    assert answers != _answers(open_candidate("gguf", inputs, {}), records)  # the adapter matters


def test_it_is_never_opened_without_its_adapter(tiny_gguf: Path, tmp_path: Path) -> None:
    inputs = {"gguf": tiny_gguf.parent, "lora_gguf": tmp_path}
    with pytest.raises(CandidateError, match="expected one GGUF file, found 0"):
        open_candidate("unmerged", inputs, {})


def test_its_logits_are_those_of_base_and_adapter(
    tiny_base: Path, tiny_gguf: Path, adapter: Path, adapter_gguf: Path, records: list[Record]
) -> None:
    link = _link(tiny_base, adapter, tiny_gguf, adapter_gguf, records)
    assert link.holds
    assert link.figures["positions"] > len(records)
    assert 0 < link.figures["largest difference (nats)"] < _TOLERANCE


def test_an_adapter_scaled_wrongly_is_named_with_record_position_and_texts(
    tiny_base: Path, tiny_gguf: Path, adapter: Path, records: list[Record], tmp_path: Path
) -> None:
    scaled = tmp_path / "lora"
    shutil.copytree(adapter, scaled)
    config = json.loads((scaled / "adapter_config.json").read_text(encoding="utf-8"))
    config["lora_alpha"] *= 2
    (scaled / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    convert_adapter(tiny_base, scaled, tmp_path / "scaled.gguf")
    link = _link(tiny_base, adapter, tiny_gguf, tmp_path / "scaled.gguf", records)
    assert not link.holds
    first = link.breaks[0]
    assert first.record_id in {record.id for record in records}
    assert first.position >= 0
    assert first.first
    assert first.second


def test_its_divergence_is_that_of_what_it_computes(
    tiny_gguf: Path, adapter_gguf: Path, records: list[Record]
) -> None:
    without = divergence(tiny_gguf, tiny_gguf, records[:2])
    assert without["kl"] == pytest.approx(0, abs=1e-9)
    adapted = divergence(tiny_gguf, tiny_gguf, records[:2], adapter_gguf)
    assert adapted["kl"] > 0.01
    assert adapted["perplexity"] != pytest.approx(without["perplexity"])


@pytest.mark.parametrize("option", ["use_rslora", "use_dora"])
def test_a_scale_that_llama_cpp_does_not_know_is_refused(
    tiny_base: Path, adapter: Path, tmp_path: Path, option: str
) -> None:
    other = tmp_path / "lora"
    shutil.copytree(adapter, other)
    config = json.loads((other / "adapter_config.json").read_text(encoding="utf-8"))
    (other / "adapter_config.json").write_text(json.dumps({**config, option: True}))
    with pytest.raises(StepFailedError, match=rf"{option}\. Serve this adapter merged"):
        convert_adapter(tiny_base, other, tmp_path / "out.gguf")
    assert not (tmp_path / "out.gguf").exists()


def test_an_adapter_of_another_base_is_one_clear_error(
    tiny_gguf: Path, adapter_gguf: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(adapter_gguf.read_bytes()[:-500])
    for path, why in (
        (tmp_path / "none.gguf", "there is no such file"),
        (tiny_gguf, "expect general.type to be 'adapter'"),
        (cut, "."),
    ):
        with pytest.raises(CandidateError, match=why) as caught:
            LlamaCppCandidate(tiny_gguf, adapter=path, n_parallel=2, n_threads=1)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
        assert "no reason" not in str(caught.value)
