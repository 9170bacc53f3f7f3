"""The style metrics: gold code keeps all, a planted corruption breaks the one it is made for."""

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.errors import DataError
from web4.metrics.outcome import Outcome
from web4.metrics.style import MATCH_THRESHOLD, style_metrics
from web4.records import Completion, Record
from web4.typescript.syntax import SYNTAX_FAULTS

METRICS = {metric.name.removeprefix("style."): metric for metric in style_metrics()}
Finish = Literal["stop", "length", "error"]

GOLD = """export class HTTPClient {
  private readonly baseURL: string;

  constructor(baseURL: string) {
    this.baseURL = baseURL;
  }

  async get(path: string): Promise<string> {
    const answer = await fetch(`${this.baseURL}/${path}`);
    return answer.text();
  }
}"""
FUNCTION = """export const MAX_LENGTH = 80;

export function shorten(text: string): string {
  return text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text;
}"""


def record(output: str = GOLD) -> Record:
    return Record("r1", "style_sft", "Write it.", "", output)


def judged(metric: str, answer: str, gold: str = GOLD, finish: Finish = "stop") -> Outcome:
    return METRICS[metric](record(gold), Completion("r1", answer, finish, 10, 10))


def failing(answer: str, gold: str = GOLD, finish: Finish = "stop") -> dict[str, str]:
    outcomes = {name: judged(name, answer, gold, finish) for name in METRICS}
    return {name: outcome.reason for name, outcome in outcomes.items() if not outcome.passed}


@pytest.mark.parametrize("gold", [GOLD, FUNCTION])
def test_gold_code_keeps_every_metric(gold: str) -> None:
    assert failing(gold, gold) == {}
    assert [judged(name, gold, gold).value for name in METRICS] == [1.0, 1.0, 1.0]
    assert failing(f"{gold}\n", gold) == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [("HTTPClient", "HttpClient"), ("get(", "Get("), ("answer", "the_answer")],
)
def test_a_bad_name_breaks_naming_only(old: str, new: str) -> None:
    assert failing(GOLD.replace(old, new)) == {"naming": "naming"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("export class", "class"),
        ("  private readonly baseURL: string;\n\n", ""),
        ("export class", "export default class"),
    ],
)
def test_another_structure_breaks_the_match_only(old: str, new: str) -> None:
    assert failing(GOLD.replace(old, new)) == {"ast_match": "structure"}


def test_a_cut_answer_breaks_syntax_only_where_the_code_is_whole() -> None:
    assert failing(GOLD, finish="length") == {"syntax": "truncated"}
    assert failing(GOLD[:-10], finish="length") == {
        "syntax": "truncated",
        "ast_match": "syntax_error",
        "naming": "syntax_error",
    }


SYNTAX_TABLE = [
    ("", "stop", "empty"),
    ("", "error", "empty"),
    (f"```ts\n{GOLD}\n```", "stop", "code_fence"),
    (f"```ts\n{GOLD[:60]}", "length", "code_fence"),
    (GOLD[:-1], "stop", "syntax_error"),
    (GOLD[:-1], "length", "truncated"),
    (f"Here is your class:\n{GOLD}", "stop", "prose"),
    ("const a = 1;" * 20_000, "stop", "too_large"),
    (f"const a = {'[' * 300}{']' * 300};", "stop", "too_deep"),
]


@pytest.mark.parametrize(("answer", "finish", "reason"), SYNTAX_TABLE)
def test_each_syntax_fault(answer: str, finish: Finish, reason: str) -> None:
    outcome = judged("syntax", answer, finish=finish)
    assert (outcome.passed, outcome.value, outcome.reason) == (False, 0.0, reason)


def test_the_syntax_table_covers_the_closed_list() -> None:
    assert {reason for _, _, reason in SYNTAX_TABLE} == {*SYNTAX_FAULTS, "truncated"}
    assert METRICS["syntax"].reasons == {*SYNTAX_FAULTS, "truncated"}


@pytest.mark.parametrize(("answer", "reason"), [("", "empty"), ("class {{", "syntax_error")])
def test_what_cannot_be_parsed_has_no_structure_and_no_names(answer: str, reason: str) -> None:
    for name in ("ast_match", "naming"):
        outcome = judged(name, answer)
        assert (outcome.passed, outcome.value, outcome.reason) == (False, 0.0, reason)


def test_the_match_tells_what_is_missing_and_what_is_too_much() -> None:
    lost = judged("ast_match", GOLD.replace("  private readonly baseURL: string;\n\n", ""))
    assert 0 < lost.value < MATCH_THRESHOLD
    assert lost.detail.endswith("- private readonly baseURL: string")
    other = judged("ast_match", FUNCTION)
    assert other.value < 0.3
    assert "+ export function shorten(text: string): string; - export class" in other.detail


def test_the_match_tells_a_difference_inside_of_a_body() -> None:
    body = "    this.baseURL = baseURL;\n"
    outcome = judged("ast_match", GOLD.replace(body, body * 12))
    assert outcome.reason == "structure"
    assert "+ expression_statement" in outcome.detail


def test_naming_counts_declared_names() -> None:
    outcome = judged("naming", GOLD.replace("HTTPClient", "http_client"))
    assert outcome.value == pytest.approx(1 - 1 / 7)
    assert outcome.detail == "1 of 7 names: line 1: class http_client -> HTTPClient"


def test_code_without_names_has_no_good_names() -> None:
    outcome = judged("naming", "run();")
    assert (outcome.passed, outcome.value, outcome.reason) == (False, 0.0, "no_names")


@pytest.mark.parametrize("output", ["", "class {{", f"```\n{GOLD}\n```"])
def test_a_record_without_gold_code_is_a_data_fault(output: str) -> None:
    with pytest.raises(DataError, match="record r1"):
        judged("ast_match", GOLD, output)


def test_metrics_apply_to_style_records_only() -> None:
    tool = Record("t", "tool_call", "Do it.", "", "{}")
    refactor = Record("s", "style_refactor", "Do it.", "class a {}", GOLD)
    for metric in METRICS.values():
        assert metric.bucket == "style"
        assert metric.applies(record())
        assert metric.applies(refactor)
        assert not metric.applies(tool)


def all_in_range(answer: str, finish: Finish = "stop") -> None:
    for name in METRICS:
        outcome = judged(name, answer, finish=finish)
        assert 0 <= outcome.value <= 1
        outcome.detail.encode()


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.characters(exclude_categories=()), max_size=100),
    st.integers(0, len(GOLD)),
    st.sampled_from(["stop", "length", "error"]),
)
def test_any_text_is_judged(text: str, at: int, finish: Finish) -> None:
    all_in_range(text, finish)
    all_in_range(GOLD[:at] + text + GOLD[at:], finish)


@pytest.mark.parametrize(
    "answer",
    [
        "x" * 1_000_000,
        "(" * 20_000,
        "const A = " + "9" * 20_000 + ";",
        "const A = '\ud800'; class \udfff {}",
        "class A {" * 100 + "}" * 100,
        "\x00",
    ],
)
def test_hostile_answers_are_judged(answer: str) -> None:
    all_in_range(answer)
