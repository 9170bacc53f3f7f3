"""The log of timed runs grows by a row each, with a dash for what was not timed."""

from pathlib import Path

from web4.store import Usage
from web4.timing.figures import Facts, Timing, Work
from web4.timing.log import append_timings

_FACTS = Facts("2 cores, no GPU", "cpu", "embedded|x", "b" * 64, "d" * 64, "v1.2", "e", 0.25)


def _timing(step: str, group: str, seconds: float, peak: int) -> Timing:
    usage = Usage(seconds, 99.0, peak)
    return Timing(step, group, "cold", usage, seconds, 1, Work(seconds), _FACTS)


def test_a_run_is_a_row_of_its_groups(tmp_path: Path) -> None:
    path = tmp_path / "outputs" / "timing_log.md"
    timings = {
        "dataset": _timing("dataset", "1 sanity check", 10.0, 80_000),
        "sanity": _timing("sanity", "1 sanity check", 20.0, 600_000),
        "mini": _timing("mini", "3 mini", 900.25, 9_000_000),
    }
    append_timings(path, "embedded", timings)
    append_timings(path, "embedded", {"mini": timings["mini"]})
    head, rule, first, second = path.read_text("utf-8").splitlines()
    assert head.startswith("| date | run | machine | records |")
    assert len({line.count("|") for line in (head, rule, first, second)}) == 1
    told = dict(zip(head.split(" | "), first.split(" | "), strict=True))
    assert (told["records"], told["model"], told["dataset"]) == ("25%", "embedded/x", "d" * 12)
    assert (told["1 sanity check"], told["3 mini"], told["4 full"]) == ("30.0 s", "900.2 s", "-")
    assert told["peak |"] == "9000 MB |"


def test_nothing_timed_is_no_row(tmp_path: Path) -> None:
    append_timings(tmp_path / "log.md", "embedded", {})
    assert not (tmp_path / "log.md").exists()
