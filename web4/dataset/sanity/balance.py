"""Whether buckets have sensible shares, and evaluation sets enough rows to decide their targets."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from web4.dataset.sanity.columns import Columns, kind_of
from web4.dataset.sanity.findings import Findings
from web4.stats import needed_items
from web4.targets import Targets

_LARGE, _SMALL = 0.8, 0.02
_MIN_RECORDS = 50
_FAMILIES = {
    "tool_call": "tool",
    "style_sft": "style",
    "style_refactor": "style",
    "guardrail": "guardrail",
}
_REFUSED = ("guardrail.refusal_accuracy", "guardrail.false_acceptance")
_ANSWERED = ("guardrail.benign_compliance",)


@dataclass(frozen=True, slots=True)
class Need:
    """How many rows a target's verdict needs at the least, and how many there are."""

    metric: str
    file: str
    rows: int
    needed: int


def check_balance(columns: Columns, findings: Findings) -> dict[str, float]:
    """Report training buckets with a very large or small share; return all shares."""
    names = columns.names()
    sizes = Counter(bucket for row, bucket in enumerate(columns.bucket) if not columns.is_eval(row))
    total = sum(sizes.values())
    shares = {names[bucket]: count / total for bucket, count in sizes.items()}
    if len(shares) < 2 or total < _MIN_RECORDS:  # noqa: PLR2004 - a balance has two sides
        return shares
    rows = columns.by_bucket()
    for bucket in sizes:
        share = shares[names[bucket]]
        if not _SMALL <= share <= _LARGE:
            message = f"{names[bucket]} has {share:.1%} of {total} records"
            findings.add("W801", columns.place(rows[bucket][0]), message)
    return shares


def check_sizes(columns: Columns, targets: Targets | None, findings: Findings) -> list[Need]:
    """Report evaluation files that cannot decide a target of theirs; return what each needs.

    A file is asked for the targets of the family that most of its rows belong to; the mini set,
    which serves targets of its own, is left out.
    """
    needs: list[Need] = []
    if targets is None:
        return needs
    for number, source in enumerate(columns.sources):
        rows = [row for row, file in enumerate(columns.file) if file == number]
        if source.role != "eval" or source.path.stem == "mini":
            continue
        families = Counter(_FAMILIES[kind_of(columns.bucket[row])] for row in rows)
        family = families.most_common(1)[0][0]
        refused = sum(columns.refusal[row] for row in rows)
        counts = dict.fromkeys(_REFUSED, refused) | dict.fromkeys(_ANSWERED, len(rows) - refused)
        of_file = [
            Need(target.metric, source.shown, counts.get(target.metric, len(rows)), needed)
            for target in targets.of(family)
            if target.gate != "tracked" and (needed := needed_items(target))
        ]
        needs += of_file
        short = [need for need in of_file if need.rows < need.needed]
        if short:
            told = ", ".join(f"{need.metric} has {need.rows} of {need.needed}" for need in short)
            worst = any(2 * need.rows < need.needed for need in short)
            message = f"too few rows for a verdict at 95% even without a miss: {told}"
            findings.add("W802" if worst else "N802", source.at(), message)
    return needs


def shares_of(counts: Mapping[str, int]) -> dict[str, float]:
    """Return each count's share of all, the largest first."""
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return {name: count / total for name, count in ordered}
