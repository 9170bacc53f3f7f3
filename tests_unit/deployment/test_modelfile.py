"""A Modelfile says what was gated, in the documented grammar and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web4.chat import END_OF_TURN, SYSTEM_PROMPT
from web4.deployment.modelfile import Modelfile
from web4.deployment.templates import go_template
from web4.errors import ConfigError

_GOOD = Modelfile.of("/models/model.Q4_K_M.gguf", "Apache License\n\nVersion 2.0\n", 2048)


def test_the_file_names_everything_that_makes_the_answers() -> None:
    read = Modelfile.parse(_GOOD.text())
    assert read == _GOOD
    assert (read.template, read.system) == (go_template(), SYSTEM_PROMPT)
    assert read.license == "Apache License\n\nVersion 2.0\n"
    assert read.options() == {
        "temperature": 0,
        "repeat_penalty": 1.0,
        "num_ctx": 2048,
        "stop": [END_OF_TURN],
    }


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters='"\r')))
def test_any_licence_survives(text: str) -> None:
    made = Modelfile.of("/m.gguf", text, 1)
    assert Modelfile.parse(made.text()) == made


@pytest.mark.parametrize("text", ['say """ so', 'ends in "'])
def test_what_the_grammar_cannot_say_is_told(text: str) -> None:
    with pytest.raises(ConfigError, match="LICENSE: a Modelfile holds no"):
        Modelfile.of("/m.gguf", text, 1).text()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("FROM /models/model.Q4_K_M.gguf\n", "", "has no FROM"),
        ("FROM ", "FORM ", r"Modelfile:1: unknown instruction 'FORM'"),
        ("FROM ", "FROM a\nFROM ", "Modelfile:2: FROM stands there twice"),
        ("temperature 0", "temperature warm", "PARAMETER 'temperature warm' is not documented"),
        ("temperature 0", "warmth 0", "PARAMETER 'warmth 0' is not documented"),
        ('Version 2.0\n"""', "Version 2.0\n", "LICENSE is not closed"),
        ('Version 2.0\n"""', 'Version 2.0\n""" more', "text follows"),
    ],
)
def test_the_reader_is_strict(old: str, new: str, told: str) -> None:
    assert old in _GOOD.text()
    with pytest.raises(ConfigError, match=told):
        Modelfile.parse(_GOOD.text().replace(old, new))


def test_comments_and_case_are_read_as_documented() -> None:
    assert Modelfile.parse("# mine\n\n" + _GOOD.text().replace("FROM", "from", 1)) == _GOOD
