"""Template conformance and forbidden patterns as metrics: golds, planted faults, data faults."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.dataset import synth
from web4.dataset.frozen import load_eval
from web4.errors import DataError
from web4.metrics.outcome import Outcome
from web4.metrics.style import style_metrics
from web4.metrics.style_patterns import pattern_metrics
from web4.profile import load_profile
from web4.records import Completion, Record
from web4.typescript.syntax import SYNTAX_FAULTS
from web4.typescript.templates import load_templates

METRICS = {metric.name: metric for metric in (*style_metrics(), *pattern_metrics())}
OWN = ("style.template", "style.forbidden")
GOLD = """/** Immutable daily domain. */
export class DailyDomain {
  constructor(readonly size: number) {}
}"""
DEFAULT = load_templates()["default_implementation"].good[0]


def record(output: str = GOLD, template: str = "value_object") -> Record:
    return Record("r1", "style_sft", "Write it.", "", output, template=template)


def judged(name: str, answer: str, asked: Record | None = None, finish: str = "stop") -> Outcome:
    completion = Completion("r1", answer, finish, 1, 1)  # type: ignore[arg-type]
    return METRICS[name](asked or record(), completion)


@pytest.mark.parametrize("bucket", ["style_core", "style_refactor"])
@pytest.mark.parametrize("split", ["train", "eval"])
def test_every_gold_passes_all_that_needs_no_tool(bucket: str, split: str) -> None:
    records = list(synth.generate(bucket, 200, 11, split))  # type: ignore[arg-type]
    assert {one.template for one in records} == set(load_templates())
    for one in records:
        for name, metric in METRICS.items():
            outcome = metric(one, Completion(one.id, one.output, "stop", 1, 1))
            assert outcome.passed, (name, one.id, outcome)
            assert outcome.value == (0 if name == "style.forbidden" else 1)


def test_every_gold_of_the_frozen_set_passes_all_that_needs_no_tool() -> None:
    version = load_profile("embedded").eval.version
    for one in load_eval(version).records("style"):
        for name, metric in METRICS.items():
            if metric.applies(one):
                outcome = metric(one, Completion(one.id, one.output, "stop", 1, 1))
                assert outcome.passed, (name, one.id, outcome)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("class DailyDomain", "class Foo", "wrong_name"),
        ("export class", "class", "declaration"),
        ("export class", "export interface Other {}\nexport class", "declaration"),
        ("/** Immutable daily domain. */\n", "", "doc_comment"),
        ("readonly size", "size", "parts"),
        ("}\n}", "}\n}\n\nexport const LIMIT = 1;", "extra"),
        ("/** Im", "import { x } from './x';\n\n/** Im", "imports"),
        ("}\n}", "}\n", "syntax_error"),
    ],
)
def test_each_planted_fault_fails_the_template_with_its_reason(
    old: str, new: str, reason: str
) -> None:
    changed = GOLD.replace(old, new)
    assert changed != GOLD
    assert judged("style.template", changed).reason == reason


def test_a_wrong_name_is_told_with_the_right_one() -> None:
    outcome = judged("style.template", GOLD.replace("DailyDomain", "Foo"))
    assert (outcome.value, outcome.passed, outcome.reason) == (0.0, False, "wrong_name")
    assert outcome.detail == "line 2 Foo is to be called DailyDomain"


def test_names_of_parameters_and_layout_are_no_part_of_a_template() -> None:
    assert judged("style.template", GOLD.replace("size", "width")).passed
    asked = record(DEFAULT, "default_implementation")
    assert judged("style.template", DEFAULT.replace("scenario", "given"), asked).passed


def test_a_broken_rule_is_told_with_its_line() -> None:
    asked = record(DEFAULT, "default_implementation")
    outcome = judged("style.template", DEFAULT.replace("init(scenario: Plan)", "init()"), asked)
    assert outcome.reason == "parts"
    assert outcome.detail.startswith("line 9 init: should read init($scenario: Plan): void")


def test_a_record_without_template_is_not_counted() -> None:
    metric = METRICS["style.template"]
    without = replace(record(), template="")
    assert metric.applies(record())
    assert not metric.applies(without)
    assert not metric.applies(Record("t", "tool_call", "Do it.", "", "{}", template="registry"))
    assert METRICS["style.forbidden"].applies(without)
    assert metric.lacking([record()]) == ""
    assert "no record names its template" in metric.lacking([])


def test_an_unknown_template_is_a_data_fault() -> None:
    with pytest.raises(DataError, match="record r1: unknown template 'singleton'"):
        judged("style.template", GOLD, record(template="singleton"))


@pytest.mark.parametrize(
    ("output", "message"),
    [("class {", "no TypeScript"), (GOLD.replace("readonly ", ""), "line 3 constructor")],
)
def test_a_gold_that_does_not_follow_its_template_is_a_data_fault(
    output: str, message: str
) -> None:
    with pytest.raises(DataError, match="record r1: ") as caught:
        judged("style.template", GOLD, record(output))
    assert message in str(caught.value)


def test_findings_are_counted_and_told() -> None:
    outcome = judged("style.forbidden", "var a: any = 1;\nconsole.log(a);\n")
    assert (outcome.value, outcome.passed, outcome.reason) == (3.0, False, "var")
    assert outcome.detail == (
        "line 1 var: var a: any = 1;; line 1 any: any; line 2 console: console"
    )
    assert METRICS["style.forbidden"].unit == "findings"


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "empty"),
        (f"```ts\n{GOLD}\n```", "code_fence"),
        (f"Here is your class:\n{GOLD}", "prose"),
        (GOLD[:-1], "syntax_error"),
        ("x" * 300_000, "too_large"),
        (f"const a = {'[' * 300}{']' * 300};", "too_deep"),
    ],
)
def test_what_cannot_be_parsed_has_not_passed(name: str, answer: str, reason: str) -> None:
    outcome = judged(name, answer)
    assert (outcome.passed, outcome.reason) == (False, reason)
    assert outcome.value == (1.0 if name == "style.forbidden" else 0.0)


def test_the_reasons_are_those_that_can_occur() -> None:
    assert set(SYNTAX_FAULTS) < METRICS["style.template"].reasons
    assert METRICS["style.forbidden"].reasons >= {*SYNTAX_FAULTS, "eval", "any", "cast"}


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=80), st.integers(0, len(GOLD)))
def test_any_answer_is_judged(text: str, at: int) -> None:
    for name in OWN:
        for answer in (text, GOLD[:at] + text + GOLD[at:]):
            outcome = judged(name, answer)
            assert outcome.value >= 0
            outcome.detail.encode("ascii")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["var a = 1;", "eval('1');", "f(x as any);"]), max_size=5))
def test_another_finding_never_lowers_the_count(lines: list[str]) -> None:
    counts = [
        judged("style.forbidden", "\n".join([GOLD, *lines[:upto]])).value
        for upto in range(len(lines) + 1)
    ]
    assert counts == sorted(counts)
    assert counts[-1] == len(lines)
