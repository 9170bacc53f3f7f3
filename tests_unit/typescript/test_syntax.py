"""Parsing and comparing TypeScript: every fault, and the similarity of planted mutations."""

import itertools
import re
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Node

from web4.typescript.syntax import (
    MAX_BYTES,
    SYNTAX_FAULTS,
    Outline,
    outline,
    parse,
    similarity,
    text_of,
    walk,
)
from web4.typescript.templates import load_templates

MATCH = 0.9  # what an answer has to reach, as the metric says
CLIENT = """export class HTTPClient {
  private readonly baseURL: string;
  private retries = 3;

  constructor(baseURL: string) {
    this.baseURL = baseURL;
  }

  async get(path: string): Promise<string> {
    const answer = await fetch(`${this.baseURL}/${path}`);
    if (!answer.ok) {
      throw new Error("failed");
    }
    return answer.text();
  }

  static create(): HTTPClient {
    return new HTTPClient("http://localhost");
  }
}"""
CREATE = """
  static create(): HTTPClient {
    return new HTTPClient("http://localhost");
  }
"""
MODULE = """import { readFile } from "node:fs/promises";

export interface User {
  name: string;
  age: number;
}

export enum Color { Red, Green }

export const MAX_USERS = 10;

export function sumAges(users: User[]): number {
  let total = 0;
  for (const user of users) {
    total += user.age;
  }
  return total;
}

type Options = { verbose: boolean; level?: number };"""
SPLIT = """export function parseLine(line: string): string[] {
  return line.split(",").map((part) => part.trim());
}"""
STACK = """export class Stack<T> {
  private items: T[] = [];
  push(item: T): void { this.items.push(item); }
  pop(): T | undefined { return this.items.pop(); }
  get size(): number { return this.items.length; }
}"""
LOADER = """export async function loadConfig(path: string): Promise<Config> {
  const text = await readFile(path, "utf8");
  const parsed: unknown = JSON.parse(text);
  if (!isConfig(parsed)) { throw new Error("bad"); }
  return parsed;
}
function isConfig(value: unknown): value is Config { return typeof value === "object"; }"""
BUS = """export class EventBus {
  private readonly listeners = new Map<string, Listener[]>();
  on(name: string, listener: Listener): void {
    const known = this.listeners.get(name) ?? [];
    this.listeners.set(name, [...known, listener]);
  }
  emit(name: string, ...args: unknown[]): void {
    for (const listener of this.listeners.get(name) ?? []) { listener(...args); }
  }
}"""
CLAMP = """export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}"""
SAMPLES = [CLIENT, MODULE, SPLIT, STACK, LOADER, BUS, CLAMP]


def outlined(code: str) -> Outline:
    source = parse(code)
    assert source.root is not None, source
    return outline(source.root)


def alike(left: str, right: str) -> float:
    return similarity(outlined(left), outlined(right))


def mutated(code: str, old: str, new: str) -> str:
    assert old in code
    return code.replace(old, new)


FAULTS = [
    ("", "empty"),
    (" \n\t", "empty"),
    ("const a = 1;\n" * 20_000, "too_large"),
    ("x" * (MAX_BYTES + 1), "too_large"),
    ("\u20ac" * 100_000, "too_large"),
    ("const a = " + "(" * 300 + "1" + ")" * 300 + ";", "too_deep"),
    ("```ts\nconst a = 1;\n```", "code_fence"),
    ("Here:\n```\nconst a = 1;\n```\nDone, I hope it helps.", "code_fence"),
    ("Here is the class you asked for:\nclass A {}", "prose"),
    ("class A {}\nThis class does what you want.", "prose"),
    ("I cannot help with that.", "prose"),
    ("class A {", "syntax_error"),
    ("/** Immutable daily domain. */\nexport class DailyDomain {", "syntax_error"),
    ("// Closes the daily domain\nclass A {", "syntax_error"),
    ("export default class Reader\n{ read( }", "syntax_error"),
    ("class A { f() {\n  return one two three", "syntax_error"),
    ("const = 3;", "syntax_error"),
    ("function f( { return 1; }", "syntax_error"),
]


@pytest.mark.parametrize(("code", "fault"), FAULTS)
def test_each_fault(code: str, fault: str) -> None:
    source = parse(code)
    assert (source.root, source.fault) == (None, fault)
    assert source.detail


def test_the_fault_table_covers_the_closed_list() -> None:
    assert {fault for _, fault in FAULTS} == set(SYNTAX_FAULTS)


@pytest.mark.parametrize("code", [*SAMPLES, f"{CLIENT}\n", "const A = `\n~~~\n`;", "/** ```ts */"])
def test_code_parses(code: str) -> None:
    source = parse(code)
    assert source.fault is None
    assert source.root is not None


def test_a_syntax_error_names_its_line() -> None:
    assert parse("const a = 1;\nconst = 3;").detail.startswith("line 2")


def test_walk_visits_every_node_once_in_preorder() -> None:
    root = parse("const a = 1;").root
    assert root is not None
    visited = [(node.type, level) for node, level in walk(root)]
    assert visited == [
        ("program", 0),
        ("lexical_declaration", 1),
        ("const", 2),
        ("variable_declarator", 2),
        ("identifier", 3),
        ("=", 3),
        ("number", 3),
        (";", 2),
    ]
    assert text_of(root) == "const a = 1;"


@pytest.mark.parametrize("code", SAMPLES)
def test_code_is_like_itself(code: str) -> None:
    assert alike(code, code) == 1.0


