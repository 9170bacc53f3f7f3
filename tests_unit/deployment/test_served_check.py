"""A server that is not what was gated is found, and what is wrong with it named."""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests_unit.candidates.canned_server import Asked, Reply, canned, chat_completion, models
from web4 import chat
from web4.candidates.base import Candidate
from web4.candidates.llama_cpp import LlamaCppCandidate
from web4.dataset.frozen import load_eval
from web4.deployment import served_check
from web4.deployment.server import started
from web4.deployment.templates import jinja_template
from web4.digests import file_digest
from web4.errors import CandidateError
from web4.profile import load_profile
from web4.records import EVAL_BUCKETS, Completion, Record
from web4.release.regression import canaries

_TOKENS = 16


def _evaluated(records: list[Record], text: str = "An answer.") -> dict[str, Completion]:
    return {one.id: Completion(one.id, text, "stop", 9, 4) for one in records}


class _Fixed:
    """A model in process that gives these answers."""

    def __init__(self, answers: Mapping[str, Completion]) -> None:
        self._answers = answers

    def answer(
        self,
        records: Sequence[Record],
        *,
        max_new_tokens: int,
        on_done: Callable[[Completion], None],
    ) -> None:
        assert max_new_tokens == _TOKENS
        for record in records:
            on_done(self._answers[record.id])

    def close(self) -> None:
        """Nothing is held."""


def _compared(
    records: list[Record], *, alone: Mapping[str, Completion] | None = None, **changed: Any
) -> served_check.Comparison:
    """Compare with answers of which the first has changed."""
    evaluated = _evaluated(records)
    first = records[0].id
    served = {**evaluated, first: replace(evaluated[first], **changed)}

    def opened() -> Candidate:
        return _Fixed(alone or evaluated)

    return served_check.compare(records, evaluated, served, alone=opened, max_new_tokens=_TOKENS)


def test_the_same_answers_are_equal(records: list[Record]) -> None:
    found = _compared(records)
    assert (found.asked, found.equal, found.different, found.rounded) == (6, 6, (), ())


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"text": "Another."}, "other_answer"),
        ({"text": "An ans"}, "truncated"),
        ({"text": "An ans", "finish_reason": "length"}, "truncated"),
        ({"finish_reason": "length"}, "truncated"),
        ({"prompt_tokens": 10}, "other_prompt"),
        ({"text": "An answer. And more."}, "other_answer"),
    ],
)
def test_a_difference_is_found_and_named(
    records: list[Record], changed: dict[str, Any], why: str
) -> None:
    found = _compared(records, **changed)
    assert (found.equal, found.rounded) == (5, ())
    assert [(one.record_id, one.why) for one in found.different] == [("r0", why)]


def test_an_answer_that_the_same_file_gives_alone_was_only_rounded(records: list[Record]) -> None:
    alone = _evaluated(records, "Another.")
    found = _compared(records, alone=alone, text="Another.")
    assert (found.equal, found.rounded, found.different) == (5, ("r0",), ())


def test_the_canary_tasks_and_the_first_records_of_each_bucket_are_asked() -> None:
    frozen = load_eval(load_profile("embedded").eval.version)
    buckets = {bucket: frozen.records(bucket) for bucket in EVAL_BUCKETS}
    asked = [one.id for one in served_check.first_records(buckets)]
    assert len(asked) == len(set(asked)) <= 36 + 20
    for records in buckets.values():
        assert {one.id for one in records[: served_check.ASKED_PER_BUCKET]} <= set(asked)
    tasks = canaries(buckets)
    assert len(tasks) == 20
    assert set(tasks) <= set(asked)


def test_another_template_is_told_with_both_texts(records: list[Record]) -> None:
    assert list(served_check.template_faults(records, chat.render_prompt)) == []
    assert list(served_check.template_faults(records, lambda _: None)) == []
    (told,) = served_check.template_faults(records, lambda one: one.instruction)
    assert "another template is served: 'List the 12345" in told
    assert repr(chat.render_prompt(records[0])[:100])[:-1] in told


# ── Over HTTP ─────────────────────────────────────────────────────────────────────────────────


def _served(answer: Callable[[Asked], Reply], name: str) -> Callable[[Asked], Reply]:
    return lambda asked: models(name) if asked.method == "GET" else answer(asked)


