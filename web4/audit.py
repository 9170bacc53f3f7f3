"""What speaks against a run's scores although its tests are green: data, models, cache."""

from collections.abc import Iterator, Mapping

from web4.dataset.frozen import load_eval
from web4.digests import file_digest
from web4.errors import Web4Error
from web4.pipeline import TRAINING
from web4.rejudging import differences
from web4.run import Run
from web4.specification import PUBLISHED_EVAL
from web4.store import MANIFEST, Manifest, Request, open_artifact


def objections(run: Run) -> Iterator[str]:
    """Say in a line each what speaks against the scores of the run's candidates.

    Only what is in the store is looked at; nothing is built. The evaluation set has to be the
    frozen one, each score and each answer what its request asks for, each model from which they
    come the one that lies in the store now, and the scores what the kept answers come to.
    """
    try:
        yield from _evaluation_set(run)
        for candidate in run.candidates:
            name = f"score_{candidate}"
            request = run.request(name)
            found = list(_artifact(run, name, request, set()))
            yield from found or _judged_again(run, name, request)
    except Web4Error as error:
        yield str(error)


def _evaluation_set(run: Run) -> Iterator[str]:
    frozen = load_eval(run.profile.eval.version)
    published = PUBLISHED_EVAL.get(frozen.version)
    if published and frozen.digest != published:
        yield (
            f"evaluation set {frozen.version} has the digest {frozen.digest[:12]}, published was "
            f"{published[:12]}: restore it from version control, or freeze a new version"
        )


def _artifact(run: Run, name: str, request: Request, seen: set[str]) -> Iterator[str]:
    """Object to an artifact that is not what its request asks for, and to those it comes from."""
    manifest = run.store.manifest(request)
    if manifest is None or request.key in seen:
        return
    seen.add(request.key)
    folder = run.store.root / request.folder
    if manifest.key != request.key or manifest.step != request.step:
        yield f"{folder}: holds the results of another run; remove the folder and run again"
        return
    if request.step in ("predict", "score"):
        open_artifact(folder)
    if not request.pinned_key:
        yield from _origin(name, request, manifest)
    if request.step in TRAINING:
        return  # an adapter is what it is: a release brings it to machines that have its base anew
    for source, needed in request.inputs.items():
        yield from _freshness(run, name, request, manifest, source)
        yield from _artifact(run, f"{source} of {name}", needed, seen)


def _origin(name: str, request: Request, manifest: Manifest) -> Iterator[str]:
    """Object where a manifest names other inputs than were asked for, or a file has changed."""
    inputs = {source: needed.key for source, needed in request.inputs.items()}
    now = {file: file_digest(path) for file, path in request.files.items()}
    for what, then, asked in (
        ("input", manifest.inputs, inputs),
        ("file", manifest.input_files, request.file_digests),
        ("file", manifest.input_files, now),
    ):
        changed = _unequal(then, asked)
        if changed:
            yield f"{name}: was made from another {what} {changed[0]}; run again"
            return


def _unequal(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return sorted(key for key in {*then, *now} if then.get(key) != now.get(key))


def _freshness(
    run: Run, name: str, request: Request, manifest: Manifest, source: str
) -> Iterator[str]:
    """Object to a stale result: under its input's key lies something else than it was made from."""
    found = run.store.manifest(request.inputs[source])
    then = manifest.input_contents.get(source, "")
    if found is None or found.content_digest == then:
        return
    if then:
        yield (
            f"{name}: is stale, {source} was {then[:12]} and is {found.content_digest[:12]} now; "
            f"make it again: --web4-rebuild={request.step}"
        )
    elif request.step == "predict":
        yield (
            f"{name}: does not say which weights answered; "
            f"ask them again: --web4-rebuild={request.step}"
        )


def _judged_again(run: Run, name: str, request: Request) -> Iterator[str]:
    """Object where the kept answers come to other scores: a digest is as easily edited as they."""
    answers, scored = (run.store.root / one.folder for one in (request.inputs["predict"], request))
    if not (scored / MANIFEST).is_file():
        return
    if not (answers / MANIFEST).is_file():
        yield f"{name}: its answers are gone; ask for them again: --web4-rebuild=predict"
        return
    for difference in differences(request.files, answers, scored):
        yield f"{name}: {difference}; judge the answers again: --web4-rebuild=score"
