"""Digests agree with sha256sum."""

import hashlib
from pathlib import Path

from web4.digests import file_digest, joint_digest


def test_a_file_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc")
    assert file_digest(path) == hashlib.sha256(b"abc").hexdigest()


def test_one_file_speaks_for_itself() -> None:
    assert joint_digest({"a": "00"}) == "00"


def test_many_files_are_digested_as_a_checksum_file_in_name_order() -> None:
    wanted = hashlib.sha256(b"00  a\n11  b\n").hexdigest()
    assert joint_digest({"b": "11", "a": "00"}) == wanted
    assert joint_digest({"b": "00", "a": "11"}) != wanted
