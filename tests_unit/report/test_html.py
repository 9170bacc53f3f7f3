"""The page is one file that runs nothing but its own script and shows what others said as text."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import html as reader

from tests_unit.report.hostile import HOSTILE
from tests_unit.report.synthetic import evidence, fails, records
from web4.cli import main
from web4.errors import ArtifactError, DataError
from web4.release.kept import latest_release
from web4.report.answers import SHOWN
from web4.report.evidence import Evidence, gather
from web4.report.html import _SCRIPTS, REPORT, _source, render, write_report
from web4.report.pack import unpack
from web4.report.readings import places_of
from web4.report.sources import SOURCES, read_sources, run_folder, write_sources
from web4.run import Run
from web4.targets import load_targets
from web4.view import write_page, write_view

MakeRun = Callable[..., Run]
_FIVE_MB = 5_000_000


@pytest.fixture(autouse=True)
def _undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web4.report.chart.draw", lambda _spec: "")  # its own tests draw


def _page(*runs: Evidence) -> Any:
    return reader.document_fromstring(render(list(runs), load_targets()))


def _data(page: Any) -> Any:
    return unpack(page.get_element_by_id("data").text)


def test_the_policy_names_the_pages_own_script_and_style_and_nothing_else(run: Evidence) -> None:
    page = _page(run)
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    found = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    for name, element in (("script-src", "//script[not(@type)]"), ("style-src", "//style")):
        (own,) = page.xpath(element)
        digest = base64.b64encode(hashlib.sha256(own.text.encode()).digest()).decode()
        assert found.pop(name) == f"'sha256-{digest}'"
    assert set(found.values()) == {"'none'", "'script'"}
    assert found["default-src"] == found["connect-src"] == "'none'"


def test_nothing_is_fetched_or_styled_from_elsewhere(run: Evidence) -> None:
    page = _page(run)
    assert page.xpath("//link | //img | //iframe | //object | //script[@src]") == []
    assert page.xpath("//@style | //@*[starts-with(name(), 'on')]") == []
    assert all(link.startswith("#") for link in page.xpath("//@href"))


def test_the_script_never_reads_a_text_as_markup_or_code() -> None:
    script = "\n".join(_source(name) for name in _SCRIPTS)
    forbidden = (
        *("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("),
        *("setTimeout", "setInterval", "DOMParser", "createContextualFragment", "fetch(", "http"),
    )
    assert [word for word in forbidden if word in script] == []


@pytest.mark.parametrize("text", [HOSTILE[name] for name in HOSTILE if name != "long"], ids=ascii)
def test_whatever_a_file_says_is_a_text(run: Evidence, text: str) -> None:
    record = json.loads(json.dumps(run.record))
    record["verdict"] = f"SHIP GATE: {text}"
    record["gate"]["objections"] = [text]
    record["run"] |= {"candidate": text, "base": text}
    record["targets"][0] |= {"why": text}
    record["cards"][0]["scores"][0]["reasons"] = [{"reason": text, "count": 1, "examples": [text]}]
    cells = [{"wanted": text, "answered": text, "steps": 3}]
    record["cards"][0]["judging"]["tool_plans"]["confusion"] = cells
    one, *others = run.candidates
    hostile = replace(
        run,
        label=text,
        record=record,
        candidates=(replace(one, card=record["cards"][0]), *others),
        gaps=(text,),
    )
    page = _page(hostile)
    assert page.xpath("//h1")[0].text_content().strip().endswith(_printable(text))
    assert len(page.xpath("//script")) == 2
    assert page.xpath("//img | //failure") == []
    assert all(one.startswith("#") for one in page.xpath("//a/@href"))
    assert page.text_content().count("\x1b") == page.text_content().count("\u202e") == 0


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text).strip()


def test_every_answer_is_in_the_page_and_long_ones_are_cut() -> None:
    said = {"tool-0003": HOSTILE["long"], "style-0004": HOSTILE["script in JSON"]}
    data = _data(_page(evidence(30, changed=said)))
    assert [column["label"] for column in data["columns"]] == ["adapter", "quantized"]
    answers = data["columns"][1]["answers"]
    texts = {data["records"][one[0]][0]: one[1] for one in answers}
    assert len(texts) == 30
    assert data["texts"][texts["style-0004"]] == HOSTILE["script in JSON"]
    assert len(data["texts"][texts["tool-0003"]]) == SHOWN
    assert data["cut"] == {str(texts["tool-0003"]): 1_000_000}
    failing = {data["records"][one[0]][0] for one in answers if one[5]}
    asked = records(30)
    assert failing == {one.id for n, one in enumerate(asked, start=1) if fails("quantized", n)}


def test_three_candidates_with_a_releases_answers_stay_under_five_megabytes() -> None:
    names = ("adapter", "quantized", "v0.3.0 quantized")
    size = len(render([evidence(1300, names=names)], load_targets()).encode())
    assert size < _FIVE_MB


def test_failures_stand_first_and_their_families_are_open(run: Evidence) -> None:
    page = _page(run)
    states = [one.get("class").split()[1] for one in page.xpath("//article[@class]")[:-1]]
    families = page.xpath("//details[@class='family']")
    for family in families:
        inside = [one.get("class").split()[1] for one in family.xpath("article")]
        assert inside == sorted(inside)  # missed, reached
        assert (family.get("open") is not None) == ("missed" in inside)
    assert "missed" in states
    missed = page.xpath("//article[contains(@class, 'target missed')]")
    assert all(one.xpath("p[@class='remedy']") for one in missed)


def test_a_green_gate_says_so() -> None:
    page = _page(evidence(30, green=True))
    assert page.xpath("//section[@class='verdict passed']//h1")
    assert page.xpath("//p[@class='remedy']") == []
    assert page.xpath("//details[@class='family'][@open]") == []


def test_what_two_candidates_differ_in_is_told_with_its_significance() -> None:
    rows = _page(evidence(900)).xpath("//details[@class='pair']//tbody/tr")
    told = {row[0].text_content(): [cell.text_content() for cell in row[1:]] for row in rows}
    n, better, worse, difference, interval, p, says = told["tool.selection"]
    assert (n, worse, difference) == ("300", "39", "-5.0")
    assert int(better) == 24
    assert " to " in interval
    assert 0.05 < float(p) < 0.1
    assert says == "? undecided"
    assert told["style.lint"][-1] == "= no difference"


def test_what_is_served_stands_against_the_release_beside_it_first() -> None:
    names = ("base", "adapter", "quantized", "v0.3.0 quantized")
    page = _page(evidence(90, names=names))
    told = [" ".join(one.text_content().split()) for one in page.xpath("//*[@class='pair']//h3")]
    assert told[:3] == [
        "quantized against v0.3.0 quantized",
        "adapter against base",
        "quantized against adapter",
    ]
    assert [one["own"] for one in _data(page)["columns"]] == [True, True, True, False]


def test_the_weighted_score_heads_the_overall_ones(run: Evidence) -> None:
    (card, *_) = (one.card for one in run.candidates)
    score = {**card["scores"][0], "metric": "overall.weighted", "value": 0.875}
    card = {**card, "scores": [*card["scores"], score]}
    page = _page(replace(run, candidates=(replace(run.candidates[0], card=card),)))
    last = page.xpath("//table[@class='side']/tbody/tr")[-1]
    assert (last.get("class"), last[0].text_content(), last[1].text_content()) == (
        *("whole", "overall"),
        "87.5%",
    )


# ── Reading a run's folder ────────────────────────────────────────────────────────────────────


@pytest.fixture
def gated(make_run: MakeRun, tmp_path: Path) -> Path:
    """Make a run whose steps pretend, and its view."""
    made = make_run()
    for candidate in made.candidates:
        made.scorecard(candidate)
    for step in ("parity", "deploy", "mini"):
        made.artifact(step)
    cards = [made.scorecard(name).to_dict() for name in made.candidates]
    record = {**evidence(9).record, "verdict": "SHIP GATE: PASSED", "cards": cards}
    record |= {"environment": {"finished": "2026-11-23T20:09:00Z"}}
    record["run"] = {**record["run"], "eval_sha256": ""}
    write_view(made, tmp_path / "outputs" / "own", record, 12.34)
    return tmp_path / "outputs" / "own"


def test_a_view_tells_where_its_artifacts_lie(gated: Path) -> None:
    found = read_sources(gated)
    assert found.seconds == 12.3
    assert {"full", "predict_adapter", "score_quantized", "ladder", "deploy"} <= set(found.folders)
    raw = json.loads((gated / SOURCES).read_text("utf-8"))
    assert all(not Path(path).is_absolute() for path in raw["artifacts"].values())
    assert all((gated / path).is_dir() for path in raw["artifacts"].values())


def test_a_run_is_read_from_its_folder(gated: Path) -> None:
    found = gather(gated)
    assert found.gaps == ()
    assert [one.name for one in found.candidates] == ["adapter", "quantized"]
    assert found.candidates[0].answers["tool-0001"].text == "hello"
    assert found.ladder["chosen"] == "Q4_K_M"
    assert found.deployment["asked"] == 36
    assert [one.name for one in found.curves] == ["full", "mini"]
    assert len(found.records) == 1450


def test_the_page_is_written_at_the_end_of_a_gate(gated: Path) -> None:
    assert write_page(gated) == str(gated / REPORT)
    assert "SHIP GATE: PASSED" in (gated / REPORT).read_text("utf-8")
    assert not list(gated.glob(".*partial"))


def test_a_page_that_cannot_be_written_is_told_in_a_line(gated: Path) -> None:
    (gated / "scorecard.json").write_text("[]", encoding="utf-8")
    told = write_page(gated)
    assert told.startswith(f"{gated / REPORT}: not written")
    assert "\n" not in told


def test_what_is_gone_leaves_a_gap_and_not_a_crash(gated: Path) -> None:
    for path in read_sources(gated).folders["score_adapter"].iterdir():
        path.unlink()
    found = gather(gated)
    assert len(found.gaps) == 1
    assert "outcomes.jsonl" in found.gaps[0]
    assert found.candidates[1].answers


@pytest.mark.parametrize("text", ["{", "[]", '{"artifacts": 3}', '{"artifacts": {}}'])
def test_broken_sources_are_named(gated: Path, text: str) -> None:
    (gated / SOURCES).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=re.escape(str(gated / SOURCES))):
        gather(gated)


@pytest.mark.parametrize("text", ["{}", '{"verdict": "x"}', '{"verdict": "x", "cards": 1}'])
def test_a_file_that_is_no_record_is_named(gated: Path, text: str) -> None:
    (gated / "scorecard.json").write_text(text, encoding="utf-8")
    told = re.escape(f"{gated / 'scorecard.json'}: cannot be read as a gated run's record (")
    with pytest.raises(ArtifactError, match=told):
        gather(gated)


@pytest.mark.parametrize("version", ["v0.3.0", "v0.5.0"])
def test_a_release_can_be_shown_though_it_kept_no_judgements(version: str) -> None:
    found = gather(run_folder(version))
    card = next(one for one in found.candidates if one.name == "adapter")
    assert len(card.answers) == 1300
    selection = card.judged["tool.selection"]
    failing = [id_ for id_, one in selection.items() if not one.passed]
    assert sorted(failing) == sorted(card.scores["tool.selection"].failing)
    assert len(selection) == 400


def test_the_last_release_stands_beside_a_run_that_was_asked_the_same(gated: Path) -> None:
    last = latest_release().version
    kept = json.loads((run_folder(last) / "scorecard.json").read_text("utf-8"))
    record = json.loads((gated / "scorecard.json").read_text("utf-8"))
    for digest, names in ((kept["run"]["eval_sha256"], [f"{last} quantized"]), ("0" * 64, [])):
        record["run"]["eval_sha256"] = digest
        (gated / "scorecard.json").write_text(json.dumps(record), encoding="utf-8")
        found = gather(gated)
        assert [one.name for one in found.candidates[2:]] == names
    assert found.gaps == ("the evaluation set v1.2 is not the one of this run",)


def test_an_unknown_run_names_the_known_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=r"nothing: no gated run.*v0\.3\.0"):
        run_folder("nothing")


def test_the_command_rebuilds_a_run_and_compares_several(
    gated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(gated.parents[1])
    ended = CliRunner().invoke(main, ["report", "own"])
    assert (ended.exit_code, ended.stdout) == (0, "outputs/own/report.html\n")
    write_sources(gated, {}, None)
    ended = CliRunner().invoke(main, ["report", "own", "v0.3.0"])
    assert (ended.exit_code, ended.stdout) == (0, "outputs/report.html\n")
    page = Path("outputs/report.html").read_text("utf-8")
    assert "own: adapter" in page
    assert "v0.3.0: adapter" in page
    ended = CliRunner().invoke(main, ["report", "v0.3.0"])
    assert ended.stdout == "outputs/v0.3.0/report.html\n"
    ended = CliRunner().invoke(main, ["report", "gone"])
    assert (ended.exit_code, "gone: no gated run" in ended.stderr) == (1, True)


def test_the_command_takes_the_run_that_the_environment_names(
    gated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(gated.parents[1])
    monkeypatch.setenv("WEB4_RUN", "own")
    assert CliRunner().invoke(main, ["report"]).stdout == "outputs/own/report.html\n"


def test_a_page_is_replaced_as_a_whole(gated: Path) -> None:
    out = gated / "deep" / "page.html"
    assert write_report([gated], out) == out
    assert out.read_text("utf-8").rstrip().endswith("</html>")


@pytest.mark.parametrize(
    ("detail", "places"),
    [
        ('18:1 format: should read "a: 2:3"', [[18, 'format: should read "a: 2:3"']]),
        (
            "2:15 @typescript-eslint/no-unused-vars: 'A'; 9:36 syntax: x",
            [[2, "@typescript-eslint/no-unused-vars: 'A'"], [9, "syntax: x"]],
        ),
        ("1 of 2 names: line 2: class a -> A", [[2, "class a -> A"]]),
        ("line 9 ')' is missing", [[9, "')' is missing"]]),
        ("similarity 0.74: + readonly code", []),
        ("", []),
    ],
)
def test_the_lines_that_a_judgement_names_are_found(detail: str, places: list[list[Any]]) -> None:
    assert list(places_of(detail)) == places
