"""What a chart is, and what all of them look like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web4.report.drawing import SERIES, NoChartsError, draw

WIDTH = 520
SHARE = {"axis": {"format": "%"}, "type": "quantitative"}


@dataclass(frozen=True)
class Chart:
    """A picture with its title, what it shows in a sentence, and its numbers as a table.

    ``svg`` is empty where nothing draws.
    """

    title: str
    says: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    svg: str = ""


def drawn(
    title: str,
    says: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    spec: Mapping[str, Any],
) -> Chart:
    try:
        svg = draw(spec)
    except NoChartsError:
        svg = ""
    return Chart(title, says, tuple(head), tuple(tuple(row) for row in rows), svg)


def coloured(
    field: str, names: Sequence[str], colours: Sequence[str] = SERIES, symbol: str = "stroke"
) -> dict[str, Any]:
    scale = {"domain": list(names), "range": list(colours[: len(names)])}
    legend = {"symbolType": symbol}
    return {"field": field, "type": "nominal", "title": "", "scale": scale, "legend": legend}


def dashed(field: str, names: Sequence[str]) -> dict[str, Any]:
    """Return what tells lines apart without their colour."""
    dashes = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [1, 3]]
    scale = {"domain": list(names), "range": dashes[: len(names)]}
    return {"field": field, "type": "nominal", "title": "", "scale": scale}


def percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def spoken_time(seconds: float) -> str:
    """Return a time as people say it: ``3 min 12 s``."""
    whole = round(seconds)
    hours, minutes, left = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {left} s" if minutes else f"{left} s"
