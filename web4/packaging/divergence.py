"""How far a quantized model's predictions moved from those of the 16-bit file."""

import math
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from web4.chat import render_answer, render_prompt
from web4.packaging.engines import LlamaCppEngine, kl_divergence, log_softmax
from web4.records import Record

DIVERGENCE = "divergence.json"
READ_EACH = 3
"""Each third record of the mini set is read: some 3,000 tokens, a minute for each rung."""


def divergence(
    f16: Path, quantized: Path, records: Sequence[Record], adapter: Path | None = None
) -> dict[str, float]:
    """Let both files read each record's wanted answer and compare what they expect at its tokens.

    ``kl`` is the mean Kullback-Leibler divergence of the quantized model from the 16-bit one, in
    nats a token; ``same_top`` how often both find the same token the likeliest; the perplexities
    are exp of the mean negative log-likelihood of the wanted tokens. ``adapter`` is applied to the
    quantized file, where that is not merged.
    """
    texts = [(render_prompt(record), render_answer(record)) for record in records]
    room = max(len((prompt + answer).encode()) for prompt, answer in texts)  # no token is empty
    tokens, same, kl = 0, 0, 0.0
    surprise = [0.0, 0.0]
    with ExitStack() as opened:
        engines = [
            opened.enter_context(LlamaCppEngine(name, path, n_ctx=room, adapter=beside))
            for name, path, beside in (("f16", f16, None), ("quantized", quantized, adapter))
        ]
        for text in texts:
            prompt, answer = (engines[0].tokens(part) for part in text)
            chances = [log_softmax(engine.logits(prompt, answer)) for engine in engines]
            kl += float(kl_divergence(*chances).sum())
            same += int((chances[0].argmax(axis=1) == chances[1].argmax(axis=1)).sum())
            for side, rows in enumerate(chances):
                surprise[side] -= float(rows[range(len(answer)), answer].sum())
            tokens += len(answer)
    return {
        "kl": kl / tokens,
        "same_top": same / tokens,
        "perplexity_f16": math.exp(surprise[0] / tokens),
        "perplexity": math.exp(surprise[1] / tokens),
    }
