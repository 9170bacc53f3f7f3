"""Records that repeat, contradict or nearly repeat one another."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from web4.dataset.sanity.columns import Columns
from web4.dataset.sanity.findings import Findings
from web4.dataset.sanity.sketch import NEAR, clusters

_MUCH = 0.2
_MIN_RECORDS = 50
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records that are nearly alike: how many, and where the first of them stand."""

    size: int
    places: tuple[str, ...]


def repeated(columns: Columns, findings: Findings) -> list[int]:
    """Report duplicates and contradictions; return the training rows without duplicates.

    All training files are looked at together, each evaluation file alone. Of records with one
    request, the first with an output stands for it; each later one is a duplicate where its output
    was there before, a contradiction where not.
    """
    asked: defaultdict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    kept = []
    for row in range(len(columns)):
        is_eval = columns.is_eval(row)
        outputs = asked[columns.file[row] if is_eval else -1, columns.request[row]]
        earlier = outputs.get(columns.output[row])
        if earlier is not None:
            place = columns.place(earlier)
            findings.add("W403", columns.place(row), f"repeats {place}", [place])
            continue
        if outputs:
            first = columns.place(next(iter(outputs.values())))
            message = f"asks what {first} asks and has another output"
            findings.add("E402", columns.place(row), message, [first])
        outputs[columns.output[row]] = row
        if not is_eval:
            kept.append(row)
    return kept


def nearly_repeated(
    columns: Columns, findings: Findings, rows: Sequence[int]
) -> tuple[list[Cluster], dict[str, float]]:
    """Report each bucket's near-duplicates; return the clusters and each bucket's share of them.

    The share counts the records that could go: all of a cluster but one.
    """
    ordered = columns.in_content_order(list(rows))
    found = clusters(columns.near_pairs(ordered))
    groups = sorted((sorted(ordered[one] for one in group) for group in found), key=_largest_first)
    spare: Counter[str] = Counter()
    shown: defaultdict[str, list[list[int]]] = defaultdict(list)
    for group in groups:
        spare.update(columns.bucket[row] for row in group[1:])
        for bucket in {columns.bucket[row] for row in group[1:]}:
            shown[bucket].append(group)
    names, sizes = columns.names(), Counter(columns.bucket[row] for row in rows)
    shares = {bucket: count / sizes[bucket] for bucket, count in sorted(spare.items())}
    for bucket, share in shares.items():
        much = share > _MUCH and sizes[bucket] >= _MIN_RECORDS
        examples = "; ".join(
            ", ".join(str(columns.place(row)) for row in group[:3])
            for group in shown[bucket][:_EXAMPLES]
        )
        message = (
            f"{spare[bucket]} of {sizes[bucket]} records ({share:.1%}) of {names[bucket]} are "
            f"nearly another (similarity from {NEAR}), in {len(shown[bucket])} clusters: {examples}"
        )
        members = [row for group in shown[bucket] for row in group]
        first = next(row for row in members if columns.bucket[row] == bucket)
        others = [columns.place(row) for row in members if row != first]
        findings.add("W405" if much else "N405", columns.place(first), message, others)
    described = [
        Cluster(len(group), tuple(str(columns.place(row)) for row in group[:20]))
        for group in groups
    ]
    return described, {names[bucket]: share for bucket, share in shares.items()}


def _largest_first(group: list[int]) -> tuple[int, int]:
    return -len(group), group[0]
