"""Badly styled code: every fault occurs, parses, and leaves one clean reading."""

import random
import re
from collections import Counter

import pytest

from web4.dataset.synth import style_refactor
from web4.dataset.synth.style_components import FORMS, draw
from web4.dataset.synth.style_draft import members_of
from web4.dataset.synth.style_messy import FAULTS, MOST, Messy, mess
from web4.dataset.synth.typescript_types import Component
from web4.typescript.syntax import parse

COUNT = 1500
MARKS = {
    "any": r": any\b",
    "var": r"\bvar ",
    "let": r"\blet ",
    "console": r"console\.log",
    "default export": r"export default ",
    "namespace": r"export namespace ",
    "double quotes": r'"',
    "tabs": r"\n\t",
    "loose equality": r"[^=]== ",
    "concatenation": r" \+ ['\"]",
    "array generic": r"Array<",
    "boxed": r": (String|Number|Boolean)\b",
    "prefix": r"\b[IT][A-Z]",
    "implementation": r"Impl\b",
    "jest": r"@jest/globals",
    "constructor logic": r"constructor\([^)]*\) \{\n",
}


def drawn() -> list[tuple[str, Component, Messy]]:
    made = []
    for number in range(COUNT):
        rng = random.Random(number)  # noqa: S311 - reproducible
        form = FORMS[number % len(FORMS)]
        component = draw(rng, form, "train")
        made.append((form, component, mess(rng, form, component)))
    return made


DRAWN = drawn()


def test_every_fault_occurs_and_shows() -> None:
    seen = Counter(fault for _, _, messy in DRAWN for fault in messy.faults)
    assert sorted(seen) == sorted(FAULTS)
    assert min(seen.values()) >= 10
    for _, _, messy in DRAWN:
        for fault in messy.faults:
            assert re.search(MARKS.get(fault, ""), messy.code), (fault, messy.code)


def test_one_to_six_faults() -> None:
    counts = Counter(len(messy.faults) for _, _, messy in DRAWN)
    assert sorted(counts) == list(range(1, MOST + 1))
    assert min(counts.values()) >= COUNT / 20


def test_messy_code_parses_and_differs() -> None:
    for _, component, messy in DRAWN:
        assert parse(messy.code).fault is None, messy.code
        clean = component.render()
        assert "".join(messy.code.split()).casefold() != "".join(clean.split()).casefold()
        assert messy.code == messy.code.strip()


def test_names_stay_derivable() -> None:
    """Each word of a name is still there, whatever its spelling."""
    for _, component, messy in DRAWN:
        squeezed = messy.code.replace("_", "").lower()
        for member in members_of(component):
            assert member.camel.lower() in squeezed
        name = component.name.pascal.lower()
        assert name.removeprefix("default") in squeezed
        assert messy.name in messy.code


def test_lost_types_are_told() -> None:
    """No type of a result or parameter is lost from code and instruction both."""
    found = 0
    for number in range(600):
        record = style_refactor.make(random.Random(number), "train")  # noqa: S311 - reproducible
        text = re.sub(r"Array<(\w+)>", r"\1[]", f"{record.instruction}\n{record.input}").lower()
        for kind in re.findall(r"\w: (string\[\]|string|number|boolean|Date)\b", record.output):
            found += 1
            assert kind.lower() in text, text
        for kind in re.findall(r"Promise<([\w[\]]+)>", record.output):
            assert kind.lower() in text, text
        lost = record.instruction.partition(". ")[2]
        for name in re.findall(r"(\w+)(?:\(\))? (?:is|has type|should be|returns|as) ", lost):
            assert re.search(rf"\b{name}\b", record.input), text
    assert found > 300


@pytest.mark.parametrize("form", FORMS)
def test_each_form_can_have_many_faults(form: str) -> None:
    most = max(len(messy.faults) for kind, _, messy in DRAWN if kind == form)
    assert most >= 4
