"""A unified diff of two workspaces in linear time.

``difflib`` finds smaller hunks, in time that can grow with the square of what an answer wrote;
what counts here is that two diffs are the same exactly where the same files changed alike.
"""

from collections.abc import Iterator, Mapping

_CONTEXT = 3


def unified(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return the changes by path, one hunk a file, empty where nothing changed."""
    if before is after:
        return ""
    paths = before.keys() | after.keys()
    changed = sorted(path for path in paths if before.get(path) != after.get(path))
    return "".join(
        line for path in changed for line in _file(path, before.get(path), after.get(path))
    )


def _file(path: str, before: str | None, after: str | None) -> Iterator[str]:
    yield f"--- {'/dev/null' if before is None else 'a/' + path}\n"
    yield f"+++ {'/dev/null' if after is None else 'b/' + path}\n"
    old, new = _lines(before), _lines(after)
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    start, more = max(0, head - _CONTEXT), min(tail, _CONTEXT)
    ends = (len(old) - tail + more, len(new) - tail + more)
    yield f"@@ -{_span(start, ends[0])} +{_span(start, ends[1])} @@\n"
    for sign, lines in (
        (" ", old[start:head]),
        ("-", old[head : len(old) - tail]),
        ("+", new[head : len(new) - tail]),
        (" ", old[len(old) - tail : ends[0]]),
    ):
        for line in lines:
            yield sign + line
            if not line.endswith("\n"):
                yield "\n\\ No newline at end of file\n"


def _lines(text: str | None) -> list[str]:
    """Split after line feeds only: other line ends are part of a line."""
    if not text:
        return []
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _span(start: int, end: int) -> str:
    return f"{start + 1 if end > start else start},{end - start}"
