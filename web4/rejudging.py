"""Whether scores are what the kept answers come to: these are judged again, and both compared.

Metrics are pure functions of record, answer and catalogue, so nothing is asked of a model. What
the TypeScript tools said of a text is taken from their cache; what is not there they are asked.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from web4.errors import DataError
from web4.evaluation import JUDGING, OUTCOMES, SCORES, Judgement, judged
from web4.metrics.style_tools import Inspect, inspect
from web4.records import read_jsonl
from web4.steps import CALIBRATION, FLAGS, buckets_of

_ROUNDING = 1e-9  # of another machine's arithmetic


def differences(
    files: Mapping[str, Path], answers: Path, scored: Path, *, inspect: Inspect = inspect
) -> list[str]:
    """Say in a line for each file of ``scored`` where it tells other than the ``answers`` come to.

    Both are artifacts, ``files`` those that the step ``score`` reads. Raise a ``Web4Error`` where
    one of them breaks its format or the tools are not to be had.
    """
    buckets, flags = buckets_of(files), files.get(FLAGS)
    try:
        judgement = judged(
            answers,
            buckets,
            files["catalog"],
            inspect=inspect,
            flags=flags,
            calibration=files[CALIBRATION],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"its answers cannot be judged ({error!r})"]
    made = _described(judgement)
    try:
        told = _told(scored)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, DataError) as error:
        return [f"what it tells cannot be read ({error!r})"]
    found = []
    for name, wanted in made.items():
        others = [key for key in wanted if not _same(wanted[key], told[name].get(key))]
        others += ["what was never judged"] * len(told[name].keys() - wanted.keys())
        if others:
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            found.append(f"{name} tells other than its answers come to ({others[0]}{more})")
    return found


def _described(made: Judgement) -> dict[str, dict[str, Any]]:
    """Return a judgement as its files tell it, each as a table of what can differ by itself."""
    return {
        SCORES: {
            f"{one.metric} of {part}": _plain(one.to_dict())
            for part, found in made.scores.items()
            for one in found
        },
        OUTCOMES: {
            f"{metric} of {one.record_id}": [one.value, "" if one.passed else one.reason]
            for metric, found in made.outcomes.items()
            for one in found
        },
        JUDGING: {name: _plain(value) for name, value in made.judging.items()},
    }


def _told(scored: Path) -> dict[str, dict[str, Any]]:
    """Return the same of what a folder holds."""
    scores = json.loads((scored / SCORES).read_text(encoding="utf-8"))
    judging = json.loads((scored / JUDGING).read_text(encoding="utf-8"))
    return {
        SCORES: {f"{one['metric']} of {part}": one for part in scores for one in scores[part]},
        OUTCOMES: {
            f"{line['metric']} of {line['id']}": [line["value"], line.get("reason", "")]
            for _, line in read_jsonl(scored / OUTCOMES)
        },
        JUDGING: dict(judging),
    }


def _plain(value: object) -> Any:
    """Return a value as JSON brings it back."""
    return json.loads(json.dumps(value))


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal, numbers but for rounding."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) or isinstance(other, float):
        numbers = isinstance(one, (int, float)) and isinstance(other, (int, float))
        return numbers and math.isclose(one, other, rel_tol=_ROUNDING, abs_tol=_ROUNDING)
    return type(one) is type(other) and bool(one == other)
