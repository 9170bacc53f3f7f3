"""The quantization ladder as a chart: score against size, and against speed."""

from collections.abc import Mapping
from typing import Any

from web4.report.chart import Chart, coloured, drawn, percent
from web4.report.drawing import INK, SERIES

_MEGABYTE = 1e6


def ladder_chart(ladder: Mapping[str, Any]) -> Chart:
    plain = ladder["unquantized"]
    rungs = [
        {
            "type": "16 bits",
            "bytes": plain["bytes_f16"],
            "speed": plain["tokens_per_second"],
            "score": plain["scores"].get("overall"),
            "state": "unquantized",
        },
        *(
            {
                "type": rung["type"],
                "bytes": rung["bytes"],
                "speed": rung["tokens_per_second"],
                "score": rung["scores"].get("overall"),
                "state": "holds" if rung["holds"] else "loses too much",
            }
            for rung in (*ladder["rungs"], *ladder.get("beside", ()))
        ),
    ]
    values = [{**rung, "size": rung["bytes"] / _MEGABYTE} for rung in rungs]
    states = list(dict.fromkeys(str(rung["state"]) for rung in rungs))
    colours = {"unquantized": SERIES[6], "holds": SERIES[0], "loses too much": SERIES[1]}
    y = {"field": "score", "title": "weighted score", "scale": {"zero": False, "padding": 24}}

    def panel(field: str, title: str, *, labelled: bool) -> dict[str, Any]:
        x = {
            "field": field,
            "type": "quantitative",
            "title": title,
            "scale": {"zero": False, "padding": 34},
            "axis": {"tickCount": 4},
        }
        axis = {"format": ".1%", "tickCount": 4}
        y_axis = {**y, "type": "quantitative", "axis": axis if labelled else {**axis, "title": ""}}
        marked = {"color": coloured("state", states, [colours[one] for one in states], "circle")}
        return {
            "width": 225,
            "height": 190,
            "encoding": {"x": x, "y": y_axis},
            "layer": [
                {
                    "mark": {"type": "point", "size": 90, "opacity": 1},
                    "encoding": marked,
                },
                {
                    "mark": {"type": "text", "dy": -12, "color": INK},
                    "encoding": {"text": {"field": "type"}},
                },
            ],
        }

    spec = {
        "data": {"values": [one for one in values if one["score"] is not None]},
        "hconcat": [
            panel("size", "size, MB", labelled=True),
            panel("speed", "speed of its evaluation, tokens/s", labelled=False),
        ],
    }
    rows = [
        [
            str(one["type"]),
            "-" if one["score"] is None else percent(one["score"]),
            f"{one['size']:.1f}",
            f"{one['speed']:.0f}",
            str(one["state"]),
        ]
        for one in values
    ]
    allowed = percent(ladder["allowed_drop"])
    says = f"Served: {ladder['chosen'] or 'not decided'}. A rung may lose {allowed}."
    head = ("type", "weighted score", "MB", "tokens/s", "")
    return drawn("Quantization ladder", says, head, rows, spec)
