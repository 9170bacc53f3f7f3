"""The metrics of the style bucket: whether code parses, and is built and named as asked."""

from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import Indel

from web4.errors import DataError
from web4.metrics.outcome import Metric, Outcome, failure, success
from web4.records import Completion, Record
from web4.typescript.rules import check_names
from web4.typescript.syntax import SYNTAX_FAULTS, Outline, outline, parse, similarity

MATCH_THRESHOLD = 0.9

_SHOWN = 3  # differences or names that a detail tells
_CACHED_GOLD = 1024
_STYLE_TASKS = frozenset({"style_sft", "style_refactor"})


def style_metrics() -> tuple[Metric, ...]:
    """Return the three metrics of the style bucket.

    They are pure and total over answers. A record whose own output does not parse raises
    ``DataError``: nothing can be measured against it.
    """
    return (
        Metric("style.syntax", "style", asks_for_code, syntax, _reasons("truncated")),
        Metric("style.ast_match", "style", asks_for_code, ast_match, _reasons("structure")),
        Metric("style.naming", "style", asks_for_code, naming, _reasons("naming", "no_names")),
    )


def syntax(record: Record, completion: Completion) -> Outcome:
    """Pass complete TypeScript without fence or prose around it; value 1 or 0."""
    source = parse(completion.text)
    if completion.finish_reason != "stop" and source.fault in {None, "syntax_error", "prose"}:
        return failure(record, "truncated", source.detail)
    if source.fault:
        return failure(record, source.fault, source.detail)
    return success(record)


def ast_match(record: Record, completion: Completion) -> Outcome:
    """Give the structural similarity with the gold code in [0, 1]; pass at 0.9 or above."""
    gold = _gold_outline(record)
    source = parse(completion.text)
    if source.root is None:
        return failure(record, source.fault or "structure", source.detail)
    answer = outline(source.root)
    value = similarity(answer, gold)
    if value >= MATCH_THRESHOLD:
        return success(record, value)
    detail = f"similarity {value:.2f}: {_difference(answer, gold)}"
    return failure(record, "structure", detail, value=value)


def naming(record: Record, completion: Completion) -> Outcome:
    """Give the share of well-named identifiers among those declared, in [0, 1]; pass at 1."""
    source = parse(completion.text)
    if source.root is None:
        return failure(record, source.fault or "no_names", source.detail)
    found = check_names(source.root)
    if not found.identifiers:
        return failure(record, "no_names", "the code declares no name")
    if not found.violations:
        return success(record)
    shown = [str(violation) for violation in found.violations[:_SHOWN]]
    detail = f"{len(found.violations)} of {found.identifiers} names: {'; '.join(shown)}"
    value = 1 - len(found.violations) / found.identifiers
    return failure(record, "naming", detail, value=value)


def asks_for_code(record: Record) -> bool:
    """Whether a record's answer is TypeScript."""
    return record.task_type in _STYLE_TASKS


def _reasons(*own: str) -> frozenset[str]:
    return frozenset((*SYNTAX_FAULTS, *own))


def _gold_outline(record: Record) -> Outline:
    gold = _outline_of(record.output)
    if gold is None:
        raise DataError(
            f"record {record.id}: its output is no TypeScript. Mend the record or delete it."
        )
    return gold


@lru_cache(_CACHED_GOLD)
def _outline_of(code: str) -> Outline | None:
    root = parse(code).root
    return None if root is None else outline(root)


def _difference(answer: Outline, gold: Outline) -> str:
    """Tell what the answer lacks (-) and has besides (+), by declaration if these differ."""
    if answer.declarations != gold.declarations:
        pairs = _edits(answer.declarations, gold.declarations, answer.titles, gold.titles)
    else:
        pairs = _edits(answer.labels, gold.labels, answer.labels, gold.labels)
    return "; ".join(pairs[:_SHOWN])


def _edits(
    answer: Sequence[str], gold: Sequence[str], answered: Sequence[str], wanted: Sequence[str]
) -> list[str]:
    """Return the edits between two sequences, told in the words of the last two arguments."""
    edits = []
    for edit in Indel.opcodes(gold, answer):
        if edit.tag in {"delete", "replace"}:
            edits += [f"- {wanted[at].strip()}" for at in range(edit.src_start, edit.src_end)]
        if edit.tag in {"insert", "replace"}:
            edits += [f"+ {answered[at].strip()}" for at in range(edit.dest_start, edit.dest_end)]
    return edits
