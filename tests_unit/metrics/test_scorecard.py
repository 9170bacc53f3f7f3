"""Scores are means with intervals and reasons; families and the overall score are weighted."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from web4.metrics.outcome import Metric, Outcome, failure, success
from web4.metrics.scorecard import (
    Reason,
    Score,
    Scorecard,
    evaluable,
    family_scores,
    judge,
    score,
    weighted_score,
)
from web4.records import Completion, Record
from web4.stats import family_mean_interval, wilson
from web4.targets import Target, Targets

_WEIGHTS = {"tool": 0.45, "style": 0.45, "guardrail": 0.10}


def _target(metric: str, weight: float) -> Target:
    return Target(
        metric=metric,
        compare=">=",
        value=0.9,
        gate="ship",
        remedy="none",
        says="x",
        weight=weight,
    )


_TARGETS = Targets(
    family_weights=_WEIGHTS,
    target=(
        _target("tool.selection", 3.0),
        _target("tool.arguments", 1.0),
        _target("tool.plan_minimality", 0.0),
        _target("style.naming", 1.0),
        _target("guardrail.refusal_accuracy", 1.0),
        _target("guardrail.benign_compliance", 1.0),
    ),
)
_VALUES = {
    "tool.selection": 0.9,
    "tool.arguments": 0.5,
    "style.naming": 0.7,
    "guardrail.refusal_accuracy": 1.0,
    "guardrail.benign_compliance": 0.8,
    "overall.stability": 1.0,
}


_FAMILIES = {"tool": 0.8, "style": 0.7, "guardrail": 0.9}


def _scores(values: Mapping[str, float]) -> dict[str, Score]:
    return {name: Score(name, value, 200, 100, 0.0, 1.0) for name, value in values.items()}


def _without(name: str) -> dict[str, float]:
    return {metric: value for metric, value in _VALUES.items() if metric != name}


def _read(scores: Mapping[str, Score]) -> Scorecard:
    part = [one.to_dict() for one in scores.values()]
    raw = json.loads(json.dumps({"all": part, "unseen": part[:1]}))
    return Scorecard.read("adapter", "ab" * 32, "v1.0", raw, _TARGETS)


def _outcomes(*reasons: str) -> list[Outcome]:
    return [
        Outcome(f"r{number}", 0.0 if reason else 1.0, passed=not reason, reason=reason)
        for number, reason in enumerate(reasons)
    ]


# ── One metric ────────────────────────────────────────────────────────────────────────────────


def test_a_rate_is_a_mean_with_wilsons_interval() -> None:
    made = score("tool.selection", "rate", _outcomes("", "", "", "wrong_tool"))
    interval = wilson(3, 4)
    assert (made.value, made.n, made.passed) == (0.75, 4, 3)
    assert (made.low, made.high) == (interval.low, interval.high)
    assert made.failing == ("r3",)


def _counts(n: int) -> list[Outcome]:
    return [Outcome(f"r{i}", float(i), passed=i == 0, reason="x" * (i > 0)) for i in range(n)]


def test_another_unit_has_the_bootstrap_by_skeleton() -> None:
    families = {f"r{i}": f"s{i // 2}" for i in range(24)}
    made = score("tool.plan_minimality", "steps", _counts(24), families)
    assert (made.value, made.passed, made.unit) == (11.5, 1, "steps")
    values = [float(i) for i in range(24)]
    interval = family_mean_interval(values, [families[f"r{i}"] for i in range(24)])
    assert made.interval == interval
    alone = score("tool.plan_minimality", "steps", _counts(24))
    assert alone.high - alone.low < made.high - made.low


def test_fractions_are_means_and_bounded_where_few_fall_short() -> None:
    outcomes = [*_outcomes(*[""] * 9), Outcome("r9", 0.5, passed=False, reason="x")]
    made = score("style.ast_match", "rate", outcomes)
    assert made.value == pytest.approx(0.95)
    assert made.interval == wilson(9.5, 10)


def test_an_interval_without_end_survives_json() -> None:
    made = score("tool.plan_minimality", "steps", _counts(1))
    assert (made.low, made.high) == (-math.inf, math.inf)
    text = json.dumps(made.to_dict(), allow_nan=False)
    assert Score.from_dict(json.loads(text)) == made


def test_reasons_are_sorted_by_count_then_name_with_examples_in_order() -> None:
    reasons = ("d", "", "c", "a", "c", "d", "c", "c", "c", "c", "c", "b", "b")
    made = score("tool.selection", "rate", _outcomes(*reasons))
    assert made.reasons == (
        Reason("c", 7, ("r2", "r4", "r6", "r7", "r8")),
        Reason("b", 2, ("r11", "r12")),
        Reason("d", 2, ("r0", "r5")),
        Reason("a", 1, ("r3",)),
    )
    assert len(made.failing) == 12


_ONE = Record("r", "tool_call", "Do it.", "", "yes")


def test_each_record_is_judged_by_the_metrics_that_apply() -> None:
    def metric(name: str, applies: Callable[[Record], bool]) -> Metric:
        def right(record: Record, completion: Completion) -> Outcome:
            wrong = failure(record, "wrong")
            return success(record) if completion.text == record.output else wrong

        return Metric(name, "tool", applies, right, frozenset({"wrong"}))

    records = [Record(f"r{i}", "tool_call", "Do it.", "", "yes") for i in range(3)]
    answers = {f"r{i}": Completion(f"r{i}", "no" if i else "yes", "stop", 1, 1) for i in range(4)}
    metrics = [
        metric("every", lambda _record: True),
        metric("last", lambda record: record.id == "r2"),
        metric("none", lambda _record: False),
    ]
    judged = judge(metrics, records, answers)
    assert [outcome.reason for outcome in judged["every"]] == ["", "wrong", "wrong"]
    assert [outcome.record_id for outcome in judged["last"]] == ["r2"]
    assert judged["none"] == []


@pytest.mark.parametrize(
    "outcome", [failure(_ONE, "odd"), failure(_ONE, ""), Outcome("r", 1.0, True, "bad")]
)
def test_an_outcome_beside_the_closed_list_is_no_judgement(outcome: Outcome) -> None:
    metric = Metric("m", "tool", lambda _: True, lambda *_: outcome, frozenset({"bad"}))
    answers = {"r": Completion("r", "no", "stop", 1, 1)}
    with pytest.raises(ValueError, match="m gave the reason"):
        judge([metric], [_ONE], answers)


# ── All of a candidate's ──────────────────────────────────────────────────────────────────────


def test_a_family_is_the_weighted_mean_of_its_parts() -> None:
    families = family_scores(_scores(_VALUES), _TARGETS)
    assert families == {
        "tool": pytest.approx(0.8),  # (3 * 0.9 + 1 * 0.5) / 4
        "style": pytest.approx(0.7),
        "guardrail": pytest.approx(0.9),
    }


def test_the_overall_score_weighs_the_families() -> None:
    made = weighted_score(_FAMILIES, _TARGETS, _scores(_VALUES))
    assert made is not None
    assert made.value == pytest.approx(0.765)  # 0.45 * 0.8 + 0.45 * 0.7 + 0.1 * 0.9
    assert (made.metric, made.n, made.passed) == ("overall.weighted", 200, 153)
    size = 481  # 200 / (0.45^2 + 0.45^2 + 0.1^2)
    interval = wilson(0.765 * size, size)
    assert made.low == pytest.approx(interval.low)
    assert made.high == pytest.approx(interval.high)


def test_a_small_family_widens_the_overall_score() -> None:
    few = replace(_scores(_VALUES)["style.naming"], n=10)
    wide = weighted_score(_FAMILIES, _TARGETS, {**_scores(_VALUES), "style.naming": few})
    usual = weighted_score(_FAMILIES, _TARGETS, _scores(_VALUES))
    assert wide is not None
    assert usual is not None
    assert wide.value == usual.value
    assert wide.high - wide.low > 3 * (usual.high - usual.low)


def test_weights_need_not_sum_to_one() -> None:
    doubled = _TARGETS.model_copy(
        update={"family_weights": {n: 2 * w for n, w in _WEIGHTS.items()}}
    )
    made = weighted_score(_FAMILIES, doubled, _scores(_VALUES))
    assert made is not None
    assert made.value == pytest.approx(0.765)


@pytest.mark.parametrize("missing", ["tool.arguments", "style.naming"])
def test_a_missing_part_leaves_its_family_and_the_overall_score_out(missing: str) -> None:
    families = family_scores(_scores(_without(missing)), _TARGETS)
    assert set(families) == set(_WEIGHTS) - {missing.partition(".")[0]}
    assert weighted_score(families, _TARGETS, _scores(_without(missing))) is None


def test_a_metric_without_weight_is_not_missed() -> None:
    assert set(family_scores(_scores(_VALUES), _TARGETS)) == set(_WEIGHTS)


def test_a_card_is_read_with_its_overall_score() -> None:
    card = _read(_scores(_VALUES))
    assert card.scores["overall.weighted"].value == pytest.approx(0.765)
    assert card.scores["tool.selection"] == _scores(_VALUES)["tool.selection"]
    assert set(card.slices["unseen"]) == {"tool.selection"}
    assert card.families["tool"] == pytest.approx(0.8)


def test_a_card_without_a_family_has_no_overall_score() -> None:
    card = _read(_scores(_without("style.naming")))
    assert "overall.weighted" not in card.scores
    assert set(card.families) == {"tool", "guardrail"}


def test_a_card_is_written_whole() -> None:
    card = _read(_scores(_VALUES))
    written = json.loads(json.dumps(card.to_dict()))
    assert (written["candidate"], written["eval_version"]) == ("adapter", "v1.0")
    assert written["digest"] == "ab" * 32
    assert {one["metric"] for one in written["scores"]} == {*_VALUES, "overall.weighted"}
    assert {one["metric"] for one in written["slices"]["unseen"]} == {"tool.selection"}


def test_a_score_survives_its_json() -> None:
    made = score("tool.selection", "rate", _outcomes("", "b", "a", "b"))
    assert made.reasons
    assert Score.from_dict(json.loads(json.dumps(made.to_dict()))) == made


def test_metrics_that_lack_something_are_parted_with_what_they_lack() -> None:
    def right(record: Record, _completion: Completion) -> Outcome:
        return success(record)

    def lacking(records: Sequence[Record]) -> str:
        return ", ".join(record.id for record in records)

    def tools_only(record: Record) -> bool:
        return record.task_type == "tool_call"

    well = Metric("well", "tool", tools_only, right, frozenset())
    bad = Metric("bad", "tool", tools_only, right, frozenset(), lacking=lacking)
    style = Record("s", "style_sft", "", "", "")
    tool = Record("t", "tool_call", "", "", "")
    assert evaluable([well, bad], [style, tool]) == ([well], {"bad": "t"})
    assert evaluable([well, bad], [style]) == ([well, bad], {})


def test_a_card_tells_what_the_scores_do_not() -> None:
    raw = {"all": [one.to_dict() for one in _scores(_VALUES).values()]}
    judging = {
        "tool_plans": {
            "confusion": [{"wanted": "ls", "answered": "read_file", "steps": 2}],
            "lengths": {"as_long": 1, "longer": 0, "shorter": 0, "unparsed": 0},
        },
        "not_evaluated": {"tool.chaining": "why"},
    }
    card = Scorecard.read("adapter", "ab" * 32, "v1.0", raw, _TARGETS, judging)
    assert card.tally.mixed_up == [(("ls", "read_file"), 2)]
    assert card.not_evaluated == {"tool.chaining": "why"}
    assert card.to_dict()["judging"]["tool_plans"] == card.tally.to_dict()
    assert (_read(_scores(_VALUES)).tally.cells, _read(_scores(_VALUES)).not_evaluated) == ({}, {})
