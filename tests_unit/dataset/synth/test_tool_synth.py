"""The generators of tool requests: valid gold, determinism, disjoint halves and skeletons."""

import json
import random
from pathlib import Path
from types import ModuleType

import pytest

from web4.catalog import load_catalog
from web4.dataset.synth import tool_core, tool_neg
from web4.dataset.synth.tool_chains import CHAINS
from web4.dataset.synth.tool_grammar import Intent, form_of
from web4.dataset.synth.tool_intents import SINGLE
from web4.records import Record

CATALOG = load_catalog(Path(__file__).parents[3] / "data" / "tools" / "web4.json")
MODULES = (tool_core, tool_neg)


def draw(module: ModuleType, split: str, count: int = 500, *, unseen: bool = False) -> list[Record]:
    rng = random.Random(7)  # noqa: S311 - reproducible on purpose
    return [module.make(rng, split, unseen=unseen) for _ in range(count)]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("split", ["train", "eval"])
@pytest.mark.parametrize("unseen", [False, True])
def test_gold_is_valid(module: ModuleType, split: str, *, unseen: bool) -> None:
    for record in draw(module, split, 300, unseen=unseen):
        for plan in (record.output, *record.acceptable):
            assert CATALOG.validator.is_valid(json.loads(plan)), plan
        assert record.slice == ("unseen" if unseen else "seen")
        assert "{" not in record.skeleton
        assert 1 <= record.difficulty <= 5


@pytest.mark.parametrize("module", MODULES)
def test_same_seed_gives_same_records(module: ModuleType) -> None:
    assert draw(module, "train") == draw(module, "train")


@pytest.mark.parametrize("module", MODULES)
def test_splits_share_no_instruction(module: ModuleType) -> None:
    train = {record.instruction for record in draw(module, "train", 3000)}
    held = {record.instruction for record in draw(module, "eval", 3000)}
    assert not train & held


@pytest.mark.parametrize("module", MODULES)
def test_unseen_skeletons_stay_unseen(module: ModuleType) -> None:
    seen = {record.skeleton for record in draw(module, "train", 3000)}
    held = {record.skeleton for record in draw(module, "train", 1000, unseen=True)}
    assert not seen & held


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("intent", SINGLE + CHAINS, ids=lambda intent: intent.name)
def test_each_intent_has_many_skeletons(module: ModuleType, intent: Intent) -> None:
    skeletons = sum(
        frame.fits(sentence) and not frame.unseen
        for sentence in intent.sentences
        for frame in module._FRAMES[form_of(sentence)]
    )
    assert skeletons >= 30


def test_every_tool_is_used() -> None:
    used = {tool for intent in SINGLE + CHAINS for tool, _ in intent.steps}
    assert used == set(CATALOG.tools)


def test_negative_examples_differ_from_gold() -> None:
    for record in draw(tool_neg, "train", 1000):
        assert record.negative_example
        assert record.negative_example != record.output
