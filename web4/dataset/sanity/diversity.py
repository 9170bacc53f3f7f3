"""Buckets that look large and teach little: one output for everything, few outputs, few words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from web4.dataset.sanity.columns import Columns, kind_of
from web4.dataset.sanity.findings import Findings
from web4.dataset.sanity.sketch import unlike

_MIN_RECORDS = 50
_ERROR_SHARE, _WARNING_SHARE = 0.05, 0.01
_MANY = 20
_SAMPLED = 1000  # in the order of their digests: as good as drawn at random
_FEW_OUTPUTS = 0.05
_FEW_INSTRUCTIONS = 0.5
# The generated buckets pack 5- to 8-fold, a thousand instructions with one output 10- to 30-fold.
_PACKED = 20.0


@dataclass(frozen=True, slots=True)
class Diversity:
    """How much a bucket says. Rates are distinct values / records; ``packed`` is zlib's ratio."""

    records: int
    outputs: float
    instructions: float
    packed: float


def check_diversity(columns: Columns, findings: Findings) -> tuple[dict[str, Diversity], list[str]]:
    """Report collapsed and poor buckets; return each one's figures, and what makes it unusable."""
    names = columns.names()
    described: dict[str, Diversity] = {}
    unusable: list[str] = []
    for bucket, rows in columns.by_bucket().items():
        outputs: defaultdict[int, list[int]] = defaultdict(list)
        for row in rows:
            outputs[columns.output[row]].append(row)
        instructions = len({columns.instruction[row] for row in rows})
        requests = len({columns.request[row] for row in rows})
        figures = Diversity(
            len(rows),
            len(outputs) / len(rows),
            instructions / len(rows),
            columns.compression[bucket].ratio(),
        )
        described[names[bucket]] = figures
        if len(rows) < _MIN_RECORDS:
            continue
        bad = _collapsed(columns, findings, list(outputs.values()), len(rows))
        few = figures.outputs < _FEW_OUTPUTS
        if few:
            is_error = kind_of(bucket) != "guardrail"
            message = (
                f"{len(rows)} records of {names[bucket]} have {_counted(len(outputs), 'output')}"
                f" ({figures.outputs:.1%})"
            )
            findings.add("E404" if is_error else "W404", columns.place(rows[0]), message)
            bad = bad or is_error
        if bad:
            most = max(outputs.values(), key=len)
            covered, used = (requests, len(outputs)) if few else (len(most), 1)
            unusable.append(
                f"{names[bucket]} answers {_counted(covered, 'instruction')} with "
                f"{_counted(used, 'output')}"
            )
        poor = _poorness(figures, requests / len(rows), names[bucket])
        if poor:
            findings.add("W406", columns.place(rows[0]), poor)
    return described, unusable


def _collapsed(
    columns: Columns, findings: Findings, groups: Sequence[list[int]], total: int
) -> bool:
    """Report outputs that answer many unlike requests; return whether one is an error.

    A policy's refusal may be one fixed text: it is a warning where others are an error, and
    nothing below.
    """
    is_error = False
    for group in sorted(groups, key=lambda rows: (-len(rows), rows[0])):
        share = len(group) / total
        if share <= _WARNING_SHARE or len(group) <= _MANY:
            break
        ordered = columns.in_content_order(group)[:_SAMPLED]
        if unlike([columns.words[row] for row in ordered], _MANY + 1) <= _MANY:
            continue
        refusal = bool(columns.refusal[group[0]])
        if refusal and share <= _ERROR_SHARE:
            continue
        worst = share > _ERROR_SHARE and not refusal
        is_error = is_error or worst
        message = (
            f"{len(group)} of {total} records ({share:.1%}) have this very output, under more "
            f"than {_MANY} instructions that are unlike one another"
        )
        places = [columns.place(row) for row in group]
        findings.add("E401" if worst else "W401", places[0], message, places[1:])
    return is_error


def _poorness(figures: Diversity, requests: float, name: str) -> str:
    """Return what makes a bucket's requests poor; empty where nothing does."""
    if requests < _FEW_INSTRUCTIONS:
        return f"only {requests:.0%} of the requests of {name} are distinct"
    if figures.packed > _PACKED:
        return f"{name} packs {figures.packed:.0f}-fold (limit {_PACKED:.0f}): it repeats itself"
    return ""


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
