"""The generators of style records: valid house style, reproducible, splits and slices apart."""

import random
import re
from types import ModuleType

import pytest
import tree_sitter_typescript
from tree_sitter import Language, Parser

from web4.dataset.synth import style_core, style_refactor
from web4.records import Record

MODULES = (style_core, style_refactor)
COUNT = 300
FORBIDDEN = re.compile(r"\b(any|var|console|eval|export default|private get)\b")
EXPORT = re.compile(
    r"^export (?:async )?(interface|class|enum|type|const|function) (\w+)", re.MULTILINE
)
PARSER = Parser(Language(tree_sitter_typescript.language_typescript()))


def records(module: ModuleType, split: str, *, unseen: bool = False) -> list[Record]:
    return [
        module.make(random.Random(seed), split, unseen=unseen)  # noqa: S311 - reproducible
        for seed in range(COUNT)
    ]


def exported(record: Record) -> tuple[str, str]:
    found: list[tuple[str, str]] = EXPORT.findall(record.output)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("split", ["train", "eval"])
@pytest.mark.parametrize("module", MODULES)
def test_gold_is_house_style(module: ModuleType, split: str) -> None:
    for record in records(module, split):
        gold = record.output
        assert not PARSER.parse(gold.encode()).root_node.has_error, gold
        assert not FORBIDDEN.search(gold), gold
        assert gold == gold.strip()
        assert max(map(len, gold.split("\n"))) <= 100, gold
        kind, name = exported(record)
        pattern = {"const": r"[A-Z][A-Z_]*", "function": r"[a-z]+[A-Z][A-Za-z]*"}
        assert re.fullmatch(pattern.get(kind, r"[A-Z][A-Za-z]*"), name)
        assert re.search(r"^/\*\* [A-Z][^\n]*\. \*/\nexport ", gold, re.MULTILINE)
        assert 1 <= record.difficulty <= 5


@pytest.mark.parametrize("split", ["train", "eval"])
def test_refactor_input_parses_and_differs(split: str) -> None:
    for record in records(style_refactor, split):
        assert not PARSER.parse(record.input.encode()).root_node.has_error, record.input
        assert record.input != record.output
        assert record.task_type == "style_refactor"


def test_core_has_no_input() -> None:
    for record in records(style_core, "train"):
        assert record.input == ""
        assert record.task_type == "style_sft"


@pytest.mark.parametrize("module", MODULES)
def test_is_short(module: ModuleType) -> None:
    drawn = records(module, "train")
    assert sum(len(record.instruction) for record in drawn) / COUNT < 110
    assert max(len(record.instruction) for record in drawn) <= 200
    assert max(len(record.output) for record in drawn) <= 600


@pytest.mark.parametrize("module", MODULES)
def test_same_seed_same_record(module: ModuleType) -> None:
    assert records(module, "train") == records(module, "train")


@pytest.mark.parametrize("module", MODULES)
def test_unseen_skeletons_are_held_out(module: ModuleType) -> None:
    for form in style_core.FORMS:
        seen, unseen = (module.skeletons(form, unseen=flag) for flag in (False, True))
        assert len(seen) >= 30
        assert 0.08 <= len(unseen) / (len(seen) + len(unseen)) <= 0.15
        assert set(seen).isdisjoint(unseen)
    for flag, label in ((False, "seen"), (True, "unseen")):
        for record in records(module, "eval", unseen=flag):
            form = record.skeleton.split("/")[0]
            assert record.skeleton in module.skeletons(form, unseen=flag)
            assert record.slice == label


def test_splits_share_no_name() -> None:
    names = {
        split: {exported(record)[1] for module in MODULES for record in records(module, split)}
        for split in ("train", "eval")
    }
    assert names["train"].isdisjoint(names["eval"])
    assert len(names["train"]) > 250


@pytest.mark.parametrize("module", MODULES)
def test_instruction_and_input_determine_the_gold(module: ModuleType) -> None:
    golds: dict[tuple[str, str], str] = {}
    for record in records(module, "train") + records(module, "train", unseen=True):
        asked = (record.instruction, record.input)
        assert golds.setdefault(asked, record.output) == record.output
