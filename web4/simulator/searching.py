"""Searching lines for a text or a regular expression, in bounded time.

Expressions come from answers. ``regex`` ends a search after a time (of this process: other work on
the machine changes no judgement), but not the compilation, in which counted repeats are written
out: their size is estimated before.
"""

import re
import time
import warnings
from collections.abc import Callable
from functools import lru_cache

import regex

from web4.simulator.desk import Desk
from web4.simulator.workspace import RefusedError

MAX_EXPRESSION = 256  # characters
_MAX_EXPANDED = 10_000  # letters of an expression with its repeats written out: some 30 ms
_COMPILING = 60  # work for each of them, and for each line that is looked at with an expression
_KEEPS = "*+? \t\n"  # may stand between a repeat and what it repeats
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<open>\()|(?P<close>\))"
    r"|\{(?P<least>[0-9]*)(?:,(?P<most>[0-9]*))?\}|.",
    re.DOTALL,
)


def counted(desk: Desk, texts: list[str], query: str, *, expression: bool) -> list[int]:
    """Return for each text how many of its lines contain the query.

    Raise ``RefusedError`` for an empty query, an expression that is none, and too much work.
    """
    if not query:
        raise RefusedError("the query is empty")
    split = [text.split("\n") for text in texts]
    lines = sum(map(len, split))
    if not expression:
        desk.charge(lines)
        return [sum(query in line for line in found) for found in split]
    desk.charge(_COMPILING * (lines + expanded_size(query)))
    search = _search(query)
    return [sum(_hit(desk, search, line) for line in found) for found in split]


def expanded_size(expression: str) -> int:
    """Estimate the letters of an expression when counted repeats are written out.

    Raise ``RefusedError`` where it is, or would become, too long.
    """
    if len(expression) > MAX_EXPRESSION:
        raise RefusedError(f"a regular expression has at most {MAX_EXPRESSION} characters")
    groups: list[int] = []
    total = last = 0  # of the group that is open, and of what a repeat would repeat
    for token in _TOKEN.finditer(expression):
        if token["open"]:
            groups.append(total)
            total, last = 0, 1
        elif token["close"]:
            last = total + 1
            total = (groups.pop() if groups else 0) + last
        elif token["least"] is not None:
            # A comment may stand between a repeat and what it repeats: then it may be anything.
            last = total if "#" in expression else last
            total += last * (_times(token) - 1)
            last *= _times(token)
        elif token[0] == "}":  # of a fuzzy match, which may be repeated as well
            last = total
        elif token[0] not in _KEEPS:
            last = 1
            total += 1
        if total > _MAX_EXPANDED:
            raise RefusedError("the repeats of the regular expression are too great")
    return max(total, len(expression))


def _times(token: re.Match[str]) -> int:
    numbers = [token["least"], token["most"] or ""]
    if max(map(len, numbers)) > len(str(_MAX_EXPANDED)):
        return 10 * _MAX_EXPANDED
    return max(1, *(int(number or 0) for number in numbers))


_Search = Callable[..., object]


@lru_cache(maxsize=256)
def _search(expression: str) -> _Search:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it says of odd sets interests nobody here
        try:
            found: _Search = regex.compile(expression, cache_pattern=False).search
        except (
            regex.error,
            RecursionError,
            OverflowError,
            ValueError,
            KeyError,
            MemoryError,
        ) as error:
            raise RefusedError(f"the regular expression is none ({error})"[:120]) from error
    return found


def _hit(desk: Desk, search: _Search, line: str) -> bool:
    begun = time.process_time()
    try:
        return search(line, timeout=max(desk.searching_left, 1e-3)) is not None
    except (TimeoutError, MemoryError) as error:
        raise RefusedError("the regular expression takes too long") from error
    finally:
        desk.searching_left -= time.process_time() - begun
