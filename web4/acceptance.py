"""Accepting a gated run as a release: certified, and no worse than the release before it."""

from collections.abc import Iterator
from pathlib import Path

from web4.assessment import assess
from web4.baseline import NO_BASELINE
from web4.certification import evidence_of
from web4.errors import ArtifactError, ConfigError, Web4Error
from web4.outlook import probe_gflops
from web4.pipeline import TRAINING
from web4.release.certificate import read_whole, why_not
from web4.release.kept import Release, all_releases, keep, prune
from web4.release.record import SCORECARD
from web4.run import Run
from web4.run_metrics import ITERATION


def accept(run: Run, folder: Path, version: str, *, red: bool = False) -> tuple[Release, list[str]]:
    """Keep the run gated in ``folder`` as a release; return it and the versions given up for it.

    Raise ``ConfigError`` where its gate has not passed or it is worse than the last accepted
    release; ``red`` keeps it all the same, marked as not green.
    """
    if run.outside:
        raise ConfigError(f"{run.spec}: only a profile's own run is accepted")
    scorecard = folder / SCORECARD
    if not scorecard.is_file():
        raise ConfigError(f"{scorecard}: the run was not gated. Run pytest -m shipgate first.")
    adapter = run.requests["full"].key
    reasons, evidence = [], []
    try:
        record = read_whole(scorecard)
        if record["run"]["adapter"] != adapter:
            raise ConfigError(f"{scorecard}: another adapter was gated. Gate this one.")
        told = why_not(record)
        if told:
            reasons.append(f"{scorecard}: {told}")
        else:
            evidence = evidence_of(folder, run.artifact("quantize").path / f"model.{run.rung}.gguf")
    except ArtifactError as error:
        reasons.append(str(error))
    green = not reasons
    reasons += regressions(run)
    if reasons and not red:
        raise ConfigError("; ".join(reasons) + ". With --red it is kept all the same.")
    kept = [run.store.get(run.requests[name]) for name in _kept(run)]
    made = Release(version, run.profile.name, adapter, green, round(probe_gflops(), 1))
    keep(made, kept, scorecard, evidence)
    return made, [gone.version for gone in prune()]


def _kept(run: Run) -> Iterator[str]:
    """Yield the steps that a fresh clone takes from the release: what takes long to repeat.

    The answers are judged again there, and a sample of them is asked of the served model.
    """
    for name, request in run.requests.items():
        slow = name in TRAINING or name.startswith("predict_")
        if slow and run.store.where(request) == "store":
            yield name


def regressions(run: Run) -> Iterator[str]:
    """Yield in a line each in what a run is worse than the last accepted release.

    That it cannot be compared counts too, but for the first release of a base.
    """
    if not all_releases():
        return
    try:
        _ = run.regression
    except Web4Error as error:
        if NO_BASELINE not in str(error):
            yield str(error)
        return
    for target in run.targets.target:
        if not target.metric.startswith(ITERATION):
            continue
        found = assess(run, target, "run")
        if found.status == "not_evaluated":
            yield f"{target.metric}: {found.why}"
        elif found.status != "reached" and found.score:
            causes = ", ".join(one.reason for one in found.score.reasons)
            told = f"{target.metric} is {found.score.value:.4g}, wanted {target.wanted()}"
            yield f"{told} ({causes})" if causes else told
