"""How names are written: their words, the three spellings and the acronyms kept in capitals."""

import re
from typing import Final

ACRONYMS: Final = frozenset(
    [
        *("API", "CLI", "CSS", "DNS", "HTML", "HTTP", "HTTPS", "IOR", "JSON", "REST"),
        *("SQL", "SSH", "TCP", "TLS", "UDP", "UI", "URL", "UUID", "XML"),
    ]
)
"""Written in capitals inside PascalCase names; words like Id stay words."""

_MAX_ACRONYM = 5  # a name in capitals only is read as an unlisted acronym up to this length
_ACRONYM_RUN = re.compile(rf"(?:{'|'.join(sorted(ACRONYMS, key=len, reverse=True))})+\d*")
_DIGITS = "0123456789"


def words_of(name: str) -> list[str]:
    """Split a name at underscores, at aB and before the last capital of ABc."""
    words: list[str] = []
    for part in re.split(r"[_$#]+", name):
        start = 0
        for position in range(1, len(part)):
            before, here, after = part[position - 1], part[position], part[position + 1 :][:1]
            starts = here.isupper() and (not before.isupper() or after.islower())
            if starts:
                words.append(part[start:position])
                start = position
        words.append(part[start:])
    return [word for word in words if word]


def is_camel(name: str) -> bool:
    """Whether a name is camelCase; how it writes acronyms is free."""
    return bool(name) and "_" not in name and not name[0].isupper()


def is_constant(name: str) -> bool:
    """Whether a name is ALL_CAPS."""
    return name == name.upper() and not name.startswith("_") and any(map(str.isalpha, name))


def is_pascal(name: str) -> bool:
    """Whether a name is PascalCase with the listed acronyms in capitals."""
    if not name or "_" in name or name[0].islower():
        return False
    if len(name) > _MAX_ACRONYM and name.isupper() and not _ACRONYM_RUN.fullmatch(name):
        return False
    return not any(_is_lowered_acronym(word) for word in words_of(name))


def to_camel(name: str) -> str:
    """Return the name in camelCase."""
    words = words_of(name)
    if not words:
        return name
    rest = "".join(word[:1].upper() + _lowered(word[1:], name) for word in words[1:])
    return _started(words[0].lower() + rest, "value")


def to_constant(name: str) -> str:
    """Return the name in ALL_CAPS."""
    return _started("_".join(word.upper() for word in words_of(name)) or name, "VALUE_")


def to_pascal(name: str) -> str:
    """Return the name in PascalCase with the listed acronyms in capitals."""
    spelled = []
    for word in words_of(name):
        if word.rstrip(_DIGITS).upper() in ACRONYMS:
            spelled.append(word.upper())
        else:
            spelled.append(word[:1].upper() + _lowered(word[1:], name))
    joined = _started("".join(spelled) or name, "Value")
    return joined if is_pascal(joined) else joined.capitalize()


def _lowered(tail: str, name: str) -> str:
    """Keep capitals that mean an acronym: those of a name that also has small letters."""
    return tail if any(map(str.islower, name)) else tail.lower()


def _is_lowered_acronym(word: str) -> bool:
    stem = word.rstrip(_DIGITS)
    return stem.upper() in ACRONYMS and stem != stem.upper()


def _started(name: str, prefix: str) -> str:
    """Let a name that would start with a digit start with a word."""
    return prefix + name if name[:1].isdigit() else name
