"""The charts of a report as Vega-Lite specifications, and the numbers that each one shows."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from web4.report.chart import SHARE, WIDTH, Chart, coloured, dashed, drawn, percent, spoken_time
from web4.report.drawing import PAPER, SERIES
from web4.report.evidence import Evidence
from web4.report.ladder_chart import ladder_chart
from web4.report.training_charts import loss, mini_set
from web4.store import Manifest, Usage

_REASONS = 4
_FAMILIES = ("tool", "style", "guardrail", "overall")
_STEPS = (
    *("base", "dataset", "sanity", "dry_run", "mini", "full", "merge", "gguf", "parity"),
    *("quantize", "divergence", "predict", "score", "ladder", "deploy"),
)


def charts(evidence: Evidence, history: Sequence[Mapping[str, Any]]) -> Iterator[Chart]:
    """Yield the charts of a run for which there are numbers; ``history`` are the releases."""
    for curve in evidence.curves:
        if curve.losses:
            yield loss(curve)
        if curve.evaluated:
            yield mini_set(curve)
    if evidence.ladder.get("rungs"):
        yield ladder_chart(evidence.ladder)
    if len(history) > 1:
        yield _history(history)
    if evidence.manifests:
        yield _costs(evidence.manifests)
    yield from _reasons(evidence)


def _history(history: Sequence[Mapping[str, Any]]) -> Chart:
    values = [
        {"release": one["release"], "y": one["scores"][family], "of": family}
        for one in history
        for family in _FAMILIES
        if family in one["scores"]
    ]
    names = [name for name in _FAMILIES if any(value["of"] == name for value in values)]
    order = [one["release"] for one in history]
    spec = {
        "width": WIDTH,
        "height": 200,
        "data": {"values": values},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {
                "field": "release",
                "type": "ordinal",
                "sort": order,
                "title": "",
                "axis": {"labelAngle": 0, "labelExpr": "split(datum.label, '|')"},
            },
            "y": {"field": "y", "title": "score", "scale": {"zero": False}, **SHARE},
            "color": coloured("of", names),
            "strokeDash": dashed("of", names),
        },
    }
    rows = [
        [
            one["release"].replace("|", ", "),
            *(percent(one["scores"][name]) if name in one["scores"] else "-" for name in names),
            one["verdict"],
        ]
        for one in history
    ]
    says = "Scores on different evaluation versions are not the same question."
    return drawn("History over releases", says, ("release", *names, "gate"), rows, spec)


def _costs(manifests: Mapping[str, Manifest]) -> Chart:
    """Draw what each step cost: the time of all its artifacts, and the most that one of them took.

    An artifact that has several names counts once.
    """
    made = {one.key: name for name, one in sorted(manifests.items(), reverse=True)}
    names = sorted(made.values(), key=_checklist_place)
    usage = {name: manifests[name].usage for name in names}
    steps: dict[str, list[Usage]] = {}
    for name in names:
        steps.setdefault(manifests[name].step, []).append(usage[name])
    values = [
        {
            "step": step if len(found) == 1 else f"{step} ({len(found)})",
            "wall": sum(one.wall_seconds for one in found) / 60,
            "cpu": max(one.cpu_percent for one in found) / 100,
            "mem": max(one.peak_kb for one in found) / 1e6,
        }
        for step, found in steps.items()
    ]

    def panel(field: str, title: str, colour: str, *, first: bool) -> dict[str, Any]:
        y = {"field": "step", "type": "nominal", "sort": None, "title": ""}
        return {
            "width": 150,
            "height": {"step": 17},
            "mark": {"type": "bar", "color": colour, "height": 10, "cornerRadiusEnd": 2},
            "encoding": {
                "y": {**y, "axis": {"ticks": False, "domain": False} if first else None},
                "x": {
                    "field": field,
                    "type": "quantitative",
                    "title": title,
                    "axis": {"tickCount": 3},
                },
            },
        }

    spec = {
        "data": {"values": values},
        "spacing": 18,
        "hconcat": [
            panel("wall", "wall, minutes", SERIES[0], first=True),
            panel("cpu", "CPU, cores busy", SERIES[2], first=False),
            panel("mem", "peak memory, GB", SERIES[3], first=False),
        ],
    }
    rows = [
        [name, f"{one.wall_seconds:.1f}", f"{one.cpu_percent:.0f}", f"{one.peak_kb / 1e6:.2f}"]
        for name, one in usage.items()
    ]
    total = sum(one.wall_seconds for one in usage.values())
    says = f"All of it took {spoken_time(total)} of wall time when it was made."
    return drawn("Cost of the steps", says, ("step", "wall s", "CPU %", "peak GB"), rows, spec)


def _checklist_place(name: str) -> tuple[int, str]:
    step = name.partition("_")[0] if name not in _STEPS else name
    return _STEPS.index(step) if step in _STEPS else len(_STEPS), name


def _reasons(evidence: Evidence) -> Iterator[Chart]:
    """Draw for each candidate what its answers failed of: a bar a metric, a part a reason."""
    for candidate in evidence.candidates:
        values = []
        rows = []
        for metric, score in candidate.scores.items():
            if not score.reasons:
                continue
            told = [(why.reason, why.count) for why in score.reasons[:_REASONS]]
            rest = sum(why.count for why in islice(score.reasons, _REASONS, None))
            told += [("other", rest)] if rest else []
            start = 0
            for place, (reason, count) in enumerate(told):
                values.append(
                    {
                        "metric": metric,
                        "from": start,
                        "to": start + count,
                        "middle": start + count / 2,
                        "rank": str(place),
                        "reason": reason,
                    }
                )
                start += count
            rows.append([metric, str(start), ", ".join(f"{why} {count}" for why, count in told)])
        if values:
            yield _reason_chart(candidate.name, values, rows)


def _reason_chart(name: str, values: list[dict[str, Any]], rows: Sequence[Sequence[str]]) -> Chart:
    longest = max(value["to"] for value in values)
    for value in values:
        wide = WIDTH * (value["to"] - value["from"]) / longest
        value["told"] = value["reason"] if wide > 7 * len(value["reason"]) else ""
    y = {"field": "metric", "type": "nominal", "sort": None, "title": ""}
    colours = (SERIES[0], SERIES[1], SERIES[2], SERIES[3], SERIES[6])
    spec = {
        "data": {"values": values},
        "width": WIDTH - 60,
        "height": {"step": 24},
        "encoding": {"y": {**y, "axis": {"ticks": False, "domain": False}}},
        "layer": [
            {
                "mark": {"type": "bar", "height": 17, "stroke": PAPER, "strokeWidth": 1},
                "encoding": {
                    "x": {
                        "field": "from",
                        "type": "quantitative",
                        "title": "answers",
                        "axis": {"tickMinStep": 1, "format": "d"},
                    },
                    "x2": {"field": "to"},
                    "color": {
                        "field": "rank",
                        "type": "nominal",
                        "scale": {"domain": ["0", "1", "2", "3", "4"], "range": list(colours)},
                        "legend": None,
                    },
                },
            },
            {
                "mark": {"type": "text", "color": PAPER, "fontSize": 10},
                "encoding": {
                    "x": {"field": "middle", "type": "quantitative"},
                    "text": {"field": "told"},
                },
            },
        ],
    }
    says = "What answers failed of, the most frequent first; the numbers name every reason."
    return drawn(f"Reasons: {name}", says, ("metric", "failed", "reasons"), rows, spec)
