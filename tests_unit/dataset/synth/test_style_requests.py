"""Requests for TypeScript: whatever the code depends on is told, in each of the ways to tell it."""

import random
import re

import pytest

from web4.dataset.synth import style_core, style_facts, style_requests, style_subjects
from web4.dataset.synth.style_components import FORMS, draw
from web4.dataset.synth.style_draft import members_of
from web4.dataset.synth.style_requests import FRAMES, TEMPLATES
from web4.dataset.synth.typescript_classes import Adapter, Service
from web4.dataset.synth.typescript_forms import Interface, ValueObject
from web4.dataset.synth.typescript_functions import AsyncFunction, Formatter, Guard

COUNT = 120
TYPED = Interface | ValueObject | Guard | Formatter


def seeded(number: int) -> random.Random:
    return random.Random(number)  # noqa: S311 - reproducible


@pytest.mark.parametrize("unseen", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_plain_request_tells_name_and_details(form: str, unseen: bool) -> None:  # noqa: FBT001
    for number in range(COUNT):
        rng = seeded(number)
        component = draw(rng, form, "train")
        facts = style_facts.facts(rng, component)
        phrase = style_subjects.subject(form, number % style_subjects.count(form), component)
        request = style_requests.plain(
            rng, FRAMES[number % len(FRAMES)], phrase, facts, unseen=unseen
        )
        text = f"{request.instruction}\n{request.input}"
        assert phrase.removesuffix(",")[1:] in text  # the first letter may be a capital
        assert all(item in text for fact in facts for item in fact.items), text
        for member in members_of(component):
            assert member.camel in text
        if isinstance(component, TYPED):
            assert all(str(member.type) in text for member in component.members)
        if isinstance(component, Adapter | AsyncFunction | Service):
            assert component.dependency.pascal in text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", range(len(TEMPLATES)))
def test_template_tells_kind_name_and_details(number: int, form: str) -> None:
    rng = seeded(number)
    component = draw(rng, form, "train")
    facts = style_facts.facts(rng, component)
    request = style_requests.template(number, form, component, facts)
    text = f"{request.instruction}\n{request.input}"
    assert style_subjects.KINDS[form] in text
    assert style_subjects.spelt_name(form, component) in text
    assert all(item in text for fact in facts for item in fact.items), text
    assert "{" not in text.replace("{ ok", "")


def test_optional_members_are_told() -> None:
    for number in range(400):
        rng = seeded(number)
        component = draw(rng, "interface", "train")
        told = " ".join(fact.tail for fact in style_facts.facts(rng, component))
        assert isinstance(component, Interface)
        optional = sum(member.optional for member in component.members)
        assert len(re.findall(r"\boptional\b|\?:", told)) == optional


def test_frames_are_many() -> None:
    held_out = style_requests.UNSEEN_FRAMES
    assert len(FRAMES) - held_out >= 22
    assert held_out >= 4
    for form in FORMS:
        assert style_subjects.count(form) - style_subjects.UNSEEN >= 6


def test_phrases_differ_and_say_the_form() -> None:
    component_words = {"value": "value", "default": "class|implementation", "test": "test|Vitest"}
    for form in FORMS:
        component = draw(seeded(1), form, "train")
        phrases = [
            style_subjects.subject(form, index, component)
            for index in range(style_subjects.count(form))
        ]
        assert len(dict.fromkeys(phrases)) == len(phrases)
        if form in component_words:
            assert all(re.search(component_words[form], phrase) for phrase in phrases)


def test_requests_turn_in_many_ways() -> None:
    drawn = [style_core.make(seeded(number), "train") for number in range(1500)]
    templates = sum("/template/" in record.skeleton for record in drawn) / len(drawn)
    assert 0.09 <= templates <= 0.15
    assert 0.15 <= sum(bool(record.input) for record in drawn) / len(drawn) <= 0.35
    assert any("export interface" in record.input for record in drawn)
    assert all(record.task_type == "style_sft" for record in drawn)
    distracted = [
        record
        for record in drawn
        if re.search(
            r"Do not write|exists|No (enum|class|type alias|map|union)", record.instruction
        )
    ]
    assert len(distracted) > len(drawn) / 20
