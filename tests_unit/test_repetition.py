"""A training is repeated from its manifest, and what is not as it was then is named first."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from web4.errors import ArtifactError, ConfigError
from web4.repetition import repetition
from web4.run import Run
from web4.store import Artifact, Request, Usage

MakeRun = Callable[..., Run]


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    made = make_run()
    made.artifact("full")
    return made


def _manifest(run: Run) -> Path:
    return run.artifact("full").path / "manifest.json"


def _changed(run: Run, folder: Path, **changes: Any) -> Path:
    """Write the manifest with other values at places like ``environment.python``."""
    raw = json.loads(_manifest(run).read_text(encoding="utf-8"))
    for place, value in changes.items():
        *above, last = place.split("__")
        inner = raw
        for name in above:
            inner = inner[name]
        inner[last] = value
    path = folder / "manifest.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


def test_nothing_differs_from_a_manifest_of_this_machine(run: Run) -> None:
    again = repetition(_manifest(run), run)
    assert again.differences == ()
    assert again.request.key == run.requests["full"].key
    assert repetition(_manifest(run).parent, run).request == again.request


def test_what_differs_is_named(run: Run, tmp_path: Path) -> None:
    path = _changed(
        run,
        tmp_path,
        version=9,
        params__prompt_template="0123",
        input_contents__dataset="0" * 64,
        environment={"python": "3.9.1", "packages": {"torch": "1.0", "nonesuch": "absent"}},
    )
    lines = repetition(path, run).differences
    assert lines[0] == "version of the step: 9 then, 1 now"
    assert lines[1].startswith("prompt template: 0123 then, ")
    assert lines[2] == "dataset: made from the same, but its content differs"
    assert lines[3].startswith("python: 3.9.1 then, 3.")
    assert lines[4].startswith("torch: 1.0 then, ")
    assert len(lines) == 5


def test_a_parameter_that_is_no_longer_known_is_named(run: Run, tmp_path: Path) -> None:
    path = _changed(run, tmp_path, params__longest_first=True)
    assert repetition(path, run).differences == (
        "parameter longest_first = True: no longer known, and so without effect",
    )


def test_an_older_manifest_is_understood(run: Run, tmp_path: Path) -> None:
    raw = json.loads(_manifest(run).read_text(encoding="utf-8"))
    params = {name: v for name, v in raw["params"].items() if name not in ("mix", "starts_from")}
    path = _changed(run, tmp_path, params=params, input_contents={})
    again = repetition(path, run)
    assert (again.request.params["mix"], again.request.params["starts_from"]) == (None, "")
    assert again.differences == (
        "base: its content was not written down; its key is the same",
        "dataset: its content was not written down; its key is the same",
    )


def test_a_step_that_trains_nothing_is_refused(run: Run) -> None:
    with pytest.raises(ConfigError, match="is of the step 'dataset'; repeated is one of dry_run"):
        repetition(run.artifact("dataset").path, run)


def _other_data(run: Run) -> Run:
    data = run.profile.data.model_copy(update={"tool_neg": 7})
    profile = run.profile.model_copy(update={"data": data})
    return Run(profile, run.targets, run.store)


def test_data_that_the_store_still_holds_is_learned_from_again(run: Run) -> None:
    again = repetition(_manifest(run), _other_data(run))
    assert again.inputs["dataset"].key == run.requests["dataset"].key


def test_data_that_is_gone_is_told(run: Run) -> None:
    path = run.artifact("full").path
    shutil.rmtree(run.artifact("dataset").path)
    with pytest.raises(ArtifactError, match="which is not in the store, and the profile embedded"):
        repetition(path, _other_data(run))


@pytest.mark.parametrize(("weights", "says"), [("full", "the same adapter"), ("x", "another")])
def test_the_adapters_are_compared(run: Run, tmp_path: Path, weights: str, says: str) -> None:
    asked: list[Request] = []

    def train(
        request: Request, inputs: Mapping[str, Artifact], out: Path, scratch: Path
    ) -> tuple[Usage, Mapping[str, Any]]:
        assert set(inputs) == {"base", "dataset"}
        assert scratch.is_dir()
        asked.append(request)
        (out / "lora").mkdir()
        (out / "lora" / "adapter_model.safetensors").write_text(weights, encoding="utf-8")
        return Usage(1.0, 1.0, 1), {}

    before = _manifest(run).read_bytes()
    told = repetition(_manifest(run), run).train(tmp_path / "again", train)
    assert says in told
    assert replace(asked[0]).key == run.requests["full"].key
    assert _manifest(run).read_bytes() == before
