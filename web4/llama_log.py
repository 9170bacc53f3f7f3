"""llama.cpp's log: kept instead of printed, so that a failure can say why."""

import ctypes
import functools
from collections import deque
from typing import Any

_ERROR = 4
_CONTINUED = 5
_KEPT_LINES = 50


class EngineLog:
    """The last errors that llama.cpp logged in this process."""

    def __init__(self) -> None:
        self._errors: deque[str] = deque(maxlen=_KEPT_LINES)
        self._level = 0
        self.callback: Any = None  # held here, as ctypes does not keep it alive

    def clear(self) -> None:
        self._errors.clear()

    def reason(self) -> str:
        """Return the first error since ``clear``: those after it only say what failed with it."""
        for line in self._errors:
            if line.strip():
                return line.strip()
        return "llama.cpp gave no reason"

    def add(self, level: int, text: str) -> None:
        continued = level == _CONTINUED
        self._level = self._level if continued else level
        if self._level != _ERROR:
            return
        if continued and self._errors:
            text = self._errors.pop() + text
        self._errors.append(text)


@functools.cache
def engine_log() -> EngineLog:
    """Return the process's log; the first call silences llama.cpp, whose logger is global."""
    import llama_cpp

    log = EngineLog()

    def keep(level: int, text: bytes, _user_data: Any) -> None:
        log.add(level, text.decode("utf-8", errors="replace"))

    log.callback = llama_cpp.llama_log_callback(keep)
    llama_cpp.llama_log_set(log.callback, ctypes.c_void_p(0))
    return log
