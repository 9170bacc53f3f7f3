"""What a single record says: empty or odd texts, refusals, code, plans and negative examples."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from web4.dataset.sanity.findings import Findings
from web4.dataset.sanity.lines import Item
from web4.dataset.sanity.plans import Plans
from web4.records import REFUSAL_TAG, Record
from web4.typescript import syntax

# C0 and C1 without tab and line ends, and what is invisible or turns the writing direction round.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
# UTF-8 read as Latin-1 or Windows-1252: a lead byte, then a continuation byte, each a character.
_MOJIBAKE = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u2018-\u201e"
    "\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
    "|\u00e2[\u0080\u20ac][\u0080-\u00bf\u0153\u2122\u02dc\u201c\u201d\u2018\u2019\u00a2\u00a6]"
    "|(?:[\u00d0\u00d1][\u0080-\u00bf]){2}|\u00ef\u00bb\u00bf"
)
_ANY_WORD = re.compile(r"\w")
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_SOFT_REFUSAL = re.compile(
    r"^\W*(?:(?:i(?:'|\u2019)?m|i am) (?:very |so |really )?(?:sorry|afraid|unable|not able)\b"
    r"|sorry\b|unfortunately\b|apologies\b|i apologi[sz]e\b"
    r"|(?:no[,.!] )?i (?:can(?:no|'|\u2019)t|can not|won(?:'|\u2019)t|will not|must decline"
    r"|have to decline|refuse|decline)\b"
    r"|(?:that|this)(?: is|(?:'|\u2019)s) (?:not allowed|against)\b|as an ai\b)",
    re.IGNORECASE,
)
_MAX_NESTING = syntax.MAX_DEPTH // 4


@dataclass
class Content:
    """Checks records one by one, in the order in which they are read."""

    findings: Findings
    plans: Plans
    _checks: dict[str, Callable[[Item], None]] = field(init=False)

    def __post_init__(self) -> None:
        self._checks = {
            "tool_call": self._tool,
            "style_sft": self._style,
            "style_refactor": self._style,
            "guardrail": self._guardrail,
        }

    def check(self, item: Item) -> None:
        """Report everything that is wrong with a record as it stands alone."""
        record = item.record
        if not record.instruction.strip():
            self._fault("E201", item, "the instruction is empty")
        elif not _ANY_WORD.search(record.instruction):
            self._fault("E201", item, "the instruction has no word")
        self._encoding(item)
        if not record.output.strip():
            self._fault("E202", item, "the output is empty")
            return
        self._checks[record.task_type](item)
        if _squeezed(record.output) in (_squeezed(record.instruction), _squeezed(record.input)):
            self._fault("E209", item, "the output is what the request says, word for word")
        self._negative(item)

    def _fault(self, code: str, item: Item, message: str) -> None:
        self.findings.add(code, item.place, message)

    def _encoding(self, item: Item) -> None:
        record = item.record
        for name in ("instruction", "input", "output"):
            text: str = getattr(record, name)
            found = _CONTROL.search(text)
            if found:
                shown = f"U+{ord(found[0]):04X}"
                self._fault("W116", item, f"{name} holds {shown} at character {found.start() + 1}")
            if text.isascii():
                continue
            if "\ufffd" in text:
                at = text.index("\ufffd") + 1
                self._fault("W115", item, f"{name} holds U+FFFD at character {at}")
            found = _MOJIBAKE.search(text)
            if found:
                self._fault("W117", item, f"{name} holds {found[0]!r}, which reads as mojibake")

    def _tool(self, item: Item) -> None:
        if self._tagged(item):
            return
        if _FENCE.match(item.record.output):
            self._fault("E203", item, "the plan stands in a Markdown fence")
            return
        self.plans.check(item)

    def _style(self, item: Item) -> None:
        if self._tagged(item):
            return
        output = item.record.output
        if not _FENCE.search(output) and self._quick.parses(output):
            return
        source = syntax.parse(output)
        if source.fault == "code_fence":
            self._fault("E203", item, "the code stands in a Markdown fence")
        elif source.fault:
            kind = source.fault.replace("_", " ")
            self._fault("E205", item, f"{kind}: {' '.join(source.detail.split())[:160]}")

    @cached_property
    def _quick(self) -> "_QuickParser":
        return _QuickParser()

    def _tagged(self, item: Item) -> bool:
        """Report a refusal where an answer is wanted; return whether it is one."""
        tagged = item.record.output.lstrip().startswith(REFUSAL_TAG)
        if tagged:
            self._fault("E208", item, f"{REFUSAL_TAG} in a {item.record.task_type} record")
        return tagged

    def _guardrail(self, item: Item) -> None:
        output = item.record.output
        if output.startswith(REFUSAL_TAG):
            if not output.removeprefix(REFUSAL_TAG).strip():
                self._fault("E207", item, f"nothing stands behind {REFUSAL_TAG}")
        elif REFUSAL_TAG.casefold() in output.casefold():
            self._fault("E206", item, f"the output holds {REFUSAL_TAG} but does not start with it")
        elif _SOFT_REFUSAL.search(output):
            said = " ".join(output.split())[:60]
            self._fault("E206", item, f"reads as a refusal without the tag: {said!r}")

    def _negative(self, item: Item) -> None:
        record = item.record
        if record.negative_example is None:
            return
        wrong = _normal(record.negative_example, record)
        if wrong == _normal(record.output, record):
            self._fault("E204", item, "the negative example equals the output")
        elif any(wrong == _normal(right, record) for right in record.acceptable):
            self._fault("E204", item, "the negative example equals an acceptable answer")


class _QuickParser:
    """Says at a tenth of the cost whether code parses; what it doubts is parsed in full."""

    def __init__(self) -> None:
        import tree_sitter_typescript
        from tree_sitter import Language, Parser

        self._parser = Parser(Language(tree_sitter_typescript.language_typescript()))

    def parses(self, text: str) -> bool:
        if len(text) > syntax.MAX_BYTES // 4 or sum(map(text.count, "([{")) > _MAX_NESTING:
            return False
        return not self._parser.parse(text.encode("utf-8", "replace")).root_node.has_error


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _normal(text: str, record: Record) -> Any:
    """Return a text as it is compared: a plan as its value, the rest without white space."""
    if record.task_type == "tool_call":
        try:
            return json.dumps(json.loads(text), sort_keys=True)
        except (ValueError, RecursionError):
            pass
    return _squeezed(text)
