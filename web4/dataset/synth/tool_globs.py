"""Globs: paths made to match one, and whether a path does.

``**`` stands for any number of segments, ``*`` and ``?`` for letters within one, ``[ab]`` for one
of the letters and ``{a,b}`` for one of the texts.
"""

import random
import re
from collections.abc import Callable
from functools import lru_cache

_TOKEN = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[[^\]]+\]|\{[^{}]*\}|[^*?\[{]+|.")


def instance(glob: str, rng: random.Random, word: Callable[[], str]) -> str:
    """Draw a path that the glob matches; ``word`` gives a name where anything goes."""
    texts = []
    for token in _TOKEN.findall(glob):
        if token == "**/":  # noqa: S105 - a token of a glob
            depth = rng.choice((0, 1, 1, 2))
            texts.append("".join(word() + "/" for _ in range(depth)))
        elif token in {"/**", "**"}:
            texts.append(token.replace("**", word() + ".ts"))
        elif token == "*":  # noqa: S105
            texts.append(word())
        elif token == "?":  # noqa: S105
            texts.append(rng.choice("abcdefgh"))
        elif token[0] == "[":
            texts.append(_letter(token[1:-1], rng))
        elif token[0] == "{":
            texts.append(rng.choice(token[1:-1].split(",")))
        else:
            texts.append(token)
    return "".join(texts)


def matches(glob: str, path: str) -> bool:
    """Tell whether a path matches; no path matches the empty glob."""
    return bool(glob) and _pattern(glob).fullmatch(path) is not None


def _letter(inside: str, rng: random.Random) -> str:
    if inside[0] in "!^":
        return rng.choice([one for one in "xyz789" if one not in inside])
    span = re.fullmatch(r"(.)-(.)", inside)
    if span:
        return chr(rng.randint(ord(span[1]), ord(span[2])))
    return rng.choice(inside.replace("-", ""))


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    return re.compile("".join(_regex(token) for token in _TOKEN.findall(glob)))


def _regex(token: str) -> str:
    fixed = {"**/": "(?:[^/]+/)*", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if token in fixed:
        return fixed[token]
    if token[0] == "[":
        return token.replace("[!", "[^")
    if token[0] == "{":
        return "(?:" + "|".join(re.escape(one) for one in token[1:-1].split(",")) + ")"
    return re.escape(token)
