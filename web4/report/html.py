"""``report.html``: one file that opens without a network and runs nothing but its own script.

Texts of models, data and servers reach the page as packed data, which its script only ever shows
as text, or through a template that escapes them. The page's Content-Security-Policy names its
style and its script by their digests and allows nothing else.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from web4 import __version__
from web4.catalog import catalog_path, load_catalog
from web4.errors import ConfigError, Web4Error
from web4.release.kept import all_releases
from web4.release.record import SCORECARD, read_record
from web4.report import heading, page
from web4.report.answers import Viewer
from web4.report.charts import charts
from web4.report.drawing import ROLES
from web4.report.evidence import Candidate, Evidence, gather
from web4.report.pack import pack
from web4.report.pairs import Pair, compared, pairs
from web4.targets import Targets, load_targets
from web4.terminal import printable

if TYPE_CHECKING:
    from jinja2 import Template

REPORT = "report.html"
_SCRIPTS = ("text.js", "list.js", "record.js", "viewer.js")
_STYLE = "style.css"


def write_report(folders: Sequence[Path], out: Path) -> Path:
    """Write one page of all runs in ``folders``; raise a ``Web4Error`` where one cannot be read."""
    text = render([gather(folder) for folder in folders], load_targets())
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(out)  # a reader never sees half of it
    return out


def render(runs: Sequence[Evidence], targets: Targets) -> str:
    """Return the page of some runs."""
    viewer = Viewer(load_catalog(catalog_path()))
    several = len(runs) > 1
    candidates: dict[str, Candidate] = {}
    for run in runs:
        labels = {one.name: page.label_of(run, one.name, len(runs)) for one in run.candidates}
        viewer.add(run, labels)
        candidates |= {labels[one.name]: one for one in run.candidates}
    kept = _kept()
    found = [page.confusion(label, one) for label, one in candidates.items()]
    context = {
        "title": " · ".join(run.label for run in runs),
        "heads": [heading.head(run) for run in runs],
        "families": page.families(runs, targets),
        "table": page.side_by_side(candidates, targets),
        "pairs": list(_pairs(runs, targets)),
        "served": [(run.label if several else "", run.deployment) for run in runs],
        "pictures": [
            (run.label, list(charts(run, heading.history(run, _before(kept, run))))) for run in runs
        ],
        "confusions": [one for one in found if one],
        "answers": viewer.count,
        "data": pack(viewer.data),
        "roles": ROLES,
        "several": several,
        "version": __version__,
    }
    return _filled(context)


def _kept() -> list[Evidence]:
    """Return the releases as far as their history needs them."""
    try:
        return [
            Evidence(one.version, read_record(one.path / SCORECARD))
            for one in all_releases()
            if (one.path / SCORECARD).is_file()
        ]
    except Web4Error:
        return []  # the run's own gaps tell it


def _before(kept: Sequence[Evidence], run: Evidence) -> list[Evidence]:
    """Return the releases that came before a run: all, or those older than the release it is."""
    labels = [one.label for one in kept]
    return list(kept[: labels.index(run.label)] if run.label in labels else kept)


def _pairs(runs: Sequence[Evidence], targets: Targets) -> Iterator[Pair]:
    """Yield the pairs within each run, and of the same candidate across runs.

    First stands what a run serves against the release beside it.
    """
    for place, run in enumerate(runs):
        skeletons = {one.id: one.skeleton for one in run.records}
        own = {one["candidate"] for one in run.record["cards"]}
        labels = {one.name: page.label_of(run, one.name, len(runs)) for one in run.candidates}
        releases = [one for one in run.candidates if one.name not in own]
        against = [
            Pair(one.name, run.own[-1].name, compared(one, run.own[-1], skeletons, targets))
            for one in releases
            if run.own
        ]
        for pair in (*against, *pairs(run.own, skeletons, targets)):
            if pair.found:
                yield Pair(labels[pair.before], labels[pair.after], pair.found)
        if not place:
            continue
        earlier = {one.name: one for one in runs[place - 1].candidates}
        for one in run.candidates:
            if one.name in earlier and one.name in own:
                found = compared(earlier[one.name], one, skeletons, targets)
                before = page.label_of(runs[place - 1], one.name, len(runs))
                yield from [Pair(before, labels[one.name], found)] if found else []


@cache
def _template() -> "Template":
    """Compile the page once: runs of one process share it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    def shown(value: Any) -> Any:
        """Spell out what is not printable; what is markup already was made here."""
        return (
            printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
        )

    templates = Environment(
        loader=PackageLoader("web4.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )
    templates.filters["points"] = lambda share: f"{round(100 * share, 1) + 0.0:+.1f}"
    return templates.get_template("report.html")


def _filled(context: dict[str, Any]) -> str:
    from markupsafe import Markup

    style, script = _source(_STYLE), "\n".join(_source(name) for name in _SCRIPTS)
    style += _colours(context["roles"])
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'; connect-src 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    for _, drawn in context["pictures"]:
        for one in drawn:
            object.__setattr__(one, "svg", Markup(one.svg))  # noqa: S704 - ``harmless`` built it
    return _template().render(
        context,
        policy=policy,
        style=Markup(style),  # noqa: S704 - the page's own file
        script=Markup(script),  # noqa: S704 - as above
    )


def _colours(roles: dict[str, str]) -> str:
    """Return rules that give the charts the page's own colours, light and dark."""
    return "".join(
        f'.chart [fill="{colour}"]{{fill:var(--{role})}}'
        f'.chart [stroke="{colour}"]{{stroke:var(--{role})}}'
        for colour, role in roles.items()
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()


@cache
def _source(name: str) -> str:
    text = (files("web4.report") / "templates" / name).read_text(encoding="utf-8")
    if "</" in text:
        raise ConfigError(f"web4/report/templates/{name}: holds '</', which would end its element")
    return text
