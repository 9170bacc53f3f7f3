"""What a harness costs beside the model: canned answers to the same items, exact match, wall time.

Each contender evaluates the items in a process of its own, from start to end, and has to find as
many right answers as there are; one that finds another number is not counted. web4 does more: it
keeps the answers, judges each by seven metrics with a run of its plan, and asserts the targets.
"""

import functools
import json
import os
import shutil
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from web4.chat import user_message
from web4.errors import AssetError
from web4.node_packages import NodePackages, fetch, node_path
from web4.paths import data_dir
from web4.records import Completion, Record, read_records, write_jsonl

PLAIN = "plain pytest"
AT_MOST = 2.0
SIZES = (400, 2000)
_WRONG_EACH = 20
_SCRIPTS = peers.SCRIPTS
_ROOT = Path(__file__).resolve().parents[1]
PROMPTFOO = NodePackages("benchmark-promptfoo", Path(__file__).with_name("promptfoo"))
_PYTEST = ("-m", "pytest", "-q", "--tb=no", "--junitxml=junit.xml", "-p", "no:cacheprovider")


def measure(*, sizes: Sequence[int] = SIZES, rounds: int = 3) -> Comparison:
    """Run every harness on items of each number; memory is that of the largest process."""
    tables = []
    with tempfile.TemporaryDirectory() as scratch:
        for size in sizes:
            folder = Path(scratch) / str(size)
            folder.mkdir()
            right = write_items(folder, size)
            made = rows(_contenders(folder, right), rounds, _NOTES)
            tables.append(Table(f"{size:,} items", "item", size, made, PLAIN))
    last = tables[-1].ratio(OURS)
    name = f"wall time to plain pytest's at {sizes[-1]:,} items"
    wanted = () if last is None else (Wanted(name, last, at_most=AT_MOST),)
    packages = ("pytest", "web4")
    versions = installed(*packages)
    versions |= {name: peers.version(name) for name in ("deepeval", "inspect-ai", "lm-eval")}
    versions["promptfoo"] = promptfoo_version()
    doc = " ".join((__doc__ or "").split())
    return Comparison("Harness overhead", doc, tuple(tables), wanted, _REMARKS, versions)


_NOTES = {
    PLAIN: "parametrized asserts, JUnit file, no plugin",
    OURS: "pytest with web4's plugin: answers kept, seven metrics, plans run, targets asserted",
    "deepeval": "`evaluate` with `ExactMatchMetric`, one after the other, nothing printed",
    "inspect-ai": "`eval` with the mock model and `exact`, log written, no display",
    "lm-eval": "`simple_evaluate` with a canned model and `exact_match`, no bootstrap",
    "promptfoo": "`promptfoo eval` with a canned provider and `equals`, no cache, nothing kept",
}
_REMARKS = (
    f"Every {_WRONG_EACH}th answer is wrong, and each contender was held to finding that out.",
    "Telemetry, update checks and every network access of the peers are switched off.",
)


def promptfoo_version() -> str:
    raw = json.loads((PROMPTFOO.folder / "package.json").read_text(encoding="utf-8"))
    return str(raw["dependencies"]["promptfoo"])


def write_items(folder: Path, size: int) -> int:
    """Write the items in every form that a contender reads; return how many answers are right."""
    base = list(read_records(data_dir() / "eval" / "v1.2" / "tool.jsonl"))
    wrong = _wrong_answers(base)
    records, answers, items = [], [], []
    for number in range(size):
        turn, source = number // len(base), base[number % len(base)]
        record = replace(
            source, id=f"{source.id}-{turn}", instruction=f"{source.instruction} ({turn})"
        )
        false = number % _WRONG_EACH == _WRONG_EACH - 1
        text = wrong[source.id] if false else record.output
        records.append(record)
        answers.append(Completion(record.id, text, "stop", 1, 1))
        asked = user_message(record)
        items.append({"id": record.id, "prompt": asked, "gold": record.output, "answer": text})
    write_jsonl(folder / "records.jsonl", records)
    write_jsonl(folder / "answers.jsonl", answers)
    (folder / "items.json").write_text(json.dumps(items), encoding="utf-8")
    (folder / "promptfoo.json").write_text(json.dumps(_promptfoo(items)), encoding="utf-8")
    return sum(one["answer"] == one["gold"] for one in items)


