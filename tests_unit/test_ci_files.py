"""The pipelines to copy are valid by their hosts' schemas, and call what there is."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests_unit.gate_suite import ROOT

_CI = ROOT / "docs" / "ci"
_SCHEMAS = {
    "github-actions.yml": "vendor.github-workflows",
    "gitlab-ci.yml": "vendor.gitlab-ci",
}


def _checked(path: Path, schema: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    more = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    return subprocess.run(
        [*command, *more, str(path)], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(("name", "schema"), _SCHEMAS.items())
def test_a_pipeline_fits_its_hosts_schema_and_a_broken_one_does_not(
    name: str, schema: str, tmp_path: Path
) -> None:
    done = _checked(_CI / name, schema)
    assert done.returncode == 0, done.stdout
    broken = tmp_path / name
    text = (_CI / name).read_text("utf-8")
    broken.write_text(
        re.sub(r"^( +)(runs-on|script):", r"\1\2-typo:", text, flags=re.MULTILINE), "utf-8"
    )
    assert _checked(broken, schema).returncode == 1


def _commands(value: Any) -> list[str]:
    """Return every line of shell in a pipeline."""
    if isinstance(value, dict):
        named = [value[name] for name in ("run", "script", "before_script") if name in value]
        lines = [one for text in named for one in ([text] if isinstance(text, str) else text)]
        inner = [one for part in value.values() for one in _commands(part)]
        return [line for text in lines for line in text.splitlines()] + inner
    if isinstance(value, list):
        return [one for part in value for one in _commands(part)]
    return []


@pytest.mark.parametrize("name", _SCHEMAS)
def test_a_pipeline_gates_compares_publishes_and_keeps_the_store(name: str) -> None:
    text = (_CI / name).read_text("utf-8")
    commands = [line.strip() for line in _commands(yaml.safe_load(text))]
    assert "pip install -c constraints.txt -e '.[model,style]'" in commands
    for mark in ("shipgate", "regression"):
        assert f"pytest -m {mark} --junitxml=outputs/junit/{mark}.xml" in commands
    assert "outputs/.store" in text
    for kept in ("outputs/junit/", "scorecard.json", "report*.html", "certificate*.json"):
        assert kept in text
    assert "WEB4_SIGNING_KEY" in text
    assert "schedule" in text
