"""Records that were learned are told apart by what is learned from them, and counted once."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web4.errors import DataError
from web4.learned import identity, read_learned, write_learned
from web4.records import Record

_RECORD = Record("one", "tool_call", "Do it.", "", "x")
_IDENTITIES = st.frozensets(st.text("0123456789abcdef", min_size=12, max_size=12))


def test_a_record_is_what_is_learned_from_it() -> None:
    assert identity(_RECORD) == identity(replace(_RECORD, id="two"))
    others = [replace(_RECORD, instruction="Do that."), replace(_RECORD, output="y")]
    assert len({identity(record) for record in (_RECORD, *others)}) == 3


@given(_IDENTITIES)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, one: frozenset[str]
) -> None:
    path = tmp_path_factory.mktemp("learned") / "learned.txt"
    write_learned(path, one)
    assert read_learned(path) == one
    assert path.read_text(encoding="utf-8").splitlines() == sorted(one)


@pytest.mark.parametrize("line", ["0123456789a", "0123456789abc", "0123456789aG", ""])
def test_a_line_that_is_no_identity_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "learned.txt"
    path.write_text(f"{identity(_RECORD)}\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"learned.txt:2: .* is no record's identity, 12 hex"):
        read_learned(path)
