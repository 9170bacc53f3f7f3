"""The release that a run is compared with, and its answers to the same evaluation version."""

from web4.errors import ArtifactError, ConfigError
from web4.pipeline import requests
from web4.profile import Profile
from web4.release.kept import Release, all_releases, find_release
from web4.release.record import SCORECARD, read_record
from web4.store import MANIFEST, Manifest, Request, Store

NO_BASELINE = "there is no release of this base to compare with"


def baseline_of(named: str, base_key: str, candidate_key: str) -> Release:
    """Return the release of that name, else the last accepted one that is not the candidate.

    The last accepted one is the newest with a green gate, and where none is green the newest; what
    was rolled back is passed over. Raise ``ConfigError`` where there is none that learned on the
    same base.
    """
    if named:
        release = find_release(named)
        if _base_of(release) != base_key:
            raise ConfigError(
                f"release {named} learned on another base than this run (profile "
                f"{release.profile}): answers of different bases are not compared"
            )
        return release
    others = [
        release
        for release in all_releases()
        if not release.withdrawn
        and release.adapter_key != candidate_key
        and _base_of(release) == base_key
    ]
    if not others:
        raise ConfigError(f"{NO_BASELINE}: accept one, or name one with --web4-baseline")
    return ([one for one in others if one.green] or others)[-1]


def answered(release: Release, profile: Profile, store: Store) -> tuple[Request, Request]:
    """Return what has a release's answers to the profile's evaluation version, and their scores.

    Raise ``ConfigError``, with the command that makes a comparison possible, where that version
    was never asked of it.
    """
    graph = requests(profile, adapter_key=release.adapter_key)
    predict = graph["predict_adapter"]
    if store.where(predict) == "build":
        then, now = evaluated_on(release), profile.eval.version
        why = (
            f"{release.version} was evaluated on {then}, this run on {now}, and versions are never "
            "compared with one another"
            if then != now
            else f"the answers of {release.version} to {now} are not here as this profile asks"
        )
        raise ConfigError(
            f"{why}. Evaluate it with: python -m web4 evaluate --candidate "
            f"release:{release.version} --profile {profile.name} --store {store.root}"
        )
    return predict, graph["score_adapter"]


def evaluated_on(release: Release) -> str:
    """Return the evaluation version of a release's scorecard; "an unknown version" without one."""
    try:
        cards = read_record(release.path / SCORECARD)["cards"]
    except ArtifactError:
        cards = []
    return str(cards[0]["eval_version"]) if cards else "an unknown version"


def _base_of(release: Release) -> str:
    """Return the key of the base that a release's adapter learned on; "" where that is not told."""
    try:
        return Manifest.read(release.adapter / MANIFEST).inputs.get("base", "")
    except ArtifactError:
        return ""
