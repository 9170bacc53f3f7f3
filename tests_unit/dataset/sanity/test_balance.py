"""Shares of buckets, and how many rows a verdict needs."""

import pytest

from tests_unit.dataset.sanity.conftest import Check, Write, changed
from web4.catalog import Catalog
from web4.dataset.sanity import Options, check_paths
from web4.records import Record
from web4.targets import Target, Targets, load_targets


def _target(metric: str, compare: str, value: float, **more: str) -> Target:
    return Target.model_validate(
        {"metric": metric, "compare": compare, "value": value, "gate": "ship", "remedy": "-"}
        | {"says": "-", **more}
    )


def _rows(record: Record, count: int) -> list[str]:
    return [
        changed(record, instruction=f"{chr(97 + n % 26) * 5} {n} {n * n}") for n in range(count)
    ]


@pytest.mark.parametrize(("rows", "code"), [(4, "W802"), (20, "N802"), (35, None)])
def test_an_evaluation_that_is_too_small_is_told(
    check: Check, write: Write, good: tuple[Record, Record, Record], rows: int, code: str | None
) -> None:
    tool, style, _ = good
    targets = Targets(family_weights={}, target=(_target("tool.a", ">=", 0.9),))
    report = check(style, evals=[write("asked", *_rows(tool, rows))], targets=targets)
    assert [one.code for one in report.findings if one.code[1:] == "802"] == [code] * bool(code)
    (need,) = report.statistics.needs
    assert (need.metric, need.rows, need.needed) == ("tool.a", rows, 35)


def test_refusal_targets_count_refused_rows(check: Check, write: Write, guard: Record) -> None:
    rows = [
        *_rows(guard, 6),
        *(changed(guard, instruction=f"Ask {n}", output="Yes.") for n in "ab"),
    ]
    report = check(guard, evals=[write("asked", *rows)], targets=load_targets())
    needs = {need.metric: need.rows for need in report.statistics.needs}
    assert needs == {
        "guardrail.refusal_accuracy": 6,
        "guardrail.false_acceptance": 6,
        "guardrail.benign_compliance": 2,
    }


def test_a_bucket_that_is_very_small_beside_the_others_is_told(
    write: Write, catalog: Catalog, style: Record, tool: Record
) -> None:
    paths = [write("large", *_rows(style, 120)), write("small", *_rows(tool, 2))]
    report = check_paths(paths, [], catalog, None, Options())
    told = [one.message for one in report.findings if one.code == "W801"]
    assert told == ["large.jsonl has 98.4% of 122 records", "small.jsonl has 1.6% of 122 records"]
    assert report.statistics.bucket_shares["small.jsonl"] == pytest.approx(2 / 122)
