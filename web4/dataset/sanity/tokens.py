"""How long the rendered records are in tokens, and whether their texts survive the tokenizer."""

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from web4 import chat
from web4.dataset.sanity.findings import Findings, Place
from web4.dataset.sanity.lines import Item

MAX_TOKENS = 2048
_BATCH = 1000
_BARS = "▁▂▃▄▅▆▇█"
_BINS = 12


@dataclass(frozen=True, slots=True)
class Lengths:
    """Statistics of record lengths, in tokens. ``bars`` is a histogram from 0 to the longest."""

    records: int
    mean: float
    p50: int
    p95: int
    longest: int
    total: int
    bars: str

    @classmethod
    def of(cls, lengths: Sequence[int]) -> "Lengths":
        """Quantiles are nearest-rank: a length that a record has."""
        if not lengths:
            return cls(0, 0.0, 0, 0, 0, 0, "")
        ordered = sorted(lengths)
        n, total = len(ordered), sum(ordered)
        middle, high = ordered[-(-n // 2) - 1], ordered[-(-n * 95 // 100) - 1]
        return cls(n, total / n, middle, high, ordered[-1], total, _histogram(ordered))


def _histogram(ordered: Sequence[int]) -> str:
    top = ordered[-1] + 1
    edges = [top * step / _BINS for step in range(_BINS + 1)]
    counts = [sum(low <= one < high for one in ordered) for low, high in pairwise(edges)]
    most = max(counts)
    return "".join(
        " " if count == 0 else _BARS[(count * len(_BARS) - 1) // most] for count in counts
    )


@dataclass
class Tokens:
    """Tokenizes what training will see, in batches; without a tokenizer it does nothing."""

    findings: Findings
    tokenizer: Any
    limit: int
    lengths: defaultdict[str, "array[int]"] = field(
        default_factory=lambda: defaultdict(lambda: array("L"))
    )
    _places: list[tuple[Place, str]] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)

    def add(self, item: Item, bucket: str) -> None:
        """Take a record; every thousandth call works the batch off."""
        if self.tokenizer is None:
            return
        self._texts.append(chat.render_prompt(item.record) + chat.render_answer(item.record))
        self._places.append((item.place, bucket))
        if len(self._texts) >= _BATCH:
            self.finish()

    def finish(self) -> None:
        """Tokenize what waits."""
        if not self._texts:
            return
        skipped, known = self._head()
        texts = [text[skipped:] for text in self._texts]
        ids = self._encoded(texts)
        for (place, bucket), one in zip(self._places, ids, strict=True):
            length = known + len(one)
            self.lengths[bucket].append(length)
            if length > self.limit:
                self.findings.add("E602", place, f"{length} tokens, the limit is {self.limit}")
        self._round_trip(texts, ids)
        self._texts.clear()
        self._places.clear()

    def _head(self) -> tuple[int, int]:
        """Return how many characters all prompts share up to a control token, and their tokens.

        Tokenizers cut texts at control tokens first, so counts on both sides add up; where they do
        not, as this batch's first text shows, nothing is skipped.
        """
        cut = chat.PREFIX.rindex("<|im_start|>")
        first = self._texts[0]
        whole, head, tail = self._encoded([first, first[:cut], first[cut:]])
        return (cut, len(head)) if list(whole) == [*head, *tail] else (0, 0)

    def _encoded(self, texts: list[str]) -> Sequence[Sequence[int]]:
        fast = getattr(self.tokenizer, "backend_tokenizer", None)
        if fast is not None:  # as the call below, without its offsets and masks
            return [one.ids for one in fast.encode_batch_fast(texts, add_special_tokens=False)]
        encoded: Mapping[str, Any] = self.tokenizer(texts, add_special_tokens=False)
        ids: Sequence[Sequence[int]] = encoded["input_ids"]
        return ids

    def _round_trip(self, texts: Sequence[str], ids: Sequence[Sequence[int]]) -> None:
        # Decoding a batch as one text costs a fraction of decoding each; only where that is not
        # the batch's text, which one it is has to be found.
        joined = [one for each in ids for one in each]
        if self._decoded([joined])[0] == "".join(texts):
            return
        for (place, _), text, back in zip(self._places, texts, self._decoded(ids), strict=True):
            if text != back:
                pairs = enumerate(zip(text, back, strict=False))
                at = next((i for i, (a, b) in pairs if a != b), min(len(text), len(back)))
                message = f"the tokenizer does not give {text[at : at + 20]!r} back"
                self.findings.add("E601", place, message)

    def _decoded(self, ids: Sequence[Sequence[int]]) -> list[str]:
        fast = getattr(self.tokenizer, "backend_tokenizer", None)
        if fast is not None:
            return list(fast.decode_batch(ids, skip_special_tokens=False))
        return list(self.tokenizer.batch_decode(ids, clean_up_tokenization_spaces=False))

    def overall(self) -> Lengths:
        return Lengths.of([one for lengths in self.lengths.values() for one in lengths])
