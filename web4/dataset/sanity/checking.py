"""The check as a whole: files are streamed once, what spans records is looked at afterwards."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from web4.catalog import Catalog
from web4.dataset.sanity.balance import check_balance, check_sizes, shares_of
from web4.dataset.sanity.columns import Columns
from web4.dataset.sanity.content import Content
from web4.dataset.sanity.diversity import check_diversity
from web4.dataset.sanity.findings import Findings
from web4.dataset.sanity.leakage import Benchmarks, check_leaks
from web4.dataset.sanity.lines import Reader, Source
from web4.dataset.sanity.plans import Plans
from web4.dataset.sanity.repetition import nearly_repeated, repeated
from web4.dataset.sanity.report import Report, Statistics
from web4.dataset.sanity.secrets import check_secrets
from web4.dataset.sanity.sources import eval_sources, folder_sources, sources_of
from web4.dataset.sanity.tokens import MAX_TOKENS, Lengths, Tokens
from web4.paths import digest_folder
from web4.progress import progress
from web4.records import EVAL_BUCKETS
from web4.targets import Targets

if TYPE_CHECKING:
    from tqdm import tqdm

_QUIET_SECONDS = 2.0


@dataclass(frozen=True)
class Options:
    """What may differ from check to check. ``max_tokens`` bounds a rendered record, in tokens."""

    max_tokens: int = MAX_TOKENS
    targets: Targets | None = None
    benchmarks: Path | None = None


class _Bar:
    """Counts bytes on stderr, and only where it takes longer than two seconds."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._start = time.monotonic()
        self._bar: tqdm[Any] | None = None

    def add(self, size: int) -> None:
        self._done += size
        if self._bar is not None:
            self._bar.update(size)
        elif time.monotonic() - self._start > _QUIET_SECONDS:
            self._bar = progress(self._total, "data check", "B", done=self._done)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def check(
    sources: Sequence[Source], catalog: Catalog, tokenizer: Any, options: Options | None = None
) -> Report:
    """Check files; raise ``DataError`` where one cannot be read.

    ``tokenizer`` is a fast tokenizer of transformers, or None to leave the token checks out.
    """
    options = options or Options()
    findings, columns = Findings(), Columns()
    plans = Plans(findings, catalog)
    tokens = Tokens(findings, tokenizer, options.max_tokens)
    benchmarks = Benchmarks(findings, options.benchmarks)
    content = Content(findings, plans)
    bar = _Bar(sum(_size(source.path) for source in sources))
    for source in sources:
        for item in Reader(source, findings).items():
            content.check(item)
            check_secrets(item, findings)
            benchmarks.check(item)
            bucket = columns.add(item)
            if source.role == "train":
                tokens.add(item, bucket)
            bar.add(item.size)
    tokens.finish()
    plans.finish()
    report = _across(sources, columns, findings, plans, tokens, options)
    bar.close()
    return report


def _across(  # noqa: PLR0913, PLR0917 - all that the files left behind
    sources: Sequence[Source],
    columns: Columns,
    findings: Findings,
    plans: Plans,
    tokens: Tokens,
    options: Options,
) -> Report:
    """Look at what only all records together show."""
    rows = repeated(columns, findings)
    clusters, near = nearly_repeated(columns, findings, rows)
    check_leaks(columns, findings)
    diversity, unusable = check_diversity(columns, findings)
    shares = check_balance(columns, findings)
    if rows:
        plans.balance(columns.sources[columns.file[rows[0]]])
    needs = check_sizes(columns, options.targets, findings)
    overall, names = tokens.overall(), columns.names()
    lengths = {names[bucket]: Lengths.of(one) for bucket, one in tokens.lengths.items()}
    if len(lengths) > 1:
        lengths["all"] = overall
    statistics = Statistics(
        lengths, diversity, shares, shares_of(plans.calls), near, tuple(clusters), tuple(needs)
    )
    trained = sum(not columns.is_eval(row) for row in range(len(columns)))
    order = {source.shown: number for number, source in enumerate(sources)}
    findings.kept.sort(key=lambda one: (order[one.file], one.line, one.code))
    return Report(
        trained,
        overall.mean,
        overall.longest,
        tuple(findings.kept),
        dict(findings.counts),
        tuple(unusable),
        len(columns) - trained,
        len(sources),
        statistics,
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def check_paths(
    paths: Sequence[Path],
    evals: Sequence[Path],
    catalog: Catalog,
    tokenizer: Any,
    options: Options | None = None,
) -> Report:
    """Check files and folders (their ``*.jsonl``, at any depth) against evaluation sets.

    Of the files, those are evaluation sets too whose name (eval, test, holdout) or first record
    says so. Raise ``DataError``
    where a path does not exist, cannot be read, or holds no such file.
    """
    asked = {source.path.resolve(): source for source in eval_sources(evals)}
    sources = [asked.pop(source.path.resolve(), source) for source in sources_of(paths)]
    return check([*sources, *asked.values()], catalog, tokenizer, options)


def check_folder(
    data: Path,
    evals: Mapping[str, Path],
    catalog: Catalog,
    tokenizer: Any,
    options: Options | None = None,
) -> Report:
    """Check every ``*.jsonl`` of a folder against all buckets of an evaluation set.

    Without options: the benchmark digests, and no target. A folder may be empty.
    """
    buckets = [evals[name] for name in (*EVAL_BUCKETS, "mini") if name in evals]
    sources = [*folder_sources(data), *(Source(path, path.name, "eval") for path in buckets)]
    return check(sources, catalog, tokenizer, options or Options(benchmarks=digest_folder()))
