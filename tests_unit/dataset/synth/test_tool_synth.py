"""The generators of tool requests: valid gold, determinism, grades, disjoint halves."""

import json
import random
from collections import Counter
from functools import cache
from pathlib import Path
from statistics import fmean
from types import ModuleType

import pytest

from web4.catalog import load_catalog
from web4.dataset.synth import tool_core, tool_frames, tool_neg
from web4.dataset.synth.tool_chains import CHAINS
from web4.dataset.synth.tool_difficulty import grade, is_turned
from web4.dataset.synth.tool_grammar import MAX_OUTPUT, Frame, Intent, form_of
from web4.dataset.synth.tool_intents import SINGLE
from web4.dataset.synth.tool_plans import Step
from web4.records import Record

CATALOG = load_catalog(Path(__file__).parents[3] / "data" / "tools" / "web4.json")
MODULES = (tool_core, tool_neg)
READ = ("read_file", {"path": "{path}"})
SWAP = ("single_find_and_replace", {"path": "{path}", "find": "{find}", "replace": "{replace}"})
BRANCH = ("conditional", {"if": "<RESULTS:file_exists> == true", "then": [], "else": []})


@cache
def draw(module: ModuleType, split: str, count: int, *, unseen: bool = False) -> list[Record]:
    rng = random.Random(7)  # noqa: S311 - reproducible on purpose
    return [module.make(rng, split, unseen=unseen) for _ in range(count)]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("split", ["train", "eval"])
@pytest.mark.parametrize("unseen", [False, True])
def test_gold_is_valid(module: ModuleType, split: str, *, unseen: bool) -> None:
    for record in draw(module, split, 200, unseen=unseen):
        for plan in (record.output, *record.acceptable):
            assert CATALOG.validator.is_valid(json.loads(plan)), plan
        assert record.slice == ("unseen" if unseen else "seen")
        assert "{" not in record.skeleton
        assert record.output not in record.acceptable
        assert len(set(record.acceptable)) == len(record.acceptable)


@pytest.mark.parametrize("module", MODULES)
def test_same_seed_gives_same_records(module: ModuleType) -> None:
    rng = random.Random(7)  # noqa: S311 - reproducible on purpose
    assert [module.make(rng, "train") for _ in range(200)] == draw(module, "train", 1500)[:200]


@pytest.mark.parametrize("module", MODULES)
def test_splits_share_no_instruction(module: ModuleType) -> None:
    train = {record.instruction for record in draw(module, "train", 1500)}
    held = {record.instruction for record in draw(module, "eval", 1500)}
    assert not train & held


@pytest.mark.parametrize("module", MODULES)
def test_unseen_skeletons_stay_unseen(module: ModuleType) -> None:
    seen = {record.skeleton for record in draw(module, "train", 1500)}
    held = {record.skeleton for record in draw(module, "train", 600, unseen=True)}
    assert not seen & held


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("intent", SINGLE, ids=lambda intent: intent.name)
def test_each_single_intent_has_many_skeletons(module: ModuleType, intent: Intent) -> None:
    frames = module.FRAMES if hasattr(module, "FRAMES") else module._FRAMES
    skeletons = sum(
        frame.fits(sentence) and not frame.unseen
        for sentence in intent.sentences
        for frame in frames[form_of(sentence)]
    )
    assert skeletons >= 30


def test_every_tool_is_used() -> None:
    used = {tool for intent in (*SINGLE, *CHAINS) for tool, _ in intent.steps}
    assert used == set(CATALOG.tools)


def test_negative_examples_differ_from_gold() -> None:
    for record in draw(tool_neg, "train", 600):
        assert record.negative_example
        assert record.negative_example != record.output


def test_every_grade_has_its_share() -> None:
    records = draw(tool_core, "train", 1500)
    shares = Counter(record.difficulty for record in records)
    assert sorted(shares) == [1, 2, 3, 4, 5]
    assert min(shares.values()) >= 0.12 * len(records)


def test_the_tools_of_a_plan_bound_its_grade() -> None:
    for record in draw(tool_core, "train", 1500):
        plan = json.loads(record.output)
        assert (len(plan["steps"]) > 1) == (plan["type"] == "multi_tool_plan")
        if len(plan["steps"]) == 1:
            assert record.difficulty <= 3
        if len(plan["steps"]) >= 4:
            assert record.difficulty == 5


@pytest.mark.parametrize(
    ("steps", "rated", "turned", "distracted", "expected"),
    [
        ([READ], 1, False, False, 1),
        ([READ], 1, True, False, 2),
        ([READ], 1, False, True, 2),
        ([READ], 2, False, False, 2),
        ([SWAP], 1, False, False, 2),
        ([SWAP], 2, True, True, 3),
        ([READ, SWAP], 1, True, False, 3),
        ([READ, SWAP], 1, True, True, 4),
        ([READ, BRANCH], 1, False, False, 4),
        ([READ, READ, READ], 1, False, False, 4),
        ([READ, READ, READ], 1, False, True, 5),
        ([READ, READ, BRANCH], 1, False, False, 5),
        ([READ, READ, READ, READ], 1, False, False, 5),
    ],
)
def test_grades(
    *, steps: list[Step], rated: int, turned: bool, distracted: bool, expected: int
) -> None:
    assert grade(steps, rated=rated, turned=turned, distracted=distracted) == expected


def test_a_turned_wording_is_found() -> None:
    assert is_turned("replace {find} with {replace} in {path}", [SWAP])
    assert not is_turned("in {path}, replace {find} with {replace}", [SWAP])
    nested = ("conditional", {"if": "x", "then": [{"tool": "t", "args": {"a": "{b}"}}]})
    assert is_turned("{b} where {path} is", [READ, nested])


def test_gold_is_short() -> None:
    lengths = [len(record.output) for record in draw(tool_core, "train", 1500)]
    assert max(lengths) <= MAX_OUTPUT
    assert fmean(lengths) <= 3 * 80  # two thirds are chains


def test_there_are_many_frames() -> None:
    counts = {}
    for form in ("imperative", "whole"):
        frames: tuple[Frame, ...] = tool_frames.FRAMES[form]
        assert len({frame.text for frame in frames}) == len(frames)
        counts[form] = sum(not frame.unseen for frame in frames)
        assert len(frames) - counts[form] >= 4
    assert counts["imperative"] >= 28
    assert counts["whole"] >= 18


def test_the_list_of_files_shows_the_workspace() -> None:
    listed = [record for record in draw(tool_core, "train", 1500) if record.input]
    assert 20 <= len(listed) <= 150
    for record in listed:
        files = record.input.removeprefix("Files in the workspace: ").split(", ")
        assert record.workspace is None or files == sorted(record.workspace)
