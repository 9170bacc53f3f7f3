"""Ctrl-C keeps the answers given so far, and the next run asks an engine only for the rest."""

import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from web4.candidates.base import Candidate
from web4.candidates.llama_cpp import LlamaCppCandidate
from web4.candidates.transformers import TransformersCandidate
from web4.evaluation import PREDICTIONS, predict
from web4.records import Completion, Record, read_completions

_TOKENS = 12


class Watched:
    """A candidate that notes what it is asked, and presses Ctrl-C after some answers."""

    def __init__(self, candidate: Candidate, pressed_after: int = 0) -> None:
        self.asked: list[str] = []
        self._candidate = candidate
        self._left = pressed_after

    def answer(
        self,
        records: Sequence[Record],
        *,
        max_new_tokens: int,
        on_done: Callable[[Completion], None],
    ) -> None:
        self.asked = [record.id for record in records]

        def done(completion: Completion) -> None:
            on_done(completion)
            self._left -= 1
            if self._left == 0:
                signal.raise_signal(signal.SIGINT)

        self._candidate.answer(records, max_new_tokens=max_new_tokens, on_done=done)

    def close(self) -> None:
        self._candidate.close()


@pytest.fixture(autouse=True)
def _keys_are_heard() -> Iterator[None]:
    """Let SIGINT interrupt, which a shell has its background jobs ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(params=["llama.cpp", "transformers"])
def candidate(
    request: pytest.FixtureRequest, tiny_base: Path, tiny_gguf: Path
) -> Iterator[Candidate]:
    opened: Candidate
    if request.param == "llama.cpp":
        opened = LlamaCppCandidate(tiny_gguf, n_parallel=3, n_ctx_per_seq=256, n_threads=1)
    else:
        opened = TransformersCandidate(tiny_base, batch_size=2, device="cpu")
    with contextlib.closing(opened):
        yield opened


def _ask(candidate: Candidate, folder: Path, records: Sequence[Record]) -> list[Completion]:
    for name in ("out", "scratch"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    predict(
        candidate, records, folder / "out", folder / "scratch", max_new_tokens=_TOKENS, what="ask"
    )
    return list(read_completions(folder / "out" / PREDICTIONS))


@pytest.mark.parametrize("pressed_after", [1, 3])
def test_ctrl_c_keeps_answers_and_the_next_run_asks_for_the_rest(
    candidate: Candidate, records: list[Record], tmp_path: Path, pressed_after: int
) -> None:
    with pytest.raises(KeyboardInterrupt):
        _ask(Watched(candidate, pressed_after), tmp_path / "stopped", records)
    journal = tmp_path / "stopped" / "scratch" / PREDICTIONS
    kept = [one.record_id for one in read_completions(journal)]
    assert len(kept) == pressed_after
    assert not (tmp_path / "stopped" / "out" / PREDICTIONS).exists()
    again = Watched(candidate)
    answers = _ask(again, tmp_path / "stopped", records)
    assert again.asked == [record.id for record in records if record.id not in kept]
    assert answers == _ask(candidate, tmp_path / "whole", records)
