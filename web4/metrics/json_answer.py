"""Reading a whole answer as one JSON object, strictly, with a closed list of what can be wrong."""

import json
import math
import re
from typing import Any, Final, Literal, NamedTuple, NoReturn, get_args

import orjson

JsonFault = Literal[
    "empty",
    "prose",
    "code_fence",
    "truncated",
    "trailing_text",
    "duplicate_key",
    "not_finite",
    "too_large",
    "too_deep",
    "invalid_json",
]
JSON_FAULTS: Final[tuple[JsonFault, ...]] = get_args(JsonFault)
MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 64

_SURELY_FITS = MAX_BYTES // 4  # characters, of at most four bytes in UTF-8
_SURELY_SHALLOW = 2 * MAX_DEPTH  # characters: each level has two brackets
_WHITESPACE = " \t\n\r"  # all that RFC 8259 allows around a document
_STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+("?)|([\[{])|([\]}])', re.DOTALL)
_NUMBER_START = re.compile(r"-?\d")
_MAX_INTEGER = 310  # characters: a sign and the digits of the largest double; no more are read


class JsonAnswer(NamedTuple):
    """The object an answer holds, or why it holds none; exactly one of the two is set.

    The object is shared between metrics: nobody may change it.
    """

    value: dict[str, Any] | None
    fault: JsonFault | None = None
    detail: str = ""


def read_json_answer(text: str, *, complete: bool) -> JsonAnswer:
    """Read an answer of at most 64 KB and 64 levels; never raise.

    ``complete`` says whether the model ended its turn itself: a cut answer is ``truncated`` even
    where what arrived happens to be a document.
    """
    if len(text) > _SURELY_FITS and _encoded_size(text) > MAX_BYTES:
        return _fault("too_large", f"more than {MAX_BYTES} bytes")
    document = text.strip(_WHITESPACE)
    if not document.startswith("{"):
        return _no_object(document) if text.strip() else _fault("empty", "the answer is empty")
    if not complete:
        return _fault("truncated", f"the answer was cut after {len(text)} characters")
    if len(document) > _SURELY_SHALLOW and document.count("{") + document.count("[") > MAX_DEPTH:
        depth, _ = _nesting(document)
        if depth > MAX_DEPTH:
            return _fault("too_deep", f"{depth} levels where {MAX_DEPTH} are allowed")
    value = _read_at_once(document) if document[-1] == "}" else None
    return _read_strictly(document) if value is None else JsonAnswer(value)


def _encoded_size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def quoted(value: object, limit: int = 60) -> str:
    """Return a value as Python writes it, cut to ``limit`` characters, safe to encode."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


class _RefusedError(ValueError):
    """Well-formed JSON that a strict reader does not take."""

    def __init__(self, fault: JsonFault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


def _fault(fault: JsonFault, detail: str) -> JsonAnswer:
    return JsonAnswer(None, fault, detail)


def _read_at_once(document: str) -> dict[str, Any] | None:
    """Return the object of a document that is written as it would be written again.

    Then no key stands twice in it and every number is finite: most answers need no strict reader,
    which calls back for each object.
    """
    try:
        written = document.encode()
        value: dict[str, Any] = orjson.loads(written)
        return value if orjson.dumps(value) == written else None
    except ValueError:
        return None


def _read_strictly(document: str) -> JsonAnswer:
    try:
        value, end = _DECODER.raw_decode(document)
    except _RefusedError as refused:
        return _fault(refused.fault, refused.detail)
    except json.JSONDecodeError as error:
        unread = error.pos == len(document) or error.msg.startswith("Unterminated string")
        if unread or not _nesting(document)[1]:
            return _fault("truncated", f"the document is not closed ({error.msg})")
        near = quoted(document[max(0, error.pos - 10) : error.pos + 10])
        return _fault("invalid_json", f"{error.msg} at character {error.pos}, near {near}")
    if end != len(document):
        return _fault("trailing_text", f"after the object stands {quoted(document[end:])}")
    return JsonAnswer(value)


def _no_object(document: str) -> JsonAnswer:
    """Say what an answer is that does not start as an object."""
    if "```" in document or document.startswith("~~~"):
        return _fault("code_fence", f"the answer starts with {quoted(document, 30)}")
    if document.startswith(("[", '"')) or _NUMBER_START.match(document):
        return _fault("invalid_json", f"no object: {quoted(document, 30)}")
    if document in {"NaN", "Infinity", "-Infinity"}:
        return _fault("not_finite", document)
    if document in {"true", "false", "null"}:
        return _fault("invalid_json", f"no object: {document}")
    return _fault("prose", f"the answer starts with {quoted(document, 30)}")


def _nesting(document: str) -> tuple[int, bool]:
    """Return the deepest level outside of strings, and whether all that was opened is closed."""
    depth = deepest = 0
    for match in _STRINGS_AND_BRACKETS.finditer(document):
        if match[2]:
            depth += 1
            deepest = max(deepest, depth)
        elif match[3]:
            depth -= 1
        elif not match[1]:
            return deepest, False
    return deepest, depth <= 0


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _RefusedError("duplicate_key", f"the key {quoted(key)} stands twice")
            seen.add(key)
    return value


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _RefusedError("not_finite", f"{quoted(digits)} is beyond a double")
    return value


def _integer(digits: str) -> int:
    if len(digits) > _MAX_INTEGER or math.isinf(float(digits)):
        raise _RefusedError("not_finite", f"{quoted(digits)} is beyond a double")
    return int(digits)


def _no_constant(name: str) -> NoReturn:
    raise _RefusedError("not_finite", f"{name} is no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_float=_finite,
    parse_int=_integer,
    parse_constant=_no_constant,
)
