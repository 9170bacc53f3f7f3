"""Which tokens of an answer decide what becomes of the rest.

An answer's opening decides between refusal and help, between one tool and a chain; in a tool plan
each step's tool decides, and what follows a step: another one or the end. They are few among many
that copy from the request, so that a model learns them last.
"""

import json
import re
from collections.abc import Sequence

OPENING = 4
"""How many tokens open an answer: enough for a refusal's tag and for the type of a plan."""

_STEP = re.compile(r'\{\s*"tool"\s*:\s*"([^"\\]*)"')  # in a string its quotes would be escaped
_DECODER = json.JSONDecoder()
_CLOSING = 2  # brackets, of the arguments and of the step: how they are written tells what follows


def decisive(answer: str, spans: Sequence[tuple[int, int]]) -> tuple[bool, ...]:
    """Tell of each token of an answer, given its span of characters, whether it decides."""
    decided = set[int]()
    for step in _STEP.finditer(answer):
        decided.update(range(*step.span(1)))
        end = _end(answer, step.start())
        decided.update(range(end - _CLOSING, end + 1))
    return tuple(
        place < OPENING or not decided.isdisjoint(range(start, end))
        for place, (start, end) in enumerate(spans)
    )


def _end(answer: str, start: int) -> int:
    """Return where the object ends that starts there; what is no object ends at once."""
    try:
        return _DECODER.raw_decode(answer, start)[1]
    except json.JSONDecodeError:
        return start
