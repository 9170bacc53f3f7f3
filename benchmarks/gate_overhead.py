"""What the gate itself costs: collecting its tests, and a whole gate with nothing left to make.

The repeat is measured only where the store already holds every artifact, so that it is one; it
writes into a folder of its own under ``outputs/``. Python keeps compiled modules, as it does unless
told otherwise; the first round may compile them.
"""

import os
import shutil
import sys
from pathlib import Path

from benchmarks.side_by_side import (
    OURS,
    Comparison,
    PeerError,
    Sample,
    Table,
    Wanted,
    installed,
    process,
    rows,
)
from web4.settings import Settings

COLLECTION_S = 1.0
REPEAT_S = 10.0
_ROOT = Path(__file__).resolve().parents[1]
_RUN = "benchmark-gate"
_COMPILES_ANEW = "PYTHONDONTWRITEBYTECODE"
_STEPS = ("sanity", "full", "parity", "score_adapter", "score_quantized", "ladder", "deploy")
_GATE = [sys.executable, "-m", "pytest", "-m", "shipgate", "-q"]
_INCOMPLETE = 6  # nothing was evaluated


def measure(*, rounds: int = 5) -> Comparison:
    """Measure both; memory is that of the largest process."""
    collection = rows({OURS: _collect, "python -c pass": _nothing}, rounds, _NOTES)
    repeat = rows({OURS: _repeat}, rounds, _NOTES)
    tables = (
        Table("Collection: pytest --collect-only -q -m shipgate", "run", 1, collection),
        Table("Warm repeat: pytest -m shipgate -q", "run", 1, repeat),
    )
    wanted = []
    for name, table, limit in (
        ("collection, seconds", tables[0], COLLECTION_S),
        ("warm repeat, seconds", tables[1], REPEAT_S),
    ):
        row = table.row(OURS)
        if row.samples:
            wanted.append(Wanted(name, row.seconds, at_most=limit))
    doc = " ".join((__doc__ or "").split())
    versions = installed("web4", "pytest")
    return Comparison("Cost of the gate itself", doc, tables, tuple(wanted), versions=versions)


_NOTES = {"python -c pass": "what starting the interpreter takes of it"}


def _collect() -> Sample:
    command = [*_GATE, "--collect-only", f"--web4-run={_RUN}"]
    try:
        return process(command, cwd=_ROOT, env=_environment(), accept=(_INCOMPLETE, 0))
    finally:
        shutil.rmtree(_ROOT / "outputs" / _RUN, ignore_errors=True)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != _COMPILES_ANEW}


def _nothing() -> Sample:
    return process([sys.executable, "-c", "pass"])


def _repeat() -> Sample:
    candidate = os.environ.get("WEB4_CANDIDATE")
    run = Settings.from_environment(candidate=candidate).open_run()
    lacking = [step for step in _STEPS if not run.finished(step)]
    if lacking:
        raise PeerError(
            f"the store lacks {', '.join(lacking)}: run pytest -m shipgate first, "
            "with the same WEB4_ variables"
        )
    try:
        return process([*_GATE, f"--web4-run={_RUN}"], cwd=_ROOT, env=_environment(), accept=(0, 1))
    finally:
        shutil.rmtree(_ROOT / "outputs" / _RUN, ignore_errors=True)
