"""Ollama's Modelfile, written from an artifact and the one prompt template, and read strictly.

Source of the grammar: Ollama's ``docs/modelfile.md``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from web4.chat import END_OF_TURN, SYSTEM_PROMPT
from web4.deployment.templates import go_template
from web4.errors import ConfigError

_QUOTES = '"""'
_ONCE = ("FROM", "TEMPLATE", "SYSTEM", "LICENSE")
_PARAMETERS = {
    "num_ctx": r"\d+",
    "num_predict": r"-?\d+",
    "repeat_penalty": r"\d+(\.\d+)?",
    "seed": r"\d+",
    "stop": r".+",
    "temperature": r"\d+(\.\d+)?",
    "top_k": r"\d+",
    "top_p": r"\d+(\.\d+)?",
}
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_LINE = re.compile(r"([A-Za-z]+)[ \t]+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Modelfile:
    """What a model in Ollama is made of. ``source`` is a path beside the file, or a blob."""

    source: str
    template: str
    system: str
    license: str
    parameters: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, source: str, license_text: str, context: int) -> Self:
        """Return the Modelfile of a GGUF file that answers greedily, as it was gated."""
        parameters = (
            ("temperature", "0"),
            ("repeat_penalty", "1.0"),  # Ollama's default of 1.1 changes greedy answers
            ("num_ctx", str(context)),
            ("stop", END_OF_TURN),
        )
        return cls(source, go_template(), SYSTEM_PROMPT, license_text, parameters)

    def options(self) -> dict[str, float | int | list[str]]:
        """Return the parameters as Ollama's API has them."""
        found: dict[str, float | int | list[str]] = {}
        for name, value in self.parameters:
            if name == "stop":
                found["stop"] = [value]
            else:
                found[name] = float(value) if "." in value else int(value)
        return found

    def text(self) -> str:
        """Return the file's text; raise ``ConfigError`` where the grammar cannot say it."""
        blocks = (("TEMPLATE", self.template), ("SYSTEM", self.system), ("LICENSE", self.license))
        for name, value in blocks:
            if _QUOTES in value or value.endswith('"'):
                raise ConfigError(
                    f"{name}: a Modelfile holds no {_QUOTES}, and no quote at the end"
                )
        lines = [f"FROM {self.source}"]
        lines += [f"{name} {_QUOTES}{value}{_QUOTES}" for name, value in blocks]
        for name, value in self.parameters:
            shown = f'"{value}"' if name == "stop" else value
            lines.append(f"PARAMETER {name} {shown}")
        return "\n".join(lines) + "\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a Modelfile; raise ``ConfigError`` with the line of whatever is not documented."""
        once: dict[str, str] = {}
        parameters: list[tuple[str, str]] = []
        for number, name, value in instructions(text):
            where = f"Modelfile:{number}"
            if name == "PARAMETER":
                parameters.append(_parameter(where, value))
            elif name not in _ONCE:
                raise ConfigError(f"{where}: unknown instruction {name!r}")
            elif name in once:
                raise ConfigError(f"{where}: {name} stands there twice")
            else:
                once[name] = value
        missing = [name for name in _ONCE if name not in once]
        if missing:
            raise ConfigError(f"Modelfile: has no {missing[0]}")
        source, template, system, license_text = (once[name] for name in _ONCE)
        return cls(source, template, system, license_text, tuple(parameters))


def instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield (line, instruction, argument without its quotes)."""
    lines = iter(enumerate(_LINES.findall(text), start=1))
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ConfigError(f"Modelfile:{number}: no instruction with an argument")
        name, value = found[1].upper(), found[2]
        if value.startswith(_QUOTES):
            value = value.removeprefix(_QUOTES)
            while _QUOTES not in value:
                _, more = next(lines, (0, ""))
                if not more:
                    raise ConfigError(f"Modelfile:{number}: {name} is not closed by {_QUOTES}")
                value += more
            value, _, rest = value.partition(_QUOTES)
            if rest.strip():
                raise ConfigError(f"Modelfile:{number}: text follows after {_QUOTES}")
        else:
            value = value.strip()
            if len(value) > 1 and value[0] == value[-1] == '"' and name != "PARAMETER":
                value = value[1:-1]
        yield number, name, value


def _parameter(where: str, text: str) -> tuple[str, str]:
    name, _, value = text.partition(" ")
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    if name not in _PARAMETERS or not re.fullmatch(_PARAMETERS[name], value):
        raise ConfigError(f"{where}: PARAMETER {text!r} is not documented so")
    return name, value
