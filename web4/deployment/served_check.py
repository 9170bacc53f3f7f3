"""Whether what is served answers as what was evaluated: the step ``deploy``.

The served model is asked without a system prompt, as its users ask it: the server has to bring
the right one. An answer that differs fails, unless the same file asked in process, by itself as
the server does it, gives just that answer: then the batches of the evaluation were rounded
differently, and nothing was served that was not gated.
"""

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from web4 import chat
from web4.candidates.base import Candidate
from web4.candidates.endpoint import Endpoint, EndpointCandidate
from web4.candidates.served import Identity
from web4.deployment import DEPLOYMENT
from web4.deployment.server import started
from web4.deployment.templates import jinja_template
from web4.digests import file_digest
from web4.records import Completion, Record
from web4.release.regression import canaries

ASKED_PER_BUCKET = 12
"""So many records of each evaluation bucket are asked, the first ones; and the canary tasks."""

_IN_FLIGHT = 2
_TIMEOUT = 110.0
_SHOWN = 400

Why = Literal["other_prompt", "truncated", "other_answer"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer that is not the evaluated one, and what may be the cause."""

    record_id: str
    why: Why
    evaluated: str
    served: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the served answers came out. ``faults`` are what is wrong with the server as a whole."""

    asked: int
    equal: int
    rounded: tuple[str, ...]
    different: tuple[Difference, ...]
    faults: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "asked": self.asked,
            "equal": self.equal,
            "rounded": list(self.rounded),
            "different": [asdict(one) for one in self.different],
            "faults": list(self.faults),
        }


def first_records(buckets: Mapping[str, Sequence[Record]]) -> list[Record]:
    """Return the records that are asked: the first of each bucket, and the 20 canary tasks."""
    tasks = frozenset(canaries(buckets))
    return [
        record
        for records in buckets.values()
        for place, record in enumerate(records)
        if place < ASKED_PER_BUCKET or record.id in tasks
    ]


def check_embedded(
    gguf: Path, records: Sequence[Record], evaluated: Mapping[str, Completion], max_new_tokens: int
) -> dict[str, Any]:
    """Serve a file with the embedded server, ask it, and return what ``deployment.json`` holds."""
    import llama_cpp

    begun = time.monotonic()
    with tempfile.TemporaryFile() as log, started(gguf, log) as serving:
        identity, found = check(serving.spec, gguf, records, evaluated, max_new_tokens)
    return {
        "server": {"name": "llama_cpp.server", "version": llama_cpp.__version__},
        "model": {**identity.to_dict(), "file": gguf.name},
        "template_sha256": hashlib.sha256(jinja_template().encode()).hexdigest(),
        "seconds": round(time.monotonic() - begun, 1),
        **found.to_dict(),
    }


def check(
    spec: str,
    gguf: Path,
    records: Sequence[Record],
    evaluated: Mapping[str, Completion],
    max_new_tokens: int,
) -> tuple[Identity, Comparison]:
    """Ask whoever serves ``spec`` and compare; raise ``CandidateError`` where nobody answers."""
    served = Endpoint.parse(spec).open(timeout=_TIMEOUT, system=False)
    candidate = EndpointCandidate(served, in_flight=_IN_FLIGHT, attempts=2)
    try:
        answers = _answers(candidate, records, max_new_tokens)
        other_template = tuple(template_faults(records, candidate.rendered))
    finally:
        candidate.close()

    def alone() -> Candidate:
        from web4.deployment.in_process import InProcess

        return InProcess(gguf)

    faults = (*identity_faults(candidate.identity, gguf), *other_template)
    found = compare(
        records,
        evaluated,
        answers,
        faults=faults,
        alone=alone,
        max_new_tokens=max_new_tokens,
    )
    return candidate.identity, found


def write(described: Mapping[str, Any], out: Path) -> None:
    """Write ``deployment.json``."""
    text = json.dumps(described, indent=1, ensure_ascii=False) + "\n"
    (out / DEPLOYMENT).write_text(text, encoding="utf-8")


def identity_faults(identity: Identity, gguf: Path) -> Iterator[str]:
    """Say that the server serves another file, where it tells which."""
    wanted = file_digest(gguf)
    if identity.file not in ("", wanted):
        yield (
            f"another model is served: {identity.model} is {identity.file[:12]}, "
            f"{gguf.name} is {wanted[:12]}"
        )


def template_faults(
    records: Sequence[Record], render: Callable[[Record], str | None]
) -> Iterator[str]:
    """Say how the first prompt that a server makes otherwise differs from the gated one, with both.

    Of a server that does not tell its prompts, the tokens that it counted are compared.
    """
    for record in records:
        wanted, found = chat.render_prompt(record), render(record)
        if found is not None and found != wanted:
            yield f"another template is served: {found[:_SHOWN]!r} in place of {wanted[:_SHOWN]!r}"
            return


def compare(  # noqa: PLR0913 - what was asked, both answers, and what else is known
    records: Sequence[Record],
    evaluated: Mapping[str, Completion],
    served: Mapping[str, Completion],
    *,
    faults: Sequence[str] = (),
    alone: Callable[[], Candidate],
    max_new_tokens: int,
) -> Comparison:
    """Compare answers record by record; ``alone`` opens the same model in process."""
    unequal = [one for one in records if not _same(evaluated[one.id], served[one.id])]
    doubtful = [  # another prompt is no rounding
        one for one in unequal if evaluated[one.id].prompt_tokens == served[one.id].prompt_tokens
    ]
    again: dict[str, Completion] = {}
    if doubtful and not faults:
        candidate = alone()
        try:
            again = _answers(candidate, doubtful, max_new_tokens)
        finally:
            candidate.close()
    rounded = [
        one.id for one in unequal if one.id in again and _same(again[one.id], served[one.id])
    ]
    different = [
        Difference(
            one.id,
            _why(evaluated[one.id], served[one.id]),
            evaluated[one.id].text[:_SHOWN],
            served[one.id].text[:_SHOWN],
        )
        for one in unequal
        if one.id not in rounded
    ]
    equal = len(records) - len(unequal)
    return Comparison(len(records), equal, tuple(rounded), tuple(different), tuple(faults))


def _same(evaluated: Completion, served: Completion) -> bool:
    """Whether two engines gave one answer to one prompt.

    They count the end of turn differently, and the server leaves out broken UTF-8.
    """
    return (
        evaluated.text.replace("\ufffd", "") == served.text.replace("\ufffd", "")
        and evaluated.finish_reason == served.finish_reason
        and evaluated.prompt_tokens == served.prompt_tokens
    )


def _why(evaluated: Completion, served: Completion) -> Why:
    if evaluated.prompt_tokens != served.prompt_tokens:
        return "other_prompt"
    cut = served.finish_reason != "stop" or len(served.text) < len(evaluated.text)
    return "truncated" if cut and evaluated.text.startswith(served.text) else "other_answer"


def _answers(
    candidate: Candidate, records: Sequence[Record], max_new_tokens: int
) -> dict[str, Completion]:
    done: list[Completion] = []
    candidate.answer(records, max_new_tokens=max_new_tokens, on_done=done.append)
    return {completion.record_id: completion for completion in done}
