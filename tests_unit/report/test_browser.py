"""The report in a real browser: filters, keys, links, the diff, hostile answers, and its speed."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests_unit.report.hostile import HOSTILE
from tests_unit.report.synthetic import evidence, fails, records, wrong
from web4.report.evidence import Evidence
from web4.report.html import render
from web4.targets import load_targets

pytestmark = pytest.mark.slow

_COUNT = 300
_MANY = 10_000
_FIRST_PAINT_MS = 1_000
_FILTER_MS = 100
_CHANGED = {
    "tool-0012": '{"type":"tool_call","steps":[{"tool":"read_file","args":{"path":"elsewhere"}}]}'
}

Open = Callable[..., Any]


def _written(folder: Path, *runs: Evidence) -> Path:
    path = folder / "report.html"
    path.write_text(render(list(runs), load_targets()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = evidence(_COUNT, changed=_CHANGED)
    return _written(tmp_path_factory.mktemp("small"), run)


@pytest.fixture(scope="module")
def green(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of a gate that has passed, beside the release before it."""
    names = ("base", "adapter", "quantized", "v0.3.0 quantized")
    run = evidence(_COUNT, green=True, names=names)
    return _written(tmp_path_factory.mktemp("green"), run)


@pytest.fixture
def complaints() -> list[str]:
    """Collect what the browser complains of, and what it asks of a network."""
    return []


