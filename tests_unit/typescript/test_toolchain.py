"""The real tools over hostile snippets: what each finds, what cannot silence it, what it survives.

The npm packages are fetched once into web4's cache; then no network is needed.
"""

import json
import random
import shutil
import time
from pathlib import Path

import pytest

from web4 import node_packages
from web4.errors import StepFailedError
from web4.typescript import syntax, toolchain
from web4.typescript.toolchain import (
    TOOLS,
    Failure,
    Report,
    Tool,
    Toolchain,
    toolchain_digest,
)

_ROOT = Path(__file__).parents[2]
_GOLDS = 60
_GOOD = "export const total = 1;\n"
_UNFORMATTED = 'export const total  = "a"\n'
_MISTYPED = "export const total: number = '';\n"
# Distributes over 24 levels of two choices each: no compiler has the memory for all of them.
_BOMB = (
    "type Bits = '0' | '1';\n"
    "type All<N extends number, S extends string = '', C extends 0[] = []> = "
    "C['length'] extends N ? S : { [K in Bits]: All<N, `${S}${K}`, [...C, 0]> }[Bits];\n"
    "export const bomb: All<24> = 'x';\n"
)
_LEAKS = (
    "declare global {\n  interface Array<T> {\n    leaked: T;\n  }\n"
    "  var leakedValue: number;\n  interface Window {\n    leaked: number;\n  }\n"
    "  namespace Intl {\n    interface NumberFormat {\n      leaked: number;\n    }\n  }\n}\n\n"
    "declare module 'vitest' {\n  interface TestContext {\n    leaked: number;\n  }\n}\n\n"
    "declare module './other' {\n  interface Other {\n    leaked: number;\n  }\n}\n\n"
    "export {};\n"
)
_LEAKED = (
    "export const leak = [1].leaked;\n",
    "export const leak = leakedValue;\n",
    "export const leak = window.leaked;\n",
    "export const leak = new Intl.NumberFormat().leaked;\n",
    "import type { TestContext as T } from 'vitest';\n\nexport type Leak = T['leaked'];\n",
)


def _rules(report: Report) -> set[str]:
    assert report.failure == ""
    return {f"{problem.tool}/{problem.rule}" for problem in report.problems}


def _check(tools: Toolchain, source: str) -> set[str]:
    return _rules(tools.check([source])[0])


def _golds() -> list[str]:
    lines = (_ROOT / "data" / "eval" / "v1.2" / "style.jsonl").read_text("utf-8").splitlines()
    drawn = random.Random(1).sample(lines, _GOLDS)  # noqa: S311 - wants to be reproducible
    return [json.loads(line)["output"] for line in drawn]


def test_golds_pass_everything(tools: Toolchain) -> None:
    golds = _golds()
    reports = tools.check(golds)
    faulty = [pair for pair in zip(golds, reports, strict=True) if not pair[1].ok]
    assert faulty == []


def test_a_final_newline_is_no_part_of_an_answer(tools: Toolchain) -> None:
    alike = tools.check([_GOOD, _GOOD.rstrip(), f"{_GOOD}\n"])
    assert [report.ok for report in alike] == [True, True, False]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (_UNFORMATTED, {"prettier/format"}),
        ("export const total = 1;\r\n", {"prettier/format"}),
        (_MISTYPED, {"tsc/TS2322"}),
        ("export const first = (all: string[]): string => all[0];\n", {"tsc/TS2322"}),
        ("import { map } from 'lodash';\n\nexport const all = map;\n", {"tsc/TS2307"}),
        ("export var total = 1;\n", {"eslint/no-var"}),
        ("console.log(1);\n", {"eslint/no-console"}),
        ("eval('1');\n", {"eslint/no-eval"}),
        (
            "export const same = (a: any): boolean => a == 1;\n",
            {"eslint/@typescript-eslint/no-explicit-any", "eslint/eqeqeq"},
        ),
        (
            "import { A } from './a';\n\nexport type B = A;\n",
            {"eslint/@typescript-eslint/consistent-type-imports"},
        ),
        ("\ufeffexport const total = 1;\n", {"eslint/unicode-bom"}),
        ("export const total = ;\n", {"eslint/syntax", "prettier/syntax", "tsc/TS1109"}),
    ],
)
def test_each_tool_finds_its_faults(tools: Toolchain, source: str, found: set[str]) -> None:
    assert _check(tools, source) == found


