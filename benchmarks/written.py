"""What a comparison found as JSON, Markdown and a plot, and the index of all that were found."""

import json
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.side_by_side import OURS, Comparison, Row, Table, Wanted, busy
from web4.report.drawing import GRID, INK, MUTED, SERIES

INDEX = "README.md"
_BUSY = "**Measured on a busy machine** ({others:g} cores were in use): to be measured again."
_ABOUT = (
    "Each comparison gives every contender the same work, runs them in turn and tells medians. "
    "A ratio is the median of the rounds' own ratios. `python -m benchmarks all` measures all of "
    "them again. Peers are installed in environments of their own below the user's cache, as "
    "`benchmarks/peers.txt` and `benchmarks/promptfoo/` pin them, and never in that of the project."
)
_WIDTH = 420
_THIN = 1000


def write(
    out: Path, name: str, found: Comparison, machine: Mapping[str, Any], command: str
) -> None:
    """Write ``<name>.json``, ``.md`` and, where seconds were measured, ``.svg``."""
    out.mkdir(parents=True, exist_ok=True)
    told = described(found, machine, command)
    text = json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    (out / f"{name}.json").write_text(text, encoding="utf-8")
    drawn = any(row.samples for table in found.tables for row in table.rows)
    if drawn:
        (out / f"{name}.svg").write_text(plot(found), encoding="utf-8")
    (out / f"{name}.md").write_text(markdown(name, told, drawn=drawn), encoding="utf-8")


def described(found: Comparison, machine: Mapping[str, Any], command: str) -> dict[str, Any]:
    """Return a comparison as JSON has it: every sample, and the medians and ratios made of them."""
    return {
        "title": found.title,
        "work": found.work.replace("``", "`"),
        "measured": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "command": command,
        "machine": {**machine, "busy": busy(machine)},
        "versions": dict(found.versions),
        "tables": [_table(table) for table in found.tables],
        "targets": [_target(one) for one in found.wanted],
        "notes": list(found.notes),
        "facts": dict(found.facts),
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "unit": table.unit,
        "count": table.count,
        "reference": table.reference,
        "rows": [_row(table, row) for row in table.rows],
    }


def _row(table: Table, row: Row) -> dict[str, Any]:
    told: dict[str, Any] = {"name": row.name, "note": row.note}
    if not row.samples:
        return {**told, "absent": row.absent}
    ratio = table.ratio(row.name)
    return {
        **told,
        "seconds": [round(sample.seconds, 4) for sample in row.samples],
        "median_s": round(row.seconds, 4),
        "rate": round(table.rate(row.name), 2),
        "ratio": None if ratio is None else round(ratio, 3),
        "peak_mb": None if row.peak_mb is None else round(row.peak_mb, 1),
        "cpu_s": None if row.cpu_s is None else round(row.cpu_s, 3),
    }


def _target(one: Wanted) -> dict[str, Any]:
    reached = round(one.reached, 3)
    return {"what": one.what, "wanted": one.bound, "reached": reached, "holds": one.holds}


def markdown(name: str, told: Mapping[str, Any], *, drawn: bool) -> str:
    """Return what people read, made of nothing but what the JSON says."""
    parts = [f"# {told['title']}", told["work"]]
    if told["machine"]["busy"]:
        parts.append(_BUSY.format(**told["machine"]))
    for table in told["tables"]:
        parts += [f"## {table['caption']}", _markdown_table(table)]
    if drawn:
        parts.append(f"![{told['title']}]({name}.svg)")
    if told["targets"]:
        cells = [
            (one["what"], one["wanted"], f"{one['reached']:g}", "yes" if one["holds"] else "**no**")
            for one in told["targets"]
        ]
        parts += ["## Targets", _grid(("target", "wanted", "reached", "holds"), cells)]
    if told["notes"]:
        parts.append("\n".join(f"* {note}" for note in told["notes"]))
    parts.append(_origin(told))
    return "\n\n".join(parts) + "\n"


