"""Measures what answering through llama.cpp holds in memory, against the file and its cache.

The cache of attention is stated, from the file's own figures: keys and values, in 16 bits, of every
layer, for each token that all slots together may hold. Beyond what Python and its libraries hold,
answering may take 1.5 times the file and that cache; it exits with 1 where it takes more.

    python benchmarks/answer_memory.py MODEL.gguf [--records 32]
"""

import argparse
import inspect
import resource
import sys
from pathlib import Path

from web4.candidates.llama_cpp import LlamaCppCandidate
from web4.dataset.frozen import load_eval
from web4.packaging.gguf import GGUFHeader, read_header
from web4.profile import load_profile

_ALLOWED = 1.5
_HALF_BYTES = 2
_MB = 1e6


def cache_bytes(header: GGUFHeader, tokens: int) -> int:
    """Return the size of the cache for so many tokens."""
    said = {name.partition(".")[2]: value for name, value in header.metadata.items()}
    heads = said["attention.head_count"]
    width = said.get("attention.key_length", said["embedding_length"] // heads)
    row = said.get("attention.head_count_kv", heads) * width * _HALF_BYTES
    return int(2 * said["block_count"] * row * tokens)


def _peak() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else peak * 1024)


def main() -> int:
    """Ask the first records of the ``mini`` set, and print the figures in 10^6 bytes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("--records", type=int, default=32)
    given = parser.parse_args()
    asked = load_profile("embedded").eval
    records = load_eval(asked.version).records("mini")[: given.records]
    tokens = inspect.signature(LlamaCppCandidate).parameters["n_ctx"].default
    size = given.model.stat().st_size
    cache = cache_bytes(read_header(given.model), tokens)
    import llama_cpp  # noqa: F401 - so that its own memory counts as a library's

    before = _peak()
    candidate = LlamaCppCandidate(given.model)
    answered: list[str] = []
    candidate.answer(
        records,
        max_new_tokens=asked.max_new_tokens,
        on_done=lambda done: answered.append(done.record_id),
    )
    taken, allowed = _peak() - before, _ALLOWED * size + cache
    candidate.close()
    print(
        f"{given.model.name}: {len(answered)} answers, file {size / _MB:.0f} MB, cache "
        f"{cache / _MB:.0f} MB ({tokens:,} tokens); taken {taken / _MB:.0f} MB "
        f"of {allowed / _MB:.0f} MB allowed"
    )
    return int(taken > allowed)


if __name__ == "__main__":
    sys.exit(main())
