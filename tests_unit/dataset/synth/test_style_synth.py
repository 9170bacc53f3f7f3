"""The generators of style records: valid house style, reproducible, splits and slices apart."""

import random
import re
from collections import Counter
from functools import cache
from types import ModuleType

import pytest

from web4.dataset.synth import style_components, style_core, style_refactor
from web4.dataset.synth import style_words as words
from web4.dataset.synth.style_components import FORMS
from web4.metrics.outcome import Metric
from web4.metrics.style import style_metrics
from web4.records import Completion, Record
from web4.typescript.rules import check_names
from web4.typescript.syntax import parse

MODULES = (style_core, style_refactor)
COUNT = 300
FORBIDDEN = re.compile(r"\b(any|var|let|console|eval|jest|export default|private get)\b")
EXPORT = re.compile(
    r"^export (?:async )?(interface|class|enum|type|const|function) (\w+)", re.MULTILINE
)


@cache
def records(module: ModuleType, split: str, *, unseen: bool = False) -> tuple[Record, ...]:
    return tuple(
        module.make(random.Random(seed), split, unseen=unseen)  # noqa: S311 - reproducible
        for seed in range(COUNT)
    )


def exported(record: Record) -> tuple[str, str]:
    found: list[tuple[str, str]] = EXPORT.findall(record.output)
    if "from 'vitest'" in record.output:
        assert not found
        return ("test", re.findall(r"describe\('(\w+)'", record.output)[0])
    assert len(found) == 1, record.output
    return found[0]


@pytest.mark.parametrize("split", ["train", "eval"])
@pytest.mark.parametrize("module", MODULES)
def test_gold_is_house_style(module: ModuleType, split: str) -> None:
    for record in records(module, split):
        gold = record.output
        source = parse(gold)
        assert source.root is not None, gold
        assert not check_names(source.root).violations, gold
        assert not FORBIDDEN.search(gold), gold
        assert gold == gold.strip()
        kind, name = exported(record)
        pattern = {"const": r"[A-Z][A-Z_]*", "function": r"[a-z]+[A-Z][A-Za-z]*"}
        assert re.fullmatch(pattern.get(kind, r"[A-Z][A-Za-z]*"), name)
        documented = re.search(r"^/\*\* [A-Z][^\n]*\. \*/\nexport ", gold, re.MULTILINE)
        assert documented or kind == "test"
        assert "constructor" not in gold or re.search(r"constructor\([^{]*\) \{\}", gold)


@pytest.mark.parametrize("metric", style_metrics(), ids=lambda metric: metric.name)
@pytest.mark.parametrize("module", MODULES)
def test_gold_satisfies_metrics(module: ModuleType, metric: Metric) -> None:
    for record in records(module, "eval"):
        answer = Completion(record.id, record.output, "stop", 1, 1)
        assert metric.applies(record)
        outcome = metric(record, answer)
        assert outcome.passed, (record.output, outcome)
        assert outcome.value == 1


@pytest.mark.parametrize("module", MODULES)
def test_is_short(module: ModuleType) -> None:
    drawn = records(module, "train")
    assert sum(len(record.instruction) for record in drawn) / COUNT < 120
    assert max(len(record.instruction) for record in drawn) <= 330
    assert sum(len(record.output) for record in drawn) / COUNT < 300
    assert max(len(record.output) for record in drawn) <= 560
    lines = [line for record in drawn for line in record.output.split("\n")]
    assert max(map(len, lines)) <= 92
    assert max(record.output.count("\n") for record in drawn) < 25


@pytest.mark.parametrize("module", MODULES)
def test_same_seed_same_record(module: ModuleType) -> None:
    again = [module.make(random.Random(seed), "train") for seed in range(COUNT)]  # noqa: S311
    assert list(records(module, "train")) == again


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("module", MODULES)
def test_skeletons_are_many_and_apart(module: ModuleType, form: str) -> None:
    seen, unseen = (module.skeletons(form, unseen=flag) for flag in (False, True))
    assert len(seen) >= 130
    assert len(unseen) >= 40
    assert len(dict.fromkeys((*seen, *unseen))) == len(seen) + len(unseen)
    prefix = module.__name__.rpartition("_")[2]
    assert all(name.startswith(f"{prefix}/{form}/") for name in (*seen, *unseen))


@pytest.mark.parametrize("module", MODULES)
def test_unseen_skeletons_are_held_out(module: ModuleType) -> None:
    for flag, label in ((False, "seen"), (True, "unseen")):
        forms = []
        for record in records(module, "eval", unseen=flag):
            form = record.skeleton.split("/")[1]
            forms.append(form)
            assert record.skeleton in module.skeletons(form, unseen=flag)
            assert record.slice == label
        assert sorted(dict.fromkeys(forms)) == sorted(FORMS)


@pytest.mark.parametrize("unseen", [False, True])
@pytest.mark.parametrize("module", MODULES)
def test_all_grades_of_difficulty_occur(module: ModuleType, unseen: bool) -> None:  # noqa: FBT001
    grades = Counter(record.difficulty for record in records(module, "train", unseen=unseen))
    assert sorted(grades) == [1, 2, 3, 4, 5]
    assert min(grades.values()) >= COUNT / 10


def test_splits_share_no_name() -> None:
    names = {
        split: {exported(record)[1] for module in MODULES for record in records(module, split)}
        for split in ("train", "eval")
    }
    assert names["train"].isdisjoint(names["eval"])
    assert len(names["train"]) > 0.9 * COUNT


def test_vocabulary_is_open() -> None:
    subjects = (*words.SUBJECTS, *words.ACRONYMS)
    pairs = [(one, other) for one in subjects for other in words.DATA_ROLES]
    pairs += [(one, other) for one in words.QUALIFIERS for other in subjects]
    short = [pair for pair in pairs if len("".join(pair)) <= words.MAX_NAME]
    assert len(dict.fromkeys(short)) >= 20_000


def test_acronyms_stand_in_some_names() -> None:
    rng = random.Random(7)  # noqa: S311 - reproducible
    names = [words.data_name(rng, "train") for _ in range(2000)]
    share = sum(any(word.isupper() for word in name.words) for name in names) / len(names)
    assert 0.12 <= share <= 0.2
    assert all(name.pascal.isascii() for name in names)


@pytest.mark.parametrize("module", MODULES)
def test_instruction_and_input_determine_the_gold(module: ModuleType) -> None:
    golds: dict[tuple[str, str], str] = {}
    for record in (*records(module, "train"), *records(module, "train", unseen=True)):
        asked = (record.instruction, record.input)
        assert golds.setdefault(asked, record.output) == record.output


def test_no_interface_has_a_member_and_a_method_of_one_name() -> None:
    rng = random.Random(3)  # noqa: S311 - wants to be reproducible
    for _ in range(5000):
        made = style_components.interface(rng, "train")
        names = [one.name for one in made.members] + [one.name for one in made.methods]
        assert len(set(names)) == len(names)
