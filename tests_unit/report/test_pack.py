"""What is packed comes back, and nothing in it can end the block that holds it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tests_unit.report.hostile import HOSTILE
from web4.report.pack import Table, pack, unpack

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_JSON)
def test_any_value_comes_back_out_of_letters_and_digits(value: object) -> None:
    packed = pack(value)
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", packed)
    assert unpack(packed) == value


def test_hostile_texts_come_back_too() -> None:
    assert unpack(pack(HOSTILE)) == HOSTILE
    assert "<" not in pack(HOSTILE)


def test_a_table_holds_each_value_once() -> None:
    table = Table()
    assert [table.place(one) for one in ("a", "b", "a", "c")] == [0, 1, 0, 2]
    assert table.values == ["a", "b", "c"]
