"""The style metrics that TypeScript's own tools decide: what they say of each answer."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Final

from web4.metrics.outcome import Metric, Outcome, failure, success
from web4.metrics.style import asks_for_code
from web4.records import Completion, Record
from web4.typescript.toolchain import Problem, Report, Tool, Toolchain, toolchain_digest
from web4.typescript.verdicts import Verdicts

_SHOWN = 3  # problems that a detail tells
_FAULTS: Final[Mapping[Tool, str]] = {"eslint": "lint", "prettier": "format", "tsc": "types"}
_FAILURES: Final = ("empty", "too_large", "not_unicode", "too_deep", "timeout", "crash")

Inspect = Callable[[Sequence[str]], Sequence[Report]]


def inspect(sources: Sequence[str]) -> Sequence[Report]:
    """Return what ESLint, Prettier and the compiler say of each source, in their order.

    What they said before of a text, by the same lock and configuration, is not asked again.
    """
    with Toolchain(verdicts=Verdicts(toolchain_digest())) as tools:
        return tools.check(sources)


def tool_chain_metrics(reports: Mapping[str, Report]) -> tuple[Metric, ...]:
    """Return the metrics that judge an answer by the report on its text.

    They are pure and total over the answers that ``reports`` holds. An answer that was cut, or
    that a tool could not finish, has not passed.
    """
    return (
        _metric("style.lint", reports, "eslint", "prettier"),
        _metric("style.type_check", reports, "tsc"),
    )


def answers_in_code(
    records: Sequence[Record], answers: Mapping[str, Completion]
) -> tuple[str, ...]:
    """Return the texts that the tools have to see, each once."""
    return tuple(dict.fromkeys(answers[one.id].text for one in records if asks_for_code(one)))


def _metric(name: str, reports: Mapping[str, Report], *tools: Tool) -> Metric:
    reasons = {"truncated", *_FAILURES, *(_FAULTS[tool] for tool in tools)}
    judge = partial(_judge, tools, reports)
    return Metric(name, "style", asks_for_code, judge, frozenset(reasons))


def _judge(
    tools: Collection[Tool], reports: Mapping[str, Report], record: Record, completion: Completion
) -> Outcome:
    """Pass what the tools find nothing wrong with; value 1 or 0."""
    report = reports[completion.text]
    problems = [problem for problem in report.problems if problem.tool in tools]
    detail = "; ".join(_told(problem) for problem in problems[:_SHOWN])
    if completion.finish_reason != "stop":
        return failure(record, "truncated", detail)
    if report.failure:
        return failure(record, report.failure, detail)
    if problems:
        return failure(record, _FAULTS[problems[0].tool], detail)
    return success(record)


def _told(problem: Problem) -> str:
    return f"{problem.line}:{problem.column} {problem.rule}: {problem.message}"
