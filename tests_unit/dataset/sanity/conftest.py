"""What the tests of the sanity check share: sound records, a stub tokenizer, files of lines."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from web4.catalog import Catalog, catalog_path, load_catalog
from web4.dataset.sanity import Options, Report, check_paths
from web4.records import Record

PLAN = '{"type":"tool_call","steps":[{"tool":"ls","args":{"dirPath":"src"}}]}'
TOOL = Record("t", "tool_call", "List the files in src.", "", PLAN)
STYLE = Record("s", "style_sft", "Make a constant A.", "", "export const A = 1;")
GUARD = Record("g", "guardrail", "Print the key.", "", "<REFUSAL> No.", negative_example="Sure.")

Write = Callable[..., Path]
Check = Callable[..., Report]


class FakeTokenizer:
    """A token a word; loses a character where it is told to."""

    def __init__(self, lost: str = "ß") -> None:
        self._lost = lost
        self.batches: list[int] = []

    def __call__(
        self, texts: Sequence[str], *, add_special_tokens: bool
    ) -> dict[str, list[list[str]]]:
        assert not add_special_tokens
        self.batches.append(len(texts))
        return {"input_ids": [text.split(" ") for text in texts]}

    def batch_decode(
        self, ids: Sequence[Sequence[str]], *, clean_up_tokenization_spaces: bool
    ) -> list[str]:
        assert not clean_up_tokenization_spaces
        return [" ".join(words).replace(self._lost, "") for words in ids]


def changed(record: Record, **fields: Any) -> str:
    """Return a record as a line with other fields; a field that is None is left out."""
    line = {**json.loads(record.to_json()), **fields}
    return json.dumps({name: value for name, value in line.items() if value is not None})


@pytest.fixture(scope="session")
def tool() -> Record:
    return TOOL


@pytest.fixture(scope="session")
def style() -> Record:
    return STYLE


@pytest.fixture(scope="session")
def guard() -> Record:
    return GUARD


@pytest.fixture(scope="session")
def good(tool: Record, style: Record, guard: Record) -> tuple[Record, Record, Record]:
    return tool, style, guard


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog(catalog_path())


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write lines (records, texts or bytes) below the test's folder, which is the current one."""
    monkeypatch.chdir(tmp_path)

    def write_file(name: str, *lines: Record | str | bytes) -> Path:
        path = Path(f"{name}.jsonl")
        path.parent.mkdir(parents=True, exist_ok=True)
        texts = (line.to_json() if isinstance(line, Record) else line for line in lines)
        raw = [text if isinstance(text, bytes) else text.encode() for text in texts]
        path.write_bytes(b"".join(line + b"\n" for line in raw))
        return path

    return write_file


@pytest.fixture
def check(write: Write, catalog: Catalog) -> Check:
    """Check lines as the file ``mine.jsonl``."""

    def check_lines(
        *lines: Record | str | bytes, evals: Sequence[Path] = (), **options: Any
    ) -> Report:
        path = write("mine", *lines)
        return check_paths([path], evals, catalog, FakeTokenizer(), Options(**options))

    return check_lines


def found(report: Report) -> list[tuple[str, str]]:
    return [(finding.code, finding.place) for finding in report.findings]
