"""Records as a person reads them: what is asked, what is wanted, what the loss is taken on."""

import json
from collections.abc import Iterator

import click

from web4 import chat
from web4.records import Record
from web4.terminal import printable

_KEPT = "\n\t"  # everything else that is no printable character is spelled out


def described(record: Record, *, prompt: bool = False) -> str:
    """Return a record as coloured text of several lines.

    ``prompt`` shows the text that a model is trained on instead of the fields: dim where no loss
    is taken, green and in brackets where it is. What a record says is escaped: it cannot steer the
    terminal.
    """
    facts = f"{record.task_type}, {record.slice}, difficulty {record.difficulty}"
    head = [click.style(_plain(record.id), bold=True) + f"  {facts}  {_plain(record.skeleton)}"]
    body = _trained(record) if prompt else _fields(record)
    return "\n".join([*head, *body])


def _trained(record: Record) -> Iterator[str]:
    asked = click.style(_plain(chat.render_prompt(record)), dim=True)
    yield asked + click.style(f"⟦{_plain(chat.render_answer(record))}⟧", fg="green")


def _fields(record: Record) -> Iterator[str]:
    yield _field("asks", record.instruction)
    if record.input:
        yield _field("input", record.input)
    yield _field("wants", _laid_out(record.output), "green")
    for plan in record.acceptable:
        yield _field("or", _laid_out(plan), "green")
    if record.negative_example is not None:
        yield _field("not", record.negative_example, "red")
    for path, text in (record.workspace or {}).items():
        yield _field("file", f"{path}: {json.dumps(text, ensure_ascii=False)}", "blue")


def _laid_out(output: str) -> str:
    """Return a plan with a line for each step, anything else as it is."""
    try:
        plan = json.loads(output)
        steps = [json.dumps(step, ensure_ascii=False) for step in plan["steps"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return output
    return "\n".join([str(plan.get("type")), *steps])


def _field(name: str, text: str, colour: str | None = None) -> str:
    lines = click.style(_plain(text), fg=colour).split("\n")
    return "\n".join([f"  {name:<6} {lines[0]}", *(f"         {line}" for line in lines[1:])])


def _plain(text: str) -> str:
    return printable(text, _KEPT)
