"""Vega-Lite charts drawn as SVG, with nothing in them but shapes and text in the page's colours."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

INK, MUTED, GRID, PAPER = "#1a1a1b", "#6b6b6c", "#d9d9da", "#fefeff"
SERIES = ("#0a6fb1", "#d0560b", "#0b8a66", "#a8558c", "#c08a06", "#4f9fd4", "#7a7a7b", "#8f5b2e")
"""Each stands for a colour of the page, which has one for light and one for dark."""

ROLES = {
    INK: "ink",
    MUTED: "muted",
    GRID: "line",
    PAPER: "paper",
    **{colour: f"series-{place}" for place, colour in enumerate(SERIES, start=1)},
}

_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset({"svg", "g", "path", "line", "rect", "circle", "text", "tspan", "title"})
_ATTRIBUTES = frozenset(
    {
        *("d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "viewBox"),
        *("transform", "fill", "stroke", "opacity", "fill-opacity", "stroke-opacity"),
        *("stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin"),
        *("stroke-miterlimit", "text-anchor", "font-size", "font-weight", "dx", "dy"),
    }
)
_HARMLESS = re.compile(r"[\w\s.,#%()+:-]*")
_FONT = "Liberation Sans"
_CONFIG = {
    "background": None,
    "font": _FONT,
    "view": {"stroke": None},
    "range": {"category": list(SERIES)},
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "gridColor": GRID,
        "domainColor": GRID,
        "tickColor": GRID,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "labelLimit": 170,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": MUTED,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "symbolStrokeWidth": 2,
        "orient": "bottom",
        "labelLimit": 150,
    },
    "title": {"color": INK, "fontSize": 12, "fontWeight": "bold", "anchor": "start"},
    "text": {"color": INK, "fontSize": 11},
    "line": {"strokeWidth": 2},
    "point": {"filled": True, "size": 60},
    "bar": {"color": SERIES[0]},
}


class NoChartsError(Exception):
    """The package that draws charts is not installed."""


def draw(spec: Mapping[str, Any]) -> str:
    """Return a Vega-Lite chart as SVG for a page; raise ``NoChartsError`` where nothing draws."""
    try:
        import vl_convert
    except ImportError as error:
        raise NoChartsError from error
    drawn = vl_convert.vegalite_to_svg({**spec, "config": _CONFIG}, vl_version="5.21")
    return harmless(drawn)


def harmless(drawn: str) -> str:
    """Return an SVG's shapes and texts alone: what could run, load or style anything is left out.

    What it is called for a screen reader, its surroundings say.
    """
    root = ET.fromstring(drawn)  # noqa: S314 - drawn here, and expat resolves nothing from outside
    kept = _kept(root)
    if kept is None:
        raise ValueError("the drawing is no SVG")
    kept.attrib.pop("width", None)
    kept.attrib.pop("height", None)
    kept.set("aria-hidden", "true")
    return ET.tostring(kept, encoding="unicode")


def _kept(node: ET.Element) -> ET.Element | None:
    name = node.tag.removeprefix(_SVG)
    if name not in _ELEMENTS:
        return None
    found = ET.Element(name)
    for attribute, value in node.attrib.items():
        if attribute in _ATTRIBUTES and _HARMLESS.fullmatch(value) and "url(" not in value:
            found.set(attribute, value)
    if name in {"text", "tspan", "title"}:
        found.text = node.text
    for child in node:
        below = _kept(child)
        if below is not None:
            found.append(below)
    return found
