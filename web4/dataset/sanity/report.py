"""The report: its verdict in one line, and its forms as text, JSON and GitHub annotations."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from web4.dataset.sanity.balance import Need
from web4.dataset.sanity.diversity import Diversity
from web4.dataset.sanity.findings import CODES, KEPT_PER_CODE, Finding, Level
from web4.dataset.sanity.repetition import Cluster
from web4.dataset.sanity.tokens import Lengths
from web4.terminal import printable

SHOWN_PER_CODE = 20
_CLUSTERS = 50
_RELATED = 8
_GITHUB_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
_RANK = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of the training records, by bucket and overall. Shares lie in [0, 1]."""

    tokens: Mapping[str, Lengths] = field(default_factory=dict)
    diversity: Mapping[str, Diversity] = field(default_factory=dict)
    bucket_shares: Mapping[str, float] = field(default_factory=dict)
    tool_shares: Mapping[str, float] = field(default_factory=dict)
    near_shares: Mapping[str, float] = field(default_factory=dict)
    clusters: tuple[Cluster, ...] = ()
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found. ``counts`` has every finding by code, ``findings`` the first of each.

    ``records`` counts sound training records, ``mean_tokens`` and ``max_tokens`` are theirs.
    """

    records: int
    mean_tokens: float
    max_tokens: int
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    unusable: tuple[str, ...] = ()
    eval_records: int = 0
    files: int = 0
    statistics: Statistics = field(default_factory=Statistics)

    def total(self, level: Level) -> int:
        return sum(count for code, count in self.counts.items() if CODES[code].level == level)

    @property
    def errors(self) -> int:
        return self.total("error")

    @property
    def warnings(self) -> int:
        return self.total("warning")

    @property
    def verdict(self) -> str:
        """Whether the data can be used, in one line."""
        if self.unusable:
            return f"UNUSABLE: {'; '.join(self.unusable)}"
        if not self.records and not self.eval_records:
            return "UNUSABLE: no line is a record"
        if self.errors:
            worst = max(
                (code for code in self.counts if CODES[code].level == "error"),
                key=lambda code: self.counts[code],
            )
            return f"FAULTY: {_number(self.errors, 'error')}, most of them {CODES[worst].title}"
        if self.warnings:
            return f"USABLE, with {_number(self.warnings, 'warning')}"
        return "CLEAN"

    def to_json(self) -> str:
        """Return the report as JSON: counts of all findings, at most 200 of each code in full."""
        described: dict[str, Any] = {
            "verdict": self.verdict,
            "records": self.records,
            "eval_records": self.eval_records,
            "files": self.files,
            "errors": self.errors,
            "warnings": self.warnings,
            "notes": self.total("note"),
            "mean_tokens": round(self.mean_tokens, 2),
            "max_tokens": self.max_tokens,
            "counts": dict(sorted(self.counts.items())),
            "shown_per_code": KEPT_PER_CODE,
            "findings": [
                {"level": one.level, "name": one.kind.name, "place": one.place}
                | asdict(one)
                | {"remedy": one.kind.remedy}
                for one in self.findings
            ],
            "statistics": asdict(self.statistics)
            | {"clusters": [asdict(one) for one in self.statistics.clusters[:_CLUSTERS]]},
        }
        return json.dumps(described, indent=2) + "\n"

    def to_text(self) -> str:
        """Return the report for a terminal: the verdict, the findings by code, the figures."""
        lines = [self.verdict, ""]
        for code in sorted(self.counts, key=lambda code: (_RANK[CODES[code].level], code)):
            lines += self._of_code(code)
        lines += [line for table in self._tables() for line in (*table, "")]
        lines.append(
            f"{_number(self.records, 'record')} and {_number(self.eval_records, 'evaluation row')} "
            f"in {_number(self.files, 'file')}: {_number(self.errors, 'error')}, "
            f"{_number(self.warnings, 'warning')}, {_number(self.total('note'), 'note')}"
        )
        return "".join(f"{printable(line)}\n" for line in lines)

    def _of_code(self, code: str) -> list[str]:
        kind, count = CODES[code], self.counts[code]
        shown = [one for one in self.findings if one.code == code][:SHOWN_PER_CODE]
        lines = [f"{kind.level} {kind.title} ({count}): {kind.remedy}"]
        for one in shown:
            lines.append(f"  {one.place}: {one.message}")
            unsaid = [place for place in one.related if place not in one.message]
            if unsaid:
                more = ", …" if len(unsaid) > _RELATED else ""
                lines.append(f"    with {', '.join(unsaid[:_RELATED])}{more}")
        if count > len(shown):
            lines.append(f"  and {count - len(shown)} more")
        return [*lines, ""]

    def _tables(self) -> Iterator[list[str]]:
        statistics = self.statistics
        if statistics.diversity:
            head = f"{'bucket':<32}{'records':>9}{'outputs':>9}{'requests':>9}{'zip':>6}{'near':>7}"
            yield [
                head,
                *(
                    f"{name[-31:]:<32}{one.records:>9}{one.outputs:>9.1%}{one.instructions:>9.1%}"
                    f"{one.packed:>6.1f}{statistics.near_shares.get(name, 0.0):>7.1%}"
                    for name, one in statistics.diversity.items()
                ),
            ]
        if statistics.tokens:
            yield [
                f"{'tokens':<32}{'mean':>9}{'p50':>7}{'p95':>7}{'max':>7}{'total':>11}  0 … max",
                *(
                    f"{name[-31:]:<32}{one.mean:>9.1f}{one.p50:>7}{one.p95:>7}{one.longest:>7}"
                    f"{one.total:>11}  {one.bars}"
                    for name, one in statistics.tokens.items()
                ),
            ]
        if statistics.tool_shares:
            shares = [f"{name} {share:.1%}" for name, share in statistics.tool_shares.items()]
            yield [f"calls: {', '.join(shares)}"]

    def to_github(self) -> str:
        """Return one workflow command a finding, which GitHub shows at its line."""
        lines = [f"::notice title=web4 data check::{_escaped(self.verdict)}"]
        for one in self.findings:
            level = _GITHUB_LEVELS[one.level]
            place = f"file={_escaped(one.file, is_property=True)}"
            if one.line:
                place += f",line={one.line}"
            title = _escaped(one.kind.title, is_property=True)
            text = _escaped(f"{one.message}. {one.kind.remedy}")
            lines.append(f"::{level} {place},title={title}::{text}")
        hidden = sum(self.counts.values()) - len(self.findings)
        if hidden:
            lines.append(f"::notice title=web4 data check::and {hidden} more findings")
        return "".join(f"{line}\n" for line in lines)


def _escaped(text: str, *, is_property: bool = False) -> str:
    """Escape as GitHub's runner reads it back (actions/toolkit, packages/core/src/command.ts)."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    if is_property:
        text = text.replace(":", "%3A").replace(",", "%2C")
    return printable(text)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
