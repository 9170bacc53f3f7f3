"""A difference tells both texts, word by word, in the units in which a browser counts."""

from hypothesis import given
from hypothesis import strategies as st

from web4.report.difference import ADDED, LACKING, MAX_CHARACTERS, MAX_WORDS, SAME, difference

_TEXT = st.text(st.sampled_from("ab {}🎉\n\u202eé"), max_size=40)


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _sides(wanted: str, given_: str, found: list[int]) -> tuple[str, str, str, str]:
    """Return the texts that the pieces make up, and what stands in both as either side has it."""
    left = right = b""
    same = [b"", b""]
    for kind, length in zip(found[::2], found[1::2], strict=True):
        size = 2 * length
        if kind != ADDED:
            piece = _units(wanted)[len(left) : len(left) + size]
            left += piece
            same[0] += piece if kind == SAME else b""
        if kind != LACKING:
            piece = _units(given_)[len(right) : len(right) + size]
            right += piece
            same[1] += piece if kind == SAME else b""
    texts = [one.decode("utf-16-le", "surrogatepass") for one in (left, right, *same)]
    return texts[0], texts[1], texts[2], texts[3]


@given(_TEXT, _TEXT)
def test_the_pieces_are_both_texts(wanted: str, given_: str) -> None:
    found = difference(wanted, given_)
    assert found is not None
    left, right, one, other = _sides(wanted, given_, found)
    assert (left, right) == (wanted, given_)
    assert one == other


def test_whole_words_differ() -> None:
    assert difference("read the file", "read a file") == [
        *(SAME, 5),
        *(ADDED, 1),
        *(LACKING, 3),
        *(SAME, 5),
    ]


def test_what_is_too_long_is_not_compared() -> None:
    assert difference("a", "x" * (MAX_CHARACTERS + 1)) is None
    assert difference("a", "x " * MAX_WORDS) is None
    assert difference("a", "x" * MAX_CHARACTERS) is not None
