"""Globs in bounded time: ``**``, ``*``, ``?``, ``[ab]``, ``[!a-c]`` and ``{a,b}``.

``**`` stands for any number of folders where it is a whole segment and acts as ``*`` elsewhere.
Matching goes back to the last star only, so it takes time in the product of the lengths of glob
and path, whatever the glob.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from web4.simulator.workspace import RefusedError

MAX_GLOB = 256  # characters
MAX_ALTERNATIVES = 64

_One = Callable[[str], bool]
_Token = str | _One | None  # a letter, a test of a letter, or a star
_Segment = str | tuple[_Token, ...]  # without wildcards a segment is just its name
_Glob = tuple[tuple[_Segment | None, ...], ...]


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> _Glob:
    """Return the pattern's alternatives, each a row of segments; ``None`` stands for ``**``.

    Raise ``RefusedError`` where it is empty, absolute, leads upwards or is too long.
    """
    if not pattern or len(pattern) > MAX_GLOB:
        raise RefusedError(f"a glob has 1 to {MAX_GLOB} characters")
    alternatives = _expanded(pattern)
    rows = [[one for one in glob.split("/") if one not in {"", "."}] for glob in alternatives]
    if any(glob.startswith("/") for glob in alternatives) or any(".." in row for row in rows):
        raise RefusedError(f"the glob {pattern[:60]!r} leads out of the workspace")
    return tuple(tuple(_segment(one) for one in row) for row in rows)


def matches(glob: _Glob, path: str) -> bool:
    """Tell whether a normalised path matches one of the alternatives as a whole."""
    names = path.split("/")
    return any(_starred(row, names, _is_segment) for row in glob)


def _starred(pattern: Sequence[Any], text: Sequence[str], fits: Callable[[Any, str], bool]) -> bool:
    """Match with ``None`` as a star; going back to the last star only is enough."""
    at = place = 0
    star, mark = -1, 0
    while place < len(text):
        wanted = pattern[at] if at < len(pattern) else None
        if at < len(pattern) and wanted is None:
            star, mark = at, place
            at += 1
        elif wanted is not None and fits(wanted, text[place]):
            at += 1
            place += 1
        elif star >= 0:
            mark += 1
            at, place = star + 1, mark
        else:
            return False
    return all(one is None for one in pattern[at:])


def _is_segment(segment: _Segment, name: str) -> bool:
    if isinstance(segment, str):
        return segment == name
    return _starred(segment, name, _is_letter)


def _is_letter(token: str | _One, letter: str) -> bool:
    return token == letter if isinstance(token, str) else token(letter)


def _segment(text: str) -> _Segment | None:
    if text == "**":
        return None
    if not any(letter in text for letter in "*?["):
        return text
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        end = text.find("]", at + 2) if text[at] == "[" else -1
        if end > 0:
            tokens.append(_letters(text[at + 1 : end]))
            at = end
        elif text[at] == "*":
            tokens += [] if tokens and tokens[-1] is None else [None]
        else:
            tokens.append(_any_letter if text[at] == "?" else text[at])
        at += 1
    return tuple(tokens)


def _any_letter(_letter: str) -> bool:
    return True


def _letters(inside: str) -> _One:
    """Return the test of a class such as ``a-c_`` or ``!x``."""
    negated = inside[0] in "!^"
    rest = inside[1:] if negated else inside
    spans: list[tuple[str, str]] = []
    at = 0
    while at < len(rest):
        ranged = rest[at + 1 : at + 2] == "-" and at + 2 < len(rest)
        spans.append((rest[at], rest[at + 2] if ranged else rest[at]))
        at += 3 if ranged else 1
    return lambda letter: any(low <= letter <= high for low, high in spans) != negated


def _expanded(pattern: str) -> list[str]:
    """Write every choice of the braces out; raise ``RefusedError`` where there are too many."""
    done: list[str] = []
    waiting = [pattern]
    while waiting:
        glob = waiting.pop()
        close = glob.find("}")
        start = glob.rfind("{", 0, close) if close >= 0 else -1
        if start < 0:
            done.append(glob)
        else:
            parts = glob[start + 1 : close].split(",")
            waiting += [glob[:start] + part + glob[close + 1 :] for part in parts]
        if len(done) + len(waiting) > MAX_ALTERNATIVES:
            raise RefusedError(f"the glob has more than {MAX_ALTERNATIVES} alternatives")
    return done
