"""JSON Schema 2020-12, checked in linear time, whatever a catalogue asks and an answer says.

Python's expressions, which ``jsonschema`` would take, can backtrack without end on an answer.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import jsonschema
import jsonschema_rs
from jsonschema.exceptions import ValidationError

_LINEAR = jsonschema_rs.RegexOptions()


def checked(schema: Any) -> None:
    """Raise ``ValueError`` where a schema is none that can be checked in linear time."""
    quick_validator(schema)
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise ValueError(error.message) from error


def quick_validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    """Return what decides in microseconds, by expressions that take linear time.

    Raise ``ValueError`` where the schema is none, or an expression looks around or back.
    """
    try:
        return jsonschema_rs.Draft202012Validator(schema, pattern_options=_LINEAR)
    except jsonschema_rs.ValidationError as error:
        raise ValueError(error.message) from error


def _pattern(
    _validator: Any, pattern: str, instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _matches(pattern: str, text: str) -> bool:
    try:
        return _matcher(pattern).is_valid(text)
    except ValueError:  # half a character, which no expression matches
        return False


@lru_cache(1024)
def _matcher(pattern: str) -> jsonschema_rs.Draft202012Validator:
    return quick_validator({"pattern": pattern})


TellingValidator: Any = jsonschema.validators.extend(  # type: ignore[no-untyped-call] # untyped upstream
    jsonschema.Draft202012Validator, {"pattern": _pattern}
)
"""``jsonschema``'s validator, which says where a fault is, with these expressions."""
