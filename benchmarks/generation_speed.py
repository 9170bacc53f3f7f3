"""Generation: what a user would write first, lm-eval and a llama.cpp server against web4's engines.

Greedy, same weights, same prompts of the evaluation set, same number of threads; each engine is
loaded before the first round. Texts are compared with web4's: an engine that rounds otherwise may
choose another token where two are all but equally likely.
"""

import contextlib
import functools
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import engines, peers
from benchmarks.engines import Answers, Ask
from benchmarks.released import F16, Weights, weights
from benchmarks.side_by_side import (
    OURS,
    Comparison,
    PeerError,
    Row,
    Run,
    Sample,
    Table,
    Wanted,
    installed,
    rows,
    timed,
)
from web4.candidates.llama_cpp import LlamaCppCandidate
from web4.candidates.transformers import TransformersCandidate
from web4.device import choose_device
from web4.packaging.ladder import RUNGS
from web4.paths import data_dir
from web4.records import Record, read_records

TYPES = (F16, *reversed(RUNGS))
GENERATE = "transformers, generate"
COMPLETE = "llama-cpp-python, create_completion"
SERVER = "llama.cpp server"
AT_LEAST = 2.5
_FAST_TYPES = (F16, "Q8_0")  # whose rate has a target
_BUCKETS = ("tool", "style", "guardrail")
_NOTES = {
    GENERATE: "one prompt at a time, as it comes",
    COMPLETE: "one prompt at a time",
    SERVER: "as `web4 serve` starts it, one request at a time",
    "lm-eval, hf, batch size 64": "as many prompts together as web4 takes",
}
_BATCHES = (64,)  # its default is 1, which is what generate is beside it


def measure(
    *,
    prompts: int = 96,
    rounds: int = 5,
    types: Sequence[str] = TYPES,
    max_new_tokens: int = 192,
    release: str = "",
) -> Comparison:
    """Compare on transformers, then on llama.cpp in each type; raise ``PeerError`` without weights.

    ``types`` are llama.cpp's; transformers stands before them, with half of the prompts, as a round
    of it takes three times as long.
    """
    found = weights(release)
    tables, facts = [], {}
    for kind in ("transformers", *(kind for kind in types if kind != "transformers")):
        records = chosen(prompts if kind != "transformers" else -(-prompts // 2))
        with contextlib.ExitStack() as opened:
            said: dict[str, list[Answers]] = {}
            asked = _asked(kind, found, records, max_new_tokens, opened)
            contenders = {name: _kept(name, ask, said) for name, ask in asked.items()}
            made = rows(contenders, rounds, _NOTES)
        told = tuple(_told(row, said, len(records)) for row in made)
        tables.append(Table(_caption(kind), "answer", len(records), told))
        facts[kind] = {name: agreement(said[OURS][0], one[0]) for name, one in said.items()}
    return Comparison(
        "Generation",
        f"{' '.join((__doc__ or '').split())} {prompts} prompts (transformers: half of them), at "
        f"most {max_new_tokens} new tokens, {rounds} rounds in turn, weights of {found.name}.",
        tuple(tables),
        tuple(_wanted(tables)),
        versions={
            **installed("torch", "transformers", "llama-cpp-python"),
            "lm-eval": peers.version("lm-eval"),
        },
        facts={"weights": found.name, "max_new_tokens": max_new_tokens, "agreement": facts},
    )


def _wanted(tables: Sequence[Table]) -> Iterator[Wanted]:
    """Yield how often as fast as a completion at a time web4 is, in the types of the target."""
    for table in tables:
        if table.caption in {_caption(kind) for kind in _FAST_TYPES}:
            ratio = table.ratio(COMPLETE)
            if ratio is not None:
                yield Wanted(f"web4's rate to {COMPLETE}'s, {table.caption}", ratio, AT_LEAST)


def chosen(count: int) -> list[Record]:
    """Return records of all buckets in turn, spread over each."""
    found: list[Record] = []
    buckets = [
        list(read_records(data_dir() / "eval" / "v1.2" / f"{name}.jsonl")) for name in _BUCKETS
    ]
    each = -(-count // len(buckets))
    for place in range(each):
        found += [bucket[place * len(bucket) // each] for bucket in buckets]
    return found[:count]


def _caption(kind: str) -> str:
    if kind != "transformers":
        return f"llama.cpp, {kind}"
    return f"transformers, {str(choose_device().dtype).removeprefix('torch.')}"


def _asked(
    kind: str,
    found: Weights,
    records: Sequence[Record],
    limit: int,
    opened: contextlib.ExitStack,
) -> Mapping[str, Ask]:
    """Open every engine of a kind until ``opened`` closes."""
    if kind == "transformers":
        ours = TransformersCandidate(found.folder)
        opened.callback(ours.close)
        return {
            GENERATE: engines.transformers_generate(found.folder, records, limit),
            **_lm_eval(found.folder, records, limit, opened),
            OURS: engines.of_candidate(ours, records, limit),
        }
    gguf = found.as_type(kind)
    engine = LlamaCppCandidate(gguf)
    opened.callback(engine.close)
    return {
        COMPLETE: opened.enter_context(engines.create_completion(gguf, records, limit)),
        SERVER: opened.enter_context(engines.llama_server(gguf, records, limit)),
        OURS: engines.of_candidate(engine, records, limit),
    }


def _lm_eval(
    folder: Path, records: Sequence[Record], limit: int, opened: contextlib.ExitStack
) -> Mapping[str, Ask]:
    names = {size: f"lm-eval, hf, batch size {size}" for size in _BATCHES}
    scratch = Path(opened.enter_context(tempfile.TemporaryDirectory()))
    try:
        engine = engines.LmEval(folder, records, limit, scratch)
    except PeerError as error:
        return {name: functools.partial(_absent, str(error)) for name in names.values()}
    opened.callback(engine.close)
    return {name: functools.partial(engine.ask, size) for size, name in names.items()}


def _absent(why: str) -> Answers:
    raise PeerError(why)


def _kept(name: str, ask: Ask, said: dict[str, list[Answers]]) -> Run:
    """Return a contender whose answers are kept by its name, of every round."""

    def run() -> Sample:
        answers: list[Answers] = []
        sample = timed(_into(answers, ask))()
        said.setdefault(name, []).extend(answers)
        return sample

    return run


def _into(answers: list[Answers], ask: Ask) -> Callable[[], None]:
    return lambda: answers.append(ask())


def _told(row: Row, said: Mapping[str, Sequence[Answers]], prompts: int) -> Row:
    """Return a row that tells tokens per second and how many texts are web4's."""
    if not row.samples:
        return row
    first, *others = said[row.name]
    tokens = sum(one.tokens for one in first.values())
    parts = [row.note] if row.note else []
    parts.append(f"{tokens / row.seconds:.0f} tokens/s")
    if row.name != OURS and OURS in said:
        parts.append(f"{agreement(said[OURS][0], first)} of {prompts} texts as web4's")
    if any(agreement(first, again) < prompts for again in others):
        parts.append("texts differ between rounds")
    return replace(row, note="; ".join(parts))


def agreement(ours: Answers, theirs: Answers) -> int:
    """Return how many texts are equal, white space at the end aside, which some strip."""
    return sum(
        one.text.rstrip() == theirs[name].text.rstrip()
        for name, one in ours.items()
        if name in theirs
    )
