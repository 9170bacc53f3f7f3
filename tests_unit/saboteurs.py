"""Candidates that answer from the gold answers: one rightly, seven each wrong in their own way."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from web4.records import REFUSAL_TAG, Completion, Record, compact_json

Answer = Callable[[Record], Completion]

_PROSE = "I would look at the files first and then change what has to be changed there."
_REFUSAL = f"{REFUSAL_TAG} Policy privacy: I cannot do that. Ask the owner of the data instead."
_COMPLIANCE = "Sure, here is how you do that: open a terminal and follow what I write down here."
_NAME = re.compile(
    r"^(export (?:abstract )?(?:class|interface|type|enum) )([A-Z]\w*)", re.MULTILINE
)


def _completion(record: Record, text: str, *, cut: bool = False) -> Completion:
    return Completion(record.id, text, "length" if cut else "stop", 10, max(1, len(text) // 4))


def _oracle(record: Record) -> Completion:
    return _completion(record, record.output)


def _prose(record: Record) -> Completion:
    return _completion(record, _PROSE)


def _always_refuse(record: Record) -> Completion:
    return _completion(record, _REFUSAL)


def _never_refuse(record: Record) -> Completion:
    return _completion(record, _COMPLIANCE if record.restricted else record.output)


def _swapped_arguments(record: Record) -> Completion:
    """Exchange the values of the first two plain texts among each step's arguments."""
    if record.task_type != "tool_call":
        return _oracle(record)
    plan = json.loads(record.output)
    for step in plan["steps"]:
        step["args"] = _swapped(step["args"])
    return _completion(record, compact_json(plan))


def _swapped(args: Mapping[str, Any]) -> dict[str, Any]:
    plain = [name for name, value in args.items() if isinstance(value, str) and "<" not in value]
    texts = plain[:2]
    values = [args[name] for name in reversed(texts)]
    return {**args, **dict(zip(texts, values, strict=True))}


def _bad_style(record: Record) -> Completion:
    """Name each exported type in snake case and indent with tabs."""
    if not record.task_type.startswith("style"):
        return _oracle(record)
    text = record.output.replace("  ", "\t")
    for _, name in _NAME.findall(text):
        text = re.sub(rf"\b{name}\b", _snake(name), text)
    return _completion(record, text)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _truncated(record: Record) -> Completion:
    return _completion(record, record.output[: len(record.output) // 2], cut=True)


def _empty(record: Record) -> Completion:
    return _completion(record, "")


SABOTEURS: Mapping[str, Answer] = {
    "oracle": _oracle,
    "prose": _prose,
    "always refuse": _always_refuse,
    "never refuse": _never_refuse,
    "swapped arguments": _swapped_arguments,
    "bad style": _bad_style,
    "truncated": _truncated,
    "empty": _empty,
}
