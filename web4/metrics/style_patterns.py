"""The style metrics that patterns decide: the template asked for, and what is forbidden."""

from collections.abc import Sequence
from functools import lru_cache

from web4.errors import DataError
from web4.metrics.outcome import Metric, Outcome, failure, success
from web4.metrics.style import asks_for_code
from web4.records import Completion, Record
from web4.typescript.forbidden import load_rules, rule_names
from web4.typescript.syntax import SYNTAX_FAULTS, parse
from web4.typescript.templates import BROKEN, fit, template_of

_SHOWN = 3  # findings that a detail tells
_CACHED_GOLD = 4096


def pattern_metrics() -> tuple[Metric, ...]:
    """Return the metrics of template conformance and of forbidden patterns.

    They are pure and total over answers. A record that names no known template, or whose own output
    does not follow the one it names, raises ``DataError``.
    """
    templates = frozenset({*SYNTAX_FAULTS, *BROKEN, "wrong_name"})
    return (
        Metric(
            "style.template",
            "style",
            asks_for_template,
            template,
            templates,
            lacking=_without_template,
        ),
        Metric(
            "style.forbidden",
            "style",
            asks_for_code,
            forbidden,
            frozenset({*SYNTAX_FAULTS, *rule_names()}),
            unit="findings",
        ),
    )


def asks_for_template(record: Record) -> bool:
    """Whether a record says which template its code follows."""
    return asks_for_code(record) and record.template != ""


def template(record: Record, completion: Completion) -> Outcome:
    """Pass code that follows the record's template and is called like gold; value 1 or 0."""
    name = _gold_name(record.id, record.template, record.output)
    if completion.text == record.output:
        return success(record)
    source = parse(completion.text)
    if source.root is None:
        return failure(record, source.fault or "declaration", source.detail)
    found = fit(template_of(record.template, f"record {record.id}"), source.root, name)
    if found.broken:
        return failure(record, found.broken, found.told)
    if found.name != name:
        detail = f"line {found.line} {found.name} is to be called {name}"
        return failure(record, "wrong_name", detail)
    return success(record)


def forbidden(record: Record, completion: Completion) -> Outcome:
    """Count the findings; what cannot be parsed cannot be cleared, and counts as one."""
    source = parse(completion.text)
    if source.root is None:
        return failure(record, source.fault or "syntax_error", source.detail, value=1.0)
    found = load_rules().findings(completion.text)
    if not found:
        return success(record, 0.0)
    detail = "; ".join(str(one) for one in found[:_SHOWN])
    return failure(record, found[0].rule, detail, value=float(len(found)))


def _without_template(records: Sequence[Record]) -> str:
    if any(asks_for_template(record) for record in records):
        return ""
    return "no record names its template (field 'template'); freeze a newer evaluation set"


@lru_cache(_CACHED_GOLD)
def _gold_name(record_id: str, name: str, output: str) -> str:
    """Return what the record's own code is called."""
    where = f"record {record_id}"
    source = parse(output)
    if source.root is None:
        raise DataError(f"{where}: its output is no TypeScript. Mend the record or delete it.")
    gold = fit(template_of(name, where), source.root)
    if gold.broken:
        raise DataError(
            f"{where}: its output does not follow the template {name} ({gold.told}). "
            "Mend the record or the template."
        )
    return gold.name
