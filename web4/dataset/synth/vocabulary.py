"""Open vocabularies: composed paths, names, globs, URLs and texts, halved by split.

Whatever is composed belongs to one half for good: the parity of its CRC-32 decides.
"""

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Split = Literal["train", "eval"]
Slots = dict[str, str]

_AREAS = (
    "auth", "billing", "cart", "catalog", "chat", "checkout", "cli", "config", "editor", "email",
    "export", "feed", "forms", "graph", "import", "inbox", "jobs", "ledger", "login", "maps",
    "media", "metrics", "orders", "parser", "payments", "player", "profile", "queue", "report",
    "router", "search", "session", "storage", "sync", "theme", "upload", "users", "widgets",
)  # fmt: skip
_ROOTS = ("src", "lib", "app", "packages", "server", "client", "tests", "tools", "core", "docs")
_FIRST = (
    "access", "batch", "cache", "color", "data", "date", "error", "event", "field", "file",
    "image", "index", "input", "invoice", "key", "label", "line", "log", "menu", "message",
    "node", "order", "page", "price", "query", "rate", "retry", "row", "schema", "shape",
    "state", "stock", "table", "task", "tax", "text", "token", "tree", "user", "view",
)  # fmt: skip
_SECOND = (
    "adapter", "builder", "client", "controller", "counter", "factory", "filter", "formatter",
    "guard", "handler", "helper", "layout", "limiter", "list", "loader", "mapper", "merger",
    "model", "panel", "picker", "pool", "reader", "registry", "resolver", "router", "runner",
    "schedule", "service", "store", "tracker", "types", "validator", "walker", "watcher", "writer",
)  # fmt: skip
_VERBS = (
    "apply", "build", "check", "clear", "close", "copy", "count", "create", "fetch", "find",
    "format", "get", "handle", "load", "merge", "move", "open", "parse", "push", "read", "render",
    "reset", "resolve", "save", "send", "set", "sort", "split", "store", "update", "validate",
)  # fmt: skip
_EXTENSIONS = ("ts", "ts", "ts", "tsx", "js", "mjs", "json", "py", "css", "md", "yaml", "sql", "go")
_CODE = ("ts", "ts", "ts", "tsx", "js", "py")
_FORMATS = ("%s", "retries: %s", "timeout = %s", "MAX_ITEMS = %s", "port: %s", "v%s", "limit=%s")
_REGEXES = (r"%s\(", r"\b%s\b", "^import .*%s", r"%s\d+", "%s[A-Z]+", "^class %s", "(get|set)%s")
_EDITS = (
    "add a null check to {name}", "make {name} async", "add a doc comment above {name}",
    "log the error in {name}", "remove the unused parameter of {name}", "export {name}",
    "move {name} to the end of the file", "return early in {name} when the list is empty",
    "give {name} an explicit return type", "turn the loop in {name} into a map call",
    "add a default value for the second argument of {name}", "cache the result of {name}",
    "delete the dead branch in {name}", "throw a RangeError in {name} on negative input",
    "sort the imports and group those of {name}", "split {name} into two functions",
    "add a timeout of {number} seconds to {name}", "call {name} before {other}",
    "limit {name} to {number} retries", "mark {name} as deprecated in favor of {other}",
)  # fmt: skip
_RULES = (
    "Use named exports in {area} modules", "Never log {first} values",
    "Prefer const over let in {area} code", "Write a test for each {first} {second}",
    "Keep every {second} under {number} lines", "Do not import {area} from {root}",
    "Always type the {first} argument", "Throw typed errors from the {first} {second}",
    "Put {first} constants in {root}/{area}", "Name each {second} after its {first}",
    "Review changes to {area} with two people", "Document public functions of the {first} {second}",
)  # fmt: skip
_CONTENTS = (
    ("ts", "export const {caps} = {number};"), ("ts", "export type {pascal} = string;"),
    ("js", 'console.log("{first} {second} ready");'), ("js", "module.exports = {number};"),
    ("py", 'print("{first} {number}")'), ("py", "{caps} = {number}"),
    ("json", '{"{first}":{number}}'), ("json", '{"{area}":"{second}","debug":true}'),
    ("json", '["{first}","{second}"]'), ("md", "# {First} {second}"),
    ("md", "Notes on the {first} {second}"), ("txt", "{first} {second} {number}"),
    ("txt", "TODO: describe the {area} {second}"), ("yaml", "{first}_limit: {number}"),
    ("css", ".{first}-{second} { margin: {number}px; }"), ("sql", "SELECT * FROM {area};"),
)  # fmt: skip
_COMMANDS = (
    "npm test -- {first}-{second}", "npm run {verb}:{area}", "npx vitest run {area}/{first}",
    "npx tsc -p packages/{area}", "npx eslint {root}/{area} --fix", "make {verb}-{area}",
    "node scripts/{verb}-{first}.mjs", "python -m {area}.{second}",
    "pytest tests/{area} -k {first}",
    "go test ./{area}/{first}", "cargo run -p {area}-{second}", "git log --oneline -{number}",
    "docker compose up -d {area}", "yarn workspace {area} {verb}", "pnpm --filter {area} build",
    "git switch -c {verb}-{first}-{second}", "npm install {first}-{second}@{number}",
    "du -sh {root}/{area}", "prettier --check {root}/{area}",
)  # fmt: skip
_GLOBS = (
    "{root}/**/*.{ext}", "{root}/{area}/*.{ext}", "{area}/**/*.{ext}", "**/{first}-*.{ext}",
    "**/*{second}*.{ext}", "{root}/**/{first}*.{ext}", "**/*.{second}.{ext}",
    "{root}/{area}/**/*.{ext}", "packages/*/{area}/*.{ext}", "{root}/*-{second}.{ext}",
)  # fmt: skip
_URLS = (
    "https://docs.example.com/{area}/{first}-{second}", "https://{area}.example.org/{first}",
    "https://example.com/{area}/{number}.html", "https://api.example.net/v2/{area}/{first}",
    "https://wiki.example.org/{first}-{second}", "https://example.net/{area}?page={number}",
    "http://localhost:80{number}/{area}/{first}.json", "https://{first}.example.com/{area}.md",
)  # fmt: skip
_TEXTS = (
    "{name}",
    "{name}",
    "{pascal}",
    "{caps}",
    "TODO: {first}",
    "{first}_{second}",
    "{area}.{verb}",
)
_FILE_SLOTS = ("path", "path2", "path3")
_SHARE_OF_SETTINGS = 0.3
_PLACES = ("{root}/{area}", "{root}/{area}/{first}", "{area}/{first}", "{root}/{first}-{second}")