def test_a_problem_says_where(tools: Toolchain) -> None:
    (report,) = tools.check(["export const a = 1;\nexport const b: number = '';\n"], ["tsc"])
    (problem,) = report.problems
    assert (problem.tool, problem.rule, problem.line, problem.column) == ("tsc", "TS2322", 2, 14)
    assert problem.message == "Type 'string' is not assignable to type 'number'."


@pytest.mark.parametrize("tool", TOOLS)
def test_only_the_tools_asked_for_run(tools: Toolchain, tool: Tool) -> None:
    bad = "export var total: number  = '';\n"
    (report,) = tools.check([bad], [tool])
    assert {problem.tool for problem in report.problems} == {tool}


@pytest.mark.parametrize(
    ("cheat", "found"),
    [
        ("/* eslint-disable */\nexport var a = 1;\n", {"eslint/no-var", "eslint/inline-config"}),
        (
            "export var a = 1; // eslint-disable-line\n",
            {"eslint/no-var", "eslint/inline-config"},
        ),
        (
            '/* eslint no-var: "off" */\nexport var a = 1;\n',
            {"eslint/no-var", "eslint/inline-config"},
        ),
        (
            "// prettier-ignore\nexport const a  =  1;\n",
            {"prettier/prettier-ignore", "prettier/format"},
        ),
        (
            "/* prettier-ignore */\nexport const a = 1;\n",
            {"prettier/prettier-ignore"},
        ),
        (
            f"// @ts-nocheck\n{_MISTYPED}",
            {"tsc/TS2322", "eslint/@typescript-eslint/ban-ts-comment"},
        ),
        (f"// @ts-ignore\n{_MISTYPED}", {"tsc/TS2322", "eslint/@typescript-eslint/ban-ts-comment"}),
        (
            f"// @ts-expect-error: it is meant so\n{_MISTYPED}",
            {"tsc/TS2322", "eslint/@typescript-eslint/ban-ts-comment"},
        ),
    ],
)
def test_no_comment_silences_a_tool(tools: Toolchain, cheat: str, found: set[str]) -> None:
    assert _check(tools, cheat) == found


def test_words_of_cheats_outside_comments_are_harmless(tools: Toolchain) -> None:
    source = (
        "export const a = 'prettier-ignore // eslint-disable @ts-ignore';\n"
        "export const b = { 'prettier-ignore': `/* prettier-ignore */` };\n"
    )
    assert _check(tools, source) == set()


@pytest.mark.parametrize(
    "source",
    [
        '/// <reference path="{secret}" />\nexport const a: string = secret;\n',
        "import {{ secret }} from '{secret}';\n\nexport const a: string = secret;\n",
        "export const a: typeof import('{secret}') = 1;\n",
    ],
)
def test_no_file_is_read_for_a_snippet(tools: Toolchain, tmp_path: Path, source: str) -> None:
    secret = tmp_path / "secret.ts"
    secret.write_text("export const secret = 1;\ndeclare global { var secret: string }\n")
    rules = _check(tools, source.format(secret=secret))
    assert rules & {"tsc/TS2304", "tsc/TS2307"}


def test_a_types_reference_brings_no_types(tools: Toolchain) -> None:
    source = '/// <reference types="node" />\nexport const a = process;\n'
    assert any(rule.startswith("tsc/TS2591") for rule in _check(tools, source))


def test_what_browsers_declare_is_known_and_clashes_with_no_name(tools: Toolchain) -> None:
    source = "const name = 1;\nsetTimeout(() => name, 1);\nawait fetch('/');\n"
    assert _check(tools, source) == set()


def test_no_declaration_reaches_another_snippet(tools: Toolchain) -> None:
    alone = tools.check(_LEAKED, ["tsc"])
    assert all(not report.ok for report in alone)
    after = tools.check([_LEAKS, *_LEAKED, _LEAKS], ["tsc"])
    assert after[1:-1] == alone
    assert after[0].ok


