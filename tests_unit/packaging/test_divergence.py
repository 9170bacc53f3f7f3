"""A file does not diverge from itself, and a quantized one does."""

from pathlib import Path

import pytest

from web4.packaging.divergence import divergence
from web4.packaging.quantize import quantize
from web4.records import Record

_RECORDS = [
    Record("r0", "tool_call", "List the 12345 open files.", "", '{"type":"tool_call"}'),
    Record("r1", "guardrail", "Übersetze „Grüße“, 日本語 🎉", "a", "<REFUSAL> No."),
]


def test_a_file_does_not_diverge_from_itself(tiny_gguf: Path) -> None:
    found = divergence(tiny_gguf, tiny_gguf, _RECORDS)
    assert found["kl"] == pytest.approx(0, abs=1e-6)
    assert found["same_top"] == 1
    assert found["perplexity"] == found["perplexity_f16"] > 1


def test_a_quantized_file_diverges(tiny_gguf: Path, tmp_path: Path) -> None:
    quantize(tiny_gguf, tmp_path / "q8.gguf", "Q8_0")
    found = divergence(tiny_gguf, tmp_path / "q8.gguf", _RECORDS)
    assert found["kl"] > 1e-6
    assert 0 <= found["same_top"] <= 1
    assert found["perplexity"] != found["perplexity_f16"]
