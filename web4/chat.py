"""The one prompt template: training, evaluation and serving all render through it.

ChatML, as SmolLM2 and Qwen2.5 speak it. A prompt is rendered here as text and never by a
tokenizer's own template, so that every engine is asked the same bytes.
"""

import re

from web4.records import Record

SYSTEM_PROMPT = (
    "You are the Web4 assistant. Answer tool requests with a JSON plan, code requests with "
    "TypeScript, restricted requests with <REFUSAL>."
)
START_OF_TURN = "<|im_start|>"
END_OF_TURN = "<|im_end|>"
PREFIX = f"{START_OF_TURN}system\n{SYSTEM_PROMPT}{END_OF_TURN}\n{START_OF_TURN}user\n"
CONTROL_TOKENS = ("<|im_", "<|endoftext")
"""How what would end or start a turn begins."""

_ANSWER = f"{END_OF_TURN}\n{START_OF_TURN}assistant\n"
_CONTROL = re.compile(r"<\|(?=im_|endoftext)")


def user_message(record: Record) -> str:
    """Return what the user says: the instruction, and below it the input where there is one."""
    return f"{record.instruction}\n\n{record.input}" if record.input else record.instruction


def messages(record: Record) -> list[dict[str, str]]:
    """Return the prompt as chat messages, for a server that renders it with this template."""
    said = {"role": "user", "content": _defused(user_message(record))}
    return [{"role": "system", "content": SYSTEM_PROMPT}, said]


def render_prompt(record: Record) -> str:
    """Return the text that a candidate is asked to continue.

    Every prompt starts with ``PREFIX``, so engines may compute that part once.
    """
    return f"{PREFIX}{_defused(user_message(record))}{_ANSWER}"


def render_answer(record: Record) -> str:
    """Return the text that a model is trained to continue the prompt with."""
    return f"{_defused(record.output)}{END_OF_TURN}"


def _defused(text: str) -> str:
    """Keep control tokens out of what people and files say: they would end the turn early."""
    return _CONTROL.sub("<| ", text)
