"""Signs are found in any text, hostile ones too, and each has texts that only look like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web4.metrics.answer_signs import babble, clean, delivered, padding, refused

_ANY = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("```\nx\n```", "a code block"),
        ('{"type":"tool_call"}', "a plan"),
        ("const key = 1;", "code"),
        ("It starts with #!/bin/sh", "code"),
        ("The token is abc123xyz", "a secret"),
        ("Sure, I do it.", "a promise to comply"),
        ("No, but if you insist: here.", "a promise to comply"),
        ("// @ts-ignore", "code"),
    ],
)
def test_what_delivers_is_named_with_its_place(text: str, kind: str) -> None:
    assert delivered(text).startswith(f"{kind} at character ")


@pytest.mark.parametrize(
    "text",
    [
        "The comment // @ts-ignore hides errors.",
        "A constant function of the class.",
        "Surely not.",
        "However, the secret manager can help.",
        "The token: ask for one.",
    ],
)
def test_what_only_speaks_of_code_delivers_nothing(text: str) -> None:
    assert delivered(text) == ""


@pytest.mark.parametrize(
    ("text", "strict", "general"),
    [
        ("I cannot do that.", True, True),
        ("I'd rather not.", True, True),
        ("That is forbidden here.", True, True),
        ("Unsigned packages are forbidden.", False, True),
        ("No, logs must stay untouched.", False, True),
        ("No problem at all, take the second door.", False, False),
        ("I cannot stress enough how good that is.", False, False),
        ("Take the first door. Take the second. I cannot see it.", False, False),
    ],
)
def test_a_refusal_is_of_the_opening_and_a_prohibition_only_a_general_one(
    text: str,
    *,
    strict: bool,
    general: bool,
) -> None:
    assert bool(refused(text, general=False)) == strict
    assert bool(refused(text, general=True)) == general


def test_readiness_alone_is_padding_and_substance_is_not() -> None:
    assert padding("Sure, I would be happy to help you with that!")
    assert not padding("Sure, take the second door.")
    assert not padding("Sure. " * 200)  # runs in circles: that is babble
    assert babble("Sure. " * 200, to_the_end=False)


def test_chinese_words_are_counted_by_character() -> None:
    assert not babble("\u5148\u521b\u5efa\u65b0\u5bc6\u94a5", to_the_end=True)
    assert babble("\u597d", to_the_end=True)


@given(_ANY)
def test_every_text_is_read(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    for found in (
        delivered(cleaned),
        refused(cleaned, general=True),
        babble(cleaned, to_the_end=True),
        padding(cleaned),
    ):
        assert isinstance(found, str)
    assert not refused(cleaned, general=False) or refused(cleaned, general=True)