@pytest.mark.parametrize(
    ("source", "failure"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        ("// nothing\n/* at all */\n", "empty"),
        ("export const a = '\ud800';\n", "not_unicode"),
        (f"// {'x' * 205_000}\n", "too_large"),
        (f"export const a = {'(' * 1500}1{')' * 1500};\n", "too_deep"),
        (f"export const a = {' + '.join(['1'] * 3000)};\n", "too_deep"),
    ],
)
def test_what_no_tool_is_shown_has_failed(source: str, failure: Failure) -> None:
    with Toolchain() as idle:
        assert idle.check([source]) == [Report((), failure)]
        assert idle.pids == []
    assert not Report((), failure).ok


def test_the_tools_bear_nesting_too(tools: Toolchain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "_unfit", lambda _source: None)
    deep = f"export const a = {'[' * 20_000}1{']' * 20_000};\n"
    before = tools.check([_GOOD]), tools.pids
    for tool in TOOLS:
        assert tools.check([deep], [tool]) == [Report((), "too_deep")]
    assert (tools.check([_GOOD]), tools.pids) == before


@pytest.mark.parametrize("end", ["", "\n", ";\n"])
@pytest.mark.parametrize("word", ["", "ts", "typescript"])
def test_a_fence_fails(tools: Toolchain, word: str, end: str) -> None:
    fenced = f"```{word}\nexport const a = 1;\n```{end}"
    assert {problem.tool for problem in tools.check([fenced])[0].problems} >= {"eslint", "tsc"}


def test_the_order_says_nothing(tools: Toolchain) -> None:
    sources = [*_golds()[:20], _UNFORMATTED, _MISTYPED, _LEAKS, *_LEAKED, "", _GOOD, _GOOD]
    shuffled = random.Random(2).sample(range(len(sources)), len(sources))  # noqa: S311
    with Toolchain(workers=2) as two:
        mixed = two.check([sources[at] for at in shuffled])
        assert len(two.pids) == 2
    straight = tools.check(sources)
    assert mixed == [straight[at] for at in shuffled]


def test_a_bomb_is_bounded_and_the_next_snippet_gets_its_answer(tools: Toolchain) -> None:
    with Toolchain(workers=1, seconds=2) as hurried:
        begun = time.monotonic()
        bomb, after = hurried.check([_BOMB, _GOOD])
        assert time.monotonic() - begun < 60
        assert bomb.failure in {"timeout", "crash"}
        assert [after] == tools.check([_GOOD])


def test_the_bounds_are_those_that_hostile_code_was_measured_with() -> None:
    assert (syntax.MAX_BYTES, syntax.MAX_DEPTH) == (200 * 1024, 200)
    assert (toolchain.SECONDS, toolchain.HEAP_MB, toolchain.RECYCLED_AFTER) == (10, 1024, 2000)


def test_a_bomb_that_takes_all_memory_ends_its_process_alone(
    tools: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolchain, "HEAP_MB", 192)
    with Toolchain(workers=1, seconds=60) as small:
        bomb, after = small.check([_BOMB, _GOOD])
    assert bomb == Report((), "crash")
    assert [after] == tools.check([_GOOD])


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        ("[{ ignores: ['**'] }]", "eslint finds a fault in good code"),
        ("[{ files: ['**/*.ts'], rules: {} }]", "eslint (finds|does not find)"),
    ],
)
def test_tools_that_are_set_up_wrongly_do_not_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, config: str, fault: str
) -> None:
    shutil.copytree(_ROOT / "data" / "style", tmp_path / "style")
    (tmp_path / "style" / "eslint.config.mjs").write_text(f"export default () => {config};\n")
    monkeypatch.setenv("WEB4_DATA", str(tmp_path))
    with Toolchain(workers=1) as tools, pytest.raises(StepFailedError, match=fault):
        tools.check([_GOOD])


def test_the_digest_follows_lock_configuration_and_worker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    digest = toolchain_digest()
    assert digest == toolchain_digest()
    shutil.copytree(node_packages.STYLE_TOOLS.folder, tmp_path / "node")
    shutil.copytree(_ROOT / "data" / "style", tmp_path / "style")
    monkeypatch.setattr(toolchain, "_NODE", tmp_path / "node")
    monkeypatch.setenv("WEB4_DATA", str(tmp_path))
    assert toolchain_digest() == digest
    for changed in ("node/package-lock.json", "node/worker.mjs", "style/tsconfig.json"):
        before = toolchain_digest()
        with (tmp_path / changed).open("a") as handle:
            handle.write("\n")
        assert toolchain_digest() != before
