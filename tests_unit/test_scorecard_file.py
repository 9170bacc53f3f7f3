"""The record of a run is what the published schema says, and nothing older passes for it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests_unit.gate_suite import ROOT, GateSuite
from web4.scorecard_file import SCHEMA_VERSION

pytest_plugins = ["pytester"]

_SCHEMA = json.loads((ROOT / "data" / "schemas" / "scorecard.schema.json").read_text("utf-8"))
_VALIDATOR = jsonschema.Draft202012Validator(_SCHEMA)


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> GateSuite:
    return GateSuite(pytester, monkeypatch)


def _record(suite: GateSuite, *options: str) -> dict[str, Any]:
    suite.run("--web4-run", "made", *options)
    record: dict[str, Any] = json.loads(
        (suite.path / "outputs/made/scorecard.json").read_text("utf-8"),
        parse_constant=lambda name: pytest.fail(f"{name} is no JSON"),
    )
    return record


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(_SCHEMA)
    assert _SCHEMA["properties"]["schema_version"]["const"] == SCHEMA_VERSION


@pytest.mark.parametrize(
    ("told", "options"),
    [
        ("{}", ()),
        ('{"tool.selection": 0.8, "packaging.parity": null}', ()),
        ('{"tool.selection": 0.91}', ("--web4-confidence", "0.99")),
        ("{}", ("-k", "nothing")),
        ("{}", ("--web4-candidate", "embedded:smollm2")),
    ],
    ids=["passed", "missed and not measured", "with confidence", "nothing asked", "from outside"],
)
def test_a_record_of_a_run_fits_the_schema(
    suite: GateSuite, told: str, options: tuple[str, ...]
) -> None:
    suite.tell(CANNED=told)
    record = _record(suite, *options)
    _VALIDATOR.validate(record)
    assert len(record["targets"]) == record["gate"]["asked"]
    measured = [one for one in record["targets"] if one["status"] != "not_evaluated"]
    assert (
        len(measured)
        == record["gate"]["asked"] - record["gate"]["not_evaluated"] - (record["gate"]["unasked"])
    )


@pytest.mark.parametrize("path", sorted((ROOT / "data/releases").glob("*/scorecard.json")), ids=str)
def test_a_kept_record_states_its_version_or_is_refused(path: Path) -> None:
    record = json.loads(path.read_text("utf-8"))
    assert _VALIDATOR.is_valid(record) is (record.get("schema_version") == SCHEMA_VERSION)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("schema_version",), 2),
        (("verdict",), "all fine"),
        (("gate", "state"), "GREEN"),
        (("gate", "missed"), 3),
        (("gate", "objections"), ["stale"]),
        (("run", "eval_sha256"), "ab"),
        (("targets", 0, "status"), "maybe"),
        (("targets", 0, "value"), "1.0"),
        (("cards", 0, "digest"), ""),
    ],
    ids=str,
)
def test_a_record_that_is_wrong_is_refused(
    suite: GateSuite, place: tuple[Any, ...], value: object
) -> None:
    record = _record(suite)
    inner: Any = record
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    assert not _VALIDATOR.is_valid(record)
