"""llama.cpp's log: kept instead of printed, so that a failure can say why."""

import ctypes
import functools
from collections import deque
from pathlib import Path
from typing import Any

from web4.errors import CandidateError

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


def open_llama(path: Path, **settings: Any) -> Any:
    """Load a GGUF file with llama-cpp-python's class; raise ``CandidateError`` with the reason."""
    import llama_cpp

    log = engine_log()
    log.clear()
    try:
        llama = llama_cpp.Llama(str(path), **settings)
    except (OSError, ValueError) as error:
        raise CandidateError(f"{path}: llama.cpp cannot load it ({log.reason()}).") from error
    engine_log.cache_clear()
    engine_log()  # the class has set a logger of its own, and llama.cpp has only one
    return llama


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
