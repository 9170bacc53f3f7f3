"""Where a score, its interval and its threshold lie on a bar."""

from dataclasses import dataclass

from web4.targets import Comparison, format_value

WIDTH = 300
_STARTS = (0.9, 0.8, 0.5, 0.0)
_ENDS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_ROOM = 1.25


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar ``WIDTH`` wide: lengths along it, and what stands at its two ends."""

    value: float
    low: float
    high: float
    threshold: float
    start: str
    end: str
    bounded: bool


def bar(  # noqa: PLR0913, PLR0917 - a score, its interval, and what it is held against
    value: float,
    low: float | None,
    high: float | None,
    threshold: float,
    unit: str,
    compare: Comparison,
) -> Bar:
    """Place a score on the narrowest of a few scales that holds it, its interval and threshold."""
    bounds = [one for one in (low, high) if one is not None]
    held = [value, threshold, *bounds]
    start, end = 0.0, max(*held, 0.0) * _ROOM or 1.0
    if unit == "rate" and compare == ">=":
        start, end = next((one for one in _STARTS if min(held) > one), 0.0), 1.0
    elif unit == "rate":
        end = next((one for one in _ENDS if max(held) < one), 1.0)

    def at(place: float) -> float:
        return round(WIDTH * min(1.0, max(0.0, (place - start) / (end - start))), 1)

    bounded = low is not None and high is not None and low != high
    return Bar(
        at(value),
        at(value if low is None else low),
        at(value if high is None else high),
        at(threshold),
        format_value(start, unit),
        format_value(end, unit),
        bounded,
    )
