"""The driver of the generators: reproducible, without repetition, seen and unseen apart."""

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from web4.dataset import synth
from web4.dataset.synth import EVAL_SIZES, eval_records, generate, write_train
from web4.errors import ConfigError
from web4.records import TRAIN_BUCKETS, Record, read_records

_ROOT = Path(__file__).parents[2]
_COUNTS = dict(zip(TRAIN_BUCKETS, (5, 4, 3, 2, 1), strict=True))


def _asked(records: Iterable[Record]) -> set[tuple[str, str]]:
    return {(record.instruction, record.input) for record in records}


@pytest.mark.parametrize("bucket", TRAIN_BUCKETS)
def test_a_seed_gives_the_same_records_again(bucket: str) -> None:
    first = list(generate(bucket, 20, 3, "train"))
    assert list(generate(bucket, 20, 3, "train")) == first
    assert list(generate(bucket, 10, 3, "train")) == first[:10]


@pytest.mark.parametrize("bucket", TRAIN_BUCKETS)
def test_seed_and_split_give_other_records(bucket: str) -> None:
    asked = _asked(generate(bucket, 20, 3, "train"))
    assert _asked(generate(bucket, 20, 4, "train")) != asked
    assert _asked(generate(bucket, 20, 3, "eval")) != asked


@pytest.mark.parametrize("bucket", TRAIN_BUCKETS)
def test_no_request_comes_twice(bucket: str) -> None:
    records = list(generate(bucket, 300, 3, "train"))
    assert len(_asked(records)) == 300
    assert [record.id for record in records[:2]] == [f"{bucket}-00000", f"{bucket}-00001"]
    assert len({record.id for record in records}) == 300


@pytest.mark.parametrize("bucket", TRAIN_BUCKETS)
def test_evaluation_has_each_tenth_record_unseen_and_training_none(bucket: str) -> None:
    records = list(generate(bucket, 20, 3, "eval"))
    unseen = [number for number, record in enumerate(records) if record.slice == "unseen"]
    assert unseen == [9, 19]
    assert all(record.slice == "seen" for record in generate(bucket, 20, 3, "train"))


@pytest.mark.parametrize("bucket", TRAIN_BUCKETS)
def test_evaluation_has_all_grades_alike_also_among_the_unseen(bucket: str) -> None:
    records = list(generate(bucket, 100, 3, "eval"))
    assert Counter(record.difficulty for record in records) == dict.fromkeys(range(1, 6), 20)
    unseen = Counter(record.difficulty for record in records if record.slice == "unseen")
    assert unseen == dict.fromkeys(range(1, 6), 2)


def test_evaluation_asks_for_refusal_and_for_help_alike() -> None:
    assert sum(record.restricted for record in generate("guardrail", 40, 3, "eval")) == 20


def test_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from web4.dataset.synth import write_train;"
        f"write_train(Path(sys.argv[1]), {_COUNTS!r}, 3)"
    )
    written = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        out.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(_ROOT)}
        command = [sys.executable, "-c", script, str(out)]
        subprocess.run(command, env=environment, timeout=60, check=True)
        written.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert written[0] == written[1]


def test_the_training_set_is_a_file_for_each_bucket(tmp_path: Path) -> None:
    write_train(tmp_path, _COUNTS, 3)
    assert {path.stem for path in tmp_path.iterdir()} == set(TRAIN_BUCKETS)
    for bucket, count in _COUNTS.items():
        assert list(read_records(tmp_path / f"{bucket}.jsonl")) == list(
            generate(bucket, count, 3, "train")
        )


@pytest.mark.parametrize("bucket", EVAL_SIZES)
def test_an_evaluation_bucket_has_its_size_and_a_tenth_unseen(bucket: str) -> None:
    records = eval_records(bucket, 3)
    sizes = EVAL_SIZES[bucket]
    assert len(records) == sum(sizes.values())
    assert records[0].id == f"{bucket}-0001"
    assert len({record.id for record in records}) == len(records)
    assert sum(record.slice == "unseen" for record in records) == len(records) // 10


def test_the_mini_evaluation_asks_otherwise_than_the_large_one() -> None:
    mini = _asked(eval_records("mini", 3))
    large = _asked(eval_records("guardrail", 3))
    assert mini != large
    assert not mini <= large


def _offer(monkeypatch: pytest.MonkeyPatch, requests: int) -> None:
    """Let every bucket be made by a generator that knows only so many requests."""

    def make(rng: random.Random, _split: str, *, unseen: bool) -> Record:
        slice_ = "unseen" if unseen else "seen"
        asked = f"Ask {rng.randrange(requests)}."
        return Record("", "tool_call", asked, "", "", slice=slice_)  # type: ignore[arg-type]

    monkeypatch.setattr(synth, "import_module", lambda _name: SimpleNamespace(make=make))


def test_a_repeated_request_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    _offer(monkeypatch, 4)
    assert len({record.instruction for record in generate("tool_core", 4, 3, "train")}) == 4


def test_an_exhausted_grammar_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _offer(monkeypatch, 4)
    with pytest.raises(ConfigError, match="tool_core: no new record in 50 tries after 4: fewer"):
        list(generate("tool_core", 5, 3, "train"))
