"""Faults of spelling, modules and layout that a draft of bad code can get, each by itself.

Each fault takes a draft and returns it worse, or unchanged where it does not apply. House style
undoes each one by a rule, so that a draft with any number of them has one clean form.
"""

import random
import re
from dataclasses import replace

from web4.dataset.synth.style_draft import (
    Draft,
    cases_of,
    interfaces_of,
    is_comment,
    members_of,
)
from web4.dataset.synth.typescript_classes import Composite, DefaultClass
from web4.dataset.synth.typescript_functions import ValueTest
from web4.dataset.synth.typescript_names import Identifier

_FUNCTIONS = ("function", "guard", "formatter")
_CONSTANTS = ("constant", "map")
_TYPES = ("union", "alias", "outcome")


def prefix(_: random.Random, draft: Draft) -> Draft:
    """Write IOrder for Order, TOrder for a type."""
    if draft.form in _TYPES:
        if not draft.name[0].isupper():
            return draft
        return draft.renamed({draft.name: f"T{draft.name}"}, strings=True)
    names = {
        spelt: f"I{spelt}"
        for name in interfaces_of(draft.component)
        for spelt in (name.pascal, name.loose_pascal)
    }
    return draft.renamed(names, strings=True)


def acronym(_: random.Random, draft: Draft) -> Draft:
    """Write HttpServer for HTTPServer."""
    component = draft.component
    if isinstance(component, ValueTest) or draft.form in _CONSTANTS:
        return draft
    types = [*interfaces_of(component), component.name]
    if isinstance(component, Composite):
        types += [component.part, Identifier(("default", *component.part.words))]
    names = {name.pascal: name.loose_pascal for name in types}
    if draft.form in _FUNCTIONS:
        names[component.name.camel] = component.name.loose_camel
    if isinstance(component, Composite):
        names[component.part.camel] = component.part.loose_camel
    names |= {name.camel: name.loose_camel for name in members_of(component)}
    return draft.renamed(names, strings=True)


def odd_name(rng: random.Random, draft: Draft) -> Draft:
    """Write order_store or orderStore for OrderStore, max_size for MAX_SIZE."""
    name = draft.component.name
    if isinstance(draft.component, ValueTest):
        return draft
    if draft.form in _CONSTANTS:
        spelt = rng.choice((name.snake, name.camel, name.pascal))
    elif draft.form in _FUNCTIONS:
        spelt = rng.choice((name.snake, name.pascal))
    else:
        spelt = rng.choice((name.snake, name.camel))
    return draft.renamed({draft.name: spelt}, strings=True)


def implementation(_: random.Random, draft: Draft) -> Draft:
    """Write OrderImpl for DefaultOrder."""
    if not isinstance(draft.component, DefaultClass | Composite):
        return draft
    return draft.renamed({draft.name: f"{draft.component.base.pascal}Impl"}, strings=False)


def snake_members(_: random.Random, draft: Draft) -> Draft:
    """Write row_count for rowCount, HARD for the enum's Hard."""
    members = members_of(draft.component)
    names = {name.camel: name.snake for name in members}
    names |= {name.loose_camel: name.snake for name in members}
    names |= {case: case.upper() for case in cases_of(draft.component)}
    return draft.renamed(names, strings=False)


def pascal_members(_: random.Random, draft: Draft) -> Draft:
    """Write RowCount for rowCount, hard for the enum's Hard."""
    members = members_of(draft.component)
    names = {name.loose_camel: name.loose_pascal for name in members}
    names |= {name.camel: name.pascal for name in members}
    names |= {case: case.lower() for case in cases_of(draft.component)}
    return draft.renamed(names, strings=False)


def default_export(_: random.Random, draft: Draft) -> Draft:
    code = re.sub(
        r"^export (?=(?:class|interface|function|async function)\b)",
        "export default ",
        draft.code,
        flags=re.MULTILINE,
    )
    return replace(draft, code=code)


def namespace(rng: random.Random, draft: Draft) -> Draft:
    """Wrap what is exported in a namespace."""
    if draft.form not in {*_TYPES, *_CONSTANTS, "enum", "interface", "formatter"}:
        return draft
    body = "\n".join(f"  {line}" if line else "" for line in draft.code.split("\n"))
    outer = rng.choice(("Shared", "Common", "Core", "Models"))
    return replace(draft, code=f"export namespace {outer} {{\n{body}\n}}")


def loose_import(_: random.Random, draft: Draft) -> Draft:
    """Import the interface as a value from beside the file, not from layer 3."""
    return draft.edited(
        lambda line: line.replace("import type", "import").replace("'../layer3/", "'./")
    )


def jest(_: random.Random, draft: Draft) -> Draft:
    return draft.edited(lambda line: line.replace("'vitest'", "'@jest/globals'"))


def no_doc(rng: random.Random, draft: Draft) -> Draft:
    """Drop the doc comment, or leave a line comment in its place."""
    lines = draft.code.split("\n")
    if rng.random() < 0.3:  # noqa: PLR2004 - the rarer way
        lines = [re.sub(r"^/\*\* (.*) \*/$", r"// \1", line) for line in lines]
    else:
        lines = [line for line in lines if not is_comment(line)]
    return replace(draft, code="\n".join(lines))


def double_quotes(_: random.Random, draft: Draft) -> Draft:
    return draft.edited(lambda line: line.replace("'", '"'))


def no_semicolons(_: random.Random, draft: Draft) -> Draft:
    return draft.edited(lambda line: line.removesuffix(";"))


def tabs(_: random.Random, draft: Draft) -> Draft:
    return _indented(draft, "\t")


def wide_indent(_: random.Random, draft: Draft) -> Draft:
    return _indented(draft, "    ")


def crammed(_: random.Random, draft: Draft) -> Draft:
    """Drop all empty lines."""
    return replace(draft, code=re.sub(r"\n\n+", "\n", draft.code))


def _indented(draft: Draft, unit: str) -> Draft:
    def edit(line: str) -> str:
        text = line.lstrip(" ")
        return unit * ((len(line) - len(text)) // 2) + text

    return replace(draft, code="\n".join(edit(line) for line in draft.code.split("\n")))
