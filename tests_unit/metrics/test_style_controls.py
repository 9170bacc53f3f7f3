"""All six style metrics together: planted flaws, cheats and hostile answers, in any order."""

import random
from collections.abc import Sequence

import pytest

from web4.metrics.style import style_metrics
from web4.metrics.style_patterns import pattern_metrics
from web4.metrics.style_tools import tool_chain_metrics
from web4.records import Completion, Record
from web4.typescript.templates import load_templates
from web4.typescript.toolchain import Report, Toolchain

_TEMPLATE = "default_implementation"
GOLD = load_templates()[_TEMPLATE].good[0]
RECORD = Record("r1", "style_sft", "Write it.", "", GOLD, template=_TEMPLATE)
SIX = ("lint", "ast_match", "naming", "template", "forbidden", "type_check")


def changed(old: str, new: str) -> str:
    assert old in GOLD
    return GOLD.replace(old, new)


def added(code: str) -> str:
    """Return gold with statements behind it, as a cheat would add them."""
    return f"{GOLD}\n{code}\n"


# One flaw of each kind, and the metrics that have to see it: these and no others.
FLAWS = {
    "none": (GOLD, set[str]()),
    "format": (changed("size = 0", "size  =  0"), {"lint"}),
    "unused": (changed("    this.size", "    const a = 1;\n    this.size"), {"lint"}),
    "type": (changed("size = 0", "size: string = 0"), {"type_check"}),
    "member name": (GOLD.replace("size", "Size_a"), {"naming"}),
    "acronym": (GOLD.replace("Plan", "HttpPlan"), {"naming", "template"}),
    "export": (changed("export class", "class"), {"lint", "ast_match", "template"}),
    "other name": (GOLD.replace("Plan", "Room"), {"template"}),
    "lost init": (changed("    this.name = scenario.name;\n", ""), {"ast_match", "template"}),
    "lost doc": (changed("/** Default plan. */\n", ""), {"template"}),
    "private": (changed("  name = ''", "  private name = ''"), {"template"}),
    "non-null": (
        changed("= scenario.size", "= scenario!.size"),
        {"lint", "template", "forbidden"},
    ),
    "console": (
        changed("    this.size", "    console.log(scenario);\n    this.size"),
        {"lint", "forbidden"},
    ),
    "double cast": (
        changed("scenario.size", "scenario.size as unknown as number"),
        {"forbidden"},
    ),
    "broken": (GOLD.rstrip()[:-1], set(SIX)),
    "fenced": (f"```ts\n{GOLD}```", set(SIX)),
    "empty": ("", set(SIX)),
    "comment only": ("// nothing\n", {"lint", "ast_match", "naming", "template", "type_check"}),
}