def test_a_server_with_another_model_is_told(tiny_gguf: Path, records: list[Record]) -> None:
    name = f"model@sha256:{'0' * 64}"
    with canned(_served(lambda _: chat_completion("An answer."), name)) as server:
        identity, found = served_check.check(
            f"openai:{server.url}/v1", tiny_gguf, records, _evaluated(records), _TOKENS
        )
    (told,) = found.faults
    assert told.startswith(f"another model is served: {name} is 000000000000, tiny.gguf is ")
    assert identity.digest == "0" * 64


def test_a_server_that_cuts_its_answers_is_told(tiny_gguf: Path, records: list[Record]) -> None:
    name = f"tiny@sha256:{file_digest(tiny_gguf)}"
    with canned(_served(lambda _: chat_completion("An ans", "length"), name)) as server:
        _, found = served_check.check(
            f"openai:{server.url}/v1", tiny_gguf, records, _evaluated(records), _TOKENS
        )
    assert (found.equal, found.faults) == (0, ())
    assert {one.why for one in found.different} == {"truncated"}


_CUT = Reply(chat_completion("An answer." * 20).body, cut_after=40)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply("<html>Sign in</html>"), "<html>Sign in.*OpenAI-compatible"),
        (Reply("no", 400), "HTTP 400: no"),
        (Reply("it broke", 500), "gives no answer.*HTTP 500: it broke"),
        (_CUT, "gives no answer.*without sending complete message body"),
    ],
)
def test_a_server_that_gives_no_answers_breaks_the_check(
    tiny_gguf: Path, records: list[Record], reply: Reply, told: str
) -> None:
    with (
        canned(_served(lambda _: reply, "tiny")) as server,
        pytest.raises(CandidateError, match=told),
    ):
        served_check.check(f"openai:{server.url}/v1", tiny_gguf, records[:2], {}, _TOKENS)


def test_a_server_that_hangs_breaks_the_check(
    tiny_gguf: Path, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_check, "_TIMEOUT", 1.0)
    over = threading.Event()
    with (
        canned(_served(lambda _: Reply("", wait=over), "tiny")) as server,
        pytest.raises(CandidateError, match=r"gives no answer \(timed out\)"),
    ):
        served_check.check(f"openai:{server.url}/v1", tiny_gguf, records[:2], {}, _TOKENS)
    over.set()


@pytest.mark.parametrize("system", ["Be brief.", chat.SYSTEM_PROMPT + " "])
def test_a_server_with_another_system_prompt_is_told(
    tiny_gguf: Path, records: list[Record], system: str
) -> None:
    """The prompt is the one that llama.cpp's server has really rendered."""
    script = (
        "import sys; from pathlib import Path; from web4.deployment.server import serve;"
        "serve(Path(sys.argv[1]), template=sys.argv[2])"
    )
    other = jinja_template().replace(chat.SYSTEM_PROMPT.replace("'", "\\'"), system)
    assert other != jinja_template()
    command = [sys.executable, "-c", script, str(tiny_gguf), other]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[1]
        asked = records[:2]
        _, found = served_check.check(f"openai:{url}", tiny_gguf, asked, _evaluated(asked), _TOKENS)
    finally:
        process.kill()
        process.communicate()
    (told,) = found.faults
    assert told.startswith("another template is served: ")
    assert repr(system)[1:-1][-40:] in told
    assert repr(chat.SYSTEM_PROMPT)[1:-1][:40] in told
    assert {one.why for one in found.different} == {"other_prompt"}


def test_the_embedded_server_answers_as_the_evaluated_model(
    tiny_gguf: Path, records: list[Record], tmp_path: Path
) -> None:
    done: list[Completion] = []
    candidate = LlamaCppCandidate(tiny_gguf, n_parallel=3, n_ctx_per_seq=256)
    candidate.answer(records, max_new_tokens=_TOKENS, on_done=done.append)
    candidate.close()
    evaluated = {one.record_id: one for one in done}
    with tempfile.TemporaryFile() as log, started(tiny_gguf, log) as serving:
        assert serving.sha256 == file_digest(tiny_gguf)
        _, found = served_check.check(serving.spec, tiny_gguf, records, evaluated, _TOKENS)
        other = {**evaluated, "r1": replace(evaluated["r1"], text="other", prompt_tokens=1)}
        _, missed = served_check.check(serving.spec, tiny_gguf, records, other, _TOKENS)
    assert (found.equal, found.different, found.faults) == (len(records), (), ())
    assert {one.finish_reason for one in done} == {"stop", "length"}
    assert [(one.record_id, one.why) for one in missed.different] == [("r1", "other_prompt")]
    served_check.write(found.to_dict(), tmp_path)
    assert (tmp_path / "deployment.json").is_file()
