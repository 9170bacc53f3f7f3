"""Commands end in results or in one line, with the exit code that says which."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from web4 import __version__, doctor
from web4.cli import main
from web4.digests import file_digest, joint_digest
from web4.records import TRAIN_BUCKETS, Record, read_records, write_jsonl

_ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PROFILE", "CANDIDATE", "STORE", "RUN", "REBUILD"):
        monkeypatch.delenv(f"WEB4_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def _refused(code: int, *arguments: str) -> str:
    """Run a command that fails; return the one line that says why."""
    result = _run(*arguments)
    assert result.exit_code == code
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    return result.stderr


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Write a profile that makes 3 records a bucket."""
    text = (_ROOT / "data" / "profiles" / "embedded.toml").read_text(encoding="utf-8")
    head, data, rest = re.split(
        r"(?<=\[data\]\n)(.*?)(?=\[lora\])", text, maxsplit=1, flags=re.DOTALL
    )
    text = head + re.sub(r"= \d+", "= 3", data) + rest
    path = tmp_path / "tiny.toml"
    path.write_text(text.replace('"embedded"', '"tiny"'), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "evaluate"),
        (("evaluate",), "--candidate"),
        (("train",), "[dry_run|mini|full]"),
        (("data", "check"), "PATHS"),
        (("eval", "freeze"), "VERSION"),
        (("release", "accept"), "VERSION"),
        (("release", "rollback"), "VERSION"),
        (("certificate", "verify"), "--key"),
        (("iterate",), "--plan"),
        (("synth",), "OUT"),
    ],
)
def test_help_tells_what_there_is(arguments: tuple[str, ...], told: str) -> None:
    result = _run(*arguments, "--help")
    assert result.exit_code == 0
    assert told in result.stdout


def test_the_version_is_told() -> None:
    assert _run("--version").stdout == f"web4, version {__version__}\n"


def test_help_is_there_without_torch() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "web4", "--help"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "click" in imported
    assert not imported & {"torch", "transformers", "llama_cpp", "numpy", "pydantic", "pytest"}


def test_a_command_that_is_none_is_a_usage_error() -> None:
    assert "No such command 'shipit'" in _refused(2, "shipit")


def test_a_step_that_is_none_lists_the_known_ones(tmp_path: Path) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text("{}", encoding="utf-8")
    told = _refused(2, "step", "shipit", str(spec))
    assert "no step 'shipit'; known: base, dataset, sanity" in told


def test_a_step_without_its_spec_is_a_usage_error(tmp_path: Path) -> None:
    assert "does not exist" in _refused(2, "step", "dataset", str(tmp_path / "none.json"))


def test_a_step_runs_by_hand(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    spec = {
        "step": "dataset",
        "params": {"counts": dict.fromkeys(TRAIN_BUCKETS, 2), "seed": 1},
        "inputs": {},
        "files": {},
        "out": str(tmp_path / "out"),
        "scratch": str(tmp_path),
    }
    (tmp_path / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    assert _run("step", "dataset", str(tmp_path / "spec.json")).exit_code == 0
    assert len(list((tmp_path / "out").glob("*.jsonl"))) == len(TRAIN_BUCKETS)


def test_synth_writes_every_bucket_of_a_profile(tmp_path: Path, profile: Path) -> None:
    out = tmp_path / "deep" / "data"
    result = _run("synth", str(out), "--profile", str(profile))
    assert result.exit_code == 0
    digest = joint_digest({path.name: file_digest(path) for path in out.iterdir()})
    assert result.stdout == f"15 records in {out}, sha256 {digest}\n"
    for bucket in TRAIN_BUCKETS:
        assert len(list(read_records(out / f"{bucket}.jsonl"))) == 3


def test_a_file_where_a_folder_should_be_is_a_usage_error(profile: Path) -> None:
    assert "is a file" in _refused(2, "synth", str(profile))


@pytest.mark.parametrize("command", ["evaluate", "train"])
def test_a_broken_profile_ends_in_one_line(tmp_path: Path, command: str) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("name = 3\n", encoding="utf-8")
    told = _refused(1, command, "--profile", str(path))
    assert told.startswith(f"Error: {path}: mend name: ")
    assert told.count("\n") == 1
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("nonesuch", "nonesuch: no candidate. Give 'release'"),
        ("openai:gpt", "openai:gpt: no endpoint. Give openai:http://host:port/v1#model"),
        ("cut.gguf", "cut.gguf: no whole GGUF file"),
    ],
)
def test_a_candidate_that_is_none_ends_in_one_line(tmp_path: Path, spec: str, told: str) -> None:
    (tmp_path / "cut.gguf").write_bytes(b"GGUF")
    line = _refused(1, "evaluate", "--candidate", spec)
    assert line.startswith(f"Error: {told}")
    assert line.count("\n") == 1
    assert not (tmp_path / "outputs").exists()


@pytest.mark.parametrize(("well", "code"), [(True, 0), (False, 1)])
def test_the_doctor_exits_by_what_it_found(
    monkeypatch: pytest.MonkeyPatch, *, well: bool, code: int
) -> None:
    found = [doctor.Finding("Python", well=True), doctor.Finding("torch", well=well)]
    monkeypatch.setattr(doctor, "findings", lambda: iter(found))
    result = _run("doctor")
    assert result.exit_code == code
    assert result.stdout.splitlines() == [
        "ok      Python",
        f"{'ok     ' if well else 'MISSING'} torch",
    ]


def test_a_frozen_version_cannot_be_frozen_again() -> None:
    assert "v1.2: this version is frozen already" in _refused(1, "eval", "freeze", "v1.2")


@pytest.mark.parametrize("version", ["v1", "1.3", "../v1.3", "v1.3.0"])
def test_an_evaluation_version_that_is_none_is_a_usage_error(version: str) -> None:
    assert "an evaluation version reads like v1.3" in _refused(2, "eval", "freeze", version)


def test_a_run_that_was_not_gated_is_not_accepted() -> None:
    told = _refused(1, "release", "accept", "v1.2.3")
    assert told.startswith("Error: outputs/embedded/scorecard.json: the run was not gated.")


# ── Looking at records ────────────────────────────────────────────────────────────────────────


def test_a_sample_of_a_bucket_is_shown() -> None:
    result = _run("data", "show", "guardrail", "--sample", "3")
    assert result.exit_code == 0
    assert result.stdout.count("  asks   ") == 3
    assert _run("data", "show", "guardrail", "--sample", "3").stdout == result.stdout
    other = _run("data", "show", "guardrail", "--sample", "3", "--seed", "1")
    assert other.stdout != result.stdout


def test_one_record_is_shown_as_it_is_trained() -> None:
    shown = _run("data", "show", "tool", "--id", "tool-0007", "--prompt").stdout
    assert shown.startswith("tool-0007  tool_call")
    assert "<|im_start|>assistant\n⟦{" in shown


def test_a_file_of_records_is_shown(tmp_path: Path) -> None:
    record = Record("mine-1", "guardrail", "Tell me.", "", "<REFUSAL> No.")
    write_jsonl(tmp_path / "mine.jsonl", [record])
    assert "Tell me." in _run("data", "show", str(tmp_path / "mine.jsonl")).stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("nope",), "neither a file nor a bucket"), (("tool", "--id", "x"), "holds no record 'x'")],
)
def test_what_cannot_be_shown_is_told(arguments: tuple[str, ...], told: str) -> None:
    assert told in _refused(1, "data", "show", *arguments)
