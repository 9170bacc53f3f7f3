"""The validators give the verdicts of the official JSON Schema test suite for draft 2020-12.

The suite is no distribution of its own: it comes out of jsonschema's source distribution, which is
fetched once and kept with the other assets.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import referencing
from referencing.jsonschema import DRAFT202012

from web4 import assets
from web4.catalog import Tool
from web4.schema_check import telling_validator
from web4.simulator.arguments import ArgumentCheck

pytestmark = pytest.mark.slow  # it needs the network when it runs first

SUITE = assets.Asset(
    name="json-schema-test-suite",
    requirement="jsonschema==4.26.0",
    kind="sdist",
    sha256="0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326",
    root="jsonschema-4.26.0/json",
    members=("tests/draft2020-12/", "remotes/", "LICENSE"),
    content_sha256="c980e54e2c510609f274d8342844f74926bae444ff1592ba692048d8b49d9cc2",
    backend="hatchling.build",
)
REQUIRED = 46
"""Files of what an implementation must do; ``optional/`` is told apart."""

IsValid = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Case:
    file: str
    group: str
    schema: Any
    description: str
    data: Any
    valid: bool


@pytest.fixture(scope="module")
def suite() -> Path:
    return assets.fetch(SUITE)


def cases(suite: Path, pattern: str) -> Iterator[Case]:
    folder = suite / "tests" / "draft2020-12"
    for path in sorted(folder.glob(pattern)):
        for group in json.loads(path.read_text(encoding="utf-8")):
            for one in group["tests"]:
                name = path.relative_to(folder).with_suffix("").as_posix()
                told = (name, group["description"], group["schema"])
                yield Case(*told, one["description"], one["data"], one["valid"])


@pytest.fixture(scope="module")
def remotes(suite: Path) -> dict[str, Any]:
    """Return what the suite's schemas refer to, by the address that they have for it."""
    folder = suite / "remotes"
    return {
        f"http://localhost:1234/{path.relative_to(folder).as_posix()}": json.loads(
            path.read_text(encoding="utf-8")
        )
        for path in folder.rglob("*.json")
    }


def with_jsonschema(remotes: Mapping[str, Any]) -> IsValid:
    resources = {
        url: referencing.Resource.from_contents(content, default_specification=DRAFT202012)
        for url, content in remotes.items()
    }
    registry: Any = referencing.Registry().with_resources(resources.items())

    def is_valid(schema: Any, data: Any) -> bool:
        return bool(telling_validator(schema, registry=registry).is_valid(data))

    return is_valid


def with_jsonschema_rs(remotes: Mapping[str, Any]) -> IsValid:
    def retrieve(url: str) -> Any:
        return remotes[url.partition("#")[0]]

    def is_valid(schema: Any, data: Any) -> bool:
        return jsonschema_rs.Draft202012Validator(
            schema, retriever=retrieve, pattern_options=jsonschema_rs.RegexOptions()
        ).is_valid(data)

    return is_valid


def differing(is_valid: IsValid, chosen: Iterator[Case]) -> list[Case]:
    """Return the cases on which a validator does not give the suite's verdict, or none at all."""
    found = []
    for case in chosen:
        try:
            verdict: bool | None = is_valid(case.schema, case.data)
        except (re.error, jsonschema_rs.ValidationError):
            verdict = None
        if verdict != case.valid:
            found.append(case)
    return found


def test_the_suite_is_whole(suite: Path) -> None:
    found = list(cases(suite, "*.json"))
    assert len({case.file for case in found}) == REQUIRED
    assert len(found) > 1200


def test_jsonschema_rs_gives_every_required_verdict(suite: Path, remotes: dict[str, Any]) -> None:
    assert differing(with_jsonschema_rs(remotes), cases(suite, "*.json")) == []


def test_jsonschema_gives_every_required_verdict_but_one(
    suite: Path, remotes: dict[str, Any]
) -> None:
    """It knows no vocabularies: keywords that a metaschema leaves out are asserted all the same.

    The plan's schema has the standard metaschema, so nothing here depends on it.
    """
    (known,) = differing(with_jsonschema(remotes), cases(suite, "*.json"))
    assert known.file == "vocabulary"
    assert known.description == "no validation: invalid number, but it still validates"


def test_optional_verdicts_differ_only_where_it_is_known(
    suite: Path, remotes: dict[str, Any]
) -> None:
    """``jsonschema`` checks with Python what an expression is, and has no keyword of older drafts.

    Formats (``optional/format/``) are asserted by neither, as draft 2020-12 has it: a format is an
    annotation unless one asks for more.
    """
    quick = differing(with_jsonschema_rs(remotes), cases(suite, "optional/*.json"))
    telling = differing(with_jsonschema(remotes), cases(suite, "optional/*.json"))
    assert quick == []
    assert Counter(case.file for case in telling) == {
        "optional/ecmascript-regex": 10,
        "optional/dependencies-compatibility": 14,
        "optional/format-assertion": 2,
    }


def test_the_simulators_own_check_of_types_gives_the_suites_verdicts(suite: Path) -> None:
    """What is only a type, and a list of types, it decides itself; all else jsonschema does."""
    found = [
        case
        for case in cases(suite, "*.json")
        if isinstance(case.schema, dict) and case.schema.keys() <= {"$schema", "type", "items"}
    ]
    for case in found:
        schema = {key: value for key, value in case.schema.items() if key != "$schema"}
        check = ArgumentCheck(Tool("any", "", {"properties": {"it": schema}}, {}))
        assert check.fits("it", case.data) == case.valid, case
    assert {case.file for case in found} >= {"type", "items"}
