"""Open vocabularies: composed paths, names, globs, URLs and texts, halved by split.

Whatever is composed belongs to one half for good: the parity of its CRC-32 decides.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from web4.dataset.synth import vocabulary_texts as texts
from web4.dataset.synth import vocabulary_words as words
from web4.dataset.synth.splits import Split, in_split

Slots = dict[str, str]
Templates = tuple[str, ...]

_WORD = re.compile(r"\{([A-Za-z]+)\}")
_BEFORE_VOWEL = re.compile(r"\ba (?=[aeio])")
_TABLES: dict[str, Templates] = {
    "root": words.ROOTS,
    "area": words.AREAS,
    "first": words.FIRST,
    "second": words.SECOND,
    "verb": words.VERBS,
    "ext": words.CODE,
    "foreign": words.FOREIGN,
}
_NUMBERS = {"digit": (2, 9), "number": (10, 99), "big": (2, 9999)}
_FILE_SLOTS = ("path", "path2", "path3")
_SHARE_OF_SETTINGS = 0.25
_SHARE_OF_LIKE_SWAPS = 0.6
_SHARE_OF_KNOWN_FILES = 0.06
# Shares of texts that hold foreign letters, quotes and backslashes, as sums.
_FOREIGN, _QUOTES, _BACKSLASHES = 0.04, 0.10, 0.14


@dataclass(frozen=True)
class Lexicon:
    """Draws of one split from one generator.

    No value holds a backtick or a line break, and every path, name and text belongs to the
    split: its own CRC decides, or that of a path's last segment.
    """

    rng: random.Random
    split: Split

    def own(self, compose: Callable[[], str]) -> str:
        """Compose until the result belongs to this half."""
        while not in_split(text := compose(), self.split):
            pass
        return text

    def fill(self, templates: Templates) -> str:
        """Fill one of the templates with words, until the result belongs to this half."""
        return self.own(lambda: self._fill(self.rng.choice(templates)))

    def name(self) -> str:
        """Compose a camel-case function name."""
        return self.fill(("{name}",))

    def path(self, extensions: Templates = words.EXTENSIONS) -> str:
        """Compose a file path of one to five segments."""
        if extensions == words.EXTENSIONS and self.rng.random() < _SHARE_OF_KNOWN_FILES:
            return self.own(lambda: self._place() + self.rng.choice(words.KNOWN_FILES))
        return self._place() + self._stem() + "." + self.rng.choice(extensions)

    def _place(self) -> str:
        """Compose the folder of a file with the slash behind it, or nothing."""
        return self._fill(self.rng.choice(texts.PLACES))

    def _stem(self) -> str:
        return self.fill(texts.STEMS)

    def _fill(self, template: str) -> str:
        """Replace each word in braces; one that occurs twice is the same word twice."""
        known: Slots = {}

        def word(match: re.Match[str]) -> str:
            kind = match[1]
            if kind not in known:
                drawn = self._word(kind, known)
                if drawn is None:
                    return match[0]
                known[kind] = drawn
            return known[kind]

        return _BEFORE_VOWEL.sub("an ", _WORD.sub(word, template))

    def _word(self, kind: str, known: Slots) -> str | None:
        """Draw a word of one kind, or nothing where the braces hold no kind of word."""
        if kind in _TABLES:
            return self.rng.choice(_TABLES[kind])
        if kind in _NUMBERS:
            return str(self.rng.randint(*_NUMBERS[kind]))
        if kind in {"First", "Second"}:
            return self.rng.choice(_TABLES[kind.lower()]).title()
        if kind == "pascal":
            return self._pascal()
        if kind == "caps":
            return f"{self.rng.choice(words.FIRST)}_{self.rng.choice(words.SECOND)}".upper()
        return self._function(known) if kind in {"name", "other"} else None

    def _function(self, known: Slots) -> str:
        while (name := self.rng.choice(words.VERBS) + self._pascal()) in known.values():
            pass
        return name

    def _pascal(self) -> str:
        return self.rng.choice(words.FIRST).title() + self.rng.choice(words.SECOND).title()

    def _kind(
        self, plain: Templates, foreign: Templates, quotes: Templates, backslashes: Templates
    ) -> Templates:
        """Draw which kind of text is composed: most have letters, digits and signs alone."""
        share = self.rng.random()
        if share < _FOREIGN:
            return foreign
        if share < _QUOTES:
            return quotes
        return backslashes if share < _BACKSLASHES else plain

    def _text_kind(self) -> Templates:
        return self._kind(
            texts.TEXTS, texts.FOREIGN_TEXTS, texts.QUOTE_TEXTS, texts.BACKSLASH_TEXTS
        )

    def file(self) -> Slots:
        return {"path": self.path()}

    def files(self) -> Slots:
        names: list[str] = []
        while len(names) < len(_FILE_SLOTS):
            if (path := self.path(words.CODE)) not in names:
                names.append(path)
        return dict(zip(_FILE_SLOTS, names, strict=True))

    def folder(self) -> Slots:
        return {"dir": self.fill(texts.FOLDERS)}

    def code(self) -> Slots:
        return {"path": self.path(words.CODE)}

    def new(self) -> Slots:
        """Draw the content of a new file and a path that fits it."""
        extension, template = self.rng.choice(texts.CONTENTS)
        return {"path": self.path((extension,)), "content": self.fill((template,))}

    def command(self) -> Slots:
        return {"command": self.fill(texts.COMMANDS)}

    def glob(self) -> Slots:
        return {"glob": self.fill(texts.GLOBS)}

    def url(self) -> Slots:
        return {"url": self.fill(texts.URLS)}

    def saved(self) -> Slots:
        return {"path": self.path(("md", "txt", "html"))}

    def edit(self) -> Slots:
        kind = self._kind(
            texts.EDITS, texts.FOREIGN_EDITS, texts.QUOTE_EDITS, texts.BACKSLASH_EDITS
        )
        return {"edit": self.fill(kind)}

    def rule(self) -> Slots:
        special = self.rng.random() < _BACKSLASHES
        return {
            "name": self.fill(texts.RULE_NAMES),
            "rule": self.fill(texts.SPECIAL_RULES if special else texts.RULES),
        }

    def query(self) -> Slots:
        return {"query": self.fill(self._text_kind())}

    def regex(self) -> Slots:
        return {"query": self.fill(texts.REGEXES)}

    def swap(self) -> Slots:
        """Draw a text to be found and a different one that takes its place."""
        old: Templates
        new: Templates
        if self.rng.random() < _SHARE_OF_SETTINGS:
            old = new = (self.rng.choice(texts.SETTINGS),)
            like = True
        else:
            old, new = self._text_kind(), self._text_kind()
            like = self.rng.random() < _SHARE_OF_LIKE_SWAPS
        if like:
            # A name for a name, a setting for a setting: what people mostly ask for.
            old = new = (self.rng.choice(old),)
        find = replace = self.fill(old)
        while replace == find:
            replace = self.fill(new)
        return {"find": find, "replace": replace}
