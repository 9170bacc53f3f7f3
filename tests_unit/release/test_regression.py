"""What is compared: canaries that are always the same, and flips of single metrics both ways."""

from collections.abc import Collection

import pytest

from web4.dataset.frozen import load_eval
from web4.packaging.ladder import Paired
from web4.records import EVAL_BUCKETS, Record
from web4.release.regression import CANARIES, Regression, Side, canaries, compare
from web4.targets import QUANTIZATION_DROP, load_targets

_TOOL, _STYLE = "tool.selection", "style.naming"


def _records(bucket: str, count: int = 30) -> list[Record]:
    return [
        Record(
            f"{bucket}-{number:04d}",
            "guardrail",
            f"Do {number}.",
            "",
            "<REFUSAL> No." if number % 3 == 0 else "Yes.",
            skeleton=f"s{number % 10}",
            difficulty=1 + number % 5,
        )
        for number in range(count)
    ]


_BUCKETS = {bucket: _records(bucket) for bucket in EVAL_BUCKETS}


def _side(name: str, **faults: Collection[str]) -> Side:
    """Return a side whose answers are right but for ``faults``, ids by family."""
    outcomes = {}
    for metric in (_TOOL, _STYLE):
        family = metric.partition(".")[0]
        ids = [record.id for record in _BUCKETS[family]]
        passed = {one: one not in faults.get(family, ()) for one in ids}
        outcomes[metric] = Paired({one: float(right) for one, right in passed.items()}, passed)
    shares = {"tool": 1 - len(faults.get("tool", ())) / 30, "style": 1.0}
    answers = {record.id: name for found in _BUCKETS.values() for record in found}
    return Side(name, shares, outcomes, answers)


def _compared(before: Side, after: Side) -> Regression:
    return compare(before, after, _BUCKETS, load_targets(), "v0.1")


@pytest.mark.parametrize("version", ["v1.0", "v1.1", "v1.2"])
def test_there_are_twenty_canaries_of_every_frozen_version(version: str) -> None:
    frozen = load_eval(version)
    buckets = {bucket: frozen.records(bucket) for bucket in EVAL_BUCKETS}
    found = canaries(buckets)
    assert len(found) == len(set(found)) == sum(CANARIES.values()) == 20
    assert found == canaries(buckets)
    records = {record.id: record for bucket in buckets.values() for record in bucket}
    for bucket, count in CANARIES.items():
        chosen = [records[one] for one in found if one.startswith(bucket)]
        assert len(chosen) == count
        lowest = min(record.difficulty for record in buckets[bucket])
        assert {record.difficulty for record in chosen} == {lowest}
    assert sum(records[one].restricted for one in found if one.startswith("guardrail")) == 3


def test_flips_are_listed_both_ways_with_the_answers() -> None:
    before = _side("v1.0.0", tool=["tool-0001", "tool-0002"])
    found = _compared(before, _side("adapter", tool=["tool-0002", "tool-0003"]))
    (lost,), (gained,) = found.lost, found.gained
    assert (lost.record_id, lost.metrics) == ("tool-0003", (_TOOL,))
    assert (gained.record_id, gained.metrics) == ("tool-0001", (_TOOL,))
    assert (lost.before, lost.after) == ("v1.0.0", "adapter")
    assert found.of("worse") == ()  # one each way is chance
    assert found.drops["tool"] == 0


def test_many_losses_are_worse_and_many_gains_are_better() -> None:
    some = [f"tool-{number:04d}" for number in range(12)]
    worse = _compared(_side("before"), _side("after", tool=some))
    assert worse.of("worse") == (_TOOL,)
    assert worse.drops["tool"] == pytest.approx(0.4)
    better = _compared(_side("before", tool=some), _side("after"))
    assert better.of("better") == (_TOOL,)
    assert better.broken == ()


def test_a_canary_that_the_baseline_failed_cannot_be_broken() -> None:
    first = canaries(_BUCKETS)[0]
    kept = _compared(_side("before", tool=[first]), _side("after", tool=[first]))
    assert first not in kept.canaries
    assert kept.broken == ()
    broken = _compared(_side("before"), _side("after", tool=[first]))
    assert [flip.record_id for flip in broken.broken] == [first]


def test_what_would_not_matter_is_what_the_target_lets_quantization_cost() -> None:
    targets = load_targets()
    others = tuple(one for one in targets.target if one.metric != QUANTIZATION_DROP)
    (allowed,) = (one for one in targets.target if one.metric == QUANTIZATION_DROP)
    assert targets.margin == allowed.value
    before, after = _side("before"), _side("after", tool=["tool-0003"])
    found = {}
    for value in (0.001, 0.5):
        wider = (*others, allowed.model_copy(update={"value": value}))
        asked = targets.model_copy(update={"target": wider})
        found[value] = compare(before, after, _BUCKETS, asked, "v0.1").comparisons[_TOOL].verdict
    assert found == {0.001: "undecided", 0.5: "no_difference"}
    assert targets.model_copy(update={"target": others}).margin == 0
