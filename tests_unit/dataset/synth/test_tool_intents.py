"""The requests that one step answers: their counts, their orders, and that each means one plan."""

import itertools
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from web4.catalog import load_catalog
from web4.dataset.synth import tool_neg
from web4.dataset.synth.splits import Split
from web4.dataset.synth.tool_core import intents_of
from web4.dataset.synth.tool_grammar import Form, Frame, Intent, draw_request, form_of
from web4.dataset.synth.tool_intents import SINGLE
from web4.dataset.synth.vocabulary import Lexicon
from web4.metrics.json_answer import read_json_answer
from web4.records import Plan

CATALOG = load_catalog(Path(__file__).parents[3] / "data" / "tools" / "web4.json")
NAMES = {intent.name: intent for intent in SINGLE}
PLAIN: Mapping[Form, tuple[Frame, ...]] = {
    "imperative": (Frame("{s}"),),
    "open": (Frame("{s}"),),
    "whole": (Frame("{S}"),),
}
QUOTED = {"find", "replace", "command", "content", "query", "glob", "edit", "rule"}
SLOT = re.compile(r"\{(\w+)!?\}")
CHOICE = re.compile(r"\[([^\]]*)\]")
# What a reader sees of a slot: a text in quotes is a text, whichever argument it becomes.
LOOKS = {"find": "text", "query": "text", "content": "text", "edit": "text", "rule": "text"}
ORDERS = (
    ("single_find_and_replace", "find", "replace"),
    ("create_new_file", "path", "content"),
    ("edit_existing_file", "path", "edit"),
    ("create_rule_block", "name", "rule"),
    ("search_in_files", "path", "query"),
    ("search_in_files_several", "path", "query"),
    ("search_in_files_regex", "path", "query"),
)
every_intent = pytest.mark.parametrize("intent", SINGLE, ids=lambda intent: intent.name)


def expanded(sentence: str) -> list[str]:
    """Return every text that a sentence's choices allow."""
    parts = CHOICE.split(sentence)
    options = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    return ["".join(chosen) for chosen in itertools.product(*options)]


def looks(text: str) -> str:
    return SLOT.sub(lambda match: f"<{LOOKS.get(match[1], match[1])}>", text).lower()


def wanted_slots(intent: Intent) -> set[str]:
    return set(SLOT.findall(json.dumps([dict(args) for _, args in intent.steps])))


@every_intent
def test_there_are_many_ways_to_ask(intent: Intent) -> None:
    assert len(intent.sentences) >= 32
    assert len(intent.unseen) >= 4
    assert len(intent.steps) == 1


@every_intent
def test_a_sentence_tells_all_that_the_plan_needs_and_nothing_else(intent: Intent) -> None:
    lexicon = Lexicon(random.Random(1), "train")  # noqa: S311 - reproducible on purpose
    drawn = {slot for group in intent.draws for slot in getattr(lexicon, group)()}
    for sentence in intent.sentences + intent.unseen:
        for text in expanded(sentence):
            assert set(SLOT.findall(text)) == wanted_slots(intent) <= drawn, sentence


@every_intent
def test_a_value_at_the_start_keeps_its_letters(intent: Intent) -> None:
    for sentence in intent.sentences + intent.unseen:
        for text in expanded(sentence):
            start = re.match(r"\{(\w+)(!?)\}", text)
            if start and start[1] != "path":
                assert start[1] in QUOTED, sentence
                assert not start[2], sentence


@every_intent
def test_nothing_can_stick_to_a_text_without_quotes(intent: Intent) -> None:
    for sentence in intent.sentences + intent.unseen:
        assert form_of(sentence) != "imperative" or not sentence.endswith("!}"), sentence


@every_intent
def test_what_is_no_imperative_stands_alone(intent: Intent) -> None:
    for sentence in intent.sentences + intent.unseen:
        for text in expanded(sentence):
            assert form_of(text) == form_of(sentence)
            assert form_of(text) == "whole" or text[0] == text[0].lower(), sentence
            assert form_of(text) != "whole" or text[0] == text[0].upper(), sentence


@every_intent
@pytest.mark.parametrize("split", ["train", "eval"])
@pytest.mark.parametrize("unseen", [False, True])
def test_gold_is_valid_and_short(intent: Intent, split: Split, *, unseen: bool) -> None:
    rng = random.Random(3)  # noqa: S311 - reproducible on purpose
    for _ in range(100):
        request = draw_request(rng, split, (intent,), PLAIN, unseen=unseen)
        plan = request.plan.to_json()
        assert CATALOG.validator.is_valid(json.loads(plan)), plan
        assert len(plan) <= 300
        for slot in re.findall(r"[{}]\w+[{}]", request.instruction):
            assert slot in plan.replace("\\", ""), request.instruction


def test_no_sentence_stands_twice() -> None:
    counts = Counter(text for one in SINGLE for text in one.sentences + one.unseen)
    assert [text for text, count in counts.items() if count > 1] == []


@every_intent
def test_no_unseen_sentence_can_be_a_seen_one(intent: Intent) -> None:
    seen = {text for sentence in intent.sentences for text in expanded(sentence)}
    held = {text for sentence in intent.unseen for text in expanded(sentence)}
    assert not seen & held


def test_no_request_belongs_to_two_intents() -> None:
    owners: dict[str, str] = {}
    for intent in SINGLE:
        for sentence in intent.sentences + intent.unseen:
            for text in expanded(sentence):
                owner = owners.setdefault(looks(text).rstrip("."), intent.name)
                assert owner == intent.name, text


@pytest.mark.parametrize(("name", "one", "other"), ORDERS)
def test_arguments_come_in_both_orders(name: str, one: str, other: str) -> None:
    orders = Counter(
        sentence.index("{" + one) < sentence.index("{" + other)
        for sentence in NAMES[name].sentences
    )
    assert min(orders[True], orders[False]) >= 12


def test_no_tool_is_rare() -> None:
    weights: Counter[str] = Counter()
    for intent in SINGLE:
        weights[intent.steps[0][0]] += intent.weight
    assert min(weights.values()) >= 0.03 * sum(weights.values())


def test_tempting_frames_are_many() -> None:
    for frames, least in ((tool_neg._IMPERATIVES, 24), (tool_neg._WHOLES, 16)):
        assert sum(not frame.unseen for frame in frames) >= least
        assert sum(frame.unseen for frame in frames) >= 3


@pytest.mark.parametrize("wrong", tool_neg._WRONGS, ids=lambda wrong: wrong.__name__)
def test_a_negative_example_is_never_right(wrong: Callable[[random.Random, Plan], str]) -> None:
    rng = random.Random(5)  # noqa: S311 - reproducible on purpose
    for _ in range(300):
        request = draw_request(rng, "train", intents_of(rng), PLAIN, unseen=False)
        answer = read_json_answer(wrong(rng, request.plan), complete=True)
        if answer.value is not None and CATALOG.validator.is_valid(answer.value):
            right = [json.loads(plan) for plan in (request.plan.to_json(), *request.acceptable)]
            assert answer.value not in right
