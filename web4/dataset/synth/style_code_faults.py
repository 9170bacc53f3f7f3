"""Faults of types, state and statements that a draft of bad code can get, each by itself."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from web4.dataset.synth.style_draft import Draft

_PRIMITIVE = r"(?:string\[\]|string|number|boolean|Date)"
_PARAMETER = re.compile(rf"\b(?!ok\b)([a-z]\w*)(\??): ({_PRIMITIVE})(?=[;,)\n ])")
_RETURN = re.compile(r"^( +)return (.+);$", re.MULTILINE)
_HEAD = re.compile(
    rf"((?:async )?(?:function )?(\w+)\([^()]*\)): (Promise<({_PRIMITIVE})>|{_PRIMITIVE}) \{{"
)
_STATEMENT = re.compile(r"^( +)(?=return [^{]|this\.)", re.MULTILINE)


def constructor_logic(_: random.Random, draft: Draft) -> Draft:
    """Let the constructor take the state in, or assign what it is given."""
    code = draft.code
    if draft.form in {"default", "composite"}:
        return replace(draft, code=re.sub(r"init\((.*)\): void {", r"constructor(\1) {", code))
    if draft.form == "error":
        return replace(draft, code=_raising(code, draft.name))
    found = re.search(r"  constructor\(([^{}]*)\) {}", code)
    if found is None:
        return draft
    pairs = re.findall(r"(private readonly|readonly) (\w+): ([^,\n]+)", found[1])
    fields = [f"{marks} {name}: {kind};" for marks, name, kind in pairs]
    parameters = ", ".join(f"{name}: {kind}" for _, name, kind in pairs)
    body = [f"this.{name} = {name};" for _, name, _ in pairs]
    text = _member_lines([*fields, "", *_body(f"constructor({parameters})", body)])
    return replace(draft, code=code.replace(found[0], text))


def mutable(_: random.Random, draft: Draft) -> Draft:
    """Make readonly and private members public and mutable."""
    code = draft.code.replace("} as const;", "};")
    code = re.sub(r"\b(?:override |private )?readonly (?=\w+(?::| =))", "public ", code)
    return replace(draft, code=code)


def typed_any(rng: random.Random, draft: Draft) -> Draft:
    """Type one member or parameter as any."""
    if draft.form == "constant":
        return replace(draft, code=draft.code.replace(" = ", ": any = ", 1))
    if draft.form == "guard":
        return replace(draft, code=draft.code.replace("value: unknown", "value: any"))
    if draft.form == "registry":
        return replace(draft, code=draft.code.replace("key: string", "key: any"))
    spots = _spots(draft)
    if not spots:
        return draft
    name, mark, kind = rng.choice(spots)
    code = draft.code.replace(f"{name}{mark}: {kind}", f"{name}{mark}: any")
    return replace(draft, code=code, told=(*draft.told, (name, kind)))


def untyped(rng: random.Random, draft: Draft) -> Draft:
    """Leave out the type of a parameter or of a result."""
    found = list(_HEAD.finditer(draft.code))
    if draft.form in {"default", "composite"}:
        code = re.sub(r"(init\(.*\)|toScenario\(\)): \w+ {", r"\1 {", draft.code)
        return replace(draft, code=code)
    if draft.form in {"interface", "value"} or not found:
        return draft
    head = rng.choice(found)
    spots = _PARAMETER.findall(head[1])
    if spots and rng.random() < 0.5:  # noqa: PLR2004 - one or the other
        name, _, kind = spots[-1]
        text = head[0].replace(f"{name}: {kind}", name, 1)
        told = (name, kind)
    else:
        text = f"{head[1]} {{"
        told = (f"{head[2]}()", head[4] or head[3])
    return replace(draft, code=draft.code.replace(head[0], text), told=(*draft.told, told))


def var(_: random.Random, draft: Draft) -> Draft:
    return _with_variable(draft, "var")


def let(_: random.Random, draft: Draft) -> Draft:
    return _with_variable(draft, "let")


def console(rng: random.Random, draft: Draft) -> Draft:
    """Log something from a body, or from the module."""
    text = f"console.log('{rng.choice(('here', 'debug', 'called', 'test'))}');"
    spots = list(_STATEMENT.finditer(draft.code))
    if spots:
        spot = rng.choice(spots)
        code = f"{draft.code[: spot.start()]}{spot[1]}{text}\n{draft.code[spot.start() :]}"
        return replace(draft, code=code)
    if draft.form in {"constant", "map", "enum"}:
        return replace(draft, code=f"{draft.code}\nconsole.log({draft.name});")
    return draft


def loose_equality(_: random.Random, draft: Draft) -> Draft:
    return draft.edited(lambda line: line.replace(" === ", " == "))


def concatenation(_: random.Random, draft: Draft) -> Draft:
    """Join texts with + instead of a template."""
    code = re.sub(r"`\${(\w+)}(.+)\${(\w+)}`", r"\1 + '\2' + \3", draft.code)
    return replace(draft, code=code)


def array_generic(_: random.Random, draft: Draft) -> Draft:
    """Write Array<string> for string[]."""
    return draft.edited(
        lambda line: re.sub(r"(?<!readonly )\b(string|number)\[\]", r"Array<\1>", line)
    )


def boxed(_: random.Random, draft: Draft) -> Draft:
    """Write String for string."""
    return draft.edited(
        lambda line: re.sub(
            r"(?<=\w: )(string|number|boolean)\b(?!\[)", lambda word: word[0].capitalize(), line
        )
    )


def _spots(draft: Draft) -> list[tuple[str, str, str]]:
    """Return name, mark and type where exactly that text stands once or means one thing."""
    spots: list[tuple[str, str, str]] = _PARAMETER.findall(draft.code)
    by_name: dict[str, list[tuple[str, str, str]]] = {}
    for spot in spots:
        by_name.setdefault(spot[0], []).append(spot)
    return [found[0] for found in by_name.values() if len(dict.fromkeys(found)) == 1]


def _with_variable(draft: Draft, keyword: str) -> Draft:
    """Declare with the keyword what is declared, and the result of each body."""
    code = re.sub(r"\bconst (?=\w+ = )", f"{keyword} ", draft.code)
    if draft.form in {"service", "adapter", "function", "formatter"}:
        wait = "await " if draft.form in {"service", "function"} else ""
        code = _RETURN.sub(rf"\1{keyword} result = {wait}\2;\n\1return result;", code)
    return replace(draft, code=code)


def _raising(code: str, name: str) -> str:
    """Return an error class whose constructor sets name and code."""
    found = re.search(r"readonly code = (\d+);", code)
    body = ["super(message);", f"this.name = '{name}';"]
    fields = []
    if found:
        fields = ["code: number;", ""]
        body.append(f"this.code = {found[1]};")
    head = code[: code.index("{\n") + 1]
    lines = [*fields, *_body("constructor(message: string)", body)]
    return f"{head}\n{_member_lines(lines)}\n}}"


def _body(head: str, lines: Sequence[str]) -> list[str]:
    return [f"{head} {{", *(f"  {line}" for line in lines), "}"]


def _member_lines(lines: Sequence[str]) -> str:
    return "\n".join(f"  {line}" if line else "" for line in lines)
