"""The naming rules: what each kind of name may look like, and what is proposed instead."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web4.typescript.names import (
    ACRONYMS,
    is_camel,
    is_constant,
    is_pascal,
    to_camel,
    to_constant,
    to_pascal,
    words_of,
)
from web4.typescript.rules import (
    _SPELLINGS,
    Kind,
    check_names,
    declared_names,
    proposed,
    well_named,
)
from web4.typescript.syntax import parse


def wrong(code: str) -> list[tuple[str, int, str]]:
    root = parse(code).root
    assert root is not None
    return [(v.identifier, v.line, v.proposal) for v in check_names(root).violations]


def declared(code: str) -> list[tuple[str, str]]:
    root = parse(code).root
    assert root is not None
    return [(name.identifier, name.kind) for name in declared_names(root)]


@pytest.mark.parametrize(
    "code",
    [
        "class HTTPClient {}",
        "class IORStore {}",
        "interface IPAddress {}",
        "interface IOR {}",
        "type Template = string;",
        "type Task = string;",
        "interface UserId {}",
        "class AWSSigner {}",
        "class JSONAPI {}",
        "enum Color { Red, DARK_GREEN }",
        "class Box<TKey, V> {}",
        "const MAX_SIZE = 3;",
        "export const TIMEOUT_MS = 60 * 1000;",
        "const NAME = 'x' as const;",
        "const OFFSET = -1;",
        "const toText = (value: number) => `${value}`;",
        "const settings = { maxSize: 3, Accept: 'x', snake_key: 1 };",
        "const DEFAULTS = { maxSize: 3 };",
        "const store = new Map();",
        "const Base = class {};",
        "let counter = 0;",
        "function run(_event: Event) { const maxSize = 3; return maxSize; }",
        "class A { static readonly MAX_SIZE = 3; #count = 0; baseURL = ''; baseUrl = ''; }",
        "const { user_name, other_name: other } = row;",
        "import { snake_case as other_case } from './x';",
        "interface Headers { 'Content-Type': string; }",
        "const $el = find(); const _ = 1;",
        "class Größe { änderung = 1; }",
    ],
)
def test_good_names_are_kept(code: str) -> None:
    assert wrong(code) == []


@pytest.mark.parametrize(
    ("code", "identifier", "proposal"),
    [
        ("class user_store {}", "user_store", "UserStore"),
        ("class HttpClient {}", "HttpClient", "HTTPClient"),
        ("class UserApi {}", "UserApi", "UserAPI"),
        ("class Http2Server {}", "Http2Server", "HTTP2Server"),
        ("class USERSTORE {}", "USERSTORE", "Userstore"),
        ("abstract class base {}", "base", "Base"),
        ("interface IUser {}", "IUser", "User"),
        ("interface IHttpClient {}", "IHttpClient", "HTTPClient"),
        ("type TOptions = string;", "TOptions", "Options"),
        ("type parsed_url = string;", "parsed_url", "ParsedURL"),
        ("enum color { Red }", "color", "Color"),
        ("enum Color { dark_red }", "dark_red", "DarkRed"),
        ("namespace tools {}", "tools", "Tools"),
        ("class Box<key> {}", "key", "Key"),
        ("type M = { [key in Keys]: string };", "key", "Key"),
        ("type E<A> = A extends (infer item)[] ? 1 : 0;", "item", "Item"),
        ("class A { User_name = 1; }", "User_name", "userName"),
        ("class A { GetName() {} }", "GetName", "getName"),
        ("class A { #Count = 1; }", "#Count", "#count"),
        ("class A { private _count = 1; }", "_count", "count"),
        ("class A { static MAX_SIZE = 3; }", "MAX_SIZE", "maxSize"),
        ("abstract class A { abstract Get_it(): void; }", "Get_it", "getIt"),
        ("class A { constructor(private base_url: string) {} }", "base_url", "baseUrl"),
        ("interface A { Get(): void; }", "Get", "get"),
        ("interface A { user_name: string; }", "user_name", "userName"),
        ("interface A { [Key: string]: number; }", "Key", "key"),
        ("type F = (Value: number) => void;", "Value", "value"),
        ("function Parse_line() {}", "Parse_line", "parseLine"),
        ("function* Count() {}", "Count", "count"),
        ("declare function Load(): void;", "Load", "load"),
        ("function f(URLText: string) {}", "URLText", "urlText"),
        ("function f({ a: User_name }: X) {}", "User_name", "userName"),
        ("function f([First = 1]: X) {}", "First", "first"),
        ("function f(...Rest: X) {}", "Rest", "rest"),
        ("const g = Value => 1;", "Value", "value"),
        ("const g = (user_name?: string) => 1;", "user_name", "userName"),
        ("function f() { const MAX_SIZE = 3; }", "MAX_SIZE", "maxSize"),
        ("function f() { for (const Item of []) {} }", "Item", "item"),
        ("try {} catch (Error_value) {}", "Error_value", "errorValue"),
        ("let Counter = 0;", "Counter", "counter"),
        ("const maxSize = 3;", "maxSize", "MAX_SIZE"),
        ("export const baseUrl = 'x';", "baseUrl", "BASE_URL"),
        ("namespace A { export const maxSize = 3; }", "maxSize", "MAX_SIZE"),
        ("const Settings = { a: 1 };", "Settings", "settings"),
        ("const MAX_SIZE = () => 3;", "MAX_SIZE", "maxSize"),
        ("const base = class {};", "base", "Base"),
    ],
)
def test_bad_names_are_told_with_a_better_one(code: str, identifier: str, proposal: str) -> None:
    assert wrong(code) == [(identifier, 1, proposal)]
    assert wrong(code.replace(identifier, proposal)) == []


def test_a_violation_tells_line_kind_and_proposal() -> None:
    root = parse("const A = 1;\n\ninterface IUser {}").root
    assert root is not None
    naming = check_names(root)
    assert naming.identifiers == 2
    assert [str(violation) for violation in naming.violations] == [
        "line 3: interface IUser -> User"
    ]


def test_every_declared_name_is_found_with_its_kind() -> None:
    code = """
