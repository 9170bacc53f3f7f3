"""Requests of several steps: variety, references, wording and other plans as good."""

import json
import random
import re
from functools import cache
from itertools import permutations

import pytest

from web4.dataset.synth.tool_chains import CHAINS
from web4.dataset.synth.tool_composition import Chain, Clauses, Part, join
from web4.dataset.synth.tool_conditionals import Branching
from web4.dataset.synth.tool_connectors import CONNECTORS, LOOSE
from web4.dataset.synth.tool_frames import FRAMES
from web4.dataset.synth.tool_grammar import Request, draw_request

NAMES = [chain.name for chain in CHAINS]
EVERY_CHAIN = pytest.mark.parametrize("chain", CHAINS, ids=NAMES)
READ = Part(("read_file", {"path": "{path}"}), Clauses(("read {path}",), ("X",), ("read it",)), "p")
RUN = Part(("run", {"command": "{command}"}), Clauses(("run: {command!}", "run {command}"), ("X",)))


def rng_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - reproducible on purpose


def requests(chain: Chain | Branching, count: int = 12, *, unseen: bool = False) -> list[Request]:
    return _requests(chain.name, count, unseen=unseen)


@cache
def _requests(name: str, count: int, *, unseen: bool) -> list[Request]:
    chain = CHAINS[NAMES.index(name)]
    rng = rng_of(5)
    return [draw_request(rng, "train", [chain], FRAMES, unseen=unseen) for _ in range(count)]


def test_no_two_chains_share_a_name() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_chains_have_two_to_five_steps() -> None:
    assert {len(chain.steps) for chain in CHAINS} == {2, 3, 4, 5}


def test_there_are_many_connectors() -> None:
    assert [len(CONNECTORS[count].seen) for count in (2, 3, 4, 5)] >= [16, 14, 10, 10]
    for count, table in [*CONNECTORS.items(), (2, LOOSE)]:
        assert len(table.unseen) >= 3
        for text in table.seen + table.unseen:
            letters = sorted(re.findall(r"\{([a-eA-E])\}", text.lower()))
            assert letters == list("abcde"[:count]), text


@EVERY_CHAIN
def test_each_chain_has_many_skeletons(chain: Chain | Branching) -> None:
    rng = rng_of(3)
    seen = {chain.tell(rng, unseen=False).key for _ in range(150)}
    held = {chain.tell(rng, unseen=True).key for _ in range(100)}
    assert len(seen) >= 30
    assert len(held) >= 4
    assert not seen & held


@EVERY_CHAIN
def test_parts_have_many_clauses(chain: Chain | Branching) -> None:
    if isinstance(chain, Chain):
        for part in chain.parts:
            assert len(part.clauses.seen) >= 8
            assert len(part.clauses.unseen) >= 2
            assert not set(part.clauses.seen) & set(part.clauses.unseen)
            assert bool(part.clauses.back) == bool(part.clauses.back_unseen)


@EVERY_CHAIN
def test_an_unseen_telling_holds_what_training_never_has(chain: Chain | Branching) -> None:
    if isinstance(chain, Branching):
        return
    rng = rng_of(4)
    for _ in range(50):
        key = chain.tell(rng, unseen=True).key
        if key.startswith("s"):
            assert int(key[1:]) >= len(chain.sentences)
            continue
        connector, _, clauses = key[1:].partition(":")
        held = int(connector) >= len(chain.connectors.seen)
        for part, number in zip(chain.parts, clauses.split("."), strict=True):
            known = part.clauses.back if number[0] == "b" else part.clauses.seen
            held |= int(number.lstrip("b")) >= len(known)
        assert held, key


@EVERY_CHAIN
def test_tellings_are_well_formed(chain: Chain | Branching) -> None:
    rng = rng_of(6)
    for number in range(60):
        sentence = chain.tell(rng, unseen=number % 4 == 3).sentence
        assert not re.search(r"[\[|\]]|\{([a-eA-Exy]|that)\}", sentence)
        assert not re.search(r"  |[.?,;:][.?,;:]|[.?] [a-z]| [.?,;:]", sentence), sentence
        if sentence.endswith((".", "?")):
            assert not sentence[0].islower()


@EVERY_CHAIN
def test_references_point_to_earlier_steps(chain: Chain | Branching) -> None:
    for request in requests(chain):
        for plan in (request.plan.to_json(), *request.acceptable):
            earlier: list[str] = []
            for step in json.loads(plan)["steps"]:
                for tool in re.findall(r"<RESULTS:(\w+)>", json.dumps(step["args"])):
                    assert tool in earlier, plan
                earlier.append(step["tool"])


@EVERY_CHAIN
def test_every_value_of_the_plan_is_told(chain: Chain | Branching) -> None:
    for request in requests(chain) + requests(chain, unseen=True):
        told = request.instruction.lower()
        for value in values_of([dict(step.args) for step in request.plan.steps]):
            assert value.lower() in told or value.startswith("<RESULTS:"), request


def values_of(item: object) -> list[str]:
    if isinstance(item, dict):
        return [one for key, value in item.items() if key not in {"if", "tool"}
                for one in values_of(value)]  # fmt: skip
    if isinstance(item, list):
        return [one for value in item for one in values_of(value)]
    return [str(item)]


def branches_of(steps: list[dict[str, dict[str, str]]]) -> dict[str, str]:
    return next(step["args"] for step in steps if "if" in step["args"])


@EVERY_CHAIN
def test_acceptable_plans_do_the_same(chain: Chain | Branching) -> None:
    for request in requests(chain):
        gold = json.loads(request.plan.to_json())["steps"]
        others = [json.loads(plan)["steps"] for plan in request.acceptable]
        branching = any(step["tool"] == "conditional" for step in gold)
        loose = isinstance(chain, Chain) and chain.loose
        assert len(others) == (1 if branching or loose else 0)
        if branching:
            mine, theirs = branches_of(gold), branches_of(others[0])
            assert (mine["then"], mine["else"]) == (theirs["else"], theirs["then"])
            assert {mine["if"].split()[-1], theirs["if"].split()[-1]} == {"true", "false"}
        elif loose:
            assert [list(order) for order in permutations(gold)] == [gold, *others]


@pytest.mark.parametrize(
    ("wording", "condition"),
    [("if", "true"), ("unless", "false")],
)
def test_the_branch_that_is_told_first_is_then(wording: str, condition: str) -> None:
    chain = next(one for one in CHAINS if one.name == "exists_create_read")
    found = 0
    for request in requests(chain, 400):
        start = rf"{wording} \S+ exists, "
        if re.search(start, request.instruction.split("otherwise")[0], re.IGNORECASE):
            found += 1
            assert request.plan.steps[-1].args["if"].endswith(condition), request
    assert found


def test_a_clause_refers_back_only_to_what_was_just_spoken_of() -> None:
    for seed in range(50):
        sentence, _ = join(rng_of(seed), "{a}, {b}, {c}", (READ, RUN, READ), ())
        assert sentence == "read {path}, run {command}, read {path}"
        sentence, _ = join(rng_of(seed), "before you {b}, {a}", (READ, READ), ())
        assert sentence.startswith("before you read {path}, read ")


def test_only_the_last_clause_ends_in_a_text_without_quotes() -> None:
    ends = {join(rng_of(seed), "{a}; {b}", (RUN, RUN), ())[0] for seed in range(50)}
    assert ends == {"run {command}; run: {command!}", "run {command}; run {command}"}