@pytest.fixture
def open_page(chromium: Any, complaints: list[str]) -> Iterator[Open]:
    """Open a file; at the end there must be no complaint."""
    contexts = []

    def opened(path: Path, anchor: str = "", **how: Any) -> Any:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith("file:") else complaints.append(asked.url),
        )
        page.goto(path.as_uri() + anchor)
        page.wait_for_selector("#viewer:not([hidden])", timeout=60_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _shown(page: Any) -> int:
    text = page.locator("#count").inner_text()
    return int(re.match(r"[\d,]+", text).group().replace(",", ""))  # type: ignore[union-attr]


def _expected(wanted: Callable[[int, Any], bool]) -> int:
    return sum(wanted(number, one) for number, one in enumerate(records(_COUNT), start=1))


_FILTERS: dict[str, tuple[dict[str, str], Callable[[int, Any], bool]]] = {
    "candidate": ({"column": "0"}, lambda _n, _one: True),
    "family": ({"family": "style"}, lambda _n, one: one.task_type == "style_sft"),
    "failed": ({"outcome": "failed"}, lambda n, _one: fails("quantized", n)),
    "passed": ({"outcome": "passed"}, lambda n, _one: not fails("quantized", n)),
    "metric": ({"metric": "style.naming"}, lambda _n, one: one.task_type == "style_sft"),
    "reason": (
        {"reason": "complied"},
        lambda n, one: fails("quantized", n) and one.task_type == "guardrail",
    ),
    "slice": ({"slice": "unseen"}, lambda n, _one: n % 10 == 0),
    "grade": ({"slice": "grade 3"}, lambda _n, one: one.difficulty == 3),
    "flips": (
        {"against": "0"},
        lambda n, _one: fails("adapter", n) != fails("quantized", n),
    ),
    "lost": (
        {"against": "0", "flip": "lost"},
        lambda n, _one: fails("quantized", n) and not fails("adapter", n),
    ),
    "gained": (
        {"against": "0", "flip": "gained"},
        lambda n, _one: fails("adapter", n) and not fails("quantized", n),
    ),
    "several": (
        {"family": "tool", "outcome": "failed", "metric": "tool.selection"},
        lambda n, one: fails("quantized", n) and one.task_type == "tool_call",
    ),
}


def test_each_filter_shows_what_fits_and_clearing_shows_all(open_page: Open, small: Path) -> None:
    page = open_page(small)
    for name, (chosen, wanted) in _FILTERS.items():
        for select, value in chosen.items():
            page.select_option(f"#{select}", value)
        expected = _expected(wanted)
        assert 0 < expected == _shown(page), name
        page.click("#clear")
        assert _shown(page) == _COUNT, name


def test_the_search_reads_ids_requests_and_answers(open_page: Open, small: Path) -> None:
    page = open_page(small)
    for needle, expected in (
        ("tool-0030", 1),
        ("ELSEWHERE", 1),
        ("production key", _COUNT // 3),
        ("nobody said this", 0),
    ):
        page.fill("#search", needle)
        assert _shown(page) == expected, needle
    assert page.locator("#record").inner_text() == "No answer fits these filters."


def test_the_keyboard_is_enough(open_page: Open, small: Path) -> None:
    page = open_page(small)
    title = page.locator("#record h3")
    for key, expected in (("j", "guardrail-0002"), ("j", "tool-0003"), ("k", "guardrail-0002")):
        page.keyboard.press(key)
        assert title.inner_text() == expected
        assert page.url.endswith(f"#{expected}")
    page.keyboard.press("c")
    assert page.locator("#column").input_value() == "0"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("tool-0003 jk")
    assert page.locator("#search").input_value() == "tool-0003 jk"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "list"
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    page.fill("#search", "")
    page.locator("#list").focus()
    page.keyboard.press("End")
    assert title.inner_text() == records(_COUNT)[-1].id
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    assert title.inner_text() == "guardrail-0002"


def test_a_link_opens_its_record(open_page: Open, small: Path) -> None:
    page = open_page(small, "#tool-0273")
    assert page.locator("#record h3").inner_text() == "tool-0273"
    assert page.locator(".item[aria-selected=true] .id").inner_text() == "tool-0273"
    page.select_option("#family", "style")
    page.evaluate("location.hash = '#guardrail-0014'")
    page.wait_for_function("document.querySelector('#record h3').textContent === 'guardrail-0014'")
    page.evaluate("location.hash = '#%zz'")
    page.evaluate("location.hash = '#targets'")
    assert page.locator("#record h3").inner_text() == "guardrail-0014"


def test_a_target_leads_to_what_failed_it(open_page: Open, small: Path) -> None:
    page = open_page(small)
    row = page.locator("a.all[data-metric='tool.selection'][data-column='quantized']")
    row.click()
    failing = _expected(lambda n, one: fails("quantized", n) and one.task_type == "tool_call")
    page.wait_for_function("document.getElementById('outcome').value === 'failed'")
    assert _shown(page) == failing
    example = page.locator(".reasons a[href^='#tool-']").first
    example.click()
    page.wait_for_function(
        "id => document.querySelector('#record h3').textContent === id",
        arg=example.inner_text(),
    )


def test_gold_and_answer_differ_word_by_word(open_page: Open, small: Path) -> None:
    page = open_page(small, "#tool-0021")
    (record,) = [one for one in records(_COUNT) if one.id == "tool-0021"]
    assert page.locator("pre.wanted").inner_text() == record.output
    assert page.locator("pre.given").inner_text() == wrong(record)
    assert page.locator("pre.wanted del").all_inner_texts() == ["read_file", "path"]
    assert page.locator("pre.given ins").all_inner_texts() == ["ls", "dirPath"]
    page.evaluate("location.hash = '#tool-0003'")
    page.wait_for_selector("text=Answer, exactly as wanted")


def test_trace_outline_and_prompt_stand_beside_an_answer(open_page: Open, small: Path) -> None:
    page = open_page(small, "#tool-0021")
    traces = page.locator("#record details")
    assert "steps[0]  ls" in traces.nth(0).inner_text()
    assert "steps[0]  read_file" in (traces.nth(1).text_content() or "")
    prompt = page.locator("#record details").last.text_content()
    assert "<|im_start|>system" in prompt
    assert prompt.endswith("<|im_start|>assistant\n")
    page.evaluate("location.hash = '#style-0007'")
    page.wait_for_selector("#record .code")
    broken = page.locator(".code .broken")
    assert broken.count() == 1
    assert "export class cache_" in broken.inner_text()
    assert "style.naming: class cache_store -> CacheStore" in broken.inner_text()
    named = page.locator(".outline .broken")
    assert named.locator(".line").inner_text() == "2"
    assert named.locator(".kind").inner_text() == "class"
    assert "CacheStore" in named.locator(".note").inner_text()


def test_ten_thousand_answers_are_fast(open_page: Open, tmp_path: Path) -> None:
    path = _written(tmp_path, evidence(_MANY, names=("quantized",)))
    page = open_page(path)
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    took = page.evaluate(
        """() => {
          const slowest = {};
          const timed = (name, act) => {
            let best = Infinity;
            for (let turn = 0; turn < 3; turn += 1) {
              web4.clear(web4.first);
              web4.filter();
              const begun = performance.now();
              act();
              document.getElementById('list').getBoundingClientRect();
              best = Math.min(best, performance.now() - begun);
            }
            slowest[name] = best;
          };
          const change = (id, value) => () => {
            const select = document.getElementById(id);
            select.value = value;
            select.dispatchEvent(new Event('change', { bubbles: true }));
          };
          timed('family', change('family', 'style'));
          timed('outcome', change('outcome', 'failed'));
          timed('metric', change('metric', 'tool.selection'));
          timed('slice', change('slice', 'unseen'));
          timed('search', () => {
            document.getElementById('search').value = 'amber9';
            web4.filter();
          });
          return slowest;
        }"""
    )
    print(f"first paint {paint:.0f} ms, {took}, {path.stat().st_size} bytes")  # noqa: T201 - measured
    assert paint < _FIRST_PAINT_MS
    assert max(took.values()) < _FILTER_MS
    assert page.locator(".item").count() < 100
    page.keyboard.press("End")


def test_hostile_answers_are_shown_and_do_nothing(open_page: Open, tmp_path: Path) -> None:
    asked = [one.id for one in records(3 * len(HOSTILE)) if one.task_type == "guardrail"]
    said = dict(zip(asked, HOSTILE.values(), strict=True))
    run = evidence(3 * len(HOSTILE), changed=said, label="<script>window.owned=1</script>")
    page = open_page(_written(tmp_path, run))
    for record_id, text in said.items():
        page.evaluate("id => { location.hash = '#' + id }", record_id)
        page.wait_for_function(
            "id => document.querySelector('#record h3').textContent === id", arg=record_id
        )
        given = page.locator("pre.given").text_content()
        visible = "".join(
            one if one.isprintable() or one in "\n\t" else f"\\u{ord(one):04x}" for one in text
        )
        assert given.startswith(visible[:60_000])
        assert ("more characters stand in predictions.jsonl" in given) == (len(text) > 60_000)
    assert page.evaluate("window.owned") is None
    assert page.locator("main img, main script, main iframe").count() == 0


def test_the_policy_forbids_what_the_page_never_does(
    open_page: Open, complaints: list[str], small: Path
) -> None:
    page = open_page(small)
    done = page.evaluate(
        """async () => {
          const done = [];
          const script = document.createElement('script');
          try { script.textContent = 'window.owned=1'; document.body.append(script); }
          catch (error) { done.push(error.name); }
          try { document.body.innerHTML = '<p>'; } catch (error) { done.push(error.name); }
          const image = new Image();
          const loaded = new Promise((done) => { image.onerror = () => done('blocked'); });
          image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
          done.push(await loaded);
          try { await fetch('https://example.org/'); } catch (error) { done.push(error.name); }
          return [done, window.owned];
        }"""
    )
    assert done == [["TypeError", "TypeError", "blocked", "TypeError"], None]
    assert len(complaints) >= 3
    assert not any(one.startswith("http") for one in complaints)  # none was even begun
    complaints.clear()


def test_the_gated_model_is_chosen_first_and_not_the_release(open_page: Open, green: Path) -> None:
    page = open_page(green)
    assert page.locator("#column option:checked").inner_text() == "quantized"
    page.select_option("#column", label="v0.3.0 quantized")
    page.click("#clear")
    assert page.locator("#column option:checked").inner_text() == "quantized"


@pytest.mark.parametrize("gate", ["small", "green"])
@pytest.mark.parametrize("width", [340, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_runs_out_of_the_page(
    open_page: Open, request: pytest.FixtureRequest, gate: str, width: int, scheme: str
) -> None:
    path: Path = request.getfixturevalue(gate)
    page = open_page(path, viewport={"width": width, "height": 800}, color_scheme=scheme)
    failed = page.locator(".verdict.failed").count()
    assert failed == (gate == "small")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_a_screen_reader_finds_its_way(open_page: Open, small: Path) -> None:
    page = open_page(small)
    for role, name in (
        ("banner", None),
        ("navigation", "Sections"),
        ("main", None),
        ("search", "Filter the answers"),
        ("listbox", "Answers"),
        ("article", "The chosen answer"),
        ("contentinfo", None),
        ("link", "Skip to the answers"),
        *(("combobox", one) for one in ("Candidate", "Family", "Metric", "Reason", "Slice")),
    ):
        assert page.get_by_role(role, name=name).count() >= 1, (role, name)
    page.keyboard.press("j")
    active = page.locator("#list").get_attribute("aria-activedescendant")
    chosen = page.locator(f"#{active}")
    assert chosen.get_attribute("aria-selected") == "true"
    assert chosen.get_attribute("aria-setsize") == str(_COUNT)
    unnamed = page.locator("svg[role=img]:not([aria-label]), figure .chart:not([aria-label])")
    assert unnamed.count() == 0
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map((one) => Number(one.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_it_prints_without_what_only_a_screen_has(open_page: Open, small: Path) -> None:
    page = open_page(small)
    assert page.pdf()[:5] == b"%PDF-"
    page.emulate_media(media="print")
    for hidden in (".top", "#filters", "#list"):
        assert not page.locator(hidden).is_visible()
    assert page.locator("#record").is_visible()


def test_two_runs_stand_beside_each_other(open_page: Open, tmp_path: Path) -> None:
    runs = evidence(60, label="before"), evidence(60, label="after", changed=_CHANGED)
    page = open_page(_written(tmp_path, *runs), "#tool-0012")
    labels = page.locator("#column option").all_inner_texts()
    assert labels == ["before: adapter", "before: quantized", "after: adapter", "after: quantized"]
    assert page.locator("section.verdict").count() == 2
    assert page.locator(".tabs button").count() == 4
    assert "elsewhere" in page.locator("pre.given").inner_text()
    page.click("text=before: quantized >> nth=-1")
    page.wait_for_selector("text=Answer, exactly as wanted")