def _markdown_table(table: Mapping[str, Any]) -> str:
    heads = (
        "",
        "median s",
        f"{table['unit']}s/s",
        f"time to {table['reference']}'s",
        "CPU s",
        "peak MB",
        "",
    )
    cells = []
    for row in table["rows"]:
        if "absent" in row:
            cells.append((row["name"], *"-----", f"not measured: {row['absent']}"))
            continue
        ratio = "-" if row["ratio"] is None else f"{row['ratio']:.2f}"
        cpu = "-" if row["cpu_s"] is None else f"{row['cpu_s']:.3g}"
        peak = "-" if row["peak_mb"] is None else f"{row['peak_mb']:.0f}"
        cells.append(
            (row["name"], f"{row['median_s']:.3g}", _rate(row), ratio, cpu, peak, row["note"])
        )
    return _grid(heads, cells)


def _rate(row: Mapping[str, Any]) -> str:
    rate: float = row["rate"]
    return f"{rate:,.0f}" if rate >= _THIN else f"{rate:.3g}"


def _grid(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *cells]
    return "\n".join("| " + " | ".join(_cell(one) for one in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _origin(told: Mapping[str, Any]) -> str:
    machine = told["machine"]
    versions = ", ".join(f"{name} {found}" for name, found in told["versions"].items())
    line = (
        f"`{told['command']}`, {told['measured']}, on {machine['cpu']}, {machine['cpus']} cores, "
        f"{machine['memory_gb']} GB, {machine['platform']}, Python {machine['python']}."
    )
    return f"{line}\nWith {versions}." if versions else line


def plot(found: Comparison) -> str:
    """Return bars of the medians as SVG, ours in colour, each table for itself."""
    import vl_convert

    panels = [_panel(table) for table in found.tables if any(row.samples for row in table.rows)]
    spec = {
        "title": {"text": found.title, "color": INK, "anchor": "start"},
        "background": "white",
        "vconcat": panels,
        "resolve": {"scale": {"x": "independent"}},
        "config": {
            "font": "sans-serif",
            "view": {"stroke": None},
            "axis": {"labelColor": INK, "titleColor": MUTED, "gridColor": GRID, "labelLimit": 260},
        },
    }
    return str(vl_convert.vegalite_to_svg(spec, vl_version="5.21"))


def _panel(table: Table) -> dict[str, Any]:
    values = [
        {
            "name": row.name,
            "seconds": row.seconds,
            "told": f"{row.seconds:.3g} s",
            "ours": row.name.startswith(OURS),
        }
        for row in table.rows
        if row.samples
    ]
    y = {"field": "name", "type": "nominal", "sort": None, "title": ""}
    taken = [float(str(value["seconds"])) for value in values]
    wide = max(taken) / min(taken) > _THIN / 10
    x: dict[str, Any] = {"field": "seconds", "type": "quantitative", "title": "seconds, median"}
    if wide:  # bars have no length on a logarithmic axis: points are drawn instead
        low = 10 ** math.floor(math.log10(min(taken)))
        x["scale"] = {"type": "log", "domainMin": low}
    colour = {
        "condition": {"test": "datum.ours", "value": SERIES[0]},
        "value": SERIES[6],
    }
    mark = {"type": "point", "filled": True, "size": 80} if wide else {"type": "bar", "height": 14}
    return {
        "title": {"text": table.caption, "color": MUTED, "fontSize": 11, "anchor": "start"},
        "width": _WIDTH,
        "height": {"step": 22},
        "data": {"values": values},
        "layer": [
            {"mark": mark, "encoding": {"y": y, "x": x, "color": colour}},
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 10, "color": INK},
                "encoding": {"y": y, "x": x, "text": {"field": "told"}},
            },
        ],
    }


def index(out: Path) -> str:
    """Return the index of the comparisons whose JSON lies in a folder."""
    parts = ["# Benchmarks", _ABOUT]
    cells = []
    for path in sorted(out.glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        held = ["yes" if one["holds"] else "**no**" for one in told["targets"]]
        state = "busy, to be measured again" if told["machine"]["busy"] else "quiet"
        cells.append(
            (f"[{told['title']}]({path.stem}.md)", ", ".join(held) or "-", told["measured"], state)
        )
    parts.append(_grid(("comparison", "targets hold", "measured", "machine"), cells))
    return "\n\n".join(parts) + "\n"