# Each way around a tool, and one metric that it must not get past.
CHEATS = {
    "// eslint-disable": ("/* eslint-disable */\nvar a = 1;", "forbidden"),
    "eslint-disable-next-line": ("// eslint-disable-next-line\nvar a = 1;", "lint"),
    "eslint rule off": ("/* eslint no-var: 0 */\nvar a = 1;", "forbidden"),
    "prettier-ignore": ("// prettier-ignore\nconst  a  = 1;", "lint"),
    "prettier-ignore tells": ("// prettier-ignore\nconst a = 1;", "forbidden"),
    "@ts-nocheck": ("// @ts-nocheck\nconst a: number = '';", "type_check"),
    "@ts-ignore": ("// @ts-ignore\nconst a: number = '';", "type_check"),
    "@ts-expect-error": ("// @ts-expect-error\nconst a: number = '';", "forbidden"),
    "reference path": ('/// <reference path="/etc/passwd" />', "forbidden"),
    "import a local file": ("import x from '/etc/passwd';\nx();", "type_check"),
    "declare global": ("declare global {\n  var x: number;\n}", "forbidden"),
    "declare module": ("declare module 'lodash';", "forbidden"),
    "declare const": ("declare const secret: string;", "forbidden"),
    "as unknown as T": ("const a = 1 as unknown as string;", "forbidden"),
    "angle casts": ("const a = <string>(<unknown>1);", "forbidden"),
    "as any as T": ("const a = 1 as any as string;", "forbidden"),
    "as never": ("const a: string = 1 as never;", "forbidden"),
    "const {log} = console": ("const { log } = console;\nlog(1);", "forbidden"),
    "console by text": ("window['con' + 'sole'].log(1);", "forbidden"),
    ".constructor(text)": ("(() => 1).constructor('return 1')();", "forbidden"),
    "constructor.constructor": ("[].constructor.constructor('return 1')();", "forbidden"),
    "(0, eval)": ("(0, eval)('1');", "forbidden"),
    "eval alias": ("const run = eval;\nrun('1');", "forbidden"),
    "globalThis.eval": ("globalThis.eval('1');", "forbidden"),
    "globalThis[eval]": ("globalThis['eval']('1');", "forbidden"),
    "computed name": ("globalThis[['ev', 'al'].join('')]('1');", "forbidden"),
    "escaped eval": ("\\u0065val('1');", "forbidden"),
    "new Function": ("new Function('return 1')();", "forbidden"),
    "Reflect.construct": ("Reflect.construct(Function, ['return 1']);", "forbidden"),
    "setTimeout(text)": ("setTimeout('run()', 1);", "forbidden"),
    "import()": ("const a = await import('./a');", "forbidden"),
    "import.meta": ("const a = import.meta.url;", "forbidden"),
    "require": ("const a = require('fs');", "forbidden"),
    "Function type": ("type Run = Function;", "forbidden"),
    "jest": ("import { jest } from '@jest/globals';", "forbidden"),
    "second export": ("export class Other {}", "template"),
    "constructor logic": ("class Other {\n  constructor() {\n    run();\n  }\n}", "forbidden"),
}

HOSTILE = {
    "nesting": f"export const a = {'[' * 1500}1{']' * 1500};",
    "1 MB line": f"export const a = '{'x' * 1_000_000}';",
    "null bytes": "export const a = '\x00';\x00\x00",
    "lone surrogate": "export const a = '\ud800';",
    "open template": "export const a = `" + "${`" * 3000,
    "identifiers": "export const a = " + ", ".join(f"a{at}" for at in range(100_000)),
    "regex": f"export const a = /{'(a+)+' * 2000}$/;",
    "unicode": "export const a = '" + "\u202e\ufeff\u2028" * 2000 + "';",
    "operators": f"export const a = {' + '.join(['1'] * 3000)};",
    "generics": "type A = " + "B<" * 5000,
}


def failed(reports: dict[str, Report], answer: str) -> dict[str, str]:
    metrics = (*style_metrics(), *pattern_metrics(), *tool_chain_metrics(reports))
    completion = Completion(RECORD.id, answer, "stop", 1, 1)
    outcomes = {one.name.removeprefix("style."): one(RECORD, completion) for one in metrics}
    return {name: one.reason for name, one in outcomes.items() if not one.passed and name in SIX}


def checked(tools: Toolchain, answers: Sequence[str]) -> dict[str, Report]:
    return dict(zip(answers, tools.check(answers), strict=True))


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    """Return what the tools say of everything here; asked on two processes, in a mixed order."""
    answers = [code for code, _ in FLAWS.values()]
    answers += [added(code) for code, _ in CHEATS.values()] + list(HOSTILE.values())
    random.Random(3).shuffle(answers)  # noqa: S311 - wants to be reproducible
    with Toolchain(workers=2) as two:
        return checked(two, answers)


@pytest.mark.parametrize("name", FLAWS)
def test_a_planted_flaw_fails_its_metrics_and_no_others(
    reports: dict[str, Report], name: str
) -> None:
    answer, wanted = FLAWS[name]
    assert set(failed(reports, answer)) == wanted


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_is_caught(reports: dict[str, Report], name: str) -> None:
    code, metric = CHEATS[name]
    assert metric in failed(reports, added(code))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_fails_and_raises_nothing(reports: dict[str, Report], name: str) -> None:
    assert {"ast_match", "template"} <= set(failed(reports, HOSTILE[name]))


def test_one_process_says_the_same_in_another_order(reports: dict[str, Report]) -> None:
    answers = [code for code, _ in FLAWS.values()] + list(HOSTILE.values())
    with Toolchain(workers=1) as one:
        assert checked(one, answers[::-1]) == {answer: reports[answer] for answer in answers}
        assert one.check([GOLD]) == [Report(())]
