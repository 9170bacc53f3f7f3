"""Whether tool outputs are plans of the catalogue, which tools they use, what they take from where.

``jsonschema-rs`` judges each plan in microseconds; where it finds a fault, or cannot judge,
``jsonschema`` has the last word and says where the fault is.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rapidfuzz import process

from web4.catalog import Catalog
from web4.dataset.sanity.findings import Findings
from web4.dataset.sanity.lines import Item, Source

DOMINANT = 0.4
_UNGROUNDED = 0.1
_MIN_RECORDS = 50
_SHOWN_LINES = 20
_WORD = re.compile(r"[^\W_]+")
_MAX_LEVELS = 64
_MAX_BRACES = 100
"""Of a larger plan jsonschema decides: it gives up where evaluation would, too deep inside."""


@dataclass
class _Grounding:
    """How many plans of a file name a path, and which of them one that the request does not."""

    plans: int = 0
    unheard: int = 0
    lines: list[int] = field(default_factory=list)
    example: str = ""


@dataclass
class Plans:
    """Checks the outputs of tool records."""

    findings: Findings
    catalog: Catalog
    calls: Counter[str] = field(default_factory=Counter)
    _grounding: dict[Source, _Grounding] = field(default_factory=dict)

    def check(self, item: Item) -> None:
        """Report a record whose output, or an acceptable answer, is no plan of the catalogue."""
        self._output(item)
        for number, text in enumerate(item.record.acceptable, 1):
            fault = self._fault_of(text)
            if fault:
                self.findings.add("E307", item.place, f"acceptable answer {number}: {fault}")

    def _fault_of(self, text: str) -> str:
        """Return why a text is no plan of the catalogue; nothing where it is one."""
        try:
            plan = json.loads(text, parse_constant=_refuse)
            if text.count("{") <= _MAX_BRACES and self._fits(plan):
                return ""
            faults = sorted(self.catalog.validator.iter_errors(plan), key=lambda one: one.json_path)
        except RecursionError:
            return "nested too deep to be checked"
        except ValueError as error:
            return f"no JSON plan: {error}"
        return f"does not fit at {faults[0].json_path}: {faults[0].message[:200]}" if faults else ""

    def _output(self, item: Item) -> None:
        try:
            plan = json.loads(item.record.output, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            self.findings.add("E301", item.place, f"the output is no JSON plan: {error}")
            return
        if not isinstance(plan, dict):
            kind = "an array" if isinstance(plan, list) else "a bare value"
            self.findings.add("E301", item.place, f"the output is {kind}, not a plan")
        elif item.record.output.count("{") > _MAX_BRACES or not self._fits(plan):
            self._explain(item, plan)
        else:
            self._count(item, plan)

    @cached_property
    def _fast(self) -> Any:
        import jsonschema_rs

        return jsonschema_rs.Draft202012Validator(self.catalog.plan_schema)

    def _fits(self, plan: Any) -> bool:
        try:
            return bool(self._fast.is_valid(plan))
        except (ValueError, RecursionError):  # too deep or too large a number for it
            return False

    def _explain(self, item: Item, plan: Mapping[str, Any]) -> None:
        unknown = [name for name in _tools(plan) if name not in self.catalog.tools]
        if unknown:
            message = f"tool {unknown[0][:60]!r} is not in the catalogue"
            near = process.extractOne(unknown[0], self.catalog.tools.keys(), score_cutoff=60)
            hint = f"; the nearest is {near[0]!r}" if near else ""
            self.findings.add("E303", item.place, message + hint)
            return
        try:
            faults = sorted(self.catalog.validator.iter_errors(plan), key=lambda one: one.json_path)
        except RecursionError:
            self.findings.add("E302", item.place, "the plan is nested too deep to be checked")
            return
        if faults:
            message = f"the plan does not fit at {faults[0].json_path}: {faults[0].message[:200]}"
            self.findings.add("E302", item.place, message)
        else:
            self._count(item, plan)

    def _count(self, item: Item, plan: Mapping[str, Any]) -> None:
        self.calls.update(_tools(plan))
        paths = [path for path in self._paths(plan) if not path.startswith("<RESULTS:")]
        if not paths:
            return
        seen = self._grounding.setdefault(item.source, _Grounding())
        seen.plans += 1
        record = item.record
        heard = set(_words(record.instruction)) | set(_words(record.input))
        for path in paths:
            words = _words(path)
            if words and not heard.intersection(words):
                seen.unheard += 1
                seen.lines.append(item.line)
                seen.example = seen.example or path
                return

    def _paths(self, plan: Mapping[str, Any]) -> Iterator[str]:
        for step in _steps(plan):
            tool = self.catalog.tools.get(step.get("tool", ""))
            args = step.get("args")
            if tool is None or not isinstance(args, dict):
                continue
            for name, value in args.items():
                if isinstance(value, str) and tool.equality(name) == "path":
                    yield value

    def finish(self) -> None:
        """Report what shows only when all records are read."""
        for source, seen in self._grounding.items():
            share = seen.unheard / seen.plans
            if seen.plans >= _MIN_RECORDS and share > _UNGROUNDED:
                message = (
                    f"{seen.unheard} of {seen.plans} plans ({share:.0%}) name a path of which no "
                    f"word stands in the request, as {seen.example[:80]!r}"
                )
                places = [source.at(line) for line in seen.lines[:_SHOWN_LINES]]
                self.findings.add("W306", places[0], message, places[1:])

    def balance(self, source: Source) -> None:
        """Report tools that are never used and one that crowds out the others."""
        total = sum(self.calls.values())
        if total < _MIN_RECORDS:
            return
        unused = sorted(set(self.catalog.tools) - set(self.calls))
        if unused:
            message = f"no plan of {total} calls uses {', '.join(unused)}"
            self.findings.add("W304", source.at(), message)
        name, count = self.calls.most_common(1)[0]
        if count / total > DOMINANT:
            message = f"{name} makes up {count / total:.0%} of {total} calls"
            self.findings.add("W305", source.at(), message)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON number")


def _words(text: str) -> list[str]:
    """Return the words of a text or path; camelCase counts as one, and a suffix as another."""
    return _WORD.findall(text.casefold())


def _steps(value: Any, level: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the steps of a plan, those inside conditions too, to a depth of 64."""
    steps = value.get("steps") if level == 0 else value
    if not isinstance(steps, list) or level > _MAX_LEVELS:
        return
    for step in steps:
        if not isinstance(step, dict):
            continue
        yield step
        args = step.get("args")
        for inner in args.values() if isinstance(args, dict) else ():
            if isinstance(inner, list) and inner and isinstance(inner[0], dict):
                yield from _steps(inner, level + 1)


def _tools(plan: Mapping[str, Any]) -> list[str]:
    """Return the names that a plan calls; values of a list of objects without a tool are none."""
    return [step["tool"] for step in _steps(plan) if isinstance(step.get("tool"), str)]
