"""The store builds each artifact once, publishes it whole and gives away nothing damaged."""

import errno
import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock, Timeout
from hypothesis import given
from hypothesis import strategies as st

from web4 import store as store_module
from web4.errors import ArtifactError, StepFailedError
from web4.store import MANIFEST, Artifact, Manifest, Request, Store, Usage, open_artifact

_ROOT = Path(__file__).parents[1]
_USAGE = Usage(1.5, 99.0, 2048)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
_PARAMS = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), _JSON, max_size=5)


class Runner:
    """Writes what it is asked for and notes each run; ``before`` may fail or look around."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.before: Callable[[Request, Path, Path], None] = lambda _request, _out, _scratch: None

    def __call__(
        self, request: Request, inputs: Mapping[str, Artifact], out: Path, scratch: Path
    ) -> tuple[Usage, Mapping[str, Any]]:
        self.ran.append(request.step)
        self.before(request, out, scratch)
        below = {name: artifact.read_json("result.json") for name, artifact in inputs.items()}
        text = json.dumps({"params": dict(request.params), "below": below})
        (out / "result.json").write_text(text, encoding="utf-8")
        (out / "deep").mkdir()
        (out / "deep" / "more.txt").write_text(request.step, encoding="utf-8")
        return _USAGE, {"cpus": 2}


@pytest.fixture
def runner() -> Runner:
    return Runner()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, runner: Runner, said: list[str]) -> Store:
    return _store(tmp_path, runner, said)


def _store(tmp_path: Path, runner: Runner, said: list[str], **options: Any) -> Store:
    return Store(tmp_path / "store", runner, say=said.append, **options)


def _data(**params: Any) -> Request:
    return Request("data", 1, {"seed": 3, **params})


def _base() -> Request:
    return Request("base", 1, {"base": "tiny"})


def _model(data: Request | None = None, base: Request | None = None, **params: Any) -> Request:
    inputs = {"data": data or _data(), "base": base or _base()}
    return Request("model", 1, {"rate": 0.1, **params}, inputs)


def _published(tmp_path: Path) -> list[str]:
    root = tmp_path / "store"
    return sorted(path.parent.parent.name for path in root.glob(f"[!.]*/*/{MANIFEST}"))


def _folders(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "store").glob("[!.]*/*") if path.is_dir()]


def test_what_is_needed_is_built_first_and_once(store: Store, runner: Runner) -> None:
    artifact = store.get(_model())
    assert runner.ran == ["data", "base", "model"]
    assert artifact.read_json("result.json")["below"]["data"]["params"] == {"seed": 3}
    assert store.get(_model()) is artifact
    assert store.get(_data()).key == _data().key
    assert len(runner.ran) == 3


def test_the_same_key_runs_nothing_in_a_later_session(
    tmp_path: Path, store: Store, runner: Runner, said: list[str]
) -> None:
    built = store.get(_model())
    said.clear()
    assert _store(tmp_path, runner, said).get(_model()) == built
    assert len(runner.ran) == 3
    assert said == []


def test_a_manifest_tells_origin_and_cost(store: Store) -> None:
    artifact = store.get(_model())
    manifest = artifact.manifest
    assert manifest == open_artifact(artifact.path).manifest
    assert (manifest.step, manifest.version, manifest.key) == ("model", 1, _model().key)
    assert manifest.params == {"rate": 0.1}
    assert manifest.inputs == {"data": _data().key, "base": _base().key}
    assert manifest.usage == _USAGE
    assert manifest.environment == {"cpus": 2}
    assert sorted(manifest.files) == ["deep/more.txt", "result.json"]


def test_work_is_gone_once_it_is_published(tmp_path: Path, store: Store) -> None:
    store.get(_model())
    assert list((tmp_path / "store" / ".work").iterdir()) == []


def test_a_changed_parameter_rebuilds_what_lies_above_and_nothing_else(
    tmp_path: Path, store: Store, runner: Runner, said: list[str]
) -> None:
    store.get(_model())
    runner.ran.clear()
    other = _store(tmp_path, runner, said)
    other.get(_model(_data(seed=4)))
    assert runner.ran == ["data", "model"]
    other.get(_model(rate=0.2))
    assert runner.ran == ["data", "model", "model"]
    other.get(_model())
    assert len(runner.ran) == 3


def test_a_miss_names_the_changed_parameter(store: Store) -> None:
    artifact = store.get(_model())
    line = store.explain_miss(_model(rate=0.2))
    assert line == f"model: rate 0.1 -> 0.2 (since {artifact.path.name})"


def test_a_miss_names_added_and_dropped_parameters(store: Store) -> None:
    store.get(_data(old=1))
    assert "new None -> 2; old 1 -> None (since" in store.explain_miss(_data(new=2))


def test_a_miss_names_the_changed_version(store: Store) -> None:
    store.get(_data())
    assert "data: version 1 -> 2 (since" in store.explain_miss(replace(_data(), version=2))


def test_a_miss_names_the_changed_input(store: Store) -> None:
    store.get(_model())
    line = store.explain_miss(_model(_data(seed=4)))
    assert line.startswith("model: input data changed (since")


def test_a_miss_names_the_changed_file(tmp_path: Path, store: Store) -> None:
    file = tmp_path / "weights.bin"
    file.write_bytes(b"one")
    store.get(replace(_base(), files={"weights.bin": file}))
    file.write_bytes(b"two")
    line = store.explain_miss(replace(_base(), files={"weights.bin": file}))
    assert line.startswith("base: file weights.bin changed (since")


def test_a_miss_compares_with_the_nearest_relative(store: Store) -> None:
    store.get(_data(seed=9, count=9))
    near = store.get(_data(count=1))
    assert store.explain_miss(_data(count=2)) == f"data: count 1 -> 2 (since {near.path.name})"


def test_a_miss_looks_past_a_damaged_relative(store: Store) -> None:
    artifact = store.get(_data())
    (artifact.path / MANIFEST).write_text("{", encoding="utf-8")
    assert store.explain_miss(_data(seed=4)) == "data: never built here"


def test_each_build_is_announced_with_its_reason(store: Store, said: list[str]) -> None:
    store.get(_data())
    assert said == ["data: never built here", "data: built in 1.5 s"]


def _change_a_byte(folder: Path) -> None:
    file = folder / "result.json"
    file.write_bytes(b"X" + file.read_bytes()[1:])


def _cut(folder: Path) -> None:
    (folder / "result.json").write_bytes(b"")


def _remove(folder: Path) -> None:
    (folder / "deep" / "more.txt").unlink()


def _manifest_of(text: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / MANIFEST).write_text(text, encoding="utf-8")

    return damage


def _changed_manifest(**changes: Any) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        (folder / MANIFEST).write_text(json.dumps({**raw, **changes}), encoding="utf-8")

    return damage


_DAMAGES = {
    "a changed byte": (_change_a_byte, "result.json"),
    "a file cut short": (_cut, "result.json"),
    "a missing file": (_remove, "more.txt"),
    "no manifest": (lambda folder: (folder / MANIFEST).unlink(), MANIFEST),
    "a manifest cut short": (_manifest_of('{"step": "da'), MANIFEST),
    "an empty manifest": (_manifest_of(""), MANIFEST),
    "a manifest that is a list": (_manifest_of("[]"), MANIFEST),
    "a manifest without fields": (_manifest_of("{}"), MANIFEST),
    "a manifest whose files are a list": (_changed_manifest(files=["result.json"]), MANIFEST),
    "a manifest without digests": (_changed_manifest(files={"result.json": {}}), MANIFEST),
    "a manifest whose params are text": (_changed_manifest(params="seed"), MANIFEST),
    "a manifest whose inputs are text": (_changed_manifest(inputs="data"), MANIFEST),
}


@pytest.mark.parametrize(("damage", "file"), _DAMAGES.values(), ids=_DAMAGES)
def test_damage_is_found_announced_and_mended(  # noqa: PLR0913, PLR0917 - its fixtures
    tmp_path: Path,
    store: Store,
    runner: Runner,
    said: list[str],
    damage: Callable[[Path], None],
    file: str,
) -> None:
    artifact = store.get(_data())
    damage(artifact.path)
    said.clear()
    later = _store(tmp_path, runner, said)
    later.explain_miss(_data(seed=5))
    assert open_artifact(later.get(_data()).path).manifest.files == artifact.manifest.files
    assert runner.ran == ["data", "data"]
    assert said[0].startswith("damaged, discarded and made again: ")
    assert file in said[0]
    assert "\n" not in said[0]


def test_where_tells_the_origin_without_building(
    tmp_path: Path, store: Store, runner: Runner, said: list[str]
) -> None:
    assert store.where(_data()) == "build"
    store.get(_data())
    assert store.where(_data()) == "store"
    other = Store(tmp_path / "other", runner, seeds=[tmp_path / "store"], say=said.append)
    assert other.where(_data()) == "seed"
    rebuilding = _store(tmp_path, runner, said, rebuild=frozenset({"data"}))
    assert rebuilding.where(_data()) == "build"
    assert runner.ran == ["data"]


def test_a_rebuild_makes_each_artifact_of_the_step_again_and_once(
    tmp_path: Path, store: Store, runner: Runner, said: list[str]
) -> None:
    wanted = [_data(), _data(seed=4)]
    for request in wanted:
        store.get(request)
    runner.ran.clear()
    said.clear()
    rebuilding = _store(tmp_path, runner, said, rebuild=frozenset({"data"}))
    for request in (*wanted, *wanted):
        rebuilding.get(request)
        assert rebuilding.where(request) == "store"
    assert runner.ran == ["data", "data"]
    assert said[0].startswith("data: rebuild asked for (since ")
    assert len(_folders(tmp_path)) == 2


def test_a_runner_that_raises_leaves_nothing_published(
    tmp_path: Path, store: Store, runner: Runner
) -> None:
    def fail(_request: Request, out: Path, _scratch: Path) -> None:
        (out / "half.txt").write_text("half", encoding="utf-8")
        raise StepFailedError("data: it broke")

    runner.before = fail
    with pytest.raises(StepFailedError, match="it broke"):
        store.get(_model())
    assert _folders(tmp_path) == []
    runner.before = lambda _request, out, _scratch: _assert_empty(out)
    assert "half.txt" not in store.get(_data()).manifest.files


def _assert_empty(folder: Path) -> None:
    assert list(folder.iterdir()) == []


def test_one_step_at_a_time_has_the_machine(tmp_path: Path, store: Store, runner: Runner) -> None:
    def try_to_run(_request: Request, _out: Path, _scratch: Path) -> None:
        with pytest.raises(Timeout):
            FileLock(tmp_path / "store" / ".locks" / "machine.lock", timeout=0).acquire()

    runner.before = try_to_run
    store.get(_model())
    assert runner.ran


def test_a_step_that_writes_nothing_has_failed(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", lambda *_: (_USAGE, {}))
    with pytest.raises(StepFailedError, match="data: the step ended without writing a file"):
        store.get(_data())
    assert _folders(tmp_path) == []


@pytest.mark.parametrize("resumable", [True, False])
def test_only_a_resumable_step_finds_its_scratch_again(
    store: Store,
    runner: Runner,
    resumable: bool,  # noqa: FBT001 - a case
) -> None:
    found: list[list[str]] = []

    def look(request: Request, out: Path, scratch: Path) -> None:
        assert request.step == "data"
        _assert_empty(out)
        found.append([path.name for path in scratch.iterdir()])
        (out / "half.txt").touch()
        (scratch / "checkpoint").touch()
        if len(found) == 1:
            raise KeyboardInterrupt

    runner.before = look
    request = replace(_data(), resumable=resumable)
    with pytest.raises(KeyboardInterrupt):
        store.get(request)
    store.get(request)
    assert found == [[], ["checkpoint"] if resumable else []]


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def _assert_disk_full(tmp_path: Path, store: Store) -> None:
    with pytest.raises(ArtifactError) as caught:
        store.get(_data())
    message = str(caught.value)
    assert message.startswith("data: could not be published")
    assert "disk is full" in message
    assert "--web4-store" in message
    assert "\n" not in message
    assert _folders(tmp_path) == []


def test_a_disk_full_while_running_says_so(tmp_path: Path, store: Store, runner: Runner) -> None:
    runner.before = _full
    _assert_disk_full(tmp_path, store)


@pytest.mark.parametrize("place", ["_sync", "_write_durably"])
def test_a_disk_full_while_publishing_says_so(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(store_module, place, _full)
        _assert_disk_full(tmp_path, store)
    assert store.get(_data()).key == _data().key


def test_a_disk_full_while_preparing_says_so(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.mkdir

    def mkdir(path: Path, *args: Any, **kwargs: Any) -> None:
        if ".work" in path.parts:
            _full()
        real(path, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    _assert_disk_full(tmp_path, store)


def test_a_disk_full_while_restoring_says_so(
    tmp_path: Path, store: Store, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.get(_data())
    (tmp_path / "store").rename(tmp_path / "seeds")
    monkeypatch.setattr(shutil, "copytree", _full)
    seeded = Store(tmp_path / "store", runner, seeds=[tmp_path / "seeds"])
    _assert_disk_full(tmp_path, seeded)


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path, runner: Runner) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArtifactError, match="Check that the store can be written"):
        Store(tmp_path / "file", runner).get(_data())
    assert runner.ran == []


@pytest.fixture
def seeds(tmp_path: Path, store: Store, runner: Runner, said: list[str]) -> Path:
    """Return a folder that holds a built model, while the store itself is empty again."""
    store.get(_model())
    (tmp_path / "store").rename(tmp_path / "seeds")
    runner.ran.clear()
    said.clear()
    return tmp_path / "seeds"


def test_a_seed_is_restored_instead_of_run(
    tmp_path: Path, seeds: Path, runner: Runner, said: list[str]
) -> None:
    store = _store(tmp_path, runner, said, seeds=[tmp_path / "none", seeds])
    artifact = store.get(_model())
    assert runner.ran == []
    assert artifact.path == tmp_path / "store" / _model().folder
    assert artifact.manifest == open_artifact(seeds / _model().folder).manifest
    assert said == [f"model: restored from {seeds / _model().folder}"]
    assert _published(tmp_path) == ["model"]


def test_a_damaged_seed_is_named_and_never_published(
    tmp_path: Path, seeds: Path, runner: Runner, said: list[str]
) -> None:
    file = seeds / _model().folder / "result.json"
    _change_a_byte(file.parent)
    store = _store(tmp_path, runner, said, seeds=[seeds])
    with pytest.raises(ArtifactError) as caught:
        store.get(_model())
    assert str(caught.value) == f"{file}: is not what the manifest says (digest differs)"
    assert _folders(tmp_path) == []
    assert file.exists()


def test_a_rebuild_passes_by_the_seed(
    tmp_path: Path, seeds: Path, runner: Runner, said: list[str]
) -> None:
    store = _store(tmp_path, runner, said, seeds=[seeds], rebuild=frozenset({"model"}))
    store.get(_model())
    assert runner.ran == ["model"]


def test_a_pinned_key_takes_the_artifact_as_it_is(
    tmp_path: Path, store: Store, runner: Runner, said: list[str]
) -> None:
    built = store.get(_data())
    pinned = Request("data", 7, {"anything": "else"}, pinned_key=built.key)
    assert pinned.key == built.key
    assert _store(tmp_path, runner, said).get(pinned) == built
    assert _model(pinned).key == _model(_data()).key
    assert runner.ran == ["data"]


def test_a_pinned_artifact_that_is_gone_is_never_built(
    tmp_path: Path, store: Store, runner: Runner
) -> None:
    pinned = Request("data", 1, {}, pinned_key="0123456789abcdef" * 4)
    with pytest.raises(ArtifactError, match="data: the artifact 0123456789abcdef is pinned"):
        store.get(_model(pinned))
    assert runner.ran == []
    assert _folders(tmp_path) == []


def test_a_pinned_artifact_comes_from_a_seed(
    tmp_path: Path, seeds: Path, runner: Runner, said: list[str]
) -> None:
    pinned = Request("model", 1, {}, pinned_key=_model().key)
    artifact = _store(tmp_path, runner, said, seeds=[seeds]).get(pinned)
    assert artifact.key == _model().key
    assert runner.ran == []


@given(_PARAMS)
def test_a_key_does_not_depend_on_the_order_of_parameters(params: dict[str, Any]) -> None:
    turned = dict(reversed(params.items()))
    assert Request("data", 1, turned).key == Request("data", 1, params).key


@given(_PARAMS, st.data())
def test_a_key_changes_with_every_parameter(params: dict[str, Any], data: st.DataObject) -> None:
    before = Request("data", 1, params).key
    assert Request("data", 1, {**params, "added parameter": None}).key != before
    for name, value in params.items():
        other = data.draw(_JSON)
        differs = _canonical(other) != _canonical(value)
        assert (Request("data", 1, {**params, name: other}).key != before) == differs


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def test_a_key_changes_with_step_version_inputs_and_files(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"1")
    requests = [
        _data(),
        replace(_data(), step="other"),
        replace(_data(), version=2),
        replace(_data(), inputs={"base": _base()}),
        replace(_data(), inputs={"other": _base()}),
        replace(_data(), files={"a": file}),
        replace(_data(), files={"b": file}),
    ]
    assert len({request.key for request in requests}) == len(requests)
    assert replace(_data(), resumable=True).key == _data().key


def test_a_manifest_survives_its_text(tmp_path: Path, store: Store) -> None:
    manifest = store.get(_model()).manifest
    path = tmp_path / MANIFEST
    path.write_text(manifest.to_json(), encoding="utf-8")
    assert Manifest.read(path) == manifest


def test_two_processes_that_want_one_key_run_it_once(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import os, sys, time
        from pathlib import Path
        from web4.store import Request, Store, Usage

        root, me, other = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

        def run(request, inputs, out, scratch):
            with (root / "ran").open("a") as log:
                log.write(me + "\\n")
            time.sleep(0.3)
            (out / "result.json").write_text(me)
            return Usage(1.0, 1.0, 1), {}

        (root / me).touch()
        while not (root / other).exists():
            time.sleep(0.01)
        print(Store(root / "store", run).get(Request("data", 1, {})).path)
    """)
    command = [sys.executable, "-c", script, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    running = [
        subprocess.Popen([*command, *names], stdout=subprocess.PIPE, text=True, env=environment)
        for names in (("one", "two"), ("two", "one"))
    ]
    answers = [process.communicate(timeout=60)[0].strip() for process in running]
    assert answers == [str(tmp_path / "store" / Request("data", 1, {}).folder)] * 2
    assert len((tmp_path / "ran").read_text().splitlines()) == 1


def test_a_miss_names_what_changed_inside_a_table(store: Store) -> None:
    store.get(_data(counts={"a": 1, "b": 2}))
    assert "counts.b 2 -> 3 " in store.explain_miss(_data(counts={"a": 1, "b": 3}))
