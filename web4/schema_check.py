"""JSON Schema 2020-12, checked in linear time, whatever a catalogue asks and an answer says.

Python's expressions, which ``jsonschema`` would take, can backtrack without end on an answer.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

_LINEAR = jsonschema_rs.RegexOptions()


def quick_validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    """Return what decides in microseconds, by expressions that take linear time.

    Raise ``ValueError`` where the schema is none, or an expression looks around or back.
    """
    try:
        return jsonschema_rs.Draft202012Validator(schema, pattern_options=_LINEAR)
    except jsonschema_rs.ValidationError as error:
        raise ValueError(error.message) from error


def telling_validator(schema: Any, **options: Any) -> "Draft202012Validator":
    """Return ``jsonschema``'s validator, which says where a fault is, with these expressions."""
    found: Draft202012Validator = _telling()(schema, **options)
    return found


@cache
def _telling() -> Any:
    import jsonschema  # takes a tenth of the time that collecting a gate's tests does

    return jsonschema.validators.extend(  # type: ignore[no-untyped-call] # untyped upstream
        jsonschema.Draft202012Validator, {"pattern": _pattern}
    )


def _pattern(
    _validator: Any, pattern: str, instance: Any, _schema: Any
) -> Iterator["ValidationError"]:
    if isinstance(instance, str) and not _matches(pattern, instance):
        from jsonschema import ValidationError

        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _matches(pattern: str, text: str) -> bool:
    try:
        return _matcher(pattern).is_valid(text)
    except ValueError:  # half a character, which no expression matches
        return False


@lru_cache(1024)
def _matcher(pattern: str) -> jsonschema_rs.Draft202012Validator:
    return quick_validator({"pattern": pattern})