def in_split(text: str, split: Split) -> bool:
    """Tell whether a composed name belongs to this half."""
    return (zlib.crc32(text.encode()) % 2 == 0) == (split == "train")


@dataclass(frozen=True)
class Lexicon:
    """Draws of one split from one generator."""

    rng: random.Random
    split: Split

    def own(self, compose: Callable[[], str]) -> str:
        """Compose until the result belongs to this half."""
        while not in_split(text := compose(), self.split):
            pass
        return text

    def fill(self, templates: tuple[str, ...]) -> str:
        """Fill one of the templates with words, until the result belongs to this half."""
        return self.own(lambda: self._fill(self.rng.choice(templates)))

    def name(self) -> str:
        """Compose a camel-case function name."""
        return self.own(lambda: self.rng.choice(_VERBS) + self._pascal())

    def path(self, extensions: tuple[str, ...] = _EXTENSIONS) -> str:
        """Compose a file path of two to four segments."""
        return self._place() + "/" + self._stem() + "." + self.rng.choice(extensions)

    def _place(self) -> str:
        root, area = self.rng.choice(_ROOTS), self.rng.choice(_AREAS)
        shapes = (root, area, f"{root}/{area}", f"{root}/{area}", f"packages/{area}/src")
        return self.rng.choice(shapes)

    def _stem(self) -> str:
        return self.own(
            lambda: (
                self.rng.choice(_FIRST)
                + self.rng.choice(("-", "-", "_"))
                + self.rng.choice(_SECOND)
            )
        )

    def _pascal(self) -> str:
        return self.rng.choice(_FIRST).title() + self.rng.choice(_SECOND).title()

    def _fill(self, template: str) -> str:
        first, second = self.rng.choice(_FIRST), self.rng.choice(_SECOND)
        words = {
            "root": self.rng.choice(_ROOTS),
            "area": self.rng.choice(_AREAS),
            "first": first,
            "First": first.title(),
            "second": second,
            "verb": self.rng.choice(_VERBS),
            "ext": self.rng.choice(_CODE),
            "number": str(self.rng.randint(2, 99)),
            "pascal": first.title() + second.title(),
            "caps": f"{first}_{second}".upper(),
            "name": self.rng.choice(_VERBS) + self._pascal(),
            "other": self.rng.choice(_VERBS) + self._pascal(),
        }
        for slot, word in words.items():
            template = template.replace("{" + slot + "}", word)
        return template

    def file(self) -> Slots:
        return {"path": self.path()}

    def files(self) -> Slots:
        names: list[str] = []
        while len(names) < len(_FILE_SLOTS):
            if (path := self.path(_CODE)) not in names:
                names.append(path)
        return dict(zip(_FILE_SLOTS, names, strict=True))

    def folder(self) -> Slots:
        return {"dir": self.fill(_PLACES)}

    def code(self) -> Slots:
        return {"path": self.path(_CODE)}

    def new(self) -> Slots:
        """Draw the content of a new file and a path that fits it."""
        extension, template = self.rng.choice(_CONTENTS)
        return {"path": self.path((extension,)), "content": self.fill((template,))}

    def command(self) -> Slots:
        return {"command": self.fill(_COMMANDS)}

    def glob(self) -> Slots:
        return {"glob": self.fill(_GLOBS)}

    def url(self) -> Slots:
        return {"url": self.fill(_URLS)}

    def saved(self) -> Slots:
        return {"path": self.path(("md", "txt", "html"))}

    def edit(self) -> Slots:
        return {"edit": self.fill(_EDITS)}

    def rule(self) -> Slots:
        return {"name": self._stem().replace("_", "-"), "rule": self.fill(_RULES)}

    def query(self) -> Slots:
        return {"query": self.fill(_TEXTS)}

    def regex(self) -> Slots:
        template = self.rng.choice(_REGEXES)
        return {"query": self.own(lambda: template % self._pascal())}

    def swap(self) -> Slots:
        """Draw a text to be found and a different one that takes its place."""
        numeric = self.rng.random() < _SHARE_OF_SETTINGS
        shape = self.rng.choice(_FORMATS[1:])

        def draw() -> str:
            if numeric:
                return self.own(lambda: shape % self.rng.randint(1, 9999))
            return self.fill(_TEXTS)

        find = replace = draw()
        while replace == find:
            replace = draw()
        return {"find": find, "replace": replace}
