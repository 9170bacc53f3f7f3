"""The parity chain: base + adapter = merged model = 16-bit GGUF, each link with its figures."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web4.chat import render_answer, render_prompt
from web4.packaging.engines import LlamaCppEngine, TransformersEngine
from web4.packaging.links import Asked, Link, compare_logits, compare_templates, compare_tokens
from web4.records import Record

PARITY = "parity.json"
PARITY_TEXT = "parity.txt"

TOLERANCE = 0.2
"""How far two engines' logits may lie apart, in nats; so answers may differ where 0.4 decide.

Four times the most that rounding alone was measured to do: 0.050 between adapter and merged
weights (which are rounded to 16 bits), 0.047 between those and the GGUF (medians 0.019 and 0.020,
mean KL divergence 4e-7 and 5e-7 nats), over all 49,152 logits at 301 tokens of the wanted answers
to 8 records of ``mini``, embedded model with the adapter of release v0.2.0.
"""

_ROOM = 16  # tokens beyond the longest answer, for the answer of a broken link


@dataclass(frozen=True, slots=True)
class Forms:
    """The three forms of one model: base and adapter (folders), merged (folder), GGUF (file)."""

    base: Path
    adapter: Path
    merged: Path
    gguf: Path


def check(
    forms: Forms, records: Sequence[Record], scratch: Path, max_new_tokens: int
) -> tuple[Link, ...]:
    """Compare the forms of a model on the records; return every link of the chain.

    The merged one answers greedily, ``max_new_tokens`` at most; its logits lie in ``scratch``
    while the others read its answers. One model is in memory at a time, in 32 bits: 4 bytes a
    parameter.
    """
    import numpy as np

    prompts = {record.id: render_prompt(record) for record in records}
    texts = {record.id: prompts[record.id] + render_answer(record) for record in records}
    merged = TransformersEngine("merged", forms.merged)
    asked = _asked(merged, prompts, max_new_tokens)
    for place, one in enumerate(asked):
        np.save(scratch / f"{place}.npy", merged.logits(one.prompt, one.answer))
    merged.close()

    def logits(place: int) -> Any:
        return np.load(scratch / f"{place}.npy")

    adapted = TransformersEngine("base + adapter", forms.base, forms.adapter)
    links = [
        compare_tokens("tokens of the base", merged, adapted, texts),
        compare_logits("merge", logits, (merged, adapted), asked, TOLERANCE),
    ]
    adapted.close()
    longest = max((len(one.prompt) + len(one.answer) for one in asked), default=0)
    with LlamaCppEngine("f16 GGUF", forms.gguf, n_ctx=longest + _ROOM) as gguf:
        links += [
            compare_tokens("tokens of the GGUF", merged, gguf, texts),
            compare_templates("chat template", merged, gguf, prompts),
            compare_logits("gguf", logits, (merged, gguf), asked, TOLERANCE),
        ]
    return tuple(links)


def write(links: Sequence[Link], out: Path) -> None:
    """Write the chain as ``parity.json`` and, to be read, as ``parity.txt``."""
    found = {"holds": all(link.holds for link in links), "links": [one.to_dict() for one in links]}
    text = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    (out / PARITY).write_text(text, encoding="utf-8")
    told = "".join(f"{link.to_text()}\n" for link in links)
    (out / PARITY_TEXT).write_text(told, encoding="utf-8")


def _asked(
    merged: TransformersEngine, prompts: Mapping[str, str], max_new_tokens: int
) -> list[Asked]:
    """Return each prompt with the merged model's greedy answer."""
    ids = [merged.tokens(prompt) for prompt in prompts.values()]
    answers = merged.answers(ids, max_new_tokens)
    return [
        Asked(record_id, tuple(prompt), tuple(answer))
        for record_id, prompt, answer in zip(prompts, ids, answers, strict=True)
    ]