def test_names_values_comments_and_layout_are_no_structure() -> None:
    renamed = mutated(mutated(CLIENT, "baseURL", "origin"), "HTTPClient", "Requester")
    assert alike(CLIENT, renamed) == 1.0
    assert alike(CLIENT, mutated(CLIENT, "retries = 3", "retries = 4")) == 1.0
    assert alike(CLIENT, mutated(CLIENT, '"failed"', '"it\\nfailed"')) == 1.0
    assert alike(CLIENT, mutated(CLIENT, "  static", "  /** Make one. */\n  static")) == 1.0
    assert alike(CLIENT, mutated(CLIENT, "\n", "\n\n").replace(";", " ;")) == 1.0


def test_reordered_members_are_less_alike() -> None:
    moved = mutated(mutated(CLIENT, CREATE, ""), "  async get", f"{CREATE}\n  async get")
    assert 0.7 < alike(CLIENT, moved) < 1
    swapped = mutated(MODULE, "name: string;\n  age: number;", "age: number;\n  name: string;")
    assert 0.7 < alike(MODULE, swapped) < 1


@pytest.mark.parametrize("code", SAMPLES)
def test_a_lost_export_breaks_the_match(code: str) -> None:
    assert 0 < alike(code, code.replace("export ", "", 1)) < 0.9


def test_a_default_export_is_another_export() -> None:
    assert alike(CLAMP, mutated(CLAMP, "export", "export default")) < 0.9


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("private retries", "public retries"),
        ("private retries", "retries"),
        ("private readonly", "private"),
        ("static create", "create"),
        ("async get", "get"),
        ("baseURL: string;", "baseURL: number;"),
        ("  private retries = 3;\n", ""),
        ("!answer.ok", "answer.ok"),
    ],
)
def test_modifiers_types_and_operators_are_structure(old: str, new: str) -> None:
    assert 0.7 < alike(CLIENT, mutated(CLIENT, old, new)) < 1


@pytest.mark.parametrize(("left", "right"), list(itertools.combinations(SAMPLES, 2)))
def test_unrelated_code_is_hardly_alike(left: str, right: str) -> None:
    assert alike(left, right) < 0.3
    assert alike(left, right) == alike(right, left)


_EXAMPLES = {name: one.good[0] for name, one in load_templates().items()}


def _renamed(code: str) -> str:
    """Give every name of the code another one, its keywords and types apart."""
    kept = {"constructor", "implements", "interface", "readonly", "override", "describe"}
    names = {
        text_of(node)
        for node, _ in walk(_root(code))
        if node.type in {"identifier", "property_identifier", "type_identifier"}
    }
    for name in sorted(names - kept, key=len, reverse=True):
        code = re.sub(rf"\b{name}\b", f"{name}Q", code)
    return code


def _root(code: str) -> Node:
    root = parse(code).root
    assert root is not None
    return root


@pytest.mark.parametrize("name", _EXAMPLES)
def test_renaming_and_layout_keep_the_structure_of_every_form(name: str) -> None:
    code = _EXAMPLES[name]
    assert alike(code, _renamed(code)) == 1.0
    assert _renamed(code) != code
    assert alike(code, code.replace("\n", "\n\n").replace("'", '"')) == 1.0


def test_forms_that_have_nothing_in_common_are_hardly_alike() -> None:
    pairs = list(itertools.combinations(_EXAMPLES, 2))
    found = {pair: alike(_EXAMPLES[pair[0]], _EXAMPLES[pair[1]]) for pair in pairs}
    assert statistics.median(found.values()) < 0.05
    assert max(found.values()) < MATCH
    far = ("atomic_interface", "async_function"), ("string_enum", "registry")
    assert all(alike(_EXAMPLES[one], _EXAMPLES[other]) < 0.15 for one, other in far)


@pytest.mark.parametrize("name", _EXAMPLES)
def test_a_lost_part_of_any_form_shows(name: str) -> None:
    code = _EXAMPLES[name]
    lost = code.replace("export ", "", 1) if "export " in code else code.replace("import", "//", 1)
    assert 0 < alike(code, lost) < MATCH


def test_titles_name_the_declarations() -> None:
    assert outlined(CLIENT).titles == (
        "export class HTTPClient",
        "private readonly baseURL: string",
        "private retries",
        "constructor(baseURL: string)",
        "async get(path: string): Promise<string>",
        "static create(): HTTPClient",
    )


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=120))
def test_any_text_is_parsed(code: str) -> None:
    source = parse(code)
    assert (source.root is None) != (source.fault is None)
    if source.root is not None:
        assert 0 <= similarity(outline(source.root), outlined(CLAMP)) <= 1


PIECES = st.sampled_from(
    ["export ", "class A ", "{", "}", "(", ")", "x", ";", " = ", "1", "=>", "`${", "`", "<", "\n"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_code_like_text_is_outlined_within_range(code: str) -> None:
    source = parse(code)
    if source.root is not None:
        assert similarity(outline(source.root), outline(source.root)) == 1.0
        assert 0 <= similarity(outline(source.root), outlined(STACK)) <= 1


@pytest.mark.parametrize(
    "code",
    [
        "x" * 1_000_000,
        "(" * 50_000,
        "`${" * 20_000,
        "{" * 100 + "}" * 100,
        "a<" * 5_000,
        "const a = " + "1 + " * 5_000 + "1;",
        "const a = '\ud800';",
        "const a = " + "9" * 10_000 + ";",
        "\x00",
        "\u2028",
    ],
)
def test_hostile_code_never_raises(code: str) -> None:
    source = parse(code)
    assert (source.root is None) != (source.fault is None)
