"""A GGUF file asked in process, just as the embedded server asks it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from web4 import chat
from web4.deployment.server import engine_settings, greedy_handler
from web4.deployment.templates import formatter_of, jinja_template
from web4.llama_log import open_llama
from web4.records import Completion, Record


class InProcess:
    """The server's engine, settings, template and way of asking, without the server."""

    def __init__(self, gguf: Path) -> None:
        self._llama = open_llama(gguf, **engine_settings())
        self._answer = greedy_handler(formatter_of(jinja_template()))

    def answer(
        self,
        records: Sequence[Record],
        *,
        max_new_tokens: int,
        on_done: Callable[[Completion], None],
    ) -> None:
        """Answer each record by itself, in their order."""
        for record in records:
            asked = chat.messages(record)[1:]  # the template brings the system prompt
            said = self._answer(llama=self._llama, messages=asked, max_tokens=max_new_tokens)
            (choice,), usage = said["choices"], said["usage"]
            on_done(
                Completion(
                    record.id,
                    choice["message"]["content"] or "",
                    choice["finish_reason"],
                    usage["prompt_tokens"],
                    usage["completion_tokens"],
                )
            )

    def close(self) -> None:
        """Free the model."""
        self._llama.close()
