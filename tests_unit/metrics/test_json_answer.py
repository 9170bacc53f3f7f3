"""However an answer is read, it is read as strictly."""

import json
import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from web4.metrics.json_answer import MAX_DEPTH, read_json_answer

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
)
_KEYS = st.sampled_from(["a", "b", "a\u00e9", '":', "\ud800"]) | st.text(max_size=2)
_PAIRS = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(_KEYS, inner), max_size=3),
    max_leaves=8,
)
_NUMBERS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,4})?(e[+-]?[0-9]{1,3})?", fullmatch=True
)


def _written(value: Any, *, ascii_only: bool, gap: str) -> str:
    """Write JSON in which lists of pairs are objects, so that a key can stand twice."""
    if isinstance(value, list) and value and all(isinstance(one, tuple) for one in value):
        inner = [
            f"{_written(key, ascii_only=ascii_only, gap=gap)}:{gap}"
            f"{_written(one, ascii_only=ascii_only, gap=gap)}"
            for key, one in value
        ]
        return "{" + f",{gap}".join(inner) + "}"
    if isinstance(value, list):
        told = [_written(one, ascii_only=ascii_only, gap=gap) for one in value]
        return "[" + f",{gap}".join(told) + "]"
    return json.dumps(value, ensure_ascii=ascii_only)


class _TwiceError(Exception):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise _TwiceError
    return dict(pairs)


@given(
    st.lists(st.tuples(_KEYS, _PAIRS), min_size=1, max_size=3),
    st.booleans(),
    st.sampled_from(["", " ", "\n"]),
)
def test_an_object_is_read_as_json_reads_it_unless_a_key_stands_twice(
    pairs: list[tuple[str, Any]],
    ascii_only: bool,  # noqa: FBT001 - drawn
    gap: str,
) -> None:
    document = _written(pairs, ascii_only=ascii_only, gap=gap)
    found = read_json_answer(document, complete=True)
    try:
        wanted = json.loads(document, object_pairs_hook=_once)
    except _TwiceError:
        assert found.fault == "duplicate_key"
    else:
        assert repr(found.value) == repr(wanted)


@given(_NUMBERS)
def test_a_number_is_read_as_json_reads_it_or_is_beyond_a_double(digits: str) -> None:
    document = f'{{"a":{digits}}}'
    found = read_json_answer(document, complete=True)
    wanted = json.loads(document)
    if math.isinf(float(wanted["a"])):
        assert found.fault == "not_finite"
    else:
        assert repr(found.value) == repr(wanted)


@given(
    st.integers(MAX_DEPTH - 2, MAX_DEPTH + 2),
    st.sampled_from(["", " "]),
    st.text("[{x", max_size=9),
)
def test_the_shortest_documents_are_held_to_the_same_depth(
    levels: int, gap: str, text: str
) -> None:
    lists = levels - 1
    document = f'{{"":{gap}{"[" * lists}"{text}"{"]" * lists}}}'
    found = read_json_answer(document, complete=True)
    assert (found.fault == "too_deep") is (levels > MAX_DEPTH)
    assert (found.value is None) is (levels > MAX_DEPTH)
