"""Scoring of tool calls: web4's metrics, BFCL's ``ast_checker`` and DeepEval's ``ToolCorrectness``.

All judge the same canned answers, each distinct, of named kinds, four in five of them wrong; then
those of the newest release, nearly all of them right. Reading them as JSON is part of the work.
Verdicts are compared first: whether the right tools are called with the right arguments. Each round
is a process of its own that times its judging alone, so that nothing is remembered.
"""

import functools
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice, product
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.canned_calls import Call, calls
from benchmarks.side_by_side import (
    OURS,
    Comparison,
    PeerError,
    Run,
    Sample,
    Table,
    Wanted,
    installed,
    process,
    rows,
)
from benchmarks.verdicts import Agreement, compare
from web4.catalog import catalog_path
from web4.evaluation import PREDICTIONS
from web4.paths import data_dir
from web4.records import Record, read_completions, read_records
from web4.release.kept import Release, latest_release

BFCL = "BFCL ast_checker"
DEEPEVAL = "DeepEval ToolCorrectness"
EVERY = "web4, all seven metrics"
AT_LEAST = 1.0
_ROOT = Path(__file__).resolve().parents[1]
_NOTES = {
    OURS: "selection and arguments: what the others judge too",
    BFCL: "`multiple` for one wanted call, `parallel_multiple` for several",
    DEEPEVAL: "arguments, order, exact match; no model",
    EVERY: "also strict JSON, the schema, minimality, and the plan is run on its workspace",
}


def measure(*, answers: int = 20_000, rounds: int = 5) -> Comparison:
    """Compare verdicts, then seconds; memory is that of the whole process."""
    records = list(read_records(data_dir() / "eval" / "v1.2" / "tool.jsonl"))
    release = latest_release()
    made = list(calls(records, answers))
    released = list(_answered(release, records, answers))
    table, found = _measured(f"{answers:,} canned answers", records, made, rounds)
    of_release, _ = _measured(
        f"{answers:,} answers of {release.version}", records, released, rounds
    )
    ratio = table.ratio(BFCL)
    wanted = () if ratio is None else (Wanted("web4's rate to BFCL's", ratio, at_least=AT_LEAST),)
    versions = installed("web4")
    versions |= {name: peers.version(name) for name in ("bfcl-eval", "deepeval")}
    facts = {name: _facts(one) for name, one in found.items() if one}
    doc = " ".join((__doc__ or "").split())
    notes = [line for name, one in found.items() if one for line in _told(name, one)]
    tables = (table, of_release)
    return Comparison("Scoring of tool calls", doc, tables, wanted, tuple(notes), versions, facts)


def _answered(release: Release, records: Sequence[Record], count: int) -> Iterator[Call]:
    """Yield a release's answers to the records, in turns that white space at their end tells."""
    known = {record.id for record in records}
    kept = release.store.glob(f"predict/*/{PREDICTIONS}")
    answers = [one for path in sorted(kept) for one in read_completions(path)]
    texts = {one.record_id: one.text for one in answers if one.record_id in known}
    if not texts:
        raise PeerError(f"{release.store}: no answers to the tool records are kept")
    for turn, (name, text) in islice(product(range(count), texts.items()), count):
        yield Call(f"{name}/{turn}", name, release.version, text + " " * turn)


def _measured(
    caption: str, records: Sequence[Record], made: Sequence[Call], rounds: int
) -> tuple[Table, dict[str, Agreement | None]]:
    told = {
        "records": [json.loads(one.to_json()) for one in records],
        "calls": [{"id": one.id, "record_id": one.record_id, "text": one.text} for one in made],
        "catalog": json.loads(catalog_path().read_text(encoding="utf-8")),
    }
    verdicts: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "calls.json"
        path.write_text(json.dumps(told), encoding="utf-8")
        measured = rows(_contenders(path, verdicts), rounds, _NOTES)
    found = {name: _agreement(name, verdicts, made) for name in (BFCL, DEEPEVAL)}
    return Table(caption, "answer", len(made), measured), found


def _contenders(path: Path, verdicts: dict[str, dict[str, str]]) -> dict[str, Run]:
    ours = (sys.executable, peers.SCRIPTS / "web4_calls.py", path, verdicts)
    return {
        OURS: functools.partial(_judge, OURS, *ours, "call"),
        BFCL: lambda: _judge(
            BFCL, str(peers.python("bfcl-eval")), peers.SCRIPTS / "bfcl_calls.py", path, verdicts
        ),
        DEEPEVAL: lambda: _judge(
            DEEPEVAL,
            str(peers.python("deepeval")),
            peers.SCRIPTS / "deepeval_calls.py",
            path,
            verdicts,
        ),
        EVERY: functools.partial(_judge, EVERY, *ours, "all"),
    }


def _judge(
    name: str,
    python: str,
    script: Path,
    path: Path,
    verdicts: dict[str, dict[str, str]],
    *more: str,
) -> Sample:
    """Let a script judge in a process of its own; keep its verdicts, which no round may change."""
    out = path.with_name("verdicts.json")
    env = dict(peers.environment(path.parent))
    if python == sys.executable:
        env |= {"PYTHONPATH": str(_ROOT), "WEB4_DATA": str(data_dir())}
    whole = process([python, str(script), str(path), str(out), *more], cwd=path.parent, env=env)
    told: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    if verdicts.setdefault(name, told["verdicts"]) != told["verdicts"]:
        raise PeerError(f"{name} judged the same answers differently in another round")
    return Sample(told["seconds"], whole.peak_mb)


def _agreement(
    name: str, verdicts: dict[str, dict[str, str]], made: Sequence[Call]
) -> Agreement | None:
    if name not in verdicts or OURS not in verdicts:
        return None
    kinds = {one.id: one.kind for one in made}
    return compare(verdicts[OURS], verdicts[name], kinds, (OURS, name))


def _facts(found: Agreement) -> dict[str, Any]:
    return {
        "agree": round(found.share, 4),
        "both_passed": found.both_passed,
        "both_failed": found.both_failed,
        "differ": [
            {
                "kind": one.kind,
                "passed_by": one.passed_by,
                "the_other_says": one.reason,
                "count": one.count,
                "example": one.example,
            }
            for one in found.differences
        ],
    }


def _told(name: str, found: Agreement) -> list[str]:
    head = (
        f"{OURS} and {name} agree on {100 * found.share:.1f}% of {found.total:,} answers: both "
        f"pass {found.both_passed:,} and fail {found.both_failed:,}."
    )
    rest = [
        f'{one.count:,} answers of the kind "{one.kind}" are passed by {one.passed_by} alone; '
        f"the other says `{one.reason}` (such as `{one.example}`)."
        for one in found.differences
    ]
    return [head, *rest]