export class Store<T> extends Base {
  private static readonly limit = 3;
  constructor(readonly url: string, size = 1) { super(); }
  get value(): string { return this.url; }
  async *scan({ a, b: c, ...rest }: X, [d, e = 1]: Y): Z {
    for (let i = 0; i < 3; i++) { try { g(); } catch (error) {} }
  }
}
export default function main() {}
const fn = function inner() {};
const Kind = class Other {};
"""
    assert declared(code) == [
        ("Store", "class"),
        ("T", "type parameter"),
        ("limit", "static member"),
        ("constructor", "member"),
        ("url", "member"),
        ("size", "parameter"),
        ("value", "member"),
        ("scan", "member"),
        ("c", "parameter"),
        ("rest", "parameter"),
        ("d", "parameter"),
        ("e", "parameter"),
        ("i", "local"),
        ("error", "local"),
        ("main", "function"),
        ("fn", "function"),
        ("inner", "function"),
        ("Kind", "class constant"),
        ("Other", "class"),
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("HTTPClient", ["HTTP", "Client"]),
        ("baseURL", ["base", "URL"]),
        ("MAX_SIZE", ["MAX", "SIZE"]),
        ("_privateName", ["private", "Name"]),
        ("utf8Decoder", ["utf8", "Decoder"]),
        ("x", ["x"]),
        ("__", []),
    ],
)
def test_words(name: str, words: list[str]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize("acronym", sorted(ACRONYMS))
def test_listed_acronyms_are_written_in_capitals(acronym: str) -> None:
    assert is_pascal(f"{acronym}Store")
    assert not is_pascal(f"{acronym.capitalize()}Store")
    assert to_pascal(f"{acronym.lower()}_store") == f"{acronym}Store"


IDENTIFIERS = st.from_regex(r"\A[A-Za-z_$][A-Za-z0-9_$]{0,12}\Z")
SYLLABLES = st.sampled_from(
    ["I", "T", "Http", "http", "URL", "Ui", "user", "USER", "Xy", "_", "2", "$", "Id", "api"]
)
NAMES = IDENTIFIERS | st.lists(SYLLABLES, min_size=1, max_size=5).map("".join)


@settings(max_examples=600, deadline=None)
@given(NAMES, st.sampled_from(sorted(_SPELLINGS)))
def test_what_is_proposed_is_well_named(name: str, kind: Kind) -> None:
    better = proposed(name, kind)
    assert better
    assert not better[0].isdigit() or name[0].isdigit()
    assert well_named(better, kind), better


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=12), st.sampled_from(sorted(_SPELLINGS)))
def test_any_text_is_judged(name: str, kind: Kind) -> None:
    well_named(name, kind)
    proposed(name, kind)


@given(st.lists(st.sampled_from(["user", "name", "size", "max"]), min_size=1, max_size=4))
def test_spellings_convert_into_each_other(words: list[str]) -> None:
    snake = "_".join(words)
    assert is_camel(to_camel(snake))
    assert is_pascal(to_pascal(snake))
    assert is_constant(to_constant(snake))
    assert to_constant(to_camel(snake)) == to_constant(to_pascal(snake)) == snake.upper()
