"""How hard a tool request is, from 1 (a single obvious step) to 5."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from web4.dataset.synth.tool_plans import Step

_SLOT = re.compile(r"\{(\w+)!?\}")
_PAIR, _TRIPLE = 2, 3


def grade(steps: Sequence[Step], *, rated: int, turned: bool, distracted: bool) -> int:
    """Grade a request by its plan and its wording.

    ``rated`` is what the intent of a single step brings along (2 and more for a near miss);
    ``turned`` says that things are told in another order than they stand in the plan.
    """
    count = len(steps)
    if count == 1:
        several = 1 + (len(_slots_of(steps[0][1])) > 1)
        return min(3, max(rated, several) + turned + distracted)
    if any(tool == "conditional" for tool, _ in steps):
        return 4 if count == _PAIR else 5
    if count == _PAIR:
        return 4 if turned and distracted else 3
    if count == _TRIPLE:
        return 5 if turned or distracted else 4
    return 5


def is_turned(sentence: str, steps: Sequence[Step]) -> bool:
    """Tell whether a sentence brings its slots in another order than the plan does."""
    told = _firsts(_SLOT.findall(sentence))
    planned = _firsts([slot for _, args in steps for slot in _slots_of(args)])
    return [slot for slot in told if slot in planned] != [slot for slot in planned if slot in told]


def _firsts(slots: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(slots))


def _slots_of(value: Any) -> list[str]:
    if isinstance(value, str):
        return _SLOT.findall(value)
    if isinstance(value, Mapping):
        value = list(value.values())
    return [slot for item in value for slot in _slots_of(item)] if isinstance(value, list) else []
