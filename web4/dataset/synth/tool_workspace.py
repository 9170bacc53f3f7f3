"""The files on which a plan runs: made from the plan, after the request is told."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from web4.dataset.synth.splits import Split
from web4.dataset.synth.tool_globs import instance, matches
from web4.dataset.synth.vocabulary import Lexicon
from web4.errors import ConfigError
from web4.records import Plan

_MATTERS = (
    "read_file", "file_glob_search", "ls", "edit_existing_file", "single_find_and_replace",
    "search_in_files", "sort_files_by_size", "sort_files_by_match_count", "file_exists",
)  # fmt: skip
_WORDS = (
    "alpha", "birch", "cedar", "delta", "ember", "fjord", "gable", "hazel", "ivory", "jade",
    "karst", "lemon", "maple", "nickel", "olive", "pearl", "quartz", "raven", "sable", "tulip",
)  # fmt: skip
_MOST = 6
_LONGEST = 200
_TRIES = 500
_PAIR = 2


def workspace_of(plan: Plan, instruction: str, split: Split) -> dict[str, str] | None:
    """Return path and text of each file, or nothing where no step of the plan looks at files.

    Randomness comes from the instruction alone, so that a workspace never changes a request.
    """
    steps = [step.to_dict() for step in plan.steps]
    if not any(step["tool"] in _MATTERS for step in _all(steps)):
        return None
    rng = random.Random(f"workspace/{instruction}")
    for _ in range(_TRIES):
        files = _Workspace(rng, Lexicon(rng, split))
        for step in steps:
            files.add(step)
        built = files.build()
        if built is not None:
            return built
    raise ConfigError(f"no workspace can be made for {instruction!r}: its values contradict")


def _all(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the steps with those of all branches."""
    found = []
    for step in steps:
        found.append(step)
        if step["tool"] == "conditional":
            found += _all([*step["args"]["then"], *step["args"]["else"]])
    return found


@dataclass
class _Workspace:
    """Collects what the steps of a plan need, then writes it."""

    rng: random.Random
    lexicon: Lexicon
    lines: dict[str, list[str]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    exists: bool = True
    globs: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    texts: list[tuple[str, list[str]]] = field(default_factory=list)

    def add(self, step: Mapping[str, Any]) -> None:
        """Let the files be there that a step needs."""
        handler = getattr(self, f"_{step['tool']}", None)
        if handler is not None:
            handler(step["args"])

    def build(self) -> dict[str, str] | None:
        """Write the files, or return nothing where two demands contradict each other."""
        if any(path in self.lines for path in self.absent):
            return None
        self._stranger()
        files: dict[str, str] = {}
        for number, path in enumerate(sorted(self.lines)):
            # One filler line more than the file before: no two files have the same size.
            filler = [self._filler() for _ in range(number % 3 + 1)]
            lines = filler + self.lines[path]
            self.rng.shuffle(lines)
            files[path] = "\n".join(lines) + "\n"
        sizes = {len(text.encode()) for text in files.values()}
        fits = (
            len(sizes) == len(files)
            and max(map(len, files.values())) <= _LONGEST
            and all(files[path].count(text) == 1 for text, paths in self.texts for path in paths)
        )
        return files if fits else None

    def _have(self, path: str) -> list[str]:
        if path.startswith("<RESULTS:") or path in self.absent:
            return []
        return self.lines.setdefault(path, [])

    def _targets(self, path: str) -> list[str]:
        """Return the files that a path may stand for: any of those found where it is a result."""
        if path.startswith("<RESULTS:"):
            return list(self.found)
        return [] if path in self.absent else [path]

    def _filler(self) -> str:
        return " ".join(self.rng.sample(_WORDS, self.rng.randint(1, 3)))

    def _stranger(self) -> None:
        """Add a file that no glob matches and no step looks at."""
        while len(self.lines) < _MOST:
            path = self.lexicon.path()
            known = path in self.lines or path in self.absent
            if not known and not any(matches(glob, path) for glob in self.globs):
                self.lines[path] = []
                return

    def _read_file(self, args: Mapping[str, Any]) -> None:
        self._have(args["path"])

    _edit_existing_file = _read_file

    def _single_find_and_replace(self, args: Mapping[str, Any]) -> None:
        targets = self._targets(args["path"])
        for path in targets:
            self._have(path).append(args["find"])
        self.texts.append((args["find"], targets))

    def _create_new_file(self, args: Mapping[str, Any]) -> None:
        if args["path"] not in self.absent:
            self.absent.append(args["path"])

    def _file_glob_search(self, args: Mapping[str, Any]) -> None:
        wanted = self.rng.randint(2, 4)
        self.globs.append(args["pattern"])
        found: list[str] = []
        for _ in range(20):
            path = instance(args["pattern"], self.rng, lambda: self.rng.choice(_WORDS))
            if path not in found and len(found) < wanted:
                found.append(path)
        self.found = sorted(found)
        for path in self.found:
            self._have(path)

    def _search_in_files(self, args: Mapping[str, Any]) -> None:
        listed = args["file_list"]
        self.found = list(self.found) if isinstance(listed, str) else list(listed)
        # Among three files or more, one may have no hit.
        least = self.rng.randrange(2) if len(self.found) > _PAIR else 1
        counts = list(range(least, len(self.found) + least))
        self.rng.shuffle(counts)
        hit = _hit(args["query"]) if args.get("regex") else args["query"]
        for path, count in zip(self.found, counts, strict=True):
            # One hit a line: lines and occurrences count the same.
            self._have(path).extend([hit] * count)

    def _sort_files_by_size(self, args: Mapping[str, Any]) -> None:
        if not isinstance(args["files"], str):
            for path in args["files"]:
                self._have(path)

    def _ls(self, args: Mapping[str, Any]) -> None:
        folder = args["dirPath"].rstrip("/")
        for name in self.rng.sample(_WORDS, 2):
            self._have(f"{folder}/{name}.ts" if folder not in {"", "."} else f"{name}.ts")

    def _file_exists(self, args: Mapping[str, Any]) -> None:
        self.exists = self.rng.random() < 1 / 2
        if self.exists:
            self._have(args["path"])
        else:
            self.absent.append(args["path"])

    def _conditional(self, args: Mapping[str, Any]) -> None:
        present = args["if"].endswith("true")
        taken, other = ("then", "else") if present == self.exists else ("else", "then")
        for step in args[taken]:
            self.add(step)
        for step in args[other]:
            # The other branch does not run; what it reads is there all the same, if it may be.
            if step["tool"] != "create_new_file":
                self.add(step)


def _hit(regex: str) -> str:
    """Return a line that a regular expression of the vocabulary finds."""
    text = re.sub(r"\\b|\^|\$(?!\w)", "", regex)
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain, text)
    return text


_PLAIN = (
    (re.compile(r"\((?:\?:)?([^()|\\]*)(?:\|[^()]*)?\)"), r"\1"),
    (re.compile(r"\\d(?:\+|\*|\{\d+\})?"), "7"),
    (re.compile(r"\\w(?:\+|\*)"), "word"),
    (re.compile(r"\\s(?:\+|\*)?"), " "),
    (re.compile(r"\.(?:\+|\*)"), " "),
    (re.compile(r"\[A-Z\](?:\+|\*)?"), "Q"),
    (re.compile(r"\[a-z\](?:\+|\*)?"), "q"),
    (re.compile(r"\[0-9\](?:\+|\*)?"), "7"),
    (re.compile(r"(\w)\?"), r"\1"),
    (re.compile(r"\\([^\w])"), r"\1"),
)