def _wrong_answers(base: Sequence[Record]) -> dict[str, str]:
    """Return for each record an answer with another tool or a step too many."""
    found: dict[str, Call] = {}
    for call in calls(base, 12 * len(base)):
        if call.kind in {"another tool", "a step more"}:
            found.setdefault(call.record_id, call)
    return {name: call.text for name, call in found.items()}


def _promptfoo(items: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    return {
        "prompts": ["{{prompt}}"],
        "providers": [f"file://{_SCRIPTS / 'promptfoo_provider.js'}"],
        "tests": [
            {
                "vars": {key: one[key] for key in ("prompt", "answer", "gold")},
                "assert": [{"type": "equals", "value": "{{gold}}"}],
            }
            for one in items
        ],
    }


def _contenders(folder: Path, right: int) -> dict[str, Run]:
    home = folder / "home"
    home.mkdir()
    return {
        PLAIN: lambda: _plain(folder, home, right),
        OURS: lambda: _ours(folder, right),
        **{
            name: functools.partial(_peer, name, script, folder, home, right)
            for name, script in (
                ("deepeval", "deepeval_items.py"),
                ("inspect-ai", "inspect_items.py"),
                ("lm-eval", "lm_eval_items.py"),
            )
        },
        "promptfoo": lambda: _node_peer(folder, home, right),
    }


def _plain(folder: Path, home: Path, right: int) -> Sample:
    at = _fresh(folder, "plain", "plain_pytest.py", "items.json")
    env = peers.environment(home, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    sample = process([sys.executable, *_PYTEST, "test_items.py"], cwd=at, env=env, accept=(0, 1))
    _hold(PLAIN, _passed(at / "junit.xml"), right)
    return sample


def _ours(folder: Path, right: int) -> Sample:
    at = _fresh(folder, OURS, "web4_gate.py", "records.jsonl", "answers.jsonl")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WEB4_")}
    env = {
        **kept,
        "PYTHONPATH": str(_ROOT),
        "WEB4_DATA": str(data_dir()),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # as for plain pytest
    }
    command = [sys.executable, *_PYTEST, "-p", "web4.pytest_plugin", "test_items.py"]
    sample = process(command, cwd=at, env=env, accept=(0, 1))
    scores = json.loads((at / "scores.json").read_text(encoding="utf-8"))["all"]
    found = {score["metric"]: score["passed"] for score in scores}
    _hold(OURS, min(found["tool.selection"], found["tool.arguments"]), right)
    return sample


def _peer(name: str, script: str, folder: Path, home: Path, right: int) -> Sample:
    (folder / "right.json").unlink(missing_ok=True)
    command = [str(peers.python(name)), str(_SCRIPTS / script), str(folder)]
    sample = process(command, cwd=home, env=peers.environment(home))
    _hold(name, json.loads((folder / "right.json").read_text(encoding="utf-8")), right)
    return sample


def _node_peer(folder: Path, home: Path, right: int) -> Sample:
    try:
        packages, node = fetch(PROMPTFOO), node_path()
    except AssetError as error:
        raise PeerError(str(error)) from error
    script = packages / "node_modules" / "promptfoo" / "dist" / "src" / "entrypoint.js"
    out = folder / "promptfoo-out.json"
    out.unlink(missing_ok=True)
    options = ["--no-cache", "--no-write", "--no-table", "--no-progress-bar", "--output", str(out)]
    asked = ["eval", "--config", str(folder / "promptfoo.json"), *options]
    sample = process(
        [str(node), str(script), *asked],
        cwd=home,
        env=peers.environment(home),
        accept=(0, 100),  # 100 says that a test failed, and some do
    )
    told = json.loads(out.read_text(encoding="utf-8"))
    _hold("promptfoo", told["results"]["stats"]["successes"], right)
    return sample


def _fresh(folder: Path, name: str, script: str, *files: str) -> Path:
    """Return a folder with a contender's test file and what it reads, and nothing of an old run."""
    at = folder / name
    shutil.rmtree(at, ignore_errors=True)
    at.mkdir()
    shutil.copy(_SCRIPTS / script, at / "test_items.py")
    for file in files:
        shutil.copy(folder / file, at / file)
    (at / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return at


def _passed(path: Path) -> int:
    suite = next(ET.parse(path).getroot().iter("testsuite"))  # noqa: S314 - written here
    told = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    return told["tests"] - told["failures"] - told["errors"] - told["skipped"]


def _hold(name: str, found: int, right: int) -> None:
    if found != right:
        raise PeerError(f"{name} found {found} answers right where {right} are")
