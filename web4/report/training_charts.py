"""The charts of a training: its loss, and what the mini set said of it."""

from collections.abc import Sequence
from statistics import fmean

from web4.report.chart import SHARE, WIDTH, Chart, coloured, dashed, drawn, percent
from web4.report.drawing import SERIES
from web4.report.evidence import Curve

_POINTS = 240
_UPDATES = {
    "field": "x",
    "type": "quantitative",
    "title": "update",
    "axis": {"tickCount": 8},
}


def loss(curve: Curve) -> Chart:
    """Draw single losses faint, and their mean over a fiftieth of the updates on top."""
    points = _thinned(curve.losses)
    window = max(1, len(points) // 25)
    smooth = [
        (x, fmean(loss for _, loss in points[max(0, place - window) : place + 1]))
        for place, (x, _) in enumerate(points)
    ]
    values = [{"x": x, "y": y, "of": "each update"} for x, y in points]
    values += [{"x": x, "y": y, "of": "running mean"} for x, y in smooth]
    values += [{"x": x, "y": y, "of": "held out"} for x, y in curve.validation]
    shown = ["each update", "running mean", *(["held out"] if curve.validation else [])]
    spec = {
        "width": WIDTH,
        "height": 200,
        "data": {"values": values},
        "mark": {"type": "line", "interpolate": "monotone"},
        "encoding": {
            "x": _UPDATES,
            "y": {"field": "y", "type": "quantitative", "title": "loss, nats per answer token"},
            "color": coloured("of", shown, (SERIES[5], SERIES[0], SERIES[1])),
            "opacity": {
                "condition": {"test": "datum.of === 'each update'", "value": 0.45},
                "value": 1,
            },
            "strokeWidth": {
                "condition": {"test": "datum.of === 'each update'", "value": 1},
                "value": 2,
            },
        },
    }
    first, last = curve.losses[0][1], fmean(y for _, y in curve.losses[-_tenth(curve) :])
    says = f"{len(curve.losses)} updates; the first loss {first:.3f}, the last tenth {last:.4f}."
    rows = [[f"{x:.0f}", f"{y:.4f}"] for x, y in points[:: max(1, len(points) // 20)]]
    return drawn(f"Loss of the {_spoken(curve.name)}", says, ("update", "loss"), rows, spec)


def _tenth(curve: Curve) -> int:
    return max(1, len(curve.losses) // 10)


def mini_set(curve: Curve) -> Chart:
    values = [
        {"x": one.update, "y": score, "of": family}
        for one in curve.evaluated
        for family, score in {**one.families, "weighted": one.weighted}.items()
    ]
    names = list(dict.fromkeys(str(value["of"]) for value in values))
    spec = {
        "width": WIDTH,
        "height": 200,
        "data": {"values": values},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": _UPDATES,
            "y": {
                "field": "y",
                "title": "score on the mini set",
                "scale": {"zero": False},
                **SHARE,
            },
            "color": coloured("of", names),
            "strokeDash": dashed("of", names),
        },
    }
    rows = [
        [str(one.update), *(percent(one.families.get(name, one.weighted)) for name in names)]
        for one in curve.evaluated
    ]
    says = f"Asked after {len(rows)} updates; the last weighted score {rows[-1][-1]}."
    title = f"Mini set during the {_spoken(curve.name)}"
    return drawn(title, says, ("update", *names), rows, spec)


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return at most ``_POINTS`` points, each the mean of as many neighbours."""
    width = -(-len(points) // _POINTS)
    chunks = [points[start : start + width] for start in range(0, len(points), width)]
    return [(chunk[-1][0], fmean(y for _, y in chunk)) for chunk in chunks]


def _spoken(step: str) -> str:
    return {"full": "full training", "mini": "mini training", "dry_run": "dry run"}[step]
