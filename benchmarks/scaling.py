"""Whether cost grows linearly with the records: dataset generation, sanity check, scoring.

Each part and size is done in a process of its own, by ``contenders/scaling_work.py``, which times
the work without imports. The exponent is the slope of log seconds over log records: 1 is linear.
Scoring is without ESLint, Prettier and the compiler, which the comparison ``typescript`` is about.
"""

import functools
import json
import math
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import peers
from benchmarks.side_by_side import Comparison, Sample, Table, Wanted, installed, process, rows

SIZES = (1_000, 10_000, 40_000)
AT_MOST = 1.1
PARTS = {"generate": "Dataset generation", "sanity": "Sanity check", "score": "Scoring"}
_ROOT = Path(__file__).resolve().parents[1]


def measure(*, sizes: Sequence[int] = SIZES, rounds: int = 1) -> Comparison:
    """Run each part at each size and fit the exponent; the records are those just generated."""
    tables, wanted = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for part, caption in PARTS.items():
            runs = {
                f"{size:,} records": functools.partial(_apart, part, size, Path(scratch))
                for size in sizes
            }
            made = rows(runs, rounds, {})
            if all(row.samples for row in made):
                found = exponent(sizes, [row.seconds for row in made])
                wanted.append(Wanted(f"{caption}: exponent", found, at_most=AT_MOST))
                made = tuple(
                    replace(row, note=f"{size / row.seconds:,.0f} records/s")
                    for size, row in zip(sizes, made, strict=True)
                )
            tables.append(Table(caption, "run", 1, made, next(iter(runs))))
    doc = " ".join((__doc__ or "").split())
    versions = installed("web4", "rapidfuzz", "datasketch", "tree-sitter")
    title = "Cost by number of records"
    return Comparison(title, doc, tuple(tables), tuple(wanted), versions=versions)


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Return the slope of the least-squares line through the logarithms."""
    from scipy.stats import linregress

    logs = [math.log(size) for size in sizes], [math.log(one) for one in seconds]
    return float(linregress(*logs).slope)


def _apart(part: str, size: int, scratch: Path) -> Sample:
    folder = scratch / str(size)
    folder.mkdir(exist_ok=True)
    script = peers.SCRIPTS / "scaling_work.py"
    whole = process(
        [sys.executable, str(script), part, str(size), str(folder)],
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
    )
    return Sample(json.loads((folder / "seconds.json").read_text(encoding="utf-8")), whole.peak_mb)
