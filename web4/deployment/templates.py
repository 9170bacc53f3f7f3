"""The one prompt template in the two languages that servers render prompts in.

Both are made from ``web4.chat`` and give its text byte for byte.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from web4.chat import CONTROL_TOKENS, END_OF_TURN, START_OF_TURN, SYSTEM_PROMPT

if TYPE_CHECKING:
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter


def jinja_template() -> str:
    """Return the template for servers that speak Jinja; it brings the system prompt itself.

    A request's own system message stands in for it. Control tokens in messages are defused.
    """
    defused = "".join(
        f" | replace({_quoted(token)}, {_quoted(token.replace('<|', '<| '))})"
        for token in CONTROL_TOKENS
    )
    turn = f"{{{{ {_quoted(START_OF_TURN)} + message['role'] + {_quoted(chr(10))} }}}}"
    end = f"{{{{ {_quoted(END_OF_TURN + chr(10))} }}}}"
    answer = f"{START_OF_TURN}assistant\n"
    system = f"{START_OF_TURN}system\n{SYSTEM_PROMPT}{END_OF_TURN}\n"
    return (
        f"{{% if not messages or messages[0]['role'] != 'system' %}}{{{{ {_quoted(system)} }}}}"
        "{% endif %}{% for message in messages %}"
        f"{turn}{{% if message['content'] is string %}}{{{{ message['content']{defused} }}}}"
        "{% else %}{% for part in message['content'] or [] if part['type'] == 'text' %}"
        f"{{{{ part['text']{defused} }}}}{{% endfor %}}{{% endif %}}{end}{{% endfor %}}"
        f"{{% if add_generation_prompt %}}{{{{ {_quoted(answer)} }}}}{{% endif %}}"
    )


def go_template() -> str:
    """Return the template for Ollama, whose server puts the Modelfile's system prompt first.

    Go's templates cannot replace, so control tokens in messages have to be defused by who asks.
    """
    return (
        f"{{{{ range .Messages }}}}{START_OF_TURN}{{{{ .Role }}}}\n"
        f"{{{{ .Content }}}}{END_OF_TURN}\n"
        f"{{{{ end }}}}{START_OF_TURN}assistant\n"
    )


def rendered(template: str, messages: Sequence[Mapping[str, Any]]) -> str:
    """Render chat messages as llama.cpp's server does."""
    return str(formatter_of(template)(messages=list(messages)).prompt)  # type: ignore[arg-type] # plain dicts do


@functools.lru_cache(maxsize=4)
def formatter_of(template: str) -> "Jinja2ChatFormatter":
    """Return what renders a template's prompts in llama.cpp's server."""
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter

    return Jinja2ChatFormatter(template, eos_token=END_OF_TURN, bos_token="")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"
