"""Identifiers as words, so that each convention of spelling is derived from one value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name as its words in lower case; acronyms stand in capitals."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Identifier":
        return cls(tuple(text.split()))

    @property
    def pascal(self) -> str:
        return "".join(word[0].upper() + word[1:] for word in self.words)

    @property
    def camel(self) -> str:
        head, *rest = self.words
        return head.lower() + "".join(word[0].upper() + word[1:] for word in rest)

    @property
    def constant(self) -> str:
        return "_".join(word.upper() for word in self.words)

    @property
    def phrase(self) -> str:
        return " ".join(self.words)

    @property
    def sentence(self) -> str:
        """Return the words with a capital at the start."""
        return self.phrase[0].upper() + self.phrase[1:]

    @property
    def plural(self) -> str:
        return " ".join((*self.words[:-1], _plural(self.words[-1])))

    @property
    def snake(self) -> str:
        return "_".join(word.lower() for word in self.words)

    @property
    def loose_pascal(self) -> str:
        """Return PascalCase with acronyms spelt like words (``HttpServer``)."""
        return "".join(word.capitalize() for word in self.words)

    @property
    def loose_camel(self) -> str:
        """Return camelCase with acronyms spelt like words (``baseUrl``)."""
        text = self.loose_pascal
        return text[0].lower() + text[1:]

    def plus(self, text: str) -> "Identifier":
        return Identifier((*self.words, *text.split()))


def _plural(word: str) -> str:
    if word.isupper():
        return word + "s"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    return word + "s"
